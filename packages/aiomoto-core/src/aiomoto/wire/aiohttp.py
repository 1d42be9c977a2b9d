"""aiohttp: a connection whose far end is this process.

The cut is ``BaseConnector.connect``. Sessions, middlewares, traces, redirects,
``ClientRequest.send``, the response parser and ``ClientResponse`` all run for
real, and so do the connector's limits. moto is asked in the task that awaits
the response, so cancelling it cancels the answer. A task of its own is there
only for a body that comes piece by piece (streaming.py).
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from types import ModuleType
from typing import TYPE_CHECKING, Any

from multidict import CIMultiDict

from .. import compat
from ..request import AwsRequest, AwsResponse, current_call
from .http1 import (
    CHUNK,
    CONTINUE,
    RequestReader,
    close_stream,
    has_body,
    response_body,
    response_head,
)
from .steps import resumed
from .streaming import Feed

if TYPE_CHECKING:
    from ..interfaces import Front
    from ..plugin.patches import Patch


def patches(front: Front) -> list[Patch]:
    """Make what is replaced in aiohttp while a mock is active."""
    seam = _seam(sys.modules["aiohttp"])
    original = seam.compat.connector_class.connect

    async def connect(self: Any, req: Any, traces: Any, timeout: Any) -> Any:
        """Answer connections to AWS from memory; all others are made for real."""
        aws_url = front.judge(str(req.url), req.headers, current_call.get())
        if aws_url is None:
            return await original(self, req, traces, timeout)
        connection = await seam.compat.connect(
            self, req, traces, timeout.connect, partial(seam.protocol, req.loop)
        )
        connection.protocol.begin(front, req, aws_url)
        return connection

    return [(seam.compat.connector_class, "connect", connect)]


class MemoryTransport(asyncio.Transport):
    """What aiohttp writes goes to a reader; what it is given waits for its pace."""

    def __init__(self, protocol: Any, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._protocol = protocol
        self._loop = loop
        self._closing = False
        self._paused = False
        self._pending = memoryview(b"")
        #: What delivers the body, if it comes piece by piece.
        self.feed: Feed | None = None

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Take bytes of the request."""
        self._protocol.request_bytes(data)

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        """Take several pieces without joining them."""
        for data in list_of_data:
            self._protocol.request_bytes(data)

    def deliver(self, head: bytes, body: bytes) -> None:
        """Hand a response to the protocol: at once if small, else at the reader's pace."""
        if len(body) <= CHUNK:
            self._protocol.data_received(head + body)
        else:
            self._protocol.data_received(head)
            self._pending = memoryview(body)
            self._pump()

    def take_pending(self) -> bytes | None:
        """The whole body, if some of it was not delivered yet; then nothing more is."""
        body: Any = self._pending.obj if self._pending else None
        self._pending = memoryview(b"")
        return body  # type: ignore[no-any-return]

    def _pump(self) -> None:
        while self._pending and not self._paused and not self._closing:
            piece, self._pending = self._pending[:CHUNK], self._pending[CHUNK:]
            self._protocol.data_received(bytes(piece))

    def pause_reading(self) -> None:
        """The client has enough for now."""
        self._paused = True

    def resume_reading(self) -> None:
        """The client wants more; it is given in a turn of its own."""
        self._paused = False
        if self._pending and not self._closing:
            self._loop.call_soon(self._pump)
        if self.feed is not None:
            self.feed.resume()

    @property
    def paused(self) -> bool:
        """Whether the client has enough for now."""
        return self._paused

    def is_closing(self) -> bool:
        """Whether the client has closed the connection."""
        return self._closing

    def close(self) -> None:
        """End the connection; the protocol hears of it in the next turn, as with a socket."""
        if not self._closing:
            self._closing = True
            self._pending = memoryview(b"")
            if self.feed is not None:
                self.feed.stop()
            if not self._loop.is_closed():
                self._loop.call_soon(self._protocol.connection_lost, None)

    def abort(self) -> None:
        """The same: nothing is buffered for the far end."""
        self.close()

    def get_write_buffer_size(self) -> int:
        """Nothing waits to be written."""
        return 0

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """There is no socket and no peer to tell about."""
        return default


class _Seam:
    """The classes made from those of one aiohttp, which may be imported anew."""

    def __init__(self) -> None:
        self.compat = compat.Aiohttp()
        self.protocol = _protocol_class(self.compat)


@lru_cache(maxsize=1)
def _seam(_: ModuleType) -> _Seam:
    return _Seam()


