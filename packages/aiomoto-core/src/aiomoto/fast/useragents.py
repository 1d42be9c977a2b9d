"""botocore's User-Agent header, which each request writes twice: written once for equal parts.

What goes into it is the generator's own attributes, which are set when session and client are
made, five settings of the client's configuration, and the features that the request's context
has gathered. Components are strings; what they are made of is cleaned once for each.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from ..compat import UserAgentComponents, UserAgents

if TYPE_CHECKING:
    from ..plugin.patches import Patch

#: Of one generator. Features come and go with what a client is asked for.
_MOST = 64


def components() -> list[Patch]:
    """The components of the header."""
    written = UserAgentComponents().to_string
    write = written.original
    quick = lru_cache(maxsize=4096)(write)

    def component_to_string(self: Any) -> Any:
        """``prefix/name#value``; a component is a tuple of strings."""
        # That of a request's features has a ``size_config`` that equals no other.
        return quick(self) if self.size_config is None else write(self)

    return [written.patch(component_to_string)]


def header() -> list[Patch]:
    """The whole header."""
    agents = UserAgents()
    write = agents.to_string.original
    written: WeakKeyDictionary[Any, dict[Any, str]] = WeakKeyDictionary()

    def to_string(self: Any) -> Any:
        """The header's value."""
        parts = agents.parts(self)
        if parts is None:
            return write(self)
        known = written.get(self)
        if known is None or len(known) >= _MOST:
            known = written[self] = {}
        try:
            return known[parts]
        except KeyError:
            made = known[parts] = write(self)
            return made
        except TypeError:
            return write(self)

    return [agents.to_string.patch(to_string)]
