"""moto's common code: what it searches anew for each request, found directly."""

from __future__ import annotations

import inspect
import re
from collections import OrderedDict
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from ..compat import require

if TYPE_CHECKING:
    from ..plugin.patches import Patch

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


def patches(optimises: Callable[[], bool]) -> list[Patch]:
    """What to replace in moto while a mock is active."""
    responses = require("moto", "moto.core.responses")
    list_methods = require("moto", "moto.core.responses", "method_names_from_class")

    def method_names(cls: Any) -> Any:
        """The names of a class's methods, for moto to see whether an action is among them."""
        return MethodNames(cls) if optimises() else list_methods(cls)

    return [
        (responses, "method_names_from_class", method_names),
        *underscores("moto.core.responses", optimises),
        *_request_headers(optimises),
        *_access_keys(optimises),
        *_queries(optimises),
        *_picker(optimises),
    ]


def underscores(module: str, optimises: Callable[[], bool]) -> list[Patch]:
    """How a module of moto makes ``put_item`` of ``PutItem``, character by character."""
    write = require("moto", module, "camelcase_to_underscores")
    known = lru_cache(maxsize=4096)(write)

    def quick_underscores(argument: Any) -> Any:
        """The name of a method or an attribute."""
        return known(argument) if type(argument) is str and optimises() else write(argument)

    return [(require("moto", module), "camelcase_to_underscores", quick_underscores)]


def _request_headers(optimises: Callable[[], bool]) -> list[Patch]:
    """The headers of moto's requests, whose names are worked out for each look at them."""
    try:
        module: Any = import_module("moto.core.request")
        headers, note = module.EnvironHeaders, module.PRESERVED_HEADER_NAMES_ENVIRON_KEY
    except (ImportError, AttributeError):
        return []  # an older moto; it has no headers of its own
    slowly = headers.__iter__

    def pairs(self: Any) -> Any:
        """Names and values; werkzeug's own where moto has noted no spelling."""
        if self.environ.get(note) or not optimises():
            return slowly(self)
        return super(headers, self).__iter__()

    return [(headers, "__iter__", pairs)]


def _access_keys(optimises: Callable[[], bool]) -> list[Patch]:
    """The pattern of a signature's access key, which is tried at each character from the end."""
    responses = require("moto", "moto.core.responses", "BaseResponse")
    pattern = require("moto", "moto.core.responses", "BaseResponse", "access_key_regex")

    class Quick:
        """The same matches; those of the usual signatures without going back and forth."""

        def search(self, text: str) -> Any:
            """The access key of an ``Authorization`` header, as the group of that name."""
            usual = _SIGNATURE.fullmatch(text) if optimises() else None
            if usual is None:
                return pattern.search(text)
            return usual if len(usual["access_key"]) == _KEY_LENGTH else None

        def __getattr__(self, name: str) -> Any:
            return getattr(pattern, name)

    return [(responses, "access_key_regex", Quick())]


def _queries(optimises: Callable[[], bool]) -> list[Patch]:
    """What moto looks for in every body and region: a form's fields, and the partition."""
    module = require("moto", "moto.core.responses")
    parse = require("moto", "moto.core.responses", "parse_qsl")
    partition_of = require("moto", "moto.core.responses", "get_partition")
    known_partition = lru_cache(maxsize=256)(partition_of)

    def quick_parse(qs: Any, keep_blank_values: bool = False, **options: Any) -> Any:
        """The fields of a form. JSON is one whose only field has no value."""
        if (
            keep_blank_values
            and not options
            and type(qs) is str
            and qs[:1] == "{"
            and not any(mark in qs for mark in "&=%+")
            and optimises()
        ):
            return [(qs, "")]
        return parse(qs, keep_blank_values, **options)

    def quick_partition(region: Any) -> Any:
        """``aws``, ``aws-cn`` and so on."""
        if type(region) is str and optimises():
            return known_partition(region)
        return partition_of(region)

    return [(module, "parse_qsl", quick_parse), (module, "get_partition", quick_partition)]


class MethodNames:
    """The list that ``inspect.getmembers`` would make, of which only one name is wanted."""

    def __init__(self, cls: Any) -> None:
        self._class = cls

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and inspect.isfunction(getattr(self._class, name, None))

    def __iter__(self) -> Iterator[str]:
        return iter(name for name, _ in inspect.getmembers(self._class, inspect.isfunction))


def _picker(optimises: Callable[[], bool]) -> list[Patch]:
    """moto's serialiser: under which names it looks for a member of a dictionary.

    They depend on the shapes of botocore's model only, where the object has no
    class of its own. moto works them out for each member of each answer.
    """
    try:
        serialize: Any = import_module("moto.core.serialize")
        picker, defaults = serialize.AttributePicker, serialize.DEFAULT_ALIAS_PROVIDERS
        kinds = (picker, serialize.XFormedAttributePicker)
    except (ImportError, AttributeError):
        return []  # an older moto; there is nothing to shorten
    pick = picker.__call__
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
        """The value of a member of a result."""
        obj = context.obj
        if (
            type(obj) in _DICTS
            and type(self) in kinds
            and self.alias_providers is defaults
            and not self.response_transformers
            and context.shape is not None
            and optimises()
        ):
            found = names_of(self, context)
            if found is not None:
                for name in found:
                    if name in obj:
                        return obj[name]
                return None
        return pick(self, context)

    return [(picker, "__call__", quick_pick)]