def _protocol_class(seam: compat.Aiohttp) -> Callable[..., Any]:
    class MemoryProtocol(seam.protocol_class):  # type: ignore[misc, name-defined]
        """aiohttp's response protocol, answered by a dispatcher when it is read."""

        def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
            super().__init__(loop=loop)
            self.loop = loop
            self._waiter: asyncio.Future[None] | None = None
            self._bound: Any = None
            self.connection_made(MemoryTransport(self, loop))

        def begin(self, front: Front, request: Any, aws_url: str) -> None:
            """Take the next request of this connection."""
            self._front = front
            self._client_request: Any = request
            self._aws_url = aws_url
            self._reader: RequestReader | None = None
            self._answered = False
            self._encoded = False
            if self.transport.paused:
                self.resume_reading()  # which older versions of aiohttp leave to the next reader
            self.transport.feed = None

        def request_bytes(self, data: bytes | bytearray | memoryview) -> None:
            if self._reader is None:
                self._reader = RequestReader(self._client_request.headers)
            self._reader.feed(data)
            if self._reader.complete or self._reader.expects_continue:
                self._wake()

        def take_body(self) -> bytes | None:
            """The whole body if the parser would only pass it on, and is not done with it."""
            return (
                None if self._encoded or self.transport is None else self.transport.take_pending()
            )

        def set_exception(self, *args: Any, **kwargs: Any) -> None:
            super().set_exception(*args, **kwargs)
            self._wake()
            if self.transport is not None and self.transport.feed is not None:
                self.transport.feed.stop()  # the read timeout: nobody waits for what it delivers

        def connection_lost(self, exc: BaseException | None) -> None:
            super().connection_lost(exc)
            self._wake()
            if self._bound is not None:
                seam.expire(self._bound)

        def _wake(self) -> None:
            if self._waiter is not None and not self._waiter.done():
                self._waiter.set_result(None)

        async def read(self) -> Any:
            """The next response message; asks moto once the request is complete."""
            while not self._answered and self.exception() is None and self.transport is not None:
                reader = self._reader
                if reader is None or not (reader.complete or reader.expects_continue):
                    self._waiter = self.loop.create_future()
                    await self._waiter
                elif reader.expects_continue and not reader.complete:
                    reader.expects_continue = False
                    self.data_received(CONTINUE)
                    break
                else:
                    await self._answer()
            message = await super().read()
            if self.transport is not None and self.transport.feed is not None:
                self.transport.feed.start(message[1])
            return message

        async def _answer(self) -> None:
            assert self._reader is not None
            self._answered = True
            # A connection that waits for its next request must not hold this one.
            given, self._client_request = self._client_request, None
            request = AwsRequest(
                method=given.method,
                url=self._aws_url,
                headers=CIMultiDict(given.headers),
                original_url=str(given.url),
                call=current_call.get(),
            )
            self._reader.hand_over(request)
            self._reader = None
            response = await self._bounded(request)
            if response is not None and response.stream is not None:
                await self._stream(request, response)
            elif response is not None and self.transport is not None:
                self._encoded = "Content-Encoding" in response.headers
                head, body = response_head(request, response), response_body(request, response)
                self.transport.deliver(head, body)

        async def _stream(self, request: AwsRequest, response: AwsResponse) -> None:
            transport = self.transport
            if transport is None or not has_body(request, response.status):
                await close_stream(response)
            else:
                transport.feed = Feed(self._front, transport, self.data_received, request, response)
            if transport is not None:
                transport.deliver(response_head(request, response), b"")

        async def _bounded(self, request: AwsRequest) -> Any:
            """The answer, within the client's read timeout, as it bounds a real server.

            None if the client closed the connection meanwhile.
            """
            # A real answer takes at least a turn of the loop; without one, a task that polls
            # would never let another run, and the writer of a body would end after its answer.
            await asyncio.sleep(0)
            if self.transport is None:
                return None
            began = self.loop.time()
            answer = self._front.answer(request)
            try:
                waits_for = answer.send(None)
            except StopIteration as done:
                return done.value  # most need no timer
            left = self.read_timeout and max(0, self.read_timeout + began - self.loop.time())
            try:
                async with seam.timeout(left) as self._bound:
                    return await resumed(answer, waits_for)
            except asyncio.TimeoutError:
                if not seam.expired(self._bound):
                    raise  # it is the plugin's or moto's own
                if self.transport is None:
                    return None
                raise seam.module.SocketTimeoutError(
                    "Timeout on reading data from socket"
                ) from None
            finally:
                self._bound = None

    return MemoryProtocol
