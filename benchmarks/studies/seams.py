"""What a call costs at three places to cut aiohttp: why core cuts at the connector.

    python benchmarks/studies/seams.py [rounds]

All three stand on the same dispatch, so they differ only in what stays real
between aiobotocore and moto:

- ``send``: ``AIOHTTPSession.send`` replaced, its answer an object that looks
  like an aiohttp response;
- ``connect``: core's cut, ``BaseConnector.connect`` gives a connection in memory;
- ``server``: ``TCPConnector._create_connection`` gives a connection in memory
  whose far end is a protocol of ``aiohttp.web.Server``.

The rounds of the three take turns, so that a machine that is busy for a while
is busy for each of them. Medians in milliseconds, and ratios to ``connect``.
"""

from __future__ import annotations

import asyncio
import contextlib
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import aiohttp
import aiohttp.web
from aiobotocore.awsrequest import AioAWSResponse
from aiobotocore.httpsession import AIOHTTPSession
from aiobotocore.session import get_session

from aiomoto import mock_aws
from aiomoto.engine import engine
from aiomoto.request import AwsRequest, headers_of

SMALL = b"x" * 1024
LARGE = b"x" * (64 << 20)
CALLS = 25
#: What asyncio reads from a socket at once.
PIECE = 256 * 1024
REAL_CONNECT = aiohttp.BaseConnector.connect
CREATE = "_create_connection"
REAL_CREATE = getattr(aiohttp.TCPConnector, CREATE)


# -- send: a response-like object ------------------------------------------------


class Body:
    """As much of a stream as aiobotocore's bodies use."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    async def read(self, amount: int = -1) -> bytes:
        """The next bytes; all of them without a copy."""
        begin, self._at = self._at, len(self._data) if amount < 0 else self._at + amount
        return self._data[begin : self._at]

    def at_eof(self) -> bool:
        """Whether all was read."""
        return self._at >= len(self._data)


class LooksLikeAResponse:
    """As much of ``aiohttp.ClientResponse`` as aiobotocore uses."""

    def __init__(self, url: str, data: bytes) -> None:
        self.url = url
        self.content = Body(data)
        self.read = self.content.read

    def close(self) -> None:
        """There is nothing to close."""


async def send(self: Any, request: Any) -> AioAWSResponse:
    """Answer a prepared request of botocore without an HTTP client."""
    body = request.body
    if hasattr(body, "read"):
        body = body.read()
        body = await body if asyncio.iscoroutine(body) else body
    answer = await engine.front.answer(
        AwsRequest(
            method=request.method,
            url=request.url,
            headers=headers_of(request.headers.items()),
            body=body.encode() if isinstance(body, str) else body or b"",
            original_url=request.url,
        )
    )
    headers = {name.lower(): value for name, value in answer.headers.items()}
    raw = LooksLikeAResponse(request.url, answer.body)
    response = AioAWSResponse(request.url, answer.status, headers, raw)
    if not request.stream_output:
        await response.content
    return response


# -- server: a parser at both ends --------------------------------------------------


class Wire(asyncio.Transport):
    """One direction of a connection in memory, with the far end's pace."""

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.get_running_loop()
        self._waiting: list[memoryview] = []
        self._paused = self._scheduled = self.closed = False
        self.far: Wire
        self.protocol: Any

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Hand over in the next turn of the loop, as a socket would."""
        self.far.take(memoryview(bytes(data)))

    def take(self, data: memoryview) -> None:
        """Have the near protocol get this when it can."""
        self._waiting.append(data)
        self._schedule()

    def _schedule(self) -> None:
        if not self._scheduled and not self._paused and not self.closed:
            self._scheduled = True
            self._loop.call_soon(self._hand_over)

    def _hand_over(self) -> None:
        self._scheduled = False
        while self._waiting and not self._paused and not self.closed:
            data = self._waiting.pop(0)
            if len(data) > PIECE:
                self._waiting.insert(0, data[PIECE:])
            self.protocol.data_received(bytes(data[:PIECE]))

    def pause_reading(self) -> None:
        """The reader has enough."""
        self._paused = True

    def resume_reading(self) -> None:
        """The reader wants more."""
        self._paused = False
        self._schedule()

    def is_closing(self) -> bool:
        """Whether either end closed."""
        return self.closed

    def close(self) -> None:
        """Close both ends."""
        for end in (self, self.far):
            if not end.closed:
                end.closed = True
                self._loop.call_soon(end.protocol.connection_lost, None)

    abort = close

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Nothing: there is no socket."""
        return default


