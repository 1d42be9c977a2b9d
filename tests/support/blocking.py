"""Watches the event loops of a test for what holds them up without computing.

A callback may take long because it computes (moto renders a large answer), or because
the machine is busy with something else. Neither is a mistake of the code under test, so
the time by the wall alone says nothing. What counts here is the rest:

* a call that waits, made by the thread of a running loop: ``time.sleep``, a ``Condition``
  or ``Event`` (so a ``Queue`` and a ``Future`` of a thread too), ``Thread.join``; however
  short,
* a callback whose thread neither ran nor was waiting for a CPU for 100 ms or more, by the
  kernel's own count (Linux' ``/proc/thread-self/schedstat``: nanoseconds on a CPU and
  nanoseconds in the run queue), and while no other thread of the process computed, for
  which it would wait; elsewhere this part finds nothing. Nor does it where the thread has
  read from a disk: the first request to a service imports its part of moto, and how long
  that waits is the machine's business.

Callbacks that computed for 100 ms are noted, with moto's share by operation.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import os
import sys
import threading
import time
import traceback
from asyncio import events
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiomoto.dispatch import Dispatcher
from aiomoto.router import Routes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Seconds, the default of ``loop.slow_callback_duration``.
LIMIT = 0.1


@dataclass
class Slow:
    """A callback that computed for at least :data:`LIMIT` seconds of CPU time."""

    callback: str
    seconds: float
    #: moto's operations in it and the garbage collector, with the CPU seconds of each.
    operations: dict[str, float] = field(default_factory=dict)

    @property
    def outside(self) -> float:
        """Seconds in which something else computed: a client, the test."""
        return self.seconds - sum(self.operations.values())


@dataclass
class Findings:
    """What one test did to its loops."""

    #: Each with the place where it was called.
    blocked: list[str] = field(default_factory=list)
    slow: list[Slow] = field(default_factory=list)


class _Usage:
    """This thread's use of time up to now, in seconds."""

    def __init__(self) -> None:
        self.wall = time.perf_counter()
        self.cpu = time.thread_time()
        self.process = time.process_time()
        self.accounted = _accounted()
        self.reads = 0 if self.accounted is None else _reads()

    def blocked_until(self, later: _Usage) -> float:
        """Seconds in which the thread neither ran nor was ready to run.

        Without those in which another thread computed, which has the interpreter's lock then.
        """
        if self.accounted is None or later.accounted is None or self.reads != later.reads:
            return 0.0
        others = (later.process - self.process) - (later.cpu - self.cpu)
        return (later.wall - self.wall) - (later.accounted - self.accounted) - max(others, 0.0)


def _accounted() -> float | None:
    """Seconds on a CPU and in the run queue; None where the kernel doesn't say."""
    try:
        fields = Path("/proc/thread-self/schedstat").read_bytes().split()
    except OSError:
        return None
    return (int(fields[0]) + int(fields[1])) / 1e9


def _reads() -> int:
    """How often this thread has read from a disk (getrusage(2): blocks, and major faults)."""
    import resource  # of Unix, as RUSAGE_THREAD is of Linux: where `_accounted` knows anything

    used = resource.getrusage(resource.RUSAGE_THREAD)
    return used.ru_inblock + used.ru_majflt


def _on_loop() -> bool:
    if events._get_running_loop() is not None:
        return True
    trio = sys.modules.get("trio")
    return trio is not None and trio.lowlevel.in_trio_run()


_ASYNCIO = os.path.dirname(asyncio.__file__)  # noqa: PTH120 - as frames have it
_watched: list[Findings] = []
_operations = threading.local()


def _found(what: str) -> None:
    """Note a call that waits, but for asyncio's own and the handshake with a new thread."""
    stack = traceback.extract_stack()[:-2]
    if any(frame.name == "start" and frame.filename == threading.__file__ for frame in stack[-3:]):
        return
    own = [frame for frame in stack if frame.filename not in (threading.__file__, __file__)]
    if own[-1].filename.startswith(_ASYNCIO):  # joins the thread that has joined the executor
        return
    places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in own[-4:]]
    _watched[-1].blocked.append(f"{what} at {' > '.join(places)}")


