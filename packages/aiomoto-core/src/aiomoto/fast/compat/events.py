"""botocore's event system: what it works out about names and handlers is worked out once.

Each session registers some 140 handlers and each client copies the tree of them, node
by node, to add a dozen of its own. For every event name the aliaser tries 350 aliases,
and for every handler its signature is inspected.
"""

from __future__ import annotations

from copy import copy
from functools import cache
from types import FunctionType, MethodType
from typing import Any

from ...compat import attribute, incompatible, require, require_attributes
from ...plugin.patches import Patch

_HOOKS = "botocore.hooks"
_VARKEYWORDS = 0x08  # inspect.CO_VARKEYWORDS
#: Event name to what it is called since botocore 1.11, for the aliases of botocore itself.
_names: dict[str, str] = {}
#: A node of the tree of handlers, with nothing in it.
_NO_HANDLERS: Any = {"chunk": None, "children": {}, "values": None}


def names() -> list[Patch]:
    """The names that events have since botocore 1.11."""
    making = attribute("botocore", _HOOKS, "EventAliaser", "__init__")
    aliases = require("botocore", _HOOKS, "EVENT_ALIASES")
    own = ("_event_aliases", "_alias_name_cache")
    require_attributes("botocore", _HOOKS, "EventAliaser", *own)
    make_aliaser = making.original

    def init(self: Any, event_emitter: Any, event_aliases: Any = None) -> None:
        """Have aliasers with botocore's own aliases share what they found."""
        make_aliaser(self, event_emitter, event_aliases)
        if self._event_aliases == aliases:
            self._alias_name_cache = _names

    return [making.patch(init)]


def signatures() -> list[Patch]:
    """The arguments that a handler takes."""
    accepts = attribute("botocore", _HOOKS, "accepts_kwargs")
    accepts_kwargs = accepts.original

    def quick_accepts_kwargs(function: Any) -> Any:
        """Whether a handler takes ``**kwargs``; told from its code where nothing hides that."""
        plain = function.__func__ if type(function) is MethodType else function
        if type(plain) is FunctionType and not plain.__dict__:
            return bool(plain.__code__.co_flags & _VARKEYWORDS)
        return accepts_kwargs(function)

    return [accepts.patch(quick_accepts_kwargs)]


def trees() -> list[Patch]:
    """A client's own tree of handlers, which shares branches until it or its origin changes."""
    copying = attribute("botocore", _HOOKS, "_PrefixTrie", "__copy__")
    cls, copy_trie = copying.owner, copying.original
    node_list_class = require("botocore", _HOOKS, "NodeList")
    own = ("append_item", "remove_item", "_root")
    require_attributes("botocore", _HOOKS, "_PrefixTrie", *own)
    if vars(cls()) != {"_root": _NO_HANDLERS}:
        raise incompatible("botocore", f"{_HOOKS}._PrefixTrie()._root as it is known here")
    sharing_class = _sharing(cls, node_list_class)

    def quick_copy(self: Any) -> Any:
        """A copy of a tree; of botocore's own class, its nodes are known."""
        if type(self) is not cls:
            return copy_trie(self)
        self.__class__, self._own = sharing_class, set()
        return copy(self)

    return [copying.patch(quick_copy)]


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
            self._branch_off(key)
            super().append_item(key, *args, **kwargs)

        def remove_item(self, key: str, value: Any) -> None:
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
