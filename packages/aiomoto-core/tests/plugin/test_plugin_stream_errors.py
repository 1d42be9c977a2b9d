"""A plugin's response whose body breaks, stalls or is given up before its end."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import aiohttp
import anyio
import httpx
import pytest
from botocore.exceptions import ReadTimeoutError

from aiomoto import PluginError, hookimpl, mock_aws
from aiomoto.request import AwsRequest, AwsResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from types import ModuleType

URL = "https://ebs.us-east-1.amazonaws.com/snapshots/snap-1/blocks/0?blockToken=token"
#: Retried by aiobotocore if it came from the network.
RETRIES = {"retries": {"mode": "standard", "total_max_attempts": 3}}
READ_TIMEOUT = {"read_timeout": 0.1, "retries": {"total_max_attempts": 1}}


class Torn(Exception):
    pass


class AtOnce(BaseException):
    """As pytest's own failures are."""


class Streams:
    """A service, each of whose answers is a stream."""

    def __init__(
        self, service: str, stream: Callable[[], Any], status: int = 200, kind: str = "text/plain"
    ) -> None:
        self.service = service
        self.stream = stream
        self.status = status
        self.kind = kind
        self.requests = 0

    @hookimpl
    def aiomoto_services(self) -> list[str]:
        return [self.service]

    @hookimpl
    def aiomoto_handle(self, request: AwsRequest) -> AwsResponse:
        self.requests += 1
        response = AwsResponse.of(self.status, {"Content-Type": self.kind})
        response.stream = self.stream()
        return response


async def read(ebs: Any) -> Any:
    block = await ebs.get_snapshot_block(SnapshotId="snap-1", BlockIndex=0, BlockToken="token")
    return await block["BlockData"].read()


async def read_pieces(ebs: Any) -> Any:
    block = await ebs.get_snapshot_block(SnapshotId="snap-1", BlockIndex=0, BlockToken="token")
    body = block["BlockData"]
    if not hasattr(body, "iter_chunks"):
        pytest.skip("this aiobotocore reads a body over httpx as a whole")
    return [piece async for piece in body.iter_chunks(3)]


async def read_while_sending(ebs: Any) -> Any:
    """The body of an operation without a streaming output."""
    return await ebs.list_snapshot_blocks(SnapshotId="snap-1")


OPERATIONS = [read, read_pieces, read_while_sending]


@pytest.mark.asyncio
@pytest.mark.parametrize(("status", "first"), [(200, b""), (200, b"first"), (503, b"first")])
@pytest.mark.parametrize("kind", [Torn, OSError, AtOnce])
@pytest.mark.parametrize("operation", OPERATIONS)
async def test_an_error_arrives_as_it_is(
    clients: ModuleType,
    backend: str,
    operation: Callable[[Any], Any],
    kind: type[BaseException],
    first: bytes,
    status: int,
) -> None:
    error = kind("torn")

    async def torn() -> AsyncIterator[bytes]:
        if first:
            yield first
        raise error

    plugin = Streams("ebs", torn, status)
    async with mock_aws(plugins=[plugin]), clients.aio("ebs", backend, config=RETRIES) as ebs:
        with pytest.raises(kind) as raised:
            await operation(ebs)
    assert raised.value is error
    assert plugin.requests == 1


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", [asyncio.TimeoutError, aiohttp.ServerDisconnectedError])
async def test_what_looks_like_the_network_is_not_taken_for_it(
    clients: ModuleType, backend: str, kind: type[Exception]
) -> None:
    error = kind("torn")

    async def torn() -> AsyncIterator[bytes]:
        raise error
        yield b""

    once = {"retries": {"total_max_attempts": 1}}
    plugin = Streams("ebs", torn)
    async with mock_aws(plugins=[plugin]), clients.aio("ebs", backend, config=once) as ebs:
        with pytest.raises(kind) as raised:
            await read_while_sending(ebs)
    assert raised.value is error


@pytest.mark.asyncio
async def test_an_error_of_an_event_stream(clients: ModuleType) -> None:
    error = Torn("torn")

    async def torn() -> AsyncIterator[bytes]:
        yield b"\0"
        raise error

    plugin = Streams("sagemakerruntime", torn, kind="application/vnd.amazon.eventstream")
    async with mock_aws(plugins=[plugin]), clients.aio("sagemaker-runtime") as runtime:
        answer = await runtime.invoke_endpoint_with_response_stream(EndpointName="e", Body=b"")
        with pytest.raises(Torn) as raised:
            await anext(aiter(answer["Body"]))
    assert raised.value is error


