"""Loads plugins, checks them, and calls their hooks with types."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import ExitStack
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

import pluggy

from ..errors import InvalidOption, PluginError
from . import spec
from .marker import ENTRY_POINT_GROUP

if TYPE_CHECKING:
    from ..engine import Engine
    from ..request import AwsRequest, AwsResponse

_HOOKS = frozenset(name for name in vars(spec) if name.startswith("aiomoto_"))


class PluginManager:
    """The plugins of one engine, and which of them owns which service.

    ``known_services()`` lists the services that moto has, to refuse a plugin
    that owns something else.
    """

    def __init__(self, known_services: Callable[[], Iterable[str]]) -> None:
        self._manager = pluggy.PluginManager(ENTRY_POINT_GROUP)
        self._manager.add_hookspecs(spec)
        self._known_services = known_services
        self._owners: dict[str, str] = {}
        self._hooks: dict[str, dict[str, Any]] = {}
        self._active: list[str] = []
        self._loaded = False

    @property
    def owners(self) -> Mapping[str, str]:
        """moto service to the name of the plugin that owns it."""
        return dict(self._owners)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all plugins, in the order in which they were registered."""
        return tuple(name for name, _ in self._manager.list_name_plugin())

    def load_entry_points(self) -> None:
        """Load what is installed under the entry point group, once.

        All are checked before any is kept: one broken plugin raises
        :class:`~aiomoto.errors.PluginError`, and the next call tries again.
        """
        if self._loaded:
            return
        done: list[str] = []
        try:
            for point in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda one: one.name):
                try:
                    plugin = point.load()
                except Exception as error:
                    raise PluginError(
                        f"Plugin {point.name!r} ({point.value}) can't be imported: {error!r}. "
                        "Repair it or uninstall its distribution."
                    ) from error
                self.register(plugin, point.name)
                done.append(point.name)
        except BaseException:
            for name in reversed(done):
                self._forget(name)
            raise
        self._loaded = True

    def register(self, plugin: object, name: str) -> None:
        """Take a plugin in after checking it.

        Raises :class:`~aiomoto.errors.PluginError`, naming the plugin, for an
        unknown hook or argument, a service that moto lacks, or one that
        another plugin owns; it is not kept then.
        """
        if self._manager.has_plugin(name) or self._manager.is_registered(plugin):
            raise PluginError(f"Plugin {name!r} is registered already.")
        self._check_hooks(plugin, name)
        try:
            self._manager.register(plugin, name)
            self._manager.check_pending()
            services = self._services_of(plugin, name)
        except pluggy.PluginValidationError as error:
            self._drop(name)
            raise PluginError(f"Plugin {name!r} is not usable: {error}") from error
        except BaseException:
            self._drop(name)
            raise
        self._owners.update(dict.fromkeys(services, name))
        self._hooks.clear()  # each caller there leaves out only the plugins of its time

    def unregister(self, name: str, engine: Engine) -> None:
        """Deactivate a plugin if it is active, and forget it and what it owns."""
        try:
            self.deactivate(name, engine)
        finally:
            self._forget(name)

    def _forget(self, name: str) -> None:
        self._owners = {one: owner for one, owner in self._owners.items() if owner != name}
        self._hooks.pop(name, None)
        self._drop(name)

    def _check_hooks(self, plugin: object, name: str) -> None:
        """Refuse misspelt hooks, and plugins that implement none: they'd be silently ignored."""
        marked = 0
        for attribute in dir(plugin):
            function = getattr(plugin, attribute, None)
            if not attribute.startswith("aiomoto_") or not callable(function):
                continue
            if attribute not in _HOOKS:
                raise PluginError(
                    f"Plugin {name!r} has {attribute!r}, which is no hook. "
                    f"Hooks are: {', '.join(sorted(_HOOKS))}."
                )
            if self._manager.parse_hookimpl_opts(plugin, attribute) is None:
                raise PluginError(
                    f"Plugin {name!r}: {attribute!r} is not marked. Put @aiomoto.hookimpl on it."
                )
            if inspect.iscoroutinefunction(function) and attribute != "aiomoto_handle":
                raise PluginError(
                    f"Plugin {name!r}: {attribute!r} may not be a coroutine function; "
                    "only aiomoto_handle may return an awaitable."
                )
            marked += 1
        if not marked:
            raise PluginError(
                f"Plugin {name!r} implements no hook. Hooks are: {', '.join(sorted(_HOOKS))}."
            )

    def _drop(self, name: str) -> None:
        if self._manager.has_plugin(name):
            self._manager.unregister(name=name)

    def _services_of(self, plugin: object, name: str) -> list[str]:
        hook = self._subset("aiomoto_services", name)
        services: list[str] = []
        for given in hook():
            if isinstance(given, str) or not isinstance(given, Iterable):
                raise PluginError(
                    f"Plugin {name!r}: aiomoto_services() returns a list of moto's service "
                    f"names, got {given!r}."
                )
            services += given
        known = set(self._known_services()) if services else set()
        for service in services:
            if service not in known:
                raise PluginError(
                    f"Plugin {name!r} owns {service!r}, which the installed moto does not have. "
                    "Names are those of moto.backend_index, for instance 's3' or 'awslambda'."
                )
            if service in self._owners:
                raise PluginError(
                    f"Plugins {self._owners[service]!r} and {name!r} both own {service!r}. "
                    "Uninstall one of them, or give only one to mock_aws(plugins=...)."
                )
        return services

    def _subset(self, hook: str, name: str) -> pluggy.HookCaller:
        others = [one for other, one in self._manager.list_name_plugin() if other != name]
        return self._manager.subset_hook_caller(hook, [one for one in others if one is not None])

    def _hook(self, service: str | None, hook: str) -> Any:
        """The caller of one hook for the owner of a service; None if there is nothing to call."""
        owner = self._owners.get(service) if service else None
        if owner is None:
            return None
        callers = self._hooks.setdefault(owner, {})
        if hook not in callers:
            caller = self._subset(hook, owner)
            callers[hook] = caller if caller.get_hookimpls() else None
        return callers[hook]

    # -- typed calls -------------------------------------------------------

    def activate_all(self, engine: Engine) -> None:
        """Call ``aiomoto_activate`` of each plugin, in the order of registration."""
        for name in self.names:
            self.activate(name, engine)

    def activate(self, name: str, engine: Engine) -> None:
        """Call ``aiomoto_activate`` of one plugin."""
        self._subset("aiomoto_activate", name)(engine=engine)
        self._active.append(name)

    def deactivate_all(self, engine: Engine) -> None:
        """Call ``aiomoto_deactivate`` of the active plugins, last first; all, even if one fails."""
        with ExitStack() as calls:
            for name in tuple(self._active):
                calls.callback(self.deactivate, name, engine)

    def deactivate(self, name: str, engine: Engine) -> None:
        """Call ``aiomoto_deactivate`` of one plugin, if it is active."""
        if name in self._active:
            self._active.remove(name)
            self._subset("aiomoto_deactivate", name)(engine=engine)

    def handle(
        self, engine: Engine, request: AwsRequest
    ) -> AwsResponse | Awaitable[AwsResponse | None] | None:
        """``aiomoto_handle`` of the request's owner."""
        hook = self._hook(request.service, "aiomoto_handle")
        return None if hook is None else hook(engine=engine, request=request)

    def blocks(self, request: AwsRequest) -> bool | None:
        """``aiomoto_blocks`` of the request's owner."""
        hook = self._hook(request.service, "aiomoto_blocks")
        return None if hook is None else hook(request=request)

    def response(self, request: AwsRequest, response: AwsResponse) -> AwsResponse:
        """``aiomoto_response`` of the request's owner."""
        hook = self._hook(request.service, "aiomoto_response")
        changed = None if hook is None else hook(request=request, response=response)
        return response if changed is None else changed

    def owner_of(self, request: AwsRequest) -> str | None:
        """The name of the plugin that owns the request's service."""
        return self._owners.get(request.service) if request.service else None


def check_plugins(given: object) -> tuple[object, ...]:
    """The ``plugins`` argument of ``mock_aws``: an iterable of plugin objects."""
    if given is None:
        return ()
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise InvalidOption(f"mock_aws(plugins=...) takes a list of plugin objects, got {given!r}.")
    return tuple(given)


def name_of(plugin: object) -> str:
    """A name for a plugin object that was given, not installed."""
    named = getattr(plugin, "__name__", None)
    return str(named) if named else f"{type(plugin).__module__}.{type(plugin).__qualname__}"
