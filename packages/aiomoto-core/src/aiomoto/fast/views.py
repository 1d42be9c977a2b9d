"""JSON that is read once and shared, seen by each reader as a tree of its own.

A reader gets what it asks for, node by node: a node is made when it is first
looked at. What he changes is his; what nobody looks at costs nothing. Small
nodes are kept packed, as bytes: a service's model has up to 100,000 objects,
which Python's garbage collector would visit again and again.
"""

from __future__ import annotations

import json
import marshal
from collections import OrderedDict
from collections.abc import Callable
from operator import is_
from typing import Any

#: Up to how many bytes a node is packed as a whole.
_SMALL = 4096


class _Packed(bytes):
    """A shared node that is small."""

    __slots__ = ()


class _RawDict(dict[str, Any]):
    """A shared object, its members packed or raw; never handed out."""

    __slots__ = ()


class _RawList(list[Any]):
    """A shared array; never handed out."""

    __slots__ = ()


_SHARED = frozenset({_Packed, _RawDict, _RawList})


def parse(text: str) -> Any:
    """The shared form of a JSON document, for :func:`view`."""
    document = json.loads(text)
    # A document of which nothing is wanted but all of it is an object of its own.
    size = len(text)
    return _raw(document, size) if isinstance(document, dict) else _shared(document, size)


def view(shared: Any) -> Any:
    """A tree that belongs to the caller."""
    kind = type(shared)
    if kind is _Packed:
        return marshal.loads(shared)
    if kind is _RawDict:
        return View(shared)
    if kind is _RawList:
        return [view(one) for one in shared]
    return shared


def _shared(value: Any, size: float) -> Any:
    """The shared form of a node that has about so many bytes."""
    if not isinstance(value, (dict, list)):
        return value
    if size <= 2 * _SMALL:  # to pack a large one only to see that it is would be done at each level
        packed = marshal.dumps(value)
        if len(packed) <= _SMALL:
            return _Packed(packed)
        size = len(packed)
    return _raw(value, size)


def _raw(value: Any, size: float) -> Any:
    share = size / max(len(value), 1)
    if isinstance(value, dict):
        return _RawDict((name, _shared(one, share)) for name, one in value.items())
    return _RawList(_shared(one, share) for one in value)


def _settling(method: Callable[..., Any]) -> Any:
    def settled(self: View, *args: Any, **kwargs: Any) -> Any:
        self.settle()
        return method(self, *args, **kwargs)

    settled.__name__ = method.__name__
    settled.__doc__ = method.__doc__
    return settled


class View(OrderedDict[str, Any]):
    """One object of the tree; its members are still shared until they are asked for.

    An ``OrderedDict``, as botocore's loader makes them. All that reads more than
    one member settles first: from then on it is an ordinary one.
    """

    def __init__(self, source: _RawDict = _RawDict()) -> None:  # noqa: B008 - never changed
        super().__init__(source)
        #: The shared object; not to be changed.
        self.source = source

    def is_untouched(self) -> bool:
        """Whether nothing was taken out of it and nothing changed."""
        mine, shared = OrderedDict.values(self), self.source.values()
        return self.keys() == self.source.keys() and all(map(is_, mine, shared))

    def is_unchanged(self) -> bool:
        """Whether nothing in it was changed, whatever was looked at."""
        if self.keys() != self.source.keys():
            return False
        mine = OrderedDict.items(self)
        return all(
            value is self.source[name] or value == view(self.source[name]) for name, value in mine
        )

    def settle(self) -> None:
        """Take the members that are still shared."""
        for name in self:
            value = super().__getitem__(name)
            if type(value) in _SHARED:
                super().__setitem__(name, view(value))

    def __getitem__(self, name: str) -> Any:
        value = super().__getitem__(name)
        if type(value) in _SHARED:
            value = view(value)
            super().__setitem__(name, value)
        return value

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self else default  # noqa: SIM401 - this is it

    def copy(self) -> OrderedDict[str, Any]:  # type: ignore[override]
        """A shallow copy, as of any ``OrderedDict``, but that it is a plain one."""
        return OrderedDict(self.items())

    def __or__(self, other: Any) -> Any:
        return self.copy() | other

    def __ror__(self, other: Any) -> Any:
        return other | self.copy()

    def __reduce__(self) -> Any:
        return OrderedDict, (list(self.items()),)

    def __eq__(self, other: object) -> bool:
        self.settle()
        if isinstance(other, View):
            other.settle()
        return super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # type: ignore[assignment]
    items = _settling(OrderedDict.items)
    values = _settling(OrderedDict.values)
    pop = _settling(OrderedDict.pop)
    popitem = _settling(OrderedDict.popitem)
    setdefault = _settling(OrderedDict.setdefault)
    __ior__ = _settling(OrderedDict.__ior__)
    __repr__ = _settling(OrderedDict.__repr__)