_sleep = time.sleep


@functools.wraps(_sleep)
def _noticed_sleep(seconds: float) -> None:
    if _watched and seconds > 0 and _on_loop():
        _found(f"time.sleep({seconds:g})")
    _sleep(seconds)


def _waits(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def call(self: Any, timeout: float | None = None) -> Any:
        if _watched and timeout != 0 and _on_loop():
            _found(f"{name}({'' if timeout is None else format(timeout, 'g')})")
        return original(self, timeout)

    return call


def _timed_run(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    @functools.wraps(original)
    def run(handle: asyncio.Handle) -> Any:
        if not handle._loop.get_debug():
            handle._loop.set_debug(True)
        _operations.seconds = {}
        before = _Usage()
        try:
            return original(handle)
        finally:
            after = _Usage()
            if _watched and after.wall - before.wall >= LIMIT:
                if (blocked := before.blocked_until(after)) >= LIMIT:
                    _watched[-1].blocked.append(f"{blocked:.2f} s in {handle!r}")
                if (cpu := after.cpu - before.cpu) >= LIMIT:
                    _watched[-1].slow.append(Slow(repr(handle), cpu, _operations.seconds))

    return run


_COLLECTING = "garbage collection"


def _computed() -> float:
    """This thread's CPU seconds, without those of the garbage collector in it."""
    return time.thread_time() - getattr(_operations, "collected", 0.0)


def _note(name: str, seconds: float) -> None:
    shares = getattr(_operations, "seconds", None)
    if shares is not None:
        shares[name] = shares.get(name, 0.0) + seconds


def _collecting(phase: str, _: Any) -> None:
    if phase == "start":
        _operations.started = time.thread_time()
    elif _watched and hasattr(_operations, "started"):
        seconds = time.thread_time() - _operations.started
        _operations.collected = getattr(_operations, "collected", 0.0) + seconds
        _note(_COLLECTING, seconds)


gc.callbacks.append(_collecting)


def _timed_moto(what: str, original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def call(owner: Any, *arguments: Any) -> Any:
        before = _computed()
        request, result = arguments[-1], None
        try:
            result = original(owner, *arguments)
            return result
        finally:
            service = request.service or getattr(result, "service", "")
            name = what or request.operation or request.method
            _note(f"{service} {name}", _computed() - before)

    return call


_PATCHES: list[tuple[Any, str, Callable[..., Any]]] = [
    (events.Handle, "_run", _timed_run),
    (threading.Condition, "wait", functools.partial(_waits, "Condition.wait")),
    (threading.Thread, "join", functools.partial(_waits, "Thread.join")),
    # The first request to a service imports its part of moto.
    (Routes, "find", functools.partial(_timed_moto, "(import)")),
    (Dispatcher, "_call", functools.partial(_timed_moto, "")),
]


@contextlib.contextmanager
def watching() -> Iterator[Findings]:
    """Watch all asyncio loops of the process, in debug mode, and trio's for calls that wait.

    Inside another one, what is found is the inner one's.
    """
    originals = [(owner, name, getattr(owner, name)) for owner, name, _ in _PATCHES]
    # Also where it is by `from time import sleep`, as in some modules of moto. One that is
    # imported in the meantime keeps ours, which does nothing while nobody watches.
    sleeps = [
        (module, "sleep")
        for module in list(sys.modules.values())
        if vars(module).get("sleep") is _sleep
    ]
    if not _watched:
        for owner, name, wrap in _PATCHES:
            setattr(owner, name, wrap(getattr(owner, name)))
        for owner, name in sleeps:
            setattr(owner, name, _noticed_sleep)
    findings = Findings()
    _watched.append(findings)
    try:
        yield findings
    finally:
        _watched.remove(findings)
        for owner, name, original in [*originals, *((*one, _sleep) for one in sleeps)]:
            setattr(owner, name, original)
