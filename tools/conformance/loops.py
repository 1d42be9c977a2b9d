"""One event loop per thread, on which the calls of that thread's sync clients are carried out.

A call runs in the thread that made it, as it does with plain boto3: moto's backends and the
test's own patches see the same thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Coroutine, Iterator
from typing import Any, Protocol, TypeVar

from conformance.compat import inside_running_loop

T = TypeVar("T")
_END: Any = object()


class Closable(Protocol):
    """What can be opened on a loop."""

    async def aclose(self) -> None: ...


class BridgeLoop(asyncio.SelectorEventLoop):
    """A loop whose clock goes on while a test has frozen the time.

    freezegun replaces `time.monotonic` in every module, also in asyncio's, and with it each
    sleep and timeout would last for ever. It does not look into classes.
    """

    _clock = staticmethod(time.monotonic)

    def time(self) -> float:
        return self._clock()


class LoopRunner:
    """Runs coroutines on the loop of one thread, and closes what was opened there."""

    def __init__(self) -> None:
        self.loop = BridgeLoop()
        # A streaming body may be read by another thread than the one that got it.
        self._lock = threading.RLock()
        self._retired: deque[Closable] = deque()
        self._open: dict[int, Closable] = {}

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        with self._lock:
            while self._retired:
                self.loop.run_until_complete(self._retired.popleft().aclose())
            return self.loop.run_until_complete(coroutine)

    def iterate(self, iterator: AsyncIterator[T]) -> Iterator[T]:
        """The items of an async iterator, one run of the loop for each."""
        try:
            while (item := self.run(_next(iterator))) is not _END:
                yield item
        finally:
            aclose = getattr(iterator, "aclose", None)
            # An abandoned generator may be collected while a loop is running here.
            if aclose and not self.loop.is_closed() and not inside_running_loop():
                self.run(aclose())

    def keep(self, key: int, closable: Closable) -> None:
        self._open[key] = closable

    def kept(self, key: int) -> Closable | None:
        return self._open.get(key)

    def retire(self, key: int) -> None:
        """Close the thing at the next run: a finalizer can come at any moment."""
        closable = self._open.pop(key, None)
        if closable is not None:
            self._retired.append(closable)

    def close(self) -> None:
        if self.loop.is_closed():
            return
        for key in list(self._open):
            self.retire(key)
        # With another loop running in this thread only the loop itself can be closed.
        with contextlib.suppress(RuntimeError):
            self.run(self.loop.shutdown_asyncgens())
        self.loop.close()


class _PerThread(threading.local):
    """Its attributes go when their thread ends, and the runner's loop with them."""

    def __init__(self) -> None:
        self.owner = _Owner()


class _Owner:
    def __init__(self) -> None:
        self.runner = LoopRunner()

    def __del__(self) -> None:
        self.runner.close()


_per_thread = _PerThread()


def current_runner() -> LoopRunner:
    """The runner of the calling thread."""
    return _per_thread.owner.runner


async def _next(iterator: AsyncIterator[T]) -> T:
    return await anext(iterator, _END)
