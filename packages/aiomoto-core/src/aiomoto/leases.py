"""Users of the engine, also those that were never stopped: their mock was freed before."""

from __future__ import annotations

import logging
import sys
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any
from weakref import ReferenceType, ref

from . import locks
from .calls import Calls
from .declared import Endpoint
from .settings import Settings
from .undo import Undo, surely


class Lease:
    """One user of the engine, from start to stop. The engine holds it, so it holds no mock.

    ``owner`` stands for the mock that it is of; ``calls`` listen while it lasts.
    """

    def __init__(self, settings: Settings, owner: object, calls: Calls) -> None:
        self.settings = settings
        self.owner = owner
        self.calls = calls
        self.remove_data = settings.remove_data
        self.endpoints: tuple[Endpoint, ...] = ()
        self.undo = Undo()
        self._holder: ReferenceType[Any] | None = None

    def end_with(self, holder: object, abandoned: Abandoned) -> None:
        """Have it released when ``holder`` is freed.

        A signal may arrive between ``__enter__`` and the block of a ``with`` statement, or
        before the first line of ``__exit__``: nobody calls ``__exit__`` then.
        """
        self._holder = ref(holder, partial(abandoned.add, self))

    def let_go(self) -> None:
        self._holder = None


class Abandoned:
    """Leases whose holders were freed, until they are released.

    A holder may be freed in any thread and in the midst of anything, an ``acquire`` included.
    Its lease is released at once where no lock of ours, or of moto, is in the way; else by
    whoever has the engine's lock, or by the next start or stop.
    """

    def __init__(self, lock: Any, release: Callable[[Lease], object]) -> None:
        self._lock = lock
        self._release = release
        self._waiting: deque[Lease] = deque()

    def add(self, lease: Lease, _: object) -> None:
        """Hear from the reference that the lease's holder is freed."""
        if not sys.is_finalizing():
            self._waiting.append(lease)
            self.release()

    def release(self) -> None:
        """Release those that wait, unless somebody else is about to."""
        while self._waiting and not locks.entered():
            if not locks.unless_taken(self._lock, self._release_next):
                return

    def _release_next(self) -> None:
        if not self._waiting:
            return
        lease = self._waiting[0]
        try:
            surely(self._release, lease)
        except Exception:
            # A finaliser has no caller to tell.
            logging.getLogger("aiomoto").exception("An interrupted mock was not stopped cleanly.")
        finally:
            if not lease.undo:
                self._waiting.popleft()