@pytest.mark.asyncio
async def test_a_piece_that_is_no_bytes(clients: ModuleType, backend: str) -> None:
    async def wrong() -> AsyncIterator[Any]:
        yield "text"

    plugin = Streams("ebs", wrong)
    async with mock_aws(plugins=[plugin]), clients.aio("ebs", backend) as ebs:
        with pytest.raises(PluginError, match="gives bytes, but gave 'text'"):
            await read_while_sending(ebs)


@pytest.mark.asyncio
async def test_a_cancellation_of_the_streams_own_making(clients: ModuleType, backend: str) -> None:
    """It must not leave the reader waiting; nobody cancelled the reader's task, though."""

    async def cancelled() -> AsyncIterator[bytes]:
        yield b"first"
        future = asyncio.get_running_loop().create_future()
        future.cancel()
        await future

    plugin = Streams("ebs", cancelled)
    async with mock_aws(plugins=[plugin]), clients.aio("ebs", backend) as ebs:
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(read(ebs), 10)


class Stalling:
    """Gives a first piece, or none, and then nothing."""

    def __init__(self, first: bytes) -> None:
        self.first = first
        self.opened = self.closed = 0

    async def stream(self) -> AsyncIterator[bytes]:
        self.opened += 1
        try:
            if self.first:
                yield self.first
            await anyio.sleep_forever()
        finally:
            self.closed += 1


async def tasks_end() -> None:
    with anyio.fail_after(10):
        while len(asyncio.all_tasks()) > 1:  # noqa: ASYNC110 - no event tells of it
            await asyncio.sleep(0)


@pytest.mark.asyncio
@pytest.mark.parametrize("first", [b"", b"first"])
@pytest.mark.parametrize("operation", OPERATIONS)
async def test_a_stream_that_stalls_ends_in_the_read_timeout(
    clients: ModuleType, backend: str, operation: Callable[[Any], Any], first: bytes
) -> None:
    source = Stalling(first)
    plugin = Streams("ebs", source.stream)
    async with mock_aws(plugins=[plugin]), clients.aio("ebs", backend, config=READ_TIMEOUT) as ebs:
        # The body of aiobotocore 2 on httpx has no error of its own for it.
        with anyio.fail_after(10), pytest.raises((ReadTimeoutError, httpx.ReadTimeout)):
            await operation(ebs)
        await tasks_end()
        # At once, not only when the client or its connection is closed.
        assert source.opened == source.closed == 1


@pytest.mark.asyncio
@pytest.mark.parametrize("first", [b"", b"first"])
async def test_the_read_timeout_of_a_plain_aiohttp_client(first: bytes) -> None:
    source = Stalling(first)
    timeout = aiohttp.ClientTimeout(sock_read=0.1)
    async with mock_aws(plugins=[Streams("ebs", source.stream)]):
        async with aiohttp.ClientSession(timeout=timeout) as http:
            answer = await http.get(URL)
            with anyio.fail_after(10), pytest.raises(aiohttp.SocketTimeoutError):
                await answer.read()
            await tasks_end()
            assert source.opened == source.closed == 1


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
@pytest.mark.parametrize("first", [b"", b"first"])
async def test_the_read_timeout_of_a_plain_httpx_client(
    httpx_module: ModuleType, first: bytes
) -> None:
    source = Stalling(first)
    timeout = httpx_module.Timeout(10, read=0.1)
    async with mock_aws(plugins=[Streams("ebs", source.stream)]):
        async with httpx_module.AsyncClient(timeout=timeout) as http:
            with anyio.fail_after(10), pytest.raises(httpx_module.ReadTimeout):
                await http.get(URL)
            assert source.opened == source.closed == 1


@pytest.mark.asyncio
async def test_a_stream_that_is_slow_but_in_time() -> None:
    async def slow() -> AsyncIterator[bytes]:
        for _ in range(4):
            await asyncio.sleep(0.1)
            yield b"."

    timeout = aiohttp.ClientTimeout(sock_read=0.3)
    async with mock_aws(plugins=[Streams("ebs", slow)]):
        async with aiohttp.ClientSession(timeout=timeout) as http, http.get(URL) as answer:
            assert await answer.read() == b"...."


@pytest.mark.asyncio
async def test_an_error_after_the_client_has_gone_is_not_lost() -> None:
    """asyncio's handler gets it: nobody else is there to be told."""
    complaints: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    error = Torn("torn")

    async def torn() -> AsyncIterator[bytes]:
        try:
            yield b"first"
            await anyio.sleep_forever()
        finally:
            raise error

    async with mock_aws(plugins=[Streams("ebs", torn)]):
        async with aiohttp.ClientSession() as http:
            answer = await http.get(URL)
            assert await answer.content.readany() == b"first"
            answer.close()
            await tasks_end()
    assert [complaint["exception"] for complaint in complaints] == [error]
