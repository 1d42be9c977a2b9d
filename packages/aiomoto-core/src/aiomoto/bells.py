"""Bells: each lets one waiter sleep until it is rung, from any thread, or until time is up.

For plugins of services that wait. A ring is kept until the next wait. One kind each for
asyncio, trio and threads.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from typing import Any, Protocol

__all__ = ["AsyncBell", "Bell", "ThreadBell", "async_bell", "running_loop", "trio_here"]


class Bell(Protocol):
    """What all kinds have but their ``wait(seconds)``, which is a coroutine or is not."""

    def ring(self) -> bool:
        """Wake the waiter, from any thread. False if its event loop is closed for good."""

    def alive(self) -> bool:
        """Whether the waiter can hear the ring soon: its event loop is running."""

    def now(self) -> float:
        """The seconds that ``wait`` counts, since whenever."""


class AsyncBell(Bell, Protocol):
    """A bell for a task."""

    async def wait(self, seconds: float | None) -> bool:
        """Return when rung (True), or after so many seconds (False); None is until it is rung."""

    def clear(self) -> None:
        """Forget a ring; by the waiter, before it looks whether there is anything to wait for."""


class AsyncioBell:
    """For a task of asyncio or uvloop; made in that task."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiter: asyncio.Future[None] | None = None
        self._rung = False

    def ring(self) -> bool:
        self._rung = True
        if running_loop() is self._loop:
            self._wake()
            return True
        try:
            self._loop.call_soon_threadsafe(self._wake_if_rung)
        except RuntimeError:
            return False
        return True

    def clear(self) -> None:
        self._rung = False

    def alive(self) -> bool:
        return self._loop.is_running()

    def now(self) -> float:
        return self._loop.time()

    async def wait(self, seconds: float | None) -> bool:
        if not self._rung:
            self._waiter = self._loop.create_future()
            timer = None if seconds is None else self._loop.call_later(seconds, self._wake)
            try:
                await self._waiter
            finally:
                self._waiter = None
                if timer is not None:
                    timer.cancel()
        # Nothing is forgotten where nothing was heard: another thread may ring right now.
        if not self._rung:
            return False
        self._rung = False
        return True

    def _wake_if_rung(self) -> None:
        """A ring of another thread may have been heard before this turn of the loop."""
        if self._rung:
            self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class TrioBell:
    """For a task of trio; made in that task."""

    def __init__(self, trio: Any) -> None:
        self._trio = trio
        self._token = trio.lowlevel.current_trio_token()
        self._event = trio.Event()

    def ring(self) -> bool:
        try:
            self._token.run_sync_soon(self._set)
        except self._trio.RunFinishedError:
            return False
        return True

    def _set(self) -> None:
        self._event.set()

    def clear(self) -> None:
        if self._event.is_set():
            self._event = self._trio.Event()

    def alive(self) -> bool:
        """Trio runs from beginning to end."""
        return True

    def now(self) -> float:
        return float(self._trio.current_time())

    async def wait(self, seconds: float | None) -> bool:
        with self._trio.move_on_after(float("inf") if seconds is None else seconds):
            await self._event.wait()
        rung: bool = self._event.is_set()
        self.clear()
        return rung


class ThreadBell:
    """For a thread that waits for its synchronous client."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def ring(self) -> bool:
        self._event.set()
        return True

    def alive(self) -> bool:
        """A thread hears."""
        return True

    def now(self) -> float:
        """The machine's monotonic time."""
        return time.monotonic()

    def wait(self, seconds: float | None) -> bool:
        """Return when rung (True), or after so many seconds (False)."""
        if not self._event.wait(seconds):
            return False  # another thread may ring right now, which is not to be forgotten
        self._event.clear()
        return True


def async_bell() -> AsyncBell:
    """A bell for the task that asks for it."""
    trio = trio_here()
    return AsyncioBell() if trio is None else TrioBell(trio)


def running_loop() -> asyncio.AbstractEventLoop | None:
    """The asyncio loop that this code runs in, if any."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def trio_here() -> Any:
    """The trio module, if this code runs in trio."""
    trio = sys.modules.get("trio")
    if trio is not None:
        try:
            trio.lowlevel.current_trio_token()
        except RuntimeError:
            return None
    return trio
