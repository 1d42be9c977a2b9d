"""Sees an event loop that stands still, and says where.

A task beats as long as the loop goes round; a thread beside it counts its own
turns between two beats. When the machine is busy both are late, so only a loop
that stands still by itself has many turns of the thread to one beat.
"""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import anyio.lowlevel

_TURN = 0.005


class LoopBlocked(AssertionError):
    """The event loop stood still for longer than allowed; the message has the stack."""


@asynccontextmanager
async def loop_stays_free(limit: float = 0.1) -> AsyncIterator[None]:
    """Fail if the event loop of this block stands still for `limit` seconds or longer.

    On asyncio and on trio. Computing counts as standing still too.

    :raises LoopBlocked: at the end of the block, if that raised nothing itself.
    """
    watch = _Watch(limit)
    error: BaseException | None = None
    watch.start()
    try:
        async with anyio.create_task_group() as group:
            group.start_soon(watch.beat)
            await anyio.lowlevel.checkpoint()
            try:
                yield
            except anyio.get_cancelled_exc_class():
                raise
            except BaseException as raised:
                error = raised  # raised below, so that no exception group is around it
            # A loop that stood still until now has not beaten since.
            await anyio.sleep(_TURN)
            group.cancel_scope.cancel()
    finally:
        watch.stop()
    if error is not None:
        raise error
    if watch.found:
        raise LoopBlocked(
            f"The event loop stood still for {limit:g} seconds or longer, here:\n{watch.found}"
        )


class _Watch(threading.Thread):
    def __init__(self, limit: float) -> None:
        super().__init__(name="loop_stays_free", daemon=True)
        self.found = ""
        self._allowed = max(2, round(limit / _TURN))
        self._loop_thread = threading.get_ident()
        self._turns = 0
        self._stopped = threading.Event()

    async def beat(self) -> None:
        while True:
            self._turns = 0
            await anyio.sleep(_TURN)

    def run(self) -> None:
        while not self._stopped.wait(_TURN):
            self._turns += 1
            if self._turns == self._allowed and not self.found:
                # Python documents it for this: "Return a dictionary mapping each
                # thread's identifier to the topmost stack frame".
                frame = sys._current_frames().get(self._loop_thread)  # noqa: SLF001
                self.found = "".join(traceback.format_stack(frame)[-8:])

    def stop(self) -> None:
        self._stopped.set()
        self.join()
