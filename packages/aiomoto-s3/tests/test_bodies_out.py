"""Everything that a StreamingBody offers, on both backends."""

from __future__ import annotations

import asyncio
import gc
import inspect
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from botocore.exceptions import FlexibleChecksumError, ResponseStreamingError
from moto.core import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends

from aiomoto import mock_aws

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.asyncio

LINES = b"".join(b"line %d\n" % number for number in range(500)) + b"no newline"
LARGE = bytes(range(256)) * 4096 * 5


async def body_of(s3: Any, data: bytes = LINES, *, whole: bool = False, **kwargs: Any) -> Any:
    await s3.put_object(Bucket="bucket", Key="k", Body=data)
    answer = await s3.get_object(Bucket="bucket", Key="k", **kwargs)
    if not whole and not hasattr(answer["Body"], "tell"):
        pytest.skip("aiobotocore 2.25's body on httpx is read whole or not at all")
    return answer["Body"]


def raw_of(body: Any) -> Any:
    return getattr(body, "raw_stream", None) or body.__wrapped__  # so before aiobotocore 3


async def closed(body: Any) -> None:
    done = body.close()
    if inspect.isawaitable(done):
        await done


@pytest.mark.parametrize("data", [b"", b"x", LINES, LARGE], ids=["0", "1", "4 KB", "5 MiB"])
async def test_read_all(s3: Any, data: bytes) -> None:
    body = await body_of(s3, data, whole=True)
    assert await body.read() == data
    if hasattr(body, "tell"):
        assert await body.read() == b""
        assert body.tell() == len(data)


@pytest.mark.parametrize("size", [1000, 65536, 300_000, len(LARGE), len(LARGE) + 1])
async def test_read_in_pieces(s3: Any, size: int) -> None:
    body = await body_of(s3, LARGE)
    found = bytearray()
    while piece := await body.read(size):
        assert len(piece) <= size
        found += piece
        assert body.tell() == len(found)
    assert found == LARGE
    assert await body.read(size) == b""


@pytest.mark.parametrize("first", [1, 1000, 262_144, 300_000, len(LARGE)])
async def test_read_the_rest_of_a_large_body(s3: Any, first: int) -> None:
    body = await body_of(s3, LARGE)
    found = await body.read(first)
    rest = await body.read()
    assert found + rest == LARGE
    assert body.tell() == len(LARGE)


async def test_nothing_asked_for_is_nothing_read(s3: Any) -> None:
    body = await body_of(s3)
    assert await body.read(0) == b""
    assert body.tell() == 0
    assert await body.read() == LINES


async def test_readinto(s3: Any) -> None:
    body = await body_of(s3)
    if not hasattr(body, "readinto") or not inspect.iscoroutinefunction(body.readinto):
        pytest.skip("this aiobotocore's body has no readinto of its own")
    room, found = bytearray(999), bytearray()
    while size := await body.readinto(room):
        found += room[:size]
    assert found == LINES


async def test_lines(s3: Any) -> None:
    body = await body_of(s3)
    assert [line async for line in body.iter_lines()] == LINES.splitlines()
    body = await body_of(s3)
    if inspect.iscoroutinefunction(getattr(body, "readlines", None)):
        assert await body.readlines() == LINES.splitlines()
    body = await body_of(s3)
    kept = [line async for line in body.iter_lines(chunk_size=7, keepends=True)]
    assert kept == LINES.splitlines(keepends=True)


async def test_iteration(s3: Any) -> None:
    body = await body_of(s3, LARGE)
    pieces = [piece async for piece in body]
    assert b"".join(pieces) == LARGE
    assert max(map(len, pieces)) == 1024
    body = await body_of(s3, LARGE)
    pieces = [piece async for piece in body.iter_chunks(100_000)]
    assert b"".join(pieces) == LARGE


async def test_async_with(s3: Any) -> None:
    body = await body_of(s3, whole=True)
    async with body as opened:
        assert await opened.read() == LINES


