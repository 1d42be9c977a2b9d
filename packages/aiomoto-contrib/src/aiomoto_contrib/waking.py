"""A bell that the mock's clock rings too."""

from __future__ import annotations

from aiomoto.bells import async_bell
from aiomoto.clock import Clock, VirtualClock

#: Seconds; timers may fire a little before a clock that is adjusted says so.
_SHORTEST = 0.001
#: Seconds; sums of floating point numbers.
_ROUNDING = 1e-6


class Bell:
    """Made by the task that waits; on asyncio and on trio.

    Nothing is missed by a task that clears, looks, and then waits.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._bell = async_bell()

    def ring(self) -> None:
        """Wake the task, from any thread; harmless when its event loop has ended."""
        self._bell.ring()

    def clear(self) -> None:
        """Forget rings; in the waiting task."""
        self._bell.clear()

    async def wait_until(self, moment: float | None) -> None:
        """Return when rung, or when the clock is there (seconds since 1970); None is never."""
        if moment is None:
            await self._bell.wait(None)
            return
        seconds = max(moment - self._clock.time(), _SHORTEST)
        if not isinstance(self._clock, VirtualClock):
            await self._bell.wait(seconds)
            return
        timer = self._clock.call_later(seconds, self.ring)
        try:
            await self._bell.wait(None)
        finally:
            timer.cancel()


def reached(clock: Clock, moment: float) -> bool:
    """Whether the clock is at a moment, or past it."""
    return clock.time() >= moment - _ROUNDING
