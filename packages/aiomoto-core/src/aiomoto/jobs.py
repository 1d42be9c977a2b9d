"""Work that goes on beside a request: one job each, where it runs, how it is cancelled."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import Any, Protocol, TypeVar

from .bells import running_loop, trio_here

__all__ = ["in_thread", "on_loop"]

T = TypeVar("T")


class Owner(Protocol):
    """Who keeps the jobs."""

    def ended(self, job: Job) -> None:
        """Hear from a job that it is over."""


def on_loop() -> bool:
    """Whether an event loop would be held up if this thread waited."""
    return Home.here() is not None


async def in_thread(call: Callable[[], T]) -> T:
    """Run in a worker thread; a cancellation returns at once and leaves the thread to end."""
    trio = trio_here()
    if trio is None:
        return await asyncio.to_thread(call)
    result: T = await trio.to_thread.run_sync(call, abandon_on_cancel=True)
    return result


class Home:
    """An event loop that jobs can run in."""

    def __init__(self, call: Callable[[Callable[[], object]], object], key: object) -> None:
        #: Runs a function in the loop, soon, from any thread; raises RuntimeError if it is over.
        self.call = call
        self.key = key

    @classmethod
    def here(cls) -> Home | None:
        """The loop that runs in this thread, if any."""
        trio = trio_here()
        if trio is not None:
            token = trio.lowlevel.current_trio_token()
            return cls(token.run_sync_soon, token)  # its RunFinishedError is a RuntimeError
        loop = running_loop()
        return None if loop is None else cls(loop.call_soon_threadsafe, loop)


class MockEnded(Exception):
    """What a caller gets that waited for something when the mock ended."""

    def __init__(self) -> None:
        super().__init__("The mock has ended, and what was being waited for with it.")


class Job:
    """One piece of work: where it runs, and how it is cancelled."""

    def __init__(self, owner: Owner, work: Callable[[], Awaitable[Any]]) -> None:
        self._owner = owner
        self._work = work
        self._stop: Callable[[], object] | None = None
        self._cancelled = False
        self.thread: threading.Thread | None = None
        #: It waits for the mock's clock, and for nothing else.
        self.sleeping = False
        #: What the work comes to.
        self.result: Future[Any] = Future()

    def start_here(self) -> None:
        """Begin in the loop of this thread."""
        trio = trio_here()
        if self._cancelled:
            self._end()
        elif trio is not None:
            scope = trio.CancelScope()
            token = trio.lowlevel.current_trio_token()
            self._stop = lambda: token.run_sync_soon(scope.cancel)
            trio.lowlevel.spawn_system_task(self._run_in, scope)
        else:
            loop = asyncio.get_running_loop()
            task = loop.create_task(self._run())
            self._stop = lambda: loop.call_soon_threadsafe(task.cancel)
            # Also where it is cancelled before it has begun.
            task.add_done_callback(lambda _: self._end())

    def start_thread(self) -> None:
        """Begin in a thread with a loop of its own."""

        async def main() -> None:
            loop, task = asyncio.get_running_loop(), asyncio.current_task()
            assert task is not None
            self._stop = lambda: loop.call_soon_threadsafe(task.cancel)
            if not self._cancelled:
                await self._run()

        def run() -> None:
            try:
                with contextlib.suppress(asyncio.CancelledError):
                    asyncio.run(main())
            finally:
                self._end()

        self.thread = threading.Thread(target=run, name="aiomoto-background", daemon=True)
        self.thread.start()

    def cancel(self) -> None:
        """End it soon, from any thread."""
        self._cancelled = True
        if self._stop is not None:
            with contextlib.suppress(RuntimeError):  # its loop is over, and the job too
                self._stop()

    async def _run_in(self, scope: Any) -> None:
        try:
            with scope:
                await self._run()
        finally:
            self._end()

    async def _run(self) -> None:
        current.set(self)
        try:
            self.result.set_result(await self._work())
        except Exception as error:
            self.result.set_exception(error)

    def _end(self) -> None:
        if not self.result.done():
            self.result.set_exception(MockEnded())
        self._owner.ended(self)


#: The job that this code is part of.
current: contextvars.ContextVar[Job | None] = contextvars.ContextVar("aiomoto_job", default=None)
