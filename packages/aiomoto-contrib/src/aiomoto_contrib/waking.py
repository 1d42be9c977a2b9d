"""A bell: its task sleeps until it is rung, from any thread, or until the mock's clock says so."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from typing import Any

from aiomoto.clock import Clock, VirtualClock

#: Seconds; timers may fire a little before a clock that is adjusted says so.
_SHORTEST = 0.001
#: Seconds; sums of floating point numbers.
_ROUNDING = 1e-6


class Bell:
    """Made by the task that waits; on asyncio and on trio.

    A ring is kept until :meth:`clear`, so that nothing is missed by a task that
    clears, looks, and then waits.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._trio = _trio()
        self._event: Any
        if self._trio is not None:
            self._event = self._trio.Event()
            self._call_soon = self._trio.lowlevel.current_trio_token().run_sync_soon
        else:
            self._event = asyncio.Event()
            self._loop = asyncio.get_running_loop()
            self._call_soon = self._loop.call_soon_threadsafe

    def ring(self) -> None:
        """Wake the task, from any thread; harmless when its event loop has ended."""
        with contextlib.suppress(RuntimeError):  # a closed loop; trio's RunFinishedError is one
            self._call_soon(self._event.set)

    def clear(self) -> None:
        """Forget rings; in the waiting task."""
        if self._trio is None:
            self._event.clear()
        elif self._event.is_set():
            self._event = self._trio.Event()

    async def wait_until(self, moment: float | None) -> None:
        """Return when rung, or when the clock is there (seconds since 1970); None is never."""
        if moment is None:
            await self._event.wait()
            return
        seconds = max(moment - self._clock.time(), _SHORTEST)
        if isinstance(self._clock, VirtualClock):
            timer = self._clock.call_later(seconds, self.ring)
            try:
                await self._event.wait()
            finally:
                timer.cancel()
        elif self._trio is not None:
            with self._trio.move_on_after(seconds):
                await self._event.wait()
        else:
            alarm = self._loop.call_later(seconds, self._event.set)
            try:
                await self._event.wait()
            finally:
                alarm.cancel()


def reached(clock: Clock, moment: float) -> bool:
    """Whether the clock is at a moment, or past it."""
    return clock.time() >= moment - _ROUNDING


def _trio() -> Any:
    """The trio module, if this code runs in trio."""
    trio = sys.modules.get("trio")
    if trio is not None:
        try:
            trio.lowlevel.current_trio_token()
        except RuntimeError:
            return None
    return trio
