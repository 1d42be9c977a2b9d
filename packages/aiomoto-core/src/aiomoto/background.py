"""What goes on after the call that caused it: jobs, in the event loop of their cause.

A job runs as a task of the asyncio or trio loop in whose thread it was started; else in
the loop that was seen last; else in a thread with a loop of its own. None outlives the
mock: :meth:`Background.close` cancels them.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future
from typing import Any, TypeVar

from .bells import async_bell
from .clock import Clock
from .jobs import Home, Job, MockEnded, current, on_loop
from .locks import Order, guarded
from .standstill import waiting

__all__ = ["background"]

T = TypeVar("T")

#: Seconds. A loop that doesn't begin with something in that time is taken to be blocked.
_BEGINS_WITHIN = 0.1
#: Seconds that the end of a mock waits for threads, where no event loop has to wait too.
_ENDS_WITHIN = 1.0


class Background:
    """The jobs of a mock, for all plugins."""

    def __init__(self) -> None:
        self._lock = guarded(threading.RLock(), Order.PLUGIN)
        self._users: set[object] = set()
        self._jobs: set[Job] = set()
        self._seen: Home | None = None
        self._watchers: list[Callable[[], object]] = []
        self._errors: list[BaseException] = []
        #: Told what a thread waits for in :meth:`wait_for`, where somebody wants to know.
        self.waiting: Callable[[Future[Any]], object] | None = None

    def open(self, user: object) -> None:
        """Take in one more plugin that has jobs."""
        self._users.add(user)

    def close(self, user: object) -> None:
        """Let it go; the last one's end cancels all jobs.

        In a thread without an event loop it waits a little for threads to end. Raises what a
        job raised, which is a mistake of ours: users' errors have become answers of AWS.
        """
        self._users.discard(user)
        if self._users:
            return
        with self._lock:
            jobs, self._seen = list(self._jobs), None
            errors, self._errors = self._errors, []
        for job in jobs:
            job.cancel()
        if not on_loop():
            for job in jobs:
                if job.thread is not None and job.thread is not threading.current_thread():
                    job.thread.join(_ENDS_WITHIN)
        if errors:
            raise errors[0]

    def see(self) -> None:
        """Remember the loop that runs here, as that of the test."""
        home = Home.here()
        if home is not None and (self._seen is None or self._seen.key is not home.key):
            self._seen = home

    @property
    def seen(self) -> Home | None:
        """The loop that runs here, else the one that was seen last."""
        return Home.here() or self._seen

    def start(self, work: Callable[[], Awaitable[None]]) -> Job | None:
        """Have ``work()`` awaited, some time after this returns; None if the mock is over."""
        job = self._new_job(work)
        if job is None:
            return None
        job.result.add_done_callback(self._note_error)
        if on_loop():
            self.see()
            job.start_here()
        elif not self._start_in_seen(job.start_here):
            job.start_thread()
        return job

    async def run(self, work: Callable[[], Awaitable[T]]) -> T:
        """The result of ``work()``, a job that ends with this task, and with the mock.

        :raises MockEnded: if the mock ends before.
        """
        job, bell = self._new_job(work), async_bell()
        if job is None:
            raise MockEnded
        job.result.add_done_callback(lambda _: bell.ring())
        job.start_here()
        try:
            while not job.result.done():
                await bell.wait(None)
        finally:
            if not job.result.done():
                job.cancel()
        result: T = job.result.result()
        return result

    def wait_for(self, work: Callable[[], Awaitable[T]]) -> T:
        """The result of ``work()``, while this thread waits.

        It is awaited in the loop that was seen last, so that it can use what belongs to that
        loop. Where that one is over, or blocked (it may be this very thread's), it is awaited
        in a thread with a loop of its own.

        :raises MockEnded: if the mock ends before.
        """
        job = self._new_job(work)
        if job is None:
            raise MockEnded
        taken, begun = threading.Lock(), threading.Event()

        def begin() -> None:
            if taken.acquire(blocking=False):
                begun.set()
                job.start_here()

        if not on_loop() and self._start_in_seen(begin):
            begun.wait(_BEGINS_WITHIN)
        if taken.acquire(blocking=False):
            job.start_thread()
        if self.waiting is not None:
            self.waiting(job.result)
        result: T = job.result.result()
        return result

    def _new_job(self, work: Callable[[], Awaitable[Any]]) -> Job | None:
        with self._lock:
            if not self._users:
                return None  # the mock is over
            job = Job(self, work)
            self._jobs.add(job)
            return job

    def _start_in_seen(self, start: Callable[[], None]) -> bool:
        home = self._seen
        if home is None:
            return False
        try:
            home.call(start)
        except RuntimeError:  # that loop is over
            self._seen = None
            return False
        return True

    def _note_error(self, result: Future[Any]) -> None:
        error = result.exception()
        if error is not None and not isinstance(error, MockEnded):
            self._errors.append(error)

    def ended(self, job: Job) -> None:
        """Hear from a job that it is over."""
        with self._lock:
            self._jobs.discard(job)
        self.changed()

    def changed(self) -> None:
        """Have those who wait for quiet look again."""
        with self._lock:
            watchers = list(self._watchers)
        for wake in watchers:
            wake()

    @property
    def is_idle(self) -> bool:
        """Whether no job has anything to do before time moves on."""
        with self._lock:
            return all(job.sleeping or job is current.get() for job in self._jobs)

    async def idle(self) -> None:
        """Wait until :attr:`is_idle`."""
        bell = async_bell()
        with self._watching(bell.ring):
            while not self.is_idle:
                await bell.wait(None)
                bell.clear()

    def wait_idle(self, timeout: float) -> bool:
        """Wait in this thread until :attr:`is_idle`, at most ``timeout`` seconds."""
        quiet = threading.Event()

        def look() -> None:
            if self.is_idle:
                quiet.set()

        with self._watching(look):
            look()
            return quiet.wait(timeout)

    @contextlib.contextmanager
    def _watching(self, wake: Callable[[], object]) -> Iterator[None]:
        with self._lock:
            self._watchers.append(wake)
        try:
            yield
        finally:
            with self._lock:
                self._watchers.remove(wake)

    @contextlib.contextmanager
    def resting(self) -> Iterator[None]:
        """The job that runs here waits for the mock's clock: it counts as idle meanwhile."""
        job = current.get()
        if job is not None:
            job.sleeping = True
            self.changed()
        try:
            yield
        finally:
            if job is not None:
                job.sleeping = False

    async def sleep(self, clock: Clock, seconds: float, wait: str) -> None:
        """Wait for the mock's clock, as :meth:`resting`; ``wait`` names what waits."""
        with self.resting():
            still = waiting(clock, wait, seconds, in_background=True)
            await clock.wait(async_bell(), clock.time() + seconds, still)


#: The jobs of this process's mocks.
background = Background()
