"""botocore's headers, read and copied several times for each request and answer.

A request has them in a message of Python's email package, which looks at each for what could
not be sent. All else has a dictionary, which inherits most of what it does from
abstract classes: ``in`` and ``get`` try and catch a ``KeyError``, and each look at a pair
makes a key of its name again.
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterator
from functools import lru_cache
from typing import Any

from ...compat import attribute, require, require_attributes
from ...plugin.patches import Patch

_REQUESTS = "botocore.awsrequest"


def dictionaries() -> list[Patch]:
    """The dictionaries of headers."""
    cls = require_attributes("botocore", _REQUESTS, "HeadersDict", "_dict")
    key_of = require("botocore", _REQUESTS, "_HeaderKey")
    known_key = lru_cache(maxsize=4096)(key_of)
    init, contains, get, items = cls.__init__, cls.__contains__, cls.get, cls.items

    class Pairs(ItemsView[Any, Any]):
        """The view that ``items()`` gives, with less work for each pair."""

        def __init__(self, mapping: Any) -> None:
            super().__init__(mapping)
            self._by_key = mapping._dict

        def __iter__(self) -> Iterator[tuple[Any, Any]]:
            for key, value in self._by_key.items():
                yield str(key), value

    def quick_init(self: Any, *args: Any, **kwargs: Any) -> None:
        """Of a list of pairs, as ``dict`` takes it; the first spelling of a name stays."""
        if len(args) != 1 or kwargs or type(args[0]) is not list:
            init(self, *args, **kwargs)
            return
        init(self)
        self._dict.update((key_of(name), value) for name, value in args[0])

    def quick_contains(self: Any, key: Any) -> Any:
        if type(self) is cls and type(key) is str:
            return known_key(key) in self._dict
        return contains(self, key)

    def quick_get(self: Any, key: Any, default: Any = None) -> Any:
        if type(self) is cls:
            return self._dict.get(key_of(key), default)
        return get(self, key, default)

    def quick_items(self: Any) -> Any:
        return Pairs(self) if type(self) is cls else items(self)

    return [
        (cls, "__init__", quick_init),
        (cls, "__contains__", quick_contains),
        (cls, "get", quick_get),
        (cls, "items", quick_items),
    ]


def messages() -> list[Patch]:
    """The messages that requests have their headers in."""
    cls = message_class()
    reading = attribute("botocore", "botocore.compat", "HTTPHeaders", "items")
    items = reading.original

    def quick_items(self: Any) -> Any:
        """Names and values; what isn't ASCII is looked at by the email package."""
        if type(self) is cls:
            found = self._headers
            if all(type(value) is str and value.isascii() for _, value in found):
                return found.copy()
        return items(self)

    return [reading.patch(quick_items)]


def message_class() -> Any:
    """The message, which has names and values as they were set."""
    return require_attributes("botocore", "botocore.compat", "HTTPHeaders", "_headers")
