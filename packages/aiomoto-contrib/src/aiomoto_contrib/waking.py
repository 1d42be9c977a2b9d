"""A bell that the mock's clock rings too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiomoto.bells import async_bell
from aiomoto.clock import Clock, VirtualClock
from aiomoto.standstill import Standstill

if TYPE_CHECKING:
    from aiomoto.request import AwsRequest

#: Seconds; timers may fire a little before a clock that is adjusted says so.
_SHORTEST = 0.001
#: Seconds; sums of floating point numbers.
_ROUNDING = 1e-6


def waiting(
    clock: Clock,
    wait: str,
    seconds: float | None = None,
    request: AwsRequest | None = None,
    *,
    in_background: bool = False,
) -> Standstill | None:
    """What a wait for the mock's clock says if virtual time is not moved; None on real time.

    The arguments are those of :class:`~aiomoto.standstill.Standstill`.
    """
    if not isinstance(clock, VirtualClock):
        return None
    return Standstill(clock, wait, seconds, request, in_background=in_background)


class Bell:
    """Made by the task that waits; on asyncio and on trio.

    Nothing is missed by a task that clears, looks, and then waits.

    :param still: says that virtual time stands still; None for what nobody waits for, such as
        a deadline.
    """

    def __init__(self, clock: Clock, still: Standstill | None = None) -> None:
        self._clock = clock
        self._bell = async_bell()
        self._still = still

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
        await self.wait_for(max(moment - self._clock.time(), _SHORTEST))

    async def wait_for(self, seconds: float) -> None:
        """Return when rung, or when the clock is so many seconds further."""
        if seconds <= 0:
            await self._clock.sleep(0)
            return
        if not isinstance(self._clock, VirtualClock):
            await self._bell.wait(seconds)
            return
        timer = self._clock.call_later(seconds, self.ring)
        try:
            if self._still is None:
                await self._bell.wait(None)
            else:
                await self._still.rest(self._bell)
        finally:
            timer.cancel()


def reached(clock: Clock, moment: float) -> bool:
    """Whether the clock is at a moment, or past it."""
    return clock.time() >= moment - _ROUNDING
