"""Threads of moto that wait: by the mock's clock, and not beyond its end.

:class:`Waits` stands in for ``threading`` and ``time`` in moto's modules. On virtual time it
also has ``clock.advance`` wait for the threads: they have come as far as they can before time
moves on, as tasks have.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from typing import Any

from aiomoto import Clock, VirtualClock
from aiomoto.background import background
from aiomoto.clock import Timer
from aiomoto.jobs import on_loop
from aiomoto.locks import Order, guarded
from aiomoto.standstill import Standstill, waiting

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


class Waits:
    """All threads of one service, and what they wait for."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.closed = False
        self._lock = guarded(threading.RLock(), Order.PLUGIN)
        #: With what says that one runs: only then it can be joined.
        self._threads: dict[threading.Thread, threading.Event] = {}
        #: Those of them that don't wait right now.
        self._running: set[threading.Thread] = set()
        self._jobs: set[Future[Any]] = set()
        self._events: set[ClockEvent] = set()
        self._timers: set[ClockTimer] = set()
        self._pumping = False
        self._patient_until = 0.0
        waits = self

        class Thread(threading.Thread):
            """A thread that counts, and that can be joined by the mock's clock."""

            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, **{**kwargs, "daemon": True})
                self._over = ClockEvent(waits)
                self._runs = threading.Event()

            def start(self) -> None:
                waits.began(self, self._runs)
                try:
                    super().start()
                except BaseException:
                    waits.ended(self)
                    raise

            def run(self) -> None:
                self._runs.set()
                try:
                    if not waits.closed:
                        super().run()
                except Exception:
                    if not waits.closed:  # else what it stood on is gone
                        raise
                finally:
                    self._over.set()
                    waits.ended(self)

            def join(self, timeout: float | None = None) -> None:
                if self._over.wait(timeout):
                    super().join(timeout)

            def is_alive(self) -> bool:
                return super().is_alive() and not self._over.is_set()

        self.Thread = Thread

    # -- what stands in for threading and time ---------------------------------

    def __getattr__(self, name: str) -> Any:
        """What isn't special is threading's own, or time's."""
        return getattr(threading, name) if hasattr(threading, name) else getattr(time, name)

    def Event(self) -> ClockEvent:
        """An event whose ``wait(timeout)`` goes by the clock."""
        return ClockEvent(self)

    def Timer(
        self, interval: float, function: Callable[..., object], args: Any = (), kwargs: Any = None
    ) -> ClockTimer:
        """A timer that goes by the clock."""
        return ClockTimer(self, interval, lambda: function(*args, **(kwargs or {})))

    def sleep(self, seconds: float) -> None:
        """Wait for the clock; returns at once when the mock has ended."""
        if seconds > 0:
            ClockEvent(self).wait(seconds)

    def time(self) -> float:
        """Now, by the clock."""
        return self.clock.time()

    # -- who runs, who waits ------------------------------------------------------

    def began(self, thread: threading.Thread, runs: threading.Event) -> None:
        """A thread is being started; it sets ``runs`` when it runs."""
        with self._lock:
            self._threads[thread] = runs
        self.stirred(thread)

    def ended(self, thread: threading.Thread) -> None:
        """A thread is over."""
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
    def waiting(self, event: ClockEvent | None = None) -> Iterator[None]:
        """This thread waits."""
        thread = threading.current_thread()
        with self._lock:
            self._running.discard(thread)
            if event is not None:
                self._events.add(event)
        try:
            yield
        finally:
            with self._lock:
                if event is not None:
                    self._events.discard(event)
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

    def timer_started(self, timer: ClockTimer) -> None:
        """A timer is to be cancelled at the end."""
        with self._lock:
            self._timers.add(timer)

    def timer_over(self, timer: ClockTimer) -> None:
        """A timer needs no care any more."""
        with self._lock:
            self._timers.discard(timer)

    def close(self) -> None:
        """End all waiting; wait for the threads where no event loop is held up."""
        if background.waiting == self.waiting_for:
            background.waiting = None
        with self._lock:
            self.closed = True
            events, timers = list(self._events), list(self._timers)
            threads = list(self._threads.items())
        for timer in timers:
            timer.cancel()
        for event in events:
            event.wake()
        if on_loop():
            return
        end = time.monotonic() + _ENDS_WITHIN
        for thread, runs in threads:
            if runs.wait(max(end - time.monotonic(), 0)):
                threading.Thread.join(thread, max(end - time.monotonic(), 0))


class ClockEvent:
    """``threading.Event``, by the mock's clock."""

    def __init__(self, waits: Waits) -> None:
        self._waits = waits
        self._condition = threading.Condition()
        self._flag = False
        #: How often it was set: setting and clearing it at once wakes too.
        self._sets = 0
        self._waiters: set[threading.Thread] = set()

    def is_set(self) -> bool:
        """Whether it is set."""
        return self._flag

    def set(self) -> None:
        """Set it, and wake all that wait."""
        with self._condition:
            self._flag = True
            self._sets += 1
        self.wake()

    def clear(self) -> None:
        """Have the next ones wait."""
        self._flag = False

    def wake(self) -> None:
        """Have those who wait look again."""
        with self._condition:
            for thread in self._waiters:
                self._waits.stirred(thread)
            self._condition.notify_all()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it is set, the clock is so many seconds further, or the mock has ended."""
        clock, thread, late = self._waits.clock, threading.current_thread(), False

        def expire() -> None:
            nonlocal late
            late = True
            self.wake()

        with self._condition:
            before = self._sets
            if self._flag or self._waits.closed:
                return self._flag
            self._waiters.add(thread)

        def over() -> bool:
            return self._sets != before or late or self._waits.closed

        timer: Timer | None = None
        still: Standstill | None = None
        if isinstance(clock, VirtualClock) and timeout is not None:
            still = waiting(clock, f"a thread of moto, {thread.name}", timeout, in_background=True)
            timer = clock.call_later(timeout, expire)
        try:
            with self._waits.waiting(self), self._condition:
                if still is None:
                    self._condition.wait_for(over, timeout)
                else:
                    still.begin()
                    while not self._condition.wait_for(over, still.patience):
                        still.look()
                return self._sets != before
        finally:
            with self._condition:
                self._waiters.discard(thread)
            if timer is not None:
                timer.cancel()


class ClockTimer:
    """``threading.Timer``, by the mock's clock."""

    def __init__(self, waits: Waits, interval: float, function: Callable[[], object]) -> None:
        self._waits = waits
        self._interval = interval
        self._function = function
        self._timer: Timer | threading.Timer | None = None

    def start(self) -> None:
        """Begin to count."""
        clock = self._waits.clock
        self._waits.timer_started(self)
        if isinstance(clock, VirtualClock):
            self._timer = clock.call_later(self._interval, self._fire)
        else:
            self._timer = threading.Timer(self._interval, self._fire)
            self._timer.daemon = True
            self._timer.start()

    def cancel(self) -> None:
        """Stop it, if it hasn't fired."""
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
        self._waits.timer_over(self)

    def is_alive(self) -> bool:
        """Whether it will fire."""
        return self._timer is not None

    def _fire(self) -> None:
        if self._timer is not None and not self._waits.closed:
            self._timer = None
            self._waits.timer_over(self)
            self._function()
