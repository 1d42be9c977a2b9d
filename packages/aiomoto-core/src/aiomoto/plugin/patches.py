"""Replaced attributes of other libraries, for core and for plugins."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
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
                self._done.append((owner, name, original, replacement))
                setattr(owner, name, replacement)
        except BaseException:
            self.take_out()
            raise

    def take_out(self) -> None:
        """Put back, but for what somebody else has patched over since."""
        while self._done:
            owner, name, original, replacement = self._done[-1]
            if vars(owner).get(name) is replacement:
                if original is _MISSING:
                    delattr(owner, name)
                else:
                    setattr(owner, name, original)
            self._done.pop()


class Prepared:
    """Patches of one module, made once for all mocks.

    ``make()`` looks up what it needs, and raises where that is missing. It is asked
    again where another module of that name is imported since, and where something
    that the patches replace is not what it was.
    """

    def __init__(self, module: str, make: Callable[[], Sequence[Patch]]) -> None:
        self._module = module
        self._make = make
        self._made_of: Any = None
        self._patches: Sequence[Patch] = ()
        self._originals: list[Any] = []

    def get(self) -> Sequence[Patch]:
        """The patches; none of them is in place."""
        module = sys.modules.get(self._module)
        if self._made_of is None or self._made_of is not module or not self._fit():
            self._made_of = None
            self._patches = self._make()
            self._originals = [vars(owner).get(name, _MISSING) for owner, name, _ in self._patches]
            self._made_of = sys.modules.get(self._module)
        return self._patches

    def _fit(self) -> bool:
        for (owner, name, _), original in zip(self._patches, self._originals, strict=True):
            if vars(owner).get(name, _MISSING) is not original:
                return False
        return True
