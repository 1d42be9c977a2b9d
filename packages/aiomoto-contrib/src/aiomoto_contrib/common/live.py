"""Bodies that go on while the mock does: frames now, frames when something happens."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import cast

from aiomoto import AwsRequest, AwsResponse, Clock, eventstream
from aiomoto.bells import AsyncBell, async_bell
from aiomoto.locks import Order, guarded
from aiomoto.request import HeaderItems
from aiomoto.standstill import Standstill, waiting


@dataclass(frozen=True)
class Until:
    """Nothing to send until a moment of the mock's clock, or until something happens."""

    moment: float


#: What is sent, in order. A plain generator: it never waits, it says that there is nothing.
Script = Generator["bytes | Until", None, None]


class Live:
    """The stream of a response: an asynchronous iterator of frames, as a script gives them.

    :param script: frames, and :class:`Until` when there is none for now.
    :param closed: called once, when the body has ended or was closed.
    :param still: as of ``clock.wait``.
    """

    def __init__(
        self,
        script: Script,
        clock: Clock,
        closed: Callable[[Live], None],
        still: Standstill | None = None,
    ) -> None:
        self._script = script
        self._clock = clock
        self._still = still
        self._closed: Callable[[Live], None] | None = closed
        self._bell: AsyncBell | None = None

    def changed(self) -> None:
        """Have the script look again; from any thread."""
        if self._bell is not None:
            self._bell.ring()

    def __aiter__(self) -> Live:
        return self

    async def __anext__(self) -> bytes:
        if self._bell is None:
            self._bell = async_bell()
        while self._closed is not None:
            self._bell.clear()
            step = next(self._script, None)
            if step is None:
                self.end()
            elif isinstance(step, Until):
                await self._clock.wait(self._bell, step.moment, self._still)
            else:
                return step
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """End it; whoever waits for the next frame learns that there is none."""
        self.end()

    def end(self) -> None:
        """As :meth:`aclose`, from any thread."""
        closed, self._closed = self._closed, None
        if closed is not None:
            closed(self)
            self.changed()


def now_only(script: Script) -> Iterator[bytes]:
    """What a script has without waiting."""
    return cast("Iterator[bytes]", takewhile(lambda step: not isinstance(step, Until), script))


class LiveBodies:
    """All bodies of one service that are open; safe to use from any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = guarded(threading.RLock(), Order.PLUGIN)
        self._open: dict[Live, None] = {}

    def __iter__(self) -> Iterator[Live]:
        with self._lock:
            return iter(tuple(self._open))

    def respond(
        self,
        request: AwsRequest,
        headers: HeaderItems,
        script: Script,
        closed: Callable[[], object] = lambda: None,
    ) -> AwsResponse:
        """The response: live for an async client, what there is now for a synchronous one.

        :param closed: called once, when the body has ended or was closed.
        """
        response = AwsResponse.of(200, headers)
        response.headers["Content-Type"] = eventstream.CONTENT_TYPE
        response.headers.pop("Content-Length", None)  # of an answer that this one continues
        if request.is_async:
            response.stream = self._open_body(request, script, closed)
        else:
            response.body = b"".join(now_only(script))
            closed()
        return response

    def _open_body(self, request: AwsRequest, script: Script, closed: Callable[[], object]) -> Live:
        def forget(body: Live) -> None:
            with self._lock:
                self._open.pop(body, None)
            closed()

        still = waiting(self._clock, request.label)
        body = Live(script, self._clock, forget, still)
        with self._lock:
            self._open[body] = None
        return body

    def changed(self) -> None:
        for body in self:
            body.changed()

    def close(self) -> None:
        for body in self:
            body.end()
