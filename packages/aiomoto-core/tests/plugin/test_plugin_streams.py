"""A plugin's response whose body comes piece by piece."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import aiohttp
import anyio
import anyio.lowlevel
import httpx
import pytest

from aiomoto import PluginError, hookimpl, mock_aws
from aiomoto.engine import engine
from aiomoto.request import AwsRequest, AwsResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from types import ModuleType

BLOCK = {"SnapshotId": "snap-1", "BlockIndex": 0, "BlockToken": "token"}
URL = "https://ebs.us-east-1.amazonaws.com/snapshots/snap-1/blocks/0?blockToken=token"


class Blocks:
    """EBS, whose blocks come from a generator."""

    def __init__(self, stream: Callable[[], Any]) -> None:
        self.stream = stream

    @hookimpl
    def aiomoto_services(self) -> list[str]:
        return ["ebs"]

    @hookimpl
    def aiomoto_handle(self, request: AwsRequest) -> AwsResponse:
        response = AwsResponse.of(200, {"x-amz-Data-Length": "3", "Content-Length": "99"})
        response.stream = self.stream()
        return response


class Source:
    """Gives what it is told, when it is told; knows when it was closed."""

    def __init__(self) -> None:
        self.given = 0
        self.closed = False
        self.more = anyio.Event()

    async def once_more(self) -> AsyncIterator[bytes]:
        try:
            yield b"first"
            self.given += 1
            await self.more.wait()
            yield b""
            yield b"other"
            self.given += 1
        finally:
            self.closed = True

    async def for_ever(self) -> AsyncIterator[bytes]:
        try:
            while True:
                self.given += 1
                yield bytes(100_000)
                await anyio.lowlevel.checkpoint()
        finally:
            self.closed = True


async def block_of(ebs: Any) -> Any:
    body = (await ebs.get_snapshot_block(**BLOCK))["BlockData"]
    if not hasattr(body, "iter_chunks"):
        pytest.skip("this aiobotocore reads a body over httpx as a whole")
    return body


async def until(condition: Callable[[], bool]) -> None:
    with anyio.fail_after(10):
        while not condition():  # noqa: ASYNC110 - no event tells of it
            await anyio.sleep(0.001)


@pytest.mark.asyncio
async def test_each_piece_arrives_when_it_is_there(clients: ModuleType, backend: str) -> None:
    source = Source()
    plugin = Blocks(source.once_more)
    async with mock_aws(plugins=[plugin]), clients.aio("ebs", backend) as ebs:
        pieces = (await block_of(ebs)).iter_chunks(5)
        assert await anext(pieces) == b"first"
        assert source.given <= 1
        later = asyncio.ensure_future(anext(pieces))
        await asyncio.sleep(0.01)
        assert not later.done()
        source.more.set()
        assert await later == b"other"
        assert [piece async for piece in pieces] == []
        await until(lambda: source.closed and not engine.front.at_end)


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
async def test_a_plain_client_on_asyncio_and_trio() -> None:
    source = Source()
    source.more.set()
    async with mock_aws(plugins=[Blocks(source.once_more)]), httpx.AsyncClient() as http:
        async with http.stream("GET", URL) as answer:
            assert answer.headers["Transfer-Encoding"] == "chunked"
            assert "Content-Length" not in answer.headers
            pieces = [piece async for piece in answer.aiter_raw()]
        assert pieces == [b"first", b"other"]
        assert source.closed


@pytest.mark.asyncio
async def test_a_closed_body_closes_the_stream(clients: ModuleType, backend: str) -> None:
    source = Source()
    plugin = Blocks(source.once_more)
    async with mock_aws(plugins=[plugin]), clients.aio("ebs", backend) as ebs:
        body = await block_of(ebs)
        assert await anext(body.iter_chunks(5)) == b"first"
        async with body:
            pass
        if backend == "httpx":
            await ebs.close()
        await until(lambda: source.closed)


@pytest.mark.asyncio
async def test_a_closed_session_closes_the_stream() -> None:
    source = Source()
    async with mock_aws(plugins=[Blocks(source.once_more)]):
        async with aiohttp.ClientSession() as http:
            answer = await http.get(URL)
            assert await answer.content.readany() == b"first"
        await until(lambda: source.closed)
        with pytest.raises((aiohttp.ClientConnectionError, RuntimeError), match="closed"):
            await answer.read()


@pytest.mark.asyncio
async def test_the_stream_goes_at_the_readers_pace(clients: ModuleType, backend: str) -> None:
    source = Source()
    plugin = Blocks(source.for_ever)
    async with mock_aws(plugins=[plugin]), clients.aio("ebs", backend) as ebs:
        body = await block_of(ebs)
        await asyncio.sleep(0.05)
        before = source.given
        assert before < 20
        for _ in range(50):
            await body.read(100_000)
        assert 40 < source.given < before + 70
        async with body:
            pass


@pytest.mark.asyncio
async def test_an_error_of_the_stream_reaches_the_reader_as_it_is() -> None:
    class Torn(Exception):
        pass

    error = Torn("torn")

    async def torn() -> AsyncIterator[bytes]:
        yield b"first"
        raise error

    async with mock_aws(plugins=[Blocks(torn)]):
        async with aiohttp.ClientSession() as http, http.get(URL) as answer:
            with pytest.raises(Torn) as raised:
                await answer.read()
            assert raised.value is error
        async with httpx.AsyncClient() as other:
            with pytest.raises(Torn) as raised:
                await other.get(URL)
            assert raised.value is error


@pytest.mark.asyncio
async def test_a_stream_that_is_none(clients: ModuleType, backend: str) -> None:
    plugin = Blocks(lambda: [b"first"])
    async with mock_aws(plugins=[plugin]), clients.aio("ebs", backend) as ebs:
        with pytest.raises(PluginError, match=r"Blocks.*stream is \[b'first'\]"):
            await ebs.get_snapshot_block(**BLOCK)


def test_a_sync_client_gets_none(clients: ModuleType) -> None:
    with mock_aws(plugins=[Blocks(Source().once_more)]), clients.sync("ebs") as ebs:
        with pytest.raises(PluginError, match="synchronous client"):
            ebs.get_snapshot_block(**BLOCK)


@pytest.mark.asyncio
async def test_an_answer_to_head_has_no_body() -> None:
    source = Source()
    async with mock_aws(plugins=[Blocks(source.once_more)]):
        async with aiohttp.ClientSession() as http, http.head(URL) as answer:
            assert await answer.read() == b""
        async with httpx.AsyncClient() as other:
            assert (await other.head(URL)).content == b""
    assert source.given == 0


@pytest.mark.asyncio
async def test_the_end_of_the_mock_ends_the_body() -> None:
    source = Source()
    async with aiohttp.ClientSession() as http:
        with mock_aws(plugins=[Blocks(source.once_more)]):
            answer = await http.get(URL)
            assert await answer.content.readany() == b"first"
            others = asyncio.all_tasks() - {asyncio.current_task()}
            assert len(others) == 1
        assert await answer.read() == b""
        assert source.closed
        await until(lambda: all(task.done() for task in others))


@pytest.mark.asyncio
async def test_a_mock_that_ends_in_another_thread_ends_the_body() -> None:
    source = Source()
    mock = mock_aws(plugins=[Blocks(source.once_more)])
    mock.start()
    async with aiohttp.ClientSession() as http, http.get(URL) as answer:
        assert await answer.content.readany() == b"first"
        ending = threading.Thread(target=mock.stop)
        ending.start()
        ending.join()
        assert await answer.read() == b""
