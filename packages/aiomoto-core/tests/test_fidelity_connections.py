"""aiohttp's connections: kept alive, waited for and traced in process as over the wire."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from typing_extensions import Self

from aiomoto import mock_aws
from aiomoto.testing.twin import Twin
from aiomoto.testing.worlds import InProcessWorld, WireWorld

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aiomoto.testing.worlds import World

#: More than is handed over with the head, and than fits into a socket's buffers.
BIG = bytes(8 << 20)
CREATE = ["create_start", "create_end"]
QUEUED = ["queued_start", "queued_end"]
REUSE = ["reuseconn"]


@pytest.fixture(scope="module")
def keeping_twin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twin]:
    """A twin that keeps connections alive, as AWS does."""
    with Twin(tmp_path_factory.mktemp("keeping"), keep_alive=True) as running:
        yield running


@pytest.fixture(params=["wire", "in-process"])
def world(request: pytest.FixtureRequest, keeping_twin: Twin) -> Iterator[World]:
    wire = request.param == "wire"
    made = WireWorld("aiohttp", keeping_twin) if wire else InProcessWorld("aiohttp")
    with made.active() as active:
        # In one piece, which werkzeug reads faster than chunks.
        s3 = active.boto3("s3", config={"request_checksum_calculation": "when_required"})
        s3.create_bucket(Bucket="bucket", ACL="public-read-write")
        for key, body in (("small", b"content"), ("big", BIG), ("empty", b"")):
            s3.put_object(Bucket="bucket", Key=key, Body=body, ACL="public-read")
        yield active


class Session:
    """A session of aiohttp and the connection events that it has traced."""

    def __init__(self, world: World, **options: Any) -> None:
        self.events: list[str] = []
        self.queued = asyncio.Event()
        trace = aiohttp.TraceConfig()
        for name in (*QUEUED, *CREATE, *REUSE):
            getattr(trace, f"on_connection_{name}").append(self._noting(name))
        if isinstance(world, WireWorld):
            options["ssl"] = world.twin.client_context()
        self.http = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(**options), trace_configs=[trace]
        )
        self._world = world

    def _noting(self, name: str) -> Any:
        async def note(*_: Any) -> None:
            self.events.append(name)
            if name == "queued_start":
                self.queued.set()

        return note

    def get(self, key: str, **options: Any) -> Any:
        return self.http.get(self._world.url(f"/bucket/{key}"), **options)

    async def read(self, key: str, **options: Any) -> bytes:
        async with self.get(key, **options) as response:
            return await response.read()  # type: ignore[no-any-return]

    def since(self) -> list[str]:
        """The events since it was asked last."""
        events, self.events = self.events, []
        return events

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.close()
        if self._world.kind == "wire":
            await asyncio.sleep(0.05)  # aiohttp does not wait until TLS has ended


@pytest.mark.asyncio
async def test_a_connection_is_used_again(world: World) -> None:
    async with Session(world) as session:
        assert await session.read("small") == b"content"
        assert session.since() == CREATE
        assert await session.read("big") == BIG
        assert session.since() == REUSE
        assert await session.read("empty") == b""
        assert session.since() == REUSE
        assert b"NoSuchKey" in await session.read("missing")
        assert session.since() == REUSE
        async with session.http.head(world.url("/bucket/big")) as response:
            assert response.content_length == len(BIG)
        assert session.since() == REUSE
        assert await session.read("small") == b"content"
        assert session.since() == REUSE


@pytest.mark.asyncio
async def test_answers_without_a_body(world: World) -> None:
    async with Session(world) as session:
        async with session.get("small") as response:
            tag = response.headers["ETag"]
        url = world.url("/bucket/small")
        async with session.http.get(url, headers={"If-None-Match": tag}) as response:
            assert response.status == 304
        async with session.http.delete(url) as response:
            assert response.status == 204
        async with session.http.put(url, data=b"other") as response:
            assert response.status == 200
        assert await session.read("small") == b"other"
        assert session.since() == CREATE + 4 * REUSE


@pytest.mark.asyncio
@pytest.mark.parametrize("first", [1, 300_000])
async def test_a_body_that_is_read_in_two(world: World, first: int) -> None:
    async with Session(world) as session:
        response = await session.get("big")
        begin = await response.content.readexactly(first)
        assert begin + await response.content.read() == BIG
        async with session.get("big") as other:
            # The reader of the first is at its end, whatever its connection does now.
            assert await response.content.read() == b""
            assert await other.read() == BIG
        assert session.since() == CREATE + REUSE


@pytest.mark.asyncio
async def test_an_unread_body_ends_the_connection(world: World) -> None:
    async with Session(world) as session:
        for _ in range(2):
            async with session.get("big") as response:
                assert response.status == 200
        assert session.since() == CREATE + CREATE


@pytest.mark.asyncio
async def test_a_closed_response_ends_the_connection(world: World) -> None:
    async with Session(world) as session:
        for _ in range(2):
            response = await session.get("big")
            await response.content.readexactly(10)
            response.close()
        assert session.since() == CREATE + CREATE


@pytest.mark.asyncio
async def test_the_client_asks_for_the_end(world: World) -> None:
    async with Session(world) as session:
        for _ in range(2):
            async with session.get("small", headers={"Connection": "close"}) as response:
                assert await response.read() == b"content"
                assert response.headers["Connection"] == "close"
        assert session.since() == CREATE + CREATE
    async with Session(world, force_close=True) as session:
        for _ in range(2):
            await session.read("small")
        assert session.since() == CREATE + CREATE


@pytest.mark.asyncio
async def test_an_idle_connection_is_dropped(world: World) -> None:
    async with Session(world, keepalive_timeout=0.05) as session:
        await session.read("small")
        await asyncio.sleep(0.1)
        await session.read("small")
        assert session.since() == CREATE + CREATE


@pytest.mark.asyncio
async def test_two_at_a_time_have_two_connections(world: World) -> None:
    async with Session(world) as session:
        async with session.get("big") as first, session.get("big") as second:
            assert await first.read() == await second.read() == BIG
        assert session.since() == CREATE + CREATE
        async with session.get("big") as first, session.get("big") as second:
            assert await first.read() == await second.read() == BIG
        assert session.since() == REUSE + REUSE


@pytest.mark.asyncio
@pytest.mark.parametrize("limits", [{"limit": 1}, {"limit_per_host": 1}])
async def test_a_limit_is_waited_for(world: World, limits: dict[str, int]) -> None:
    async with Session(world, **limits) as session:
        response = await session.get("big")
        waiting = asyncio.ensure_future(session.read("small"))
        await session.queued.wait()
        session.queued.clear()
        assert await response.read() == BIG
        assert await waiting == b"content"
        assert session.since() == CREATE + QUEUED + REUSE

        response = await session.get("big")
        waiting = asyncio.ensure_future(session.read("small"))
        await session.queued.wait()
        session.queued.clear()
        response.close()
        assert await waiting == b"content"
        assert session.since() == REUSE + QUEUED + CREATE


@pytest.mark.asyncio
async def test_a_limit_that_is_waited_for_too_long(world: World) -> None:
    async with Session(world, limit=1) as session:
        async with session.get("big"):
            with pytest.raises(aiohttp.ConnectionTimeoutError, match="Connection timeout to host"):
                await session.read("small", timeout=aiohttp.ClientTimeout(connect=0.05))
        assert session.since() == [*CREATE, "queued_start"]


@pytest.mark.asyncio
@pytest.mark.parametrize("event", ["on_connection_create_start", "on_connection_create_end"])
async def test_a_trace_that_raises_gives_the_place_back(world: World, event: str) -> None:
    if world.kind == "wire" and event.endswith("end"):
        pytest.skip("aiohttp leaves the socket open")
    async with Session(world, limit=1, limit_per_host=1) as session:

        async def refuse(*_: Any) -> None:
            raise ValueError("not now")

        trace = aiohttp.TraceConfig()
        getattr(trace, event).append(refuse)
        trace.freeze()
        session.http.trace_configs.append(trace)
        with pytest.raises(ValueError, match="not now"):
            await session.read("small")
        session.http.trace_configs.remove(trace)
        assert await session.read("small") == b"content"


@pytest.mark.asyncio
async def test_a_connector_that_is_closed_meanwhile(world: World) -> None:
    async with Session(world) as session:

        async def close(*_: Any) -> None:
            await session.http.close()

        trace = aiohttp.TraceConfig()
        trace.on_connection_create_end.append(close)
        trace.freeze()
        session.http.trace_configs.append(trace)
        with pytest.raises(aiohttp.ClientConnectionError, match="Connector is closed"):
            await session.read("small")


@pytest.mark.asyncio
async def test_each_host_has_its_own() -> None:
    with mock_aws():
        world = InProcessWorld("aiohttp")
        async with Session(world) as session:
            for host in ("s3", "sqs", "s3"):
                async with session.http.get(f"https://{host}.us-east-1.amazonaws.com/") as response:
                    await response.read()
            assert session.since() == CREATE + CREATE + REUSE


@pytest.mark.asyncio
async def test_no_name_is_looked_up() -> None:
    events = []
    trace = aiohttp.TraceConfig()

    async def note(*_: Any) -> None:
        events.append("dns")

    trace.on_dns_resolvehost_start.append(note)
    trace.on_dns_cache_miss.append(note)
    trace.on_dns_cache_hit.append(note)
    with mock_aws():
        async with aiohttp.ClientSession(trace_configs=[trace]) as http:
            async with http.get("https://s3.us-east-1.amazonaws.com/") as response:
                await response.read()
    assert events == []


@pytest.mark.asyncio
async def test_a_client_that_outlives_the_mock(keeping_twin: Twin) -> None:
    """Connections in memory are not taken for real ones, nor the other way round."""
    wire = WireWorld("aiohttp", keeping_twin)
    with wire.active():
        async with Session(wire) as session:
            wire.boto3("s3").create_bucket(Bucket="bucket")
            with mock_aws(endpoints=[keeping_twin.url]) as mock:
                await session.read("small")
                await session.read("small")
                assert session.since() == CREATE + REUSE
                assert len(mock.calls) == 2
            await session.read("small")
            await session.read("small")
            assert session.since() == CREATE + REUSE
            with mock_aws(endpoints=[keeping_twin.url]) as mock:
                await session.read("small")
                assert session.since() == REUSE
                assert len(mock.calls) == 1
            await session.read("small")
            assert session.since() == REUSE
