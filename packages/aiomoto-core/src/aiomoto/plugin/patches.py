"""Replaced attributes of other libraries, for core and for plugins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

#: Owner, attribute, replacement.
Patch = tuple[Any, str, Any]

#: Owner, attribute, original (or ``MISSING``), replacement.
Replaced = tuple[Any, str, Any, Any]

MISSING: Any = object()


def put_back(replaced: Sequence[Replaced]) -> None:
    """Put originals back, the last first.

    But for what was not replaced, or somebody else has patched over since.
    """
    for owner, name, original, replacement in reversed(replaced):
        if vars(owner).get(name) is not replacement:
            continue
        if original is MISSING:
            delattr(owner, name)
        else:
            setattr(owner, name, original)
