"""Loads plugins, checks them, and calls their hooks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

import pluggy

from ..errors import PluginError
from ..undo import Undo
from . import spec
from .checks import check_services, hooks_of, name_of
from .imports import ModulePatches
from .marker import ENTRY_POINT_GROUP

if TYPE_CHECKING:
    from ..interfaces import Engine, Front
    from ..request import AwsRequest
    from .imports import PatchTable


class PluginManager:
    """The plugins of one engine, and which of them owns which service.

    ``wires`` is where those that plugins bring are begun, with the plugin.
    ``known_services()`` lists the services that moto has, to refuse a plugin
    that owns something else. ``core`` is core's own plugin, loaded before all others: it
    owns nothing, and is asked for what the owner of one of its services leaves open.
    """

    def __init__(
        self,
        engine: Engine,
        front: Front,
        wires: PatchTable[ModulePatches],
        known_services: Callable[[], Iterable[str]],
        core: object | None = None,
    ) -> None:
        self._engine = engine
        self._front = front
        self._wires = wires
        self._brought: dict[str, tuple[ModulePatches, ...]] = {}
        self._manager = pluggy.PluginManager(ENTRY_POINT_GROUP)
        self._manager.add_hookspecs(spec)
        self._known_services = known_services
        self._core = core
        self._owners: dict[str, str] = {}
        #: The services of core's own plugin.
        self._stand_ins: dict[str, str] = {}
        self._calls: dict[str, dict[str, pluggy.HookImpl | None]] = {}
        #: Plugins that were given to mocks, by name, and to whom: once for each time.
        self._given: dict[str, tuple[object, list[object]]] = {}
        self._active: list[str] = []
        self._loaded = False

    @property
    def owners(self) -> Mapping[str, str]:
        """moto service to the name of the plugin that owns it."""
        return dict(self._owners)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all plugins but core's, in the order in which they were registered."""
        known = self._manager.list_name_plugin()
        return tuple(name for name, plugin in known if plugin is not self._core)

    def load_entry_points(self) -> None:
        """Load what is installed under the entry point group, once.

        All are checked before any is kept: one broken plugin raises
        :class:`~aiomoto.errors.PluginError`, and the next call tries again.
        """
        if self._loaded:
            return
        before = self.names
        try:
            if self._core is not None:
                self.register(self._core, ENTRY_POINT_GROUP)
            for point in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda one: one.name):
                try:
                    plugin = point.load()
                except Exception as error:
                    raise PluginError(
                        f"Plugin {point.name!r} ({point.value}) can't be imported: {error!r}. "
                        "Repair it or uninstall its distribution."
                    ) from error
                self.register(plugin, point.name)
        except BaseException:
            for name, _ in reversed(self._manager.list_name_plugin()):
                if name not in before:
                    self._forget(name)
            raise
        self._loaded = True

    def register(self, plugin: object, name: str) -> None:
        """Take a plugin in after checking it.

        Raises :class:`~aiomoto.errors.PluginError`, naming the plugin, for an
        unknown hook or argument, a service that moto lacks, or one that
        another plugin owns; it is not kept then.
        """
        if self._manager.has_plugin(name) or self.name_of(plugin) is not None:
            raise PluginError(f"Plugin {name!r} is registered already.")
        hooks = hooks_of(plugin, name, self._manager.parse_hookimpl_opts)
        try:
            self._manager.register(plugin, name)
            self._manager.check_pending()
            services = self._listed(name, "aiomoto_services", "moto's service names", object)
            check_services(name, hooks, services, self._known_services, self._owners)
            wires = self._listed(
                name, "aiomoto_wires", "ModulePatches", ModulePatches, front=self._front
            )
        except pluggy.PluginValidationError as error:
            self._drop(name)
            raise PluginError(f"Plugin {name!r} is not usable: {error}") from error
        except BaseException:
            self._drop(name)
            raise
        owners = self._stand_ins if plugin is self._core else self._owners
        owners.update(dict.fromkeys(services, name))
        self._brought[name] = tuple(wires)

    def add(self, plugin: object, user: object) -> None:
        """Take in a plugin object that was given to a mock, in the name of ``user``.

        Several mocks may be given the same object; it stays until :meth:`remove` was called
        for the last of them, which takes back an interrupted call too.
        """
        for known, users in self._given.values():
            if known is plugin:
                users.append(user)
                return
        wanted = name = name_of(plugin)
        number = 2
        while self._manager.has_plugin(name):
            name, number = f"{wanted}-{number}", number + 1
        self._given[name] = (plugin, [user])
        self.register(plugin, name)

    def remove(self, plugin: object, user: object) -> None:
        """Take back what one :meth:`add` did; nothing if it did nothing."""
        for name, (known, users) in self._given.items():
            if known is plugin and user in users:
                if len(users) > 1:
                    users.remove(user)
                else:
                    self.unregister(name)
                return

    def name_of(self, plugin: object) -> str | None:
        """The name under which this very object is registered."""
        return next(
            (name for name, known in self._manager.list_name_plugin() if known is plugin), None
        )

    def unregister(self, name: str) -> None:
        """Deactivate a plugin if it is active, and forget it and what it owns."""
        steps = Undo()
        steps.add(self._forget, name)
        steps.add(self.deactivate, name)
        steps.close()

    def _forget(self, name: str) -> None:
        self._owners = {one: owner for one, owner in self._owners.items() if owner != name}
        self._drop(name)
        self._given.pop(name, None)

    def _drop(self, name: str) -> None:
        self._calls.pop(name, None)
        self._brought.pop(name, None)
        if self._manager.has_plugin(name):
            self._manager.unregister(name=name)

    def _listed(self, name: str, hook: str, what: str, kind: type, **given: Any) -> list[Any]:
        """Ask a hook for its list when the plugin is loaded; empty if the plugin lacks the hook."""
        if self._find(name, hook) is None:
            return []
        try:
            answer = self._call(name, hook, **given)
        except Exception as error:
            raise PluginError(f"Plugin {name!r}: {hook}() raised {error!r}.") from error
        if isinstance(answer, Iterable) and not isinstance(answer, (str, Mapping)):
            listed = list(answer)
            if all(isinstance(one, kind) for one in listed):
                return listed
        raise PluginError(f"Plugin {name!r}: {hook}() returns a list of {what}, got {answer!r}.")

    # -- calls -------------------------------------------------------------

    def _call(self, name: str, hook: str, **given: Any) -> Any:
        """What one hook of one plugin says; None if it has none."""
        try:
            implementation = self._calls[name][hook]
        except KeyError:
            implementation = self._find(name, hook)
        return implementation and implementation.function(
            *map(given.__getitem__, implementation.argnames)
        )

    def _find(self, name: str, hook: str) -> pluggy.HookImpl | None:
        """The implementation of a hook by a plugin. Looked up once."""
        found = None
        for implementation in getattr(self._manager.hook, hook).get_hookimpls():
            if implementation.plugin_name == name:
                found = implementation
        self._calls.setdefault(name, {})[hook] = found
        return found

    def ask(self, request: AwsRequest, hook: str, **given: Any) -> Any:
        """Ask the owner of a request's service, then core's own plugin; None if neither answers."""
        for owners in (self._owners, self._stand_ins):
            name = owners.get(request.service or "")
            if name is not None:
                answer = self._call(name, hook, engine=self._engine, request=request, **given)
                if answer is not None:
                    return answer
        return None

    def activate_all(self) -> None:
        """Call ``aiomoto_activate`` of each plugin, in the order of registration."""
        for name in self.names:
            self.activate(name)

    def activate(self, name: str) -> None:
        """Call ``aiomoto_activate`` of one plugin, unless it is active.

        It counts as active where that is interrupted, so that it is deactivated.
        """
        if name not in self._active:
            self._active.append(name)
            try:
                for patches in self._brought[name]:
                    self._wires.begin(patches)
                self._call(name, "aiomoto_activate", engine=self._engine)
            except Exception:
                self._retire(name)
                raise

    def deactivate_all(self) -> None:
        """Call ``aiomoto_deactivate`` of the active plugins, last first; all, even if one fails."""
        calls = Undo()
        for name in self._active:
            calls.add(self.deactivate, name)
        calls.close()

    def deactivate(self, name: str) -> None:
        """Call ``aiomoto_deactivate`` of one plugin, if it is active."""
        if name in self._active:
            try:
                # Interrupted, it runs once more, as a step of `Undo` does.
                try:
                    self._call(name, "aiomoto_deactivate", engine=self._engine)
                except Exception:
                    raise
                except BaseException:
                    self._call(name, "aiomoto_deactivate", engine=self._engine)
                    raise
            finally:
                self._retire(name)

    def _retire(self, name: str) -> None:
        """Take a plugin's wires out; it counts as active until all are, should a signal come."""
        for patches in reversed(self._brought[name]):
            self._wires.end(patches)
        self._active = [active for active in self._active if active != name]

    def reset_all(self) -> None:
        """Call ``aiomoto_reset`` of the active plugins, first first; all, even if one fails."""
        calls = Undo()
        for name in reversed(self._active):
            calls.add(partial(self._call, name, "aiomoto_reset", engine=self._engine))
        calls.close()
