"""The event systems of botocore and aiobotocore."""

from __future__ import annotations

from copy import copy
from functools import cache
from typing import Any

from .names import attribute, incompatible, require, require_attributes

_HOOKS = "botocore.hooks"
#: A node of the tree of handlers, with nothing in it.
_NO_HANDLERS: Any = {"chunk": None, "children": {}, "values": None}


class EventNames:
    """What aliases of event names are looked up with."""

    def __init__(self) -> None:
        self.init = attribute("botocore", _HOOKS, "EventAliaser", "__init__")
        self._aliases = require("botocore", _HOOKS, "EVENT_ALIASES")
        own = ("_event_aliases", "_alias_name_cache")
        require_attributes("botocore", _HOOKS, "EventAliaser", *own)

    def share(self, aliaser: Any, names: dict[str, str]) -> None:
        """Have an aliaser look event names up in ``names``, if its aliases are botocore's own."""
        if aliaser._event_aliases == self._aliases:
            aliaser._alias_name_cache = names


class HandlerTrees:
    """The trees that handlers are kept in."""

    def __init__(self) -> None:
        self.copy = attribute("botocore", _HOOKS, "_PrefixTrie", "__copy__")
        self.cls = self.copy.owner
        node_list_class = require("botocore", _HOOKS, "NodeList")
        own = ("append_item", "remove_item", "_root")
        require_attributes("botocore", _HOOKS, "_PrefixTrie", *own)
        if vars(self.cls()) != {"_root": _NO_HANDLERS}:
            raise incompatible("botocore", f"{_HOOKS}._PrefixTrie()._root as it is known here")
        self._sharing_class = _sharing(self.cls, node_list_class)

    def share(self, trie: Any) -> Any:
        """A copy of a tree of handlers; the two share their branches until one of them changes."""
        if type(trie) is self.cls:
            trie.__class__, trie._own = self._sharing_class, set()
        return copy(trie)


@cache
def _sharing(trie_class: Any, node_list_class: Any) -> Any:
    class SharingTrie(trie_class):  # type: ignore[misc]
        """A tree of handlers that shares its branches with its copies.

        It copies the nodes on the way to what it changes, unless no other tree has them. So
        do its copies, whether a mock is active or not.
        """

        #: The nodes that no other tree has, by identity. What is removed from a tree may leave
        #: its identity to another node, but one that is the tree's own too.
        _own: set[int]
        _root: dict[str, Any]

        def __copy__(self) -> Any:
            made = type(self).__new__(type(self))
            made._root, made._own = self._root, set()
            self._own = set()
            return made

        def append_item(self, key: str, *args: Any, **kwargs: Any) -> None:
            """Add a handler to a key, which is a list of names with dots between them."""
            self._branch_off(key)
            super().append_item(key, *args, **kwargs)

        def remove_item(self, key: str, value: Any) -> None:
            """Remove a handler of a key. Raises ``ValueError`` if there is no such key."""
            self._branch_off(key)
            super().remove_item(key, value)

        def _branch_off(self, key: str) -> None:
            node = self._root = self._owned(self._root)
            for part in key.split("."):
                children = node["children"]
                if part not in children:
                    break
                node = children[part] = self._owned(children[part])

        def _owned(self, node: dict[str, Any]) -> dict[str, Any]:
            if id(node) in self._own:
                return node
            values = node["values"]
            made = {
                "chunk": node["chunk"],
                "values": values and node_list_class(*map(list.copy, values)),
                "children": node["children"].copy(),
            }
            self._own.add(id(made))
            return made

    return SharingTrie


class Emitter:
    """aiobotocore's emitter of events."""

    def __init__(self) -> None:
        module, name = "aiobotocore.hooks", "AioHierarchicalEmitter"
        self.emit = attribute("aiobotocore", module, name, "_emit")
        self.cls = self.emit.owner
        self.log = require("aiobotocore", module, "logger")
        self._module = require("aiobotocore", module)
        require("aiobotocore", module, "resolve_awaitable")
        require_attributes("aiobotocore", module, name, "_lookup_cache")

    def known_handlers(self, emitter: Any, event_name: Any) -> Any:
        """The handlers that were found for this event before; None if they have to be looked for.

        None for a class that somebody derived, too.
        """
        return emitter._lookup_cache.get(event_name) if type(emitter) is self.cls else None

    def resolve(self, response: Any) -> Any:
        """What is to be awaited for a handler's response."""
        return self._module.resolve_awaitable(response)
