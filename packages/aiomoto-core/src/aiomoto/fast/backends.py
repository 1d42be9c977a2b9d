"""moto's common code: what it searches anew for each request, found directly."""

from __future__ import annotations

import inspect
from collections import OrderedDict
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..compat import require

if TYPE_CHECKING:
    from ..patching import Patch

_DICTS = (dict, OrderedDict)


def patches(optimises: Callable[[], bool]) -> list[Patch]:
    """What to replace in moto while a mock is active."""
    responses = require("moto", "moto.core.responses")
    list_methods = require("moto", "moto.core.responses", "method_names_from_class")
    to_underscores: Callable[[str], str] = require(
        "moto", "moto.core.responses", "camelcase_to_underscores"
    )
    quick_underscores = lru_cache(maxsize=4096)(to_underscores)

    def method_names(cls: Any) -> Any:
        """The names of a class's methods, for moto to see whether an action is among them."""
        return MethodNames(cls) if optimises() else list_methods(cls)

    def underscores(argument: str) -> str:
        """``PutItem`` to ``put_item``."""
        return quick_underscores(argument) if optimises() else to_underscores(argument)

    found: list[Patch] = [
        (responses, "method_names_from_class", method_names),
        (responses, "camelcase_to_underscores", underscores),
    ]
    return found + _picker(optimises)


class MethodNames:
    """The list that ``inspect.getmembers`` would make, of which only one name is wanted."""

    def __init__(self, cls: Any) -> None:
        self._class = cls

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and inspect.isfunction(getattr(self._class, name, None))

    def __iter__(self) -> Iterator[str]:
        return iter(name for name, _ in inspect.getmembers(self._class, inspect.isfunction))


def _picker(optimises: Callable[[], bool]) -> list[Patch]:
    """moto's serialiser tries five sorts of aliases; a key that is in a dict is the second."""
    try:
        serialize: Any = import_module("moto.core.serialize")
        picker, defaults = serialize.AttributePicker, serialize.DEFAULT_ALIAS_PROVIDERS
        first = [serialize.ExplicitAlias, serialize.NoAlias]
    except (ImportError, AttributeError):
        return []  # before moto 5.1.5 or so; there is nothing to shorten
    if list(defaults[:2]) != first:
        return []
    pick = picker.__call__

    def quick_pick(self: Any, context: Any) -> Any:
        """The value of a member of a result."""
        obj, key = context.obj, context.key
        if (
            type(obj) in _DICTS  # so it has no aliases of its own
            and key in obj
            and self.alias_providers is defaults
            and not self.response_transformers
            and "." not in key
            and optimises()
        ):
            return obj[key]
        return pick(self, context)

    return [(picker, "__call__", quick_pick)]