async def serve(request: aiohttp.web.BaseRequest) -> aiohttp.web.Response:
    """Answer what the server's parser made of the request."""
    url = f"https://{request.host}{request.raw_path}"
    if request.headers.get("Expect"):
        # What aiohttp.web.Application does for its routes.
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0
    body = await request.content.read()
    answer = await engine.front.answer(
        AwsRequest(request.method, url, headers_of(request.headers), body, original_url=url)
    )
    for name in ("Content-Length", "Transfer-Encoding"):
        answer.headers.popall(name, None)
    return aiohttp.web.Response(status=answer.status, headers=answer.headers, body=answer.body)


async def create_connection(self: Any, req: Any, traces: Any, timeout: Any) -> Any:
    """Connect aiohttp's client protocol to its server protocol."""
    near, far = Wire(), Wire()
    near.far, far.far = far, near
    near.protocol = self._factory()
    far.protocol = aiohttp.web.Server(serve)()
    far.protocol.connection_made(far)
    near.protocol.connection_made(near)
    return near.protocol


# -- measuring -----------------------------------------------------------------------


@contextlib.contextmanager
def cut(name: str) -> Iterator[None]:
    """One of the three, inside a running mock."""
    connect, patched_send = aiohttp.BaseConnector.connect, AIOHTTPSession.send
    try:
        if name == "send":
            AIOHTTPSession.send = send
        elif name == "server":
            aiohttp.BaseConnector.connect = REAL_CONNECT  # type: ignore[method-assign]
            setattr(aiohttp.TCPConnector, CREATE, create_connection)
        yield
    finally:
        aiohttp.BaseConnector.connect = connect  # type: ignore[method-assign]
        AIOHTTPSession.send = patched_send
        setattr(aiohttp.TCPConnector, CREATE, REAL_CREATE)


async def small_put(s3: Any) -> None:
    """1 KiB up."""
    await s3.put_object(Bucket="bucket", Key="new", Body=SMALL)


async def small_get(s3: Any) -> None:
    """1 KiB down."""
    answer = await s3.get_object(Bucket="bucket", Key="small")
    assert len(await answer["Body"].read()) == len(SMALL)


async def large_get(s3: Any) -> None:
    """64 MiB down."""
    answer = await s3.get_object(Bucket="bucket", Key="large")
    assert len(await answer["Body"].read()) == len(LARGE)


async def large_get_in_pieces(s3: Any) -> None:
    """64 MiB down, 1 MiB at a time."""
    body = (await s3.get_object(Bucket="bucket", Key="large"))["Body"]
    left = len(LARGE)
    while left:
        left -= len(await body.read(1 << 20))


JOBS: dict[str, tuple[Callable[[Any], Awaitable[None]], int]] = {
    "put 1 KiB": (small_put, CALLS),
    "get 1 KiB": (small_get, CALLS),
    "get 64 MiB": (large_get, 1),
    "get 64 MiB, by MiB": (large_get_in_pieces, 1),
}
CUTS = ("connect", "send", "server")


@contextlib.asynccontextmanager
async def clients() -> AsyncIterator[dict[str, Any]]:
    """A client for each cut, since the connections that one keeps belong to its cut."""
    async with contextlib.AsyncExitStack() as stack:
        session = get_session()
        made = {}
        for name in CUTS:
            client = session.create_client("s3", region_name="us-east-1")
            made[name] = await stack.enter_async_context(client)
        await made["connect"].create_bucket(Bucket="bucket")
        await made["connect"].put_object(Bucket="bucket", Key="small", Body=SMALL)
        await made["connect"].put_object(Bucket="bucket", Key="large", Body=LARGE)
        yield made


async def main(rounds: int) -> None:
    """Measure and print."""
    took: dict[tuple[str, str], list[float]] = {(job, name): [] for job in JOBS for name in CUTS}
    async with mock_aws(), clients() as made:
        for number in range(rounds + 1):
            for job, (call, times) in JOBS.items():
                for name in CUTS:
                    with cut(name):
                        begin = time.perf_counter()
                        for _ in range(times):
                            await call(made[name])
                        spent = (time.perf_counter() - begin) / times * 1000
                    if number:  # the first round warms up
                        took[job, name].append(spent)
    print(f"{'ms a call, median':<20}" + "".join(f"{name:>18}" for name in CUTS))
    for job in JOBS:
        medians = {name: statistics.median(took[job, name]) for name in CUTS}
        cells = [
            f"{medians[name]:9.2f} ({medians[name] / medians['connect']:4.2f}x)" for name in CUTS
        ]
        print(f"{job:<20}" + "".join(f"{cell:>18}" for cell in cells))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 15))
