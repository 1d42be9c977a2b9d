"""botocore's User-Agent header: its components are the same for every request of a client."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..compat import require

if TYPE_CHECKING:
    from ..plugin.patches import Patch


def patches(optimises: Callable[[], bool]) -> list[Patch]:
    """What to replace in botocore while a mock is active."""
    component = require("botocore", "botocore.useragent", "UserAgentComponent")
    write = require("botocore", "botocore.useragent", "UserAgentComponent", "to_string")
    quick = lru_cache(maxsize=4096)(write)

    def to_string(self: Any) -> Any:
        """``prefix/name#value``; a component is a tuple of strings."""
        return quick(self) if optimises() else write(self)

    return [(component, "to_string", to_string)]
