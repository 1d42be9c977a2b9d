"""Threads of moto that wait: by the mock's clock, and not beyond its end.

On virtual time ``clock.advance`` waits for them: they have come as far as they can before
time moves on, as tasks have.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from typing import Any

from aiomoto import Clock
from aiomoto.background import background
from aiomoto.jobs import on_loop
from aiomoto.locks import Order, guarded

#: Seconds of real time that virtual time waits for a thread that says nothing.
_PATIENCE = 1.0
#: Seconds that the end of a mock waits for threads, where no event loop has to wait too.
_ENDS_WITHIN = 2.0


def join(threads: Iterable[threading.Thread]) -> None:
    """Wait a little for threads to end, where no event loop is held up."""
    if not on_loop():
        end = time.monotonic() + _ENDS_WITHIN
        for thread in threads:
            threading.Thread.join(thread, max(end - time.monotonic(), 0))


class Threads:
    """All threads of one service: who runs, who waits, and what ends the waiting."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.closed = False
        self._lock = guarded(threading.RLock(), Order.PLUGIN)
        #: With what says that one runs: only then it can be joined.
        self._threads: dict[threading.Thread, threading.Event] = {}
        #: Those of them that don't wait right now.
        self._running: set[threading.Thread] = set()
        self._jobs: set[Future[Any]] = set()
        #: By a thread that waits, or a timer: what is called at the end.
        self._ends: dict[object, Callable[[], object]] = {}
        self._pumping = False
        self._patient_until = 0.0

    def began(self, thread: threading.Thread, runs: threading.Event) -> None:
        """A thread is being started; it sets ``runs`` when it runs."""
        with self._lock:
            self._threads[thread] = runs
        self.stirred(thread)

    def ended(self, thread: threading.Thread) -> None:
        with self._lock:
            self._threads.pop(thread, None)
            self._running.discard(thread)

    def stirred(self, thread: threading.Thread) -> None:
        """A thread has reason to run."""
        with self._lock:
            if thread not in self._threads:
                return
            self._running.add(thread)
        self._pump_soon()

    @contextlib.contextmanager
    def waiting(self, wake: Callable[[], object]) -> Iterator[None]:
        """This thread waits; the end of the mock calls ``wake()``."""
        thread = threading.current_thread()
        with self._lock:
            self._running.discard(thread)
            self._ends[thread] = wake
        try:
            yield
        finally:
            self.needs_no_end(thread)
            self.stirred(thread)

    def waiting_for(self, result: Future[Any]) -> None:
        """This thread waits for a job of an event loop, which time waits for too."""
        thread = threading.current_thread()

        def done(_: object) -> None:
            self.stirred(thread)
            with self._lock:
                self._jobs.discard(result)

        with self._lock:
            self._jobs.add(result)
            self._running.discard(thread)
        result.add_done_callback(done)

    # -- virtual time waits for them ------------------------------------------------

    def _pump_soon(self) -> None:
        """While anything runs, have the clock see that something is going on."""
        home = background.seen
        if not self.clock.virtual or home is None:
            return
        with self._lock:
            self._patient_until = time.monotonic() + _PATIENCE
            if self._pumping or self.closed:
                return
            self._pumping = True
        try:
            home.call(lambda: self._pump(home.call))
        except RuntimeError:  # that loop is over
            self._pumping = False

    def _pump(self, call: Callable[[Callable[[], object]], object]) -> None:
        with self._lock:
            busy = self._running or self._jobs
            if self.closed or not busy or time.monotonic() > self._patient_until:
                self._pumping = False
                return
        self.clock.touch()
        call(lambda: self._pump(call))

    # -- the end ---------------------------------------------------------------------

    def ends_with(self, what: object, end: Callable[[], object]) -> None:
        """Have ``end()`` called at the end of the mock."""
        with self._lock:
            self._ends[what] = end

    def needs_no_end(self, what: object) -> None:
        """Take back :meth:`ends_with`."""
        with self._lock:
            self._ends.pop(what, None)

    def close(self) -> None:
        """End all waiting; wait for the threads where no event loop is held up."""
        if background.waiting == self.waiting_for:
            background.waiting = None
        with self._lock:
            self.closed = True
            ends, threads = list(self._ends.values()), list(self._threads.items())
        for end in ends:
            end()
        join(thread for thread, runs in threads if runs.wait(_ENDS_WITHIN))
