"""Fast paths: patches for speed alone. One whose library has changed is off, all else works."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

from ..errors import IncompatibleLibrary
from .imports import ModulePatches
from .patches import Patch

_log = logging.getLogger("aiomoto")


class FastPath(ModulePatches):
    """Patches of one module that change nothing but how fast it is.

    ``name`` says to a person what becomes faster. Where ``make()`` raises, or what it gives
    can't be put in, the fast path is off as long as the module is the same: ``reason`` says
    why, and so does a line in the log, once.
    """

    def __init__(self, name: str, module: str, make: Callable[[], Sequence[Patch]]) -> None:
        super().__init__(module, make)
        self.name = name
        self._told = False

    def __str__(self) -> str:
        return f"{self.name} ({self.module})"

    @property
    def are_in(self) -> bool:
        """Whether they are in place: on, and the module is imported."""
        return self._in and self.reason is None

    def forget(self) -> None:
        """Keep no patches, and no reason against them; they are made anew the next time."""
        super().forget()
        #: Why it is off; None if it is not, as far as it was tried.
        self.reason: str | None = None
        self._off_in: Any = None

    def why_off(self) -> str | None:
        """Import the module, and say why this is off where fast paths are on; None if it isn't."""
        try:
            import_module(self.module)
        except ImportError as error:
            return str(error)
        return self.reason

    def made(self) -> list[Patch]:
        """The patches; none as long as it is off in this module."""
        if self._off_in is not None and self._off_in is sys.modules.get(self.module):
            return []
        return super().made()

    def _tolerates(self, error: BaseException) -> bool:
        if not isinstance(error, Exception):
            return False
        self.forget()
        self._off_in, self.reason = sys.modules.get(self.module), _reason(error)
        if not self._told:
            self._told = True
            _log.info("Fast path off, all else works: %s: %s", self, self.reason)
        return True


def _reason(error: Exception) -> str:
    if isinstance(error, IncompatibleLibrary):
        return f"{error.library} {error.version} has no {error.attribute}"
    return f"{type(error).__name__}: {error}"
