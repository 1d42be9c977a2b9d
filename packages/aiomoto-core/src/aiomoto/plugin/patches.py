"""Replaced attributes of other libraries, for core and for plugins."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

#: Owner, attribute, replacement.
Patch = tuple[Any, str, Any]

MISSING: Any = object()


class Patches:
    """Replaced attributes: put in together, put back in the reverse order.

    Each is noted before it is replaced, and forgotten after it was put back, so that an
    interrupt leaves nothing that :meth:`take_out` doesn't know of.
    """

    def __init__(self) -> None:
        self._done: list[tuple[Any, str, Any, Any]] = []

    def put_in(self, patches: Iterable[Patch]) -> None:
        """Replace; all or nothing. What is replaced twice is put back to what it was first."""
        try:
            for owner, name, replacement in patches:
                original = vars(owner).get(name, MISSING)
                self._done.append((owner, name, original, replacement))
                setattr(owner, name, replacement)
        except BaseException:
            self.take_out()
            raise

    def take_out(self) -> None:
        """Put back, but for what was not replaced, or somebody else has patched over since."""
        while self._done:
            owner, name, original, replacement = self._done[-1]
            if vars(owner).get(name) is replacement:
                if original is MISSING:
                    delattr(owner, name)
                else:
                    setattr(owner, name, original)
            self._done.pop()