async def test_a_range(s3: Any) -> None:
    body = await body_of(s3, LARGE, whole=True, Range="bytes=1000000-1999999")
    assert await body.read() == LARGE[1_000_000:2_000_000]
    body = await body_of(s3, LARGE, whole=True, Range="bytes=-5")
    assert await body.read() == LARGE[-5:]
    with pytest.raises(s3.exceptions.ClientError, match="InvalidRange"):
        await body_of(s3, LINES, whole=True, Range="bytes=999999-")


async def test_the_raw_stream_of_aiohttp(aio_s3: Any) -> None:
    body = await body_of(aio_s3, LARGE)
    raw = raw_of(body)
    assert isinstance(raw, aiohttp.ClientResponse)
    assert raw.status == 200
    assert raw.headers["Content-Length"] == str(len(LARGE))
    pieces = [piece async for piece in raw.content.iter_chunked(65536)]
    assert b"".join(pieces) == LARGE


async def test_a_large_body_comes_at_the_readers_pace(aio_s3: Any) -> None:
    body = await body_of(aio_s3, LARGE)
    raw = raw_of(body)
    pieces = [piece async for piece, _ in raw.content.iter_chunks()]
    assert b"".join(pieces) == LARGE
    assert max(map(len, pieces)) <= 1 << 20
    body = await body_of(aio_s3, LARGE)
    await asyncio.sleep(0.01)
    raw = raw_of(body)
    assert raw.content.total_bytes < len(LARGE)  # the rest was not pushed at it


async def test_two_bodies_at_once(s3: Any) -> None:
    await s3.put_object(Bucket="bucket", Key="b", Body=LINES)
    one = await body_of(s3, LARGE)
    two = (await s3.get_object(Bucket="bucket", Key="b"))["Body"]
    start = await one.read(5)
    assert await two.read() == LINES
    assert start + await one.read() == LARGE


async def test_a_body_that_is_never_read(s3: Any) -> None:
    for data in (LINES, LARGE):
        body = await body_of(s3, data, whole=True)
        if hasattr(body, "tell"):
            await body.read(10)
        del body
        unread = await body_of(s3, data, whole=True)
        del unread
        gc.collect()
    await s3.head_object(Bucket="bucket", Key="k")


async def test_a_closed_body_gives_nothing_more(s3: Any) -> None:
    body = await body_of(s3, LARGE)
    assert await body.read(5) == LARGE[:5]
    await closed(body)
    with pytest.raises(Exception, match=r".*") as caught:
        await body.read()
    assert not isinstance(caught.value, AssertionError)


async def test_a_connection_that_breaks_is_an_error(aio_s3: Any) -> None:
    body = await body_of(aio_s3, LARGE)
    raw = raw_of(body)
    assert await body.read(5) == LARGE[:5]
    raw.connection.transport.abort()
    await asyncio.sleep(0)
    with pytest.raises((aiohttp.ClientPayloadError, ResponseStreamingError)):
        await body.read()


def stored(key: str = "k") -> Any:
    return s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets["bucket"].keys[key]


@pytest.mark.parametrize("data", [LINES, LARGE], ids=["4 KB", "5 MiB"])
async def test_a_wrong_checksum_is_an_error(s3: Any, data: bytes) -> None:
    await s3.put_object(Bucket="bucket", Key="k", Body=data, ChecksumAlgorithm="SHA256")
    stored().value = data[:-1] + b"!"
    answer = await s3.get_object(Bucket="bucket", Key="k", ChecksumMode="ENABLED")
    with pytest.raises(FlexibleChecksumError, match="did not match calculated checksum"):
        await answer["Body"].read()


@pytest.mark.parametrize("data", [LINES, LARGE], ids=["4 KB", "5 MiB"])
async def test_a_body_read_after_the_mock(
    client: Callable[..., Any], backend: str, data: bytes
) -> None:
    mock = mock_aws()
    mock.start()
    try:
        opened = client("s3", backend)
        s3 = await opened.__aenter__()
        await s3.create_bucket(Bucket="bucket")
        body = await body_of(s3, data, whole=True)
        other = await body_of(s3, data, whole=True)
        start = await other.read(3) if hasattr(other, "tell") else b""
    finally:
        mock.stop()
    assert await body.read() == data
    assert start + await other.read() == data
    await opened.__aexit__(None, None, None)
