"""The time that moto's services go by inside a mock: real, or moved by the test alone.

Service packages ask ``engine.clock``; a service follows it where its package
says so (SQS does). Nothing else of the process does: event loops, clients'
time-outs and ``time.time()`` keep real time.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from .bells import AsyncBell, async_bell, trio_here
from .errors import InvalidOption
from .locks import Order, guarded

if TYPE_CHECKING:
    from .standstill import Standstill

__all__ = ["Clock", "RealClock", "Timer", "VirtualClock"]

_MICROS = 1_000_000
#: Seconds; sums of floating point numbers.
_ROUNDING = 1e-6
#: Seconds; timers may fire a little before a clock that is adjusted says so.
_SHORTEST = 0.001
#: So many turns of the event loop in a row without anybody asking the clock
#: count as quiet: every task has come as far as it can. A request and its
#: answer take about ten.
_QUIET_TURNS = 50
#: A task that asks in every turn must not keep the time from moving.
_MOST_TURNS = 5000


class Clock(ABC):
    """What ``mock.clock`` and ``engine.clock`` have. Times are seconds since 1970, UTC."""

    #: Whether time stands still unless a test moves it.
    virtual: ClassVar[bool]

    @abstractmethod
    def time(self) -> float:
        """Now."""

    @property
    def activity(self) -> tuple[int, int]:
        """How often a virtual clock was used, and where it stands; asking for it is no use."""
        return 0, 0

    def touch(self) -> None:  # noqa: B027 - real time has no use for it
        """Hear that a request is being answered."""

    def reached(self, moment: float) -> bool:
        """Whether this clock is at a moment, or past it."""
        return self.time() >= moment - _ROUNDING

    async def wait(
        self, bell: AsyncBell, until: float | None, still: Standstill | None = None
    ) -> None:
        """Return when this task's bell is rung, or at a moment of this clock; None is never.

        :param still: says that virtual time stands still (``standstill.waiting``); None for what
            nobody waits for, such as a deadline.
        """
        await bell.wait(None if until is None else max(until - self.time(), _SHORTEST))

    @abstractmethod
    async def sleep(self, seconds: float) -> None:
        """Wait until this clock is so many seconds further. On asyncio and trio."""

    async def advance(self, seconds: float) -> None:
        """Move time on, letting what becomes due happen in order; virtual time only.

        :raises InvalidOption: on the real clock, and for a negative number.
        """
        raise _not_movable("await mock.clock.advance()")

    def tick(self, seconds: float) -> None:
        """Move time on at once, from synchronous code; virtual time only.

        :raises InvalidOption: on the real clock, and for a negative number.
        """
        raise _not_movable("mock.clock.tick()")


class RealClock(Clock):
    """The time of the machine; also what freezegun and time-machine make of it."""

    virtual = False

    def time(self) -> float:
        return time.time()

    async def sleep(self, seconds: float) -> None:
        await _library().sleep(max(seconds, 0))


class Timer:
    """A call that a virtual clock owes; :meth:`cancel` takes it back."""

    def __init__(self, due: int, callback: Callable[[], object]) -> None:
        #: In whole microseconds of the clock.
        self.due = due
        self.callback: Callable[[], object] | None = callback

    def cancel(self) -> None:
        """Forget it; harmless when it has run."""
        self.callback = None


class VirtualClock(Clock):
    """Time that stands still until :meth:`advance` or :meth:`tick` moves it.

    It starts at the machine's time, in whole milliseconds, or at ``start``
    (seconds since 1970, UTC). All methods may be called from any thread.
    """

    virtual = True

    def __init__(self, start: float | None = None) -> None:
        self._micros = round((time.time() if start is None else start) * 1000) * 1000
        self._timers: list[tuple[int, int, Timer]] = []
        self._order = itertools.count()
        self._lock = guarded(threading.RLock(), Order.LEAF)
        #: Grows whenever somebody asks for the time or waits for it.
        self._uses = 0

    def time(self) -> float:
        self._uses += 1
        return self._micros / _MICROS

    @property
    def activity(self) -> tuple[int, int]:
        """How often this clock was used, and where it stands."""
        return self._uses, self._micros

    def touch(self) -> None:
        """A request is being answered: its task is on the move, and time waits for it."""
        self._uses += 1

    def call_later(self, seconds: float, callback: Callable[[], object]) -> Timer:
        """Have ``callback()`` run when time has moved on so far.

        It runs in the thread that moves the time, and must neither wait nor raise.
        """
        self._uses += 1
        with self._lock:
            timer = Timer(self._micros + max(round(seconds * _MICROS), 0), callback)
            heapq.heappush(self._timers, (timer.due, next(self._order), timer))
        return timer

    async def wait(
        self, bell: AsyncBell, until: float | None, still: Standstill | None = None
    ) -> None:
        if until is None:
            await bell.wait(None)
            return
        if self.reached(until):
            await _library().sleep(0)
            return
        timer = self.call_later(until - self.time(), bell.ring)
        try:
            await (bell.wait(None) if still is None else still.rest(bell))
        finally:
            timer.cancel()

    async def sleep(self, seconds: float) -> None:
        """Wait until somebody has moved time on by so many seconds.

        Warns if nobody does (see :mod:`aiomoto.standstill`).
        """
        from .standstill import Standstill  # not for the import of mock_aws

        still = Standstill(self, f"mock.clock.sleep({seconds:g})", seconds)
        await self.wait(async_bell(), self.time() + seconds, still)

    async def advance(self, seconds: float) -> None:
        """Move time on by ``seconds``, stopping wherever something becomes due.

        At each stop what is due happens, and the other tasks of this event loop
        run until they wait again, before time moves further. Tasks that wait
        for a thread, or for the network, are not waited for.
        """
        end = self._end_of(seconds)
        await self._settle()
        while (due := self._next_due(end)) is not None:
            self._move_to(due)
            await self._settle()
        self._move_to(end)
        await self._settle()

    def tick(self, seconds: float) -> None:
        """Move time on by ``seconds``; what becomes due is woken, and runs when it can."""
        end = self._end_of(seconds)
        while (due := self._next_due(end)) is not None:
            self._move_to(due)
        self._move_to(end)

    def _end_of(self, seconds: float) -> int:
        if not seconds >= 0:
            raise InvalidOption(f"Time moves forward only: got {seconds!r} seconds.")
        return self._micros + round(seconds * _MICROS)

    def _next_due(self, end: int) -> int | None:
        with self._lock:
            while self._timers and self._timers[0][2].callback is None:
                heapq.heappop(self._timers)
            return self._timers[0][0] if self._timers and self._timers[0][0] <= end else None

    def _move_to(self, micros: int) -> None:
        calls = []
        with self._lock:
            # Two tasks may advance at once; neither moves time back.
            self._micros = max(self._micros, micros)
            while self._timers and self._timers[0][0] <= self._micros:
                calls.append(heapq.heappop(self._timers)[2])
        for timer in calls:
            callback, timer.callback = timer.callback, None
            if callback is not None:
                callback()

    async def _settle(self) -> None:
        turn = _library().sleep
        seen, quiet = self._uses, 0
        for _ in range(_MOST_TURNS):
            await turn(0)
            quiet = quiet + 1 if self._uses == seen else 0
            seen = self._uses
            if quiet >= _QUIET_TURNS:
                return


#: What ``mock_aws(clock=...)`` takes.
ClockOption = Literal["real", "virtual"] | Clock | None


def clock_of(option: object) -> Clock | None:
    """The clock that an argument of ``mock_aws`` asks for, a new one for ``"virtual"``.

    None stands for "whatever is in force, else real time".
    Raises :class:`~aiomoto.errors.InvalidOption`.
    """
    if option is None or isinstance(option, Clock):
        return option
    if option == "real":
        return RealClock()
    if option == "virtual":
        return VirtualClock()
    raise InvalidOption(
        f"mock_aws(clock=...) takes 'real', 'virtual' or a clock object, got {option!r}."
    )


def check_same(option: object, running: Clock) -> None:
    """Refuse an argument that asks for another clock than the one that is running."""
    wanted = clock_of(option)
    if wanted is None or wanted is running:
        return
    if wanted.virtual is running.virtual and (isinstance(option, str) or not wanted.virtual):
        return
    raise InvalidOption(
        f"mock_aws(clock={option!r}) inside a mock whose clock is "
        f"'{'virtual' if running.virtual else 'real'}': mocks that "
        "are active at once share moto's state, and so one clock. Give the outermost mock this "
        "clock, or leave clock=... out here."
    )


def _not_movable(call: str) -> InvalidOption:
    return InvalidOption(
        f"{call} needs a mock on virtual time: mock_aws(clock='virtual'). This one is on real time."
    )


def _library() -> Any:
    return trio_here() or asyncio
