"""Stand-ins for ``threading`` and ``time`` in moto's modules, which go by the mock's clock."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from aiomoto.clock import Clock, Timer, VirtualClock
from aiomoto.standstill import Standstill, waiting

from .threads import Threads


class Waits(Threads):
    """``threading`` and ``time`` for one service, and the threads that are made with it."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
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

    def __getattr__(self, name: str) -> Any:
        """Give what isn't special: threading's own, or time's."""
        return getattr(threading, name) if hasattr(threading, name) else getattr(time, name)

    def Event(self) -> ClockEvent:
        return ClockEvent(self)

    def Timer(
        self, interval: float, function: Callable[..., object], args: Any = (), kwargs: Any = None
    ) -> ClockTimer:
        return ClockTimer(self, interval, lambda: function(*args, **(kwargs or {})))

    def sleep(self, seconds: float) -> None:
        """Wait for the clock; returns at once when the mock has ended."""
        if seconds > 0:
            ClockEvent(self).wait(seconds)

    def time(self) -> float:
        return self.clock.time()


class ClockEvent:
    """``threading.Event``, by the mock's clock."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads
        self._condition = threading.Condition()
        self._flag = False
        #: How often it was set: setting and clearing it at once wakes too.
        self._sets = 0
        self._waiters: set[threading.Thread] = set()

    def is_set(self) -> bool:
        return self._flag

    def set(self) -> None:
        with self._condition:
            self._flag = True
            self._sets += 1
        self.wake()

    def clear(self) -> None:
        self._flag = False

    def wake(self) -> None:
        """Have those who wait look again."""
        with self._condition:
            for thread in self._waiters:
                self._threads.stirred(thread)
            self._condition.notify_all()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it is set, the clock is so many seconds further, or the mock has ended."""
        clock, thread, late = self._threads.clock, threading.current_thread(), False

        def expire() -> None:
            nonlocal late
            late = True
            self.wake()

        with self._condition:
            before = self._sets
            if self._flag or self._threads.closed:
                return self._flag
            self._waiters.add(thread)

        def over() -> bool:
            return self._sets != before or late or self._threads.closed

        timer: Timer | None = None
        still: Standstill | None = None
        if isinstance(clock, VirtualClock) and timeout is not None:
            still = waiting(clock, f"a thread of moto, {thread.name}", timeout, in_background=True)
            timer = clock.call_later(timeout, expire)
        try:
            with self._threads.waiting(self.wake), self._condition:
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

    def __init__(self, threads: Threads, interval: float, function: Callable[[], object]) -> None:
        self._threads = threads
        self._interval = interval
        self._function = function
        self._timer: Timer | threading.Timer | None = None

    def start(self) -> None:
        clock = self._threads.clock
        self._threads.ends_with(self, self.cancel)
        if isinstance(clock, VirtualClock):
            self._timer = clock.call_later(self._interval, self._fire)
        else:
            self._timer = threading.Timer(self._interval, self._fire)
            self._timer.daemon = True
            self._timer.start()

    def cancel(self) -> None:
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
        self._threads.needs_no_end(self)

    def is_alive(self) -> bool:
        return self._timer is not None

    def _fire(self) -> None:
        if self._timer is not None and not self._threads.closed:
            self._timer = None
            self._threads.needs_no_end(self)
            self._function()
