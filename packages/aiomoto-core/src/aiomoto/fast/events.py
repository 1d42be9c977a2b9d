"""botocore's event system: what it works out about names and handlers is worked out once.

Each session registers some 140 handlers and each client copies the tree of them, node
by node, to add a dozen of its own. For every event name the aliaser tries 350 aliases,
and for every handler its signature is inspected.
"""

from __future__ import annotations

from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any

from ..compat import EventNames, HandlerTrees, attribute

if TYPE_CHECKING:
    from ..plugin.patches import Patch

_VARKEYWORDS = 0x08  # inspect.CO_VARKEYWORDS
#: Event name to what it is called since botocore 1.11, for the aliases of botocore itself.
_names: dict[str, str] = {}


def names() -> list[Patch]:
    """The names that events have since botocore 1.11."""
    event_names = EventNames()
    make_aliaser = event_names.init.original

    def init(self: Any, event_emitter: Any, event_aliases: Any = None) -> None:
        """Have aliasers with botocore's own aliases share what they found."""
        make_aliaser(self, event_emitter, event_aliases)
        event_names.share(self, _names)

    return [event_names.init.patch(init)]


def signatures() -> list[Patch]:
    """What a handler takes."""
    accepts = attribute("botocore", "botocore.hooks", "accepts_kwargs")
    accepts_kwargs = accepts.original

    def quick_accepts_kwargs(function: Any) -> Any:
        """Whether a handler takes ``**kwargs``; told from its code where nothing hides that."""
        plain = function.__func__ if type(function) is MethodType else function
        if type(plain) is FunctionType and not plain.__dict__:
            return bool(plain.__code__.co_flags & _VARKEYWORDS)
        return accepts_kwargs(function)

    return [accepts.patch(quick_accepts_kwargs)]


def trees() -> list[Patch]:
    """A client's own tree of handlers."""
    handlers = HandlerTrees()
    copy_trie = handlers.copy.original

    def quick_copy(self: Any) -> Any:
        """A copy of a tree; of botocore's own class, its nodes are known."""
        return handlers.share(self) if type(self) is handlers.cls else copy_trie(self)

    return [handlers.copy.patch(quick_copy)]
