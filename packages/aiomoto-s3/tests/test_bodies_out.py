"""How bodies reach their reader: its pace, nobody reading, a break, the mock's end."""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from botocore.exceptions import ResponseStreamingError

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


@pytest.mark.parametrize("first", [1, 1000, 262_144, 300_000, len(LARGE)])
async def test_read_the_rest_of_a_large_body(s3: Any, first: int) -> None:
    body = await body_of(s3, LARGE)
    found = await body.read(first)
    rest = await body.read()
    assert found + rest == LARGE
    assert body.tell() == len(LARGE)


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


async def test_a_connection_that_breaks_is_an_error(aio_s3: Any) -> None:
    """The one way to a short read: moto's answers state their true length, its server's too."""
    body = await body_of(aio_s3, LARGE)
    raw = raw_of(body)
    assert await body.read(5) == LARGE[:5]
    raw.connection.transport.abort()
    await asyncio.sleep(0)
    with pytest.raises((aiohttp.ClientPayloadError, ResponseStreamingError)):
        await body.read()


@pytest.mark.parametrize("data", [LINES, LARGE], ids=["4 KB", "5 MiB"])
async def test_a_body_read_after_the_mock(
    connect: Callable[..., Any], backend: str, data: bytes
) -> None:
    mock = mock_aws()
    mock.start()
    try:
        opened = connect("s3", backend)
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
