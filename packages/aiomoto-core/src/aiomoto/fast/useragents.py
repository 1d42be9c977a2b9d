"""botocore's User-Agent header, which each request writes twice: written once for equal parts.

What goes into it is the generator's own attributes, which are set when session and client are
made, five settings of the client's configuration, and the features that the request's context
has gathered. Components are strings; what they are made of is cleaned once for each.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from ..compat import UserAgents

if TYPE_CHECKING:
    from ..plugin.patches import Patch

#: Of one generator. Features come and go with what a client is asked for.
_MOST = 64


def patches(optimises: Callable[[], bool]) -> list[Patch]:
    """What to replace in botocore while a mock is active."""
    agents = UserAgents()
    write_component, write = agents.write_component, agents.write
    quick_component = lru_cache(maxsize=4096)(write_component)
    written: WeakKeyDictionary[Any, dict[Any, str]] = WeakKeyDictionary()

    def component_to_string(self: Any) -> Any:
        """``prefix/name#value``; a component is a tuple of strings."""
        # That of a request's features has a ``size_config`` that equals no other.
        lasting = getattr(self, "size_config", None) is None
        return quick_component(self) if lasting and optimises() else write_component(self)

    def to_string(self: Any) -> Any:
        """The header's value."""
        parts = agents.parts(self) if optimises() else None
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

    return [
        (agents.component_class, "to_string", component_to_string),
        (agents.generator_class, "to_string", to_string),
    ]
