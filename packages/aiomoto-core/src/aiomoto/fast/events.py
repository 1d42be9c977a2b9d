"""botocore's event system: what it works out about names and handlers is worked out once.

Each session registers some 140 handlers and each client copies the tree of them, node
by node, to add a dozen of its own. For every event name the aliaser tries 350 aliases,
and for every handler its signature is inspected.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any

from ..compat import Events

if TYPE_CHECKING:
    from ..plugin.patches import Patch

_VARKEYWORDS = 0x08  # inspect.CO_VARKEYWORDS
#: Event name to what it is called since botocore 1.11, for the aliases of botocore itself.
_names: dict[str, str] = {}


def patches(optimises: Callable[[], bool]) -> list[Patch]:
    """What to replace in botocore while a mock is active."""
    events = Events()
    accepts_kwargs = events.accepts_kwargs
    make_aliaser = events.aliaser_class.__init__

    def init(self: Any, event_emitter: Any, event_aliases: Any = None) -> None:
        """Have aliasers with botocore's own aliases share what they found."""
        make_aliaser(self, event_emitter, event_aliases)
        if optimises():
            events.share_names(self, _names)

    def quick_accepts_kwargs(function: Any) -> Any:
        """Whether a handler takes ``**kwargs``; told from its code where nothing hides that."""
        plain = function.__func__ if type(function) is MethodType else function
        if type(plain) is FunctionType and not plain.__dict__ and optimises():
            return bool(plain.__code__.co_flags & _VARKEYWORDS)
        return accepts_kwargs(function)

    copy_trie = events.trie_class.__copy__

    def quick_copy(self: Any) -> Any:
        """A client's own tree of handlers; of botocore's own class, its nodes are known."""
        own = type(self) is events.trie_class and optimises()
        return events.share_trie(self) if own else copy_trie(self)

    return [
        (events.trie_class, "__copy__", quick_copy),
        (events.aliaser_class, "__init__", init),
        (events.module, "accepts_kwargs", quick_accepts_kwargs),
    ]
