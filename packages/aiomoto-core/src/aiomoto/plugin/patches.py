"""Replaced attributes of other libraries, for core and for plugins."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

#: Owner, attribute, replacement.
Patch = tuple[Any, str, Any]

_MISSING: Any = object()


class Patches:
    """Replaced attributes: put in together, put back in the reverse order."""

    def __init__(self) -> None:
        self._done: list[tuple[Any, str, Any, Any]] = []

    def put_in(self, patches: Iterable[Patch]) -> None:
        """Replace; all or nothing. What is replaced twice is put back to what it was first."""
        try:
            for owner, name, replacement in patches:
                original = vars(owner).get(name, _MISSING)
                setattr(owner, name, replacement)
                self._done.append((owner, name, original, replacement))
        except BaseException:
            self.take_out()
            raise

    def take_out(self) -> None:
        """Put back, but for what somebody else has patched over since."""
        while self._done:
            owner, name, original, replacement = self._done.pop()
            if vars(owner).get(name) is not replacement:
                continue
            if original is _MISSING:
                delattr(owner, name)
            else:
                setattr(owner, name, original)
