"""Who may wait, and how many go on at once."""

from __future__ import annotations

import asyncio
import threading
from collections import deque

from aiomoto.jobs import on_loop

#: An answer takes a millisecond or two, with what the client does with it.
_IN_ONE_TURN = 5


class Turns:
    """A few tasks in each turn of an asyncio loop, in the order of asking.

    Many polls that end at the same moment would otherwise be answered in one
    turn of the loop, and nobody else would run until all of them are.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._taken = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def take(self) -> None:
        """Return at once if only few were here in this turn of the loop."""
        if not self._taken:
            self._loop.call_soon(self._next)
        if self._taken >= _IN_ONE_TURN:
            turn = self._loop.create_future()
            self._waiting.append(turn)
            await turn
        else:
            self._taken += 1

    def _next(self) -> None:
        self._taken = 0
        while self._waiting and self._taken < _IN_ONE_TURN:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                self._taken += 1
        if self._taken:
            self._loop.call_soon(self._next)


def may_be_woken() -> bool:
    """Whether somebody else could wake this thread if it slept: it has no event loop to run.

    The main thread counts as the one that makes things happen.
    """
    return threading.current_thread() is not threading.main_thread() and not on_loop()
