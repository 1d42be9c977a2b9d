"""botocore's User-Agent header: the same few words are cleaned for every request."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..compat import require

if TYPE_CHECKING:
    from ..patching import Patch


def patches(optimises: Callable[[], bool]) -> list[Patch]:
    """What to replace in botocore while a mock is active."""
    module = require("botocore", "botocore.useragent")
    clean = require("botocore", "botocore.useragent", "sanitize_user_agent_string_component")
    quick = lru_cache(maxsize=4096)(clean)

    def sanitize(raw_str: Any, allow_hash: Any) -> Any:
        """The text without characters that a User-Agent header must not have."""
        return quick(raw_str, allow_hash) if optimises() else clean(raw_str, allow_hash)

    return [(module, "sanitize_user_agent_string_component", sanitize)]
