"""What is looked at before a plugin is taken in, and how its problems are worded."""

from __future__ import annotations

import inspect
import re
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from typing import Any

from ..errors import InvalidOption, PluginError
from . import spec

HOOKS = frozenset(name for name in vars(spec) if name.startswith("aiomoto_"))
REQUEST_HOOKS = frozenset({"aiomoto_handle", "aiomoto_blocks", "aiomoto_response"})
HOOKS_ARE = f"Hooks are: {', '.join(sorted(HOOKS))}."
#: RFC 9110, sections 5.1 and 5.5.
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[^\r\n\0]*")


def problem_of(attribute: str, hook: str, function: object, options: Any) -> str | None:
    """What is wrong with a function of a plugin, as the end of a sentence that names it."""
    if hook not in HOOKS:
        return f" has {attribute!r}, which is no hook. {HOOKS_ARE}"
    if not options:
        return f": {attribute!r} is not marked. Put @aiomoto.hookimpl on it."
    if options["wrapper"] or options["hookwrapper"]:
        return f": {attribute!r} is a wrapper, but a service has one owner: nothing to wrap."
    if inspect.iscoroutinefunction(function) and hook != "aiomoto_handle":
        return (
            f": {attribute!r} may not be a coroutine function; "
            "only aiomoto_handle may return an awaitable."
        )
    return None


def hooks_of(
    plugin: object, name: str, options_of: Callable[[object, str], Mapping[str, Any] | None]
) -> set[str]:
    """The hooks that a plugin implements; refuses what would be silently ignored."""
    if inspect.isclass(plugin):
        raise PluginError(f"Plugin {name!r} is a class; give an object of it: {name}().")
    found = set()
    for attribute in dir(plugin):
        function = getattr(plugin, attribute, None)
        options = callable(function) and options_of(plugin, attribute)
        if not options and not (attribute.startswith("aiomoto_") and callable(function)):
            continue
        hook = (options and options["specname"]) or attribute
        problem = problem_of(attribute, hook, function, options)
        if problem:
            raise PluginError(f"Plugin {name!r}{problem}")
        found.add(hook)
    if not found:
        raise PluginError(f"Plugin {name!r} implements no hook. {HOOKS_ARE}")
    return found


def check_services(
    name: str,
    hooks: set[str],
    services: list[Any],
    known: Callable[[], Iterable[str]],
    owners: Mapping[str, str],
) -> None:
    """Refuse services that moto lacks or that have an owner, and request hooks without any."""
    if not services and (useless := sorted(hooks & REQUEST_HOOKS)):
        raise PluginError(
            f"Plugin {name!r}: {useless[0]} would never be called, since the plugin owns no "
            "service. Return their names from aiomoto_services()."
        )
    motos = set(known()) if services else set()
    for service in services:
        if service not in motos:
            raise PluginError(
                f"Plugin {name!r} owns {service!r}, which the installed moto does not have. "
                "Names are those of moto.backend_index, for instance 's3' or 'awslambda'."
            )
        if service in owners:
            raise PluginError(
                f"Plugins {owners[service]!r} and {name!r} both own {service!r}. "
                "Uninstall one of them, or give only one to mock_aws(plugins=...)."
            )


def problem_of_response(response: Any) -> str | None:
    """What is wrong with a response of a plugin, as the end of a sentence that names its hook."""
    status, body, stream = response.status, response.body, response.stream
    if not isinstance(status, int) or not 200 <= status <= 999:
        # After a status of 1xx a client waits for another.
        return f"whose status is {status!r}; allowed are whole numbers from 200 to 999."
    if not isinstance(body, (bytes, bytearray)):
        return f"whose body is {body!r}; allowed are bytes. AwsResponse.of() takes text as well."
    if stream is not None and not isinstance(stream, AsyncIterator):
        allowed = "None and an asynchronous iterator of bytes"
        return f"whose stream is {stream!r}; allowed are {allowed}."
    for name, value in response.headers.items():
        if not isinstance(name, str) or not _HEADER_NAME.fullmatch(name):
            return f"with the header {name!r}; allowed are letters, digits and !#$%&'*+-.^_`|~."
        if not isinstance(value, str) or not _HEADER_VALUE.fullmatch(value):
            return f"whose header {name!r} is {value!r}; allowed is a string without line breaks."
    return None


def check_plugins(given: object) -> tuple[object, ...]:
    """The ``plugins`` argument of ``mock_aws``: an iterable of plugin objects."""
    if given is None:
        return ()
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise InvalidOption(f"mock_aws(plugins=...) takes a list of plugin objects, got {given!r}.")
    plugins = tuple(given)
    for index, plugin in enumerate(plugins):
        if any(plugin is other for other in plugins[:index]):
            raise PluginError(f"Plugin {name_of(plugin)!r} is registered already.")
    return plugins


def name_of(plugin: object) -> str:
    """A name for a plugin object that was given, not installed."""
    named = getattr(plugin, "__name__", None)
    return str(named) if named else f"{type(plugin).__module__}.{type(plugin).__qualname__}"
