"""moto's common code: what it searches anew for each request, found directly."""

from __future__ import annotations

import inspect
import re
from collections import OrderedDict
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from ..compat import attribute, require, require_attributes
from ..plugin.patches import Patch

_RESPONSES = "moto.core.responses"
_DICTS = (dict, OrderedDict)
#: As botocore writes it. Nothing behind the access key could be taken for one: it would
#: have twenty capitals or digits.
_SIGNATURE = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<access_key>[A-Z0-9]+)/\d{8}/[a-z-]+\d{0,2}/"
    r"(?:[a-z-]+|[a-z0-9-]{1,19})/aws4_request, SignedHeaders=[a-z0-9;-]+, Signature=[0-9a-f]{64}",
    re.ASCII,
)
#: How long an access key is that moto takes for one.
_KEY_LENGTH = 20


def methods() -> list[Patch]:
    """The actions that a service has."""
    return [attribute("moto", _RESPONSES, "method_names_from_class").patch(MethodNames)]


def underscores(module: str) -> list[Patch]:
    """How a module of moto makes ``put_item`` of ``PutItem``, character by character."""
    return _remembered(module, "camelcase_to_underscores")


def partitions() -> list[Patch]:
    """The partition of a region."""
    return _remembered(_RESPONSES, "get_partition")


def _remembered(module: str, name: str) -> list[Patch]:
    function = attribute("moto", module, name)
    slowly = function.original
    known = lru_cache(maxsize=4096)(slowly)

    def quickly(argument: Any) -> Any:
        return known(argument) if type(argument) is str else slowly(argument)

    return [function.patch(quickly)]


def headers() -> list[Patch]:
    """The headers of moto's requests, whose names are worked out for each look at them.

    An older moto has no headers of its own.
    """
    iteration = attribute("moto", "moto.core.request", "EnvironHeaders", "__iter__")
    note = require("moto", "moto.core.request", "PRESERVED_HEADER_NAMES_ENVIRON_KEY")
    cls, slowly = iteration.owner, iteration.original

    def pairs(self: Any) -> Any:
        """Names and values; werkzeug's own where moto has noted no spelling."""
        return slowly(self) if self.environ.get(note) else super(cls, self).__iter__()

    return [iteration.patch(pairs)]


def access_keys() -> list[Patch]:
    """The pattern of a signature's access key, which is tried at each character from the end."""
    regex = attribute("moto", _RESPONSES, "BaseResponse", "access_key_regex")
    pattern = regex.original

    class Quick:
        """The same matches; those of the usual signatures without going back and forth."""

        def search(self, text: str) -> Any:
            usual = _SIGNATURE.fullmatch(text)
            if usual is None:
                return pattern.search(text)
            return usual if len(usual["access_key"]) == _KEY_LENGTH else None

        def __getattr__(self, name: str) -> Any:
            return getattr(pattern, name)

    return [regex.patch(Quick())]


def forms() -> list[Patch]:
    """The fields of a form, which moto looks for in every body."""
    parsing = attribute("moto", _RESPONSES, "parse_qsl")
    parse = parsing.original

    def quick_parse(qs: Any, keep_blank_values: bool = False, **options: Any) -> Any:
        """The fields of a form. JSON is one whose only field has no value."""
        if (
            keep_blank_values
            and not options
            and type(qs) is str
            and qs[:1] == "{"
            and not any(mark in qs for mark in "&=%+")
        ):
            return [(qs, "")]
        return parse(qs, keep_blank_values, **options)

    return [parsing.patch(quick_parse)]


class MethodNames:
    """The list that ``inspect.getmembers`` would make, of which only one name is wanted."""

    def __init__(self, cls: Any) -> None:
        self._class = cls

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and inspect.isfunction(getattr(self._class, name, None))

    def __iter__(self) -> Iterator[str]:
        return iter(name for name, _ in inspect.getmembers(self._class, inspect.isfunction))


def members() -> list[Patch]:
    """moto's serialiser: under which names it looks for a member of a dictionary.

    They depend on the shapes of botocore's model only, where the object has no
    class of its own. moto works them out for each member of each answer. An older moto
    has no such serialiser.
    """
    module = "moto.core.serialize"
    picking = attribute("moto", module, "AttributePicker", "__call__")
    defaults = require("moto", module, "DEFAULT_ALIAS_PROVIDERS")
    kinds = (picking.owner, require("moto", module, "XFormedAttributePicker"))
    used = ("get_possible_keys", "alias_providers", "response_transformers")
    require_attributes("moto", module, "AttributePicker", *used)
    pick = picking.original
    names: WeakKeyDictionary[Any, dict[Any, tuple[str, ...] | None]] = WeakKeyDictionary()

    def names_of(self: Any, context: Any) -> tuple[str, ...] | None:
        shape = context.shape
        known = names.setdefault(shape, {})
        parent = getattr(shape, "parent", None)
        key = (type(self), type(context.obj), context.key, id(parent))
        if key not in known:
            found = tuple(self.get_possible_keys(context))
            # A dot would be a path.
            known[key] = None if any("." in name for name in found) else found
        return known[key]

    def quick_pick(self: Any, context: Any) -> Any:
        obj = context.obj
        if (
            type(obj) in _DICTS
            and type(self) in kinds
            and self.alias_providers is defaults
            and not self.response_transformers
            and context.shape is not None
        ):
            found = names_of(self, context)
            if found is not None:
                for name in found:
                    if name in obj:
                        return obj[name]
                return None
        return pick(self, context)

    return [picking.patch(quick_pick)]
