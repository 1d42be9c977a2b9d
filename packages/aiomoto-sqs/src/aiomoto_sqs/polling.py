"""Long polling around moto: ask without waiting, wait here, ask again.

A message is taken only by asking moto, and a task can be cancelled only while
it waits, so that no message is taken by somebody who is not there any more.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from aiomoto import VirtualClock
from aiomoto.bells import AsyncBell, Bell, ThreadBell, async_bell, running_loop
from aiomoto.clock import Timer
from aiomoto.standstill import waiting

from .compat.queues import Note, Sqs
from .rooms import Rooms, Waiter
from .waiting import Turns, may_be_woken

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from typing_extensions import Self

    from aiomoto import AwsRequest, AwsResponse, Engine

#: Seconds; sums of floating point numbers.
_ROUNDING = 1e-6
#: Seconds; timers may fire a little before moto's clock says so.
_SHORTEST = 0.001
#: Seconds; where moto's clock stands still and a test doesn't say so (freezegun).
_FROZEN = 0.05


class Polling:
    """Answers ReceiveMessage while a mock is active."""

    def __init__(self, engine: Engine, sqs: Sqs, rooms: Rooms) -> None:
        self.engine = engine
        self.sqs = sqs
        self.rooms = rooms
        self.clock = engine.clock
        self._turns: dict[object, Turns] = {}

    def answer(self, request: AwsRequest) -> AwsResponse | Awaitable[AwsResponse]:
        """moto's answer, or something that waits for it."""
        if request.is_async:
            return self._answer(request)
        note = Note()
        response = self.ask(request, note)
        if not note.waits() or (self.clock.virtual and not may_be_woken()):
            return response
        bell = ThreadBell()
        with LongPoll(self, bell, request, response, note) as poll:
            while not poll.over():
                poll.rest_here(bell)
        return poll.response

    def ask(self, request: AwsRequest, note: Note) -> AwsResponse:
        """moto's answer of now; ``note`` is filled in."""
        with self.sqs.noting(note):
            response = self.engine.ask_moto(request)
        if note.messages:
            request.undo_if_cancelled(partial(self._bring_back, request, note))
        return response

    def _bring_back(self, request: AwsRequest, note: Note) -> None:
        """The client was cancelled between moto's answer and its own: nobody has the messages."""
        if not self.rooms.closed:
            with self.sqs.noting(Note(messages=note.messages, brings_back=True)):
                self.engine.ask_moto(request)

    async def _answer(self, request: AwsRequest) -> AwsResponse:
        await self._turn()  # many consumers may begin at the same moment
        note = Note()
        response = self.ask(request, note)
        if not note.waits():
            return response
        bell = async_bell()
        with LongPoll(self, bell, request, response, note) as poll:
            while not poll.over():
                await poll.rest(bell)
                await self._turn()
        return poll.response

    async def _turn(self) -> None:
        loop = running_loop()
        if loop is not None:  # else it's trio
            if loop not in self._turns:
                self._turns[loop] = Turns()
            await self._turns[loop].take()


class LongPoll:
    """One request that waits: what to do between two sleeps, and for how long to sleep."""

    def __init__(
        self, polling: Polling, bell: Bell, request: AwsRequest, response: AwsResponse, note: Note
    ) -> None:
        self.response = response
        self._polling = polling
        self._bell = bell
        self._request = request
        self._queue: Any = note.queue
        self._waiter = Waiter(bell)
        self._virtual = polling.clock if isinstance(polling.clock, VirtualClock) else None
        wait = f"{request.label} of queue {self._queue.name!r}"
        self._still = waiting(polling.clock, wait, note.wait, request)
        self._timer: Timer | None = None
        self._slept_at: float | None = None
        self._end = self._now() + note.wait

    def __enter__(self) -> Self:
        self._polling.rooms.enter(self._waiter, self._queue)
        return self

    def __exit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._polling.rooms.leave(self._waiter)

    def over(self) -> bool:
        """Ask moto if there is reason to; whether ``response`` is what the client gets."""
        rooms, waiter = self._polling.rooms, self._waiter
        if rooms.closed:
            return True
        late = self._now() >= self._end - _ROUNDING
        if not (late or waiter.called):
            return False
        rooms.begin(waiter)
        try:
            note = Note(called=True)
            self.response = self._polling.ask(self._request, note)
        finally:
            rooms.end(waiter)
        if late or note.messages or note.queue is None:
            return True
        rooms.enter(waiter, note.queue)  # another one, if it was deleted and made anew
        return False

    async def rest(self, bell: AsyncBell) -> None:
        """Sleep until there is reason to ask moto, or to look at the time."""
        seconds = self._seconds()
        if self._still is None:
            await bell.wait(seconds)
        else:
            await self._still.rest(bell)

    def rest_here(self, bell: ThreadBell) -> None:
        """The same for a thread."""
        seconds = self._seconds()
        if self._still is None:
            bell.wait(seconds)
        else:
            self._still.rest_here(bell)

    def _seconds(self) -> float | None:
        """How long to sleep, at most; None if only a ring ends it."""
        left = max(self._end - self._now(), 0)
        due = self._polling.rooms.until_due(self._waiter)
        if self._virtual is not None:
            if self._timer is not None:
                self._timer.cancel()
            left = left if due is None else min(left, due)
            self._timer = self._virtual.call_later(left, self._bell.ring)
            return None
        if not due:
            return left if due is None else 0
        now = self._polling.sqs.now()
        shortest = _FROZEN if self._slept_at == now else _SHORTEST
        self._slept_at = now
        return min(left, max(due, shortest))

    def _now(self) -> float:
        return self._bell.now() if self._virtual is None else self._virtual.time()
