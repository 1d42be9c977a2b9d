"""Large bodies on httpx: whole where they are read whole, in pieces where they are not."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from types import ModuleType
from typing import Any

import boto3
import pytest

from aiomoto import mock_aws

pytestmark = pytest.mark.anyio

DATA = bytes(range(256)) * 4096 * 3
URL = "https://bucket.s3.amazonaws.com/key"


@pytest.fixture(params=["httpx", "httpx2"])
def httpx(request: pytest.FixtureRequest) -> ModuleType:
    return pytest.importorskip(request.param, reason=f"{request.param} is not installed")


@contextmanager
def bucket(data: bytes = DATA, **options: Any) -> Iterator[Any]:
    with mock_aws(**options) as mock:
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="bucket")
        s3.put_object(Bucket="bucket", Key="key", Body=data, ACL="public-read")
        s3.close()
        mock.calls.clear()
        yield mock


@asynccontextmanager
async def get(httpx: ModuleType, **options: Any) -> AsyncIterator[Any]:
    with bucket(**options):
        async with httpx.AsyncClient() as client, client.stream("GET", URL) as response:
            assert response.status_code == 200
            yield response


def received(pieces: list[int]) -> Callable[[Any], Any]:
    """For httpx's ``trace``: what each event of a body had."""

    async def trace(name: str, info: Any) -> None:
        if name.endswith("receive_response_body.complete"):
            pieces.append(1)

    return trace


async def test_one_piece_for_who_reads_all(httpx: ModuleType) -> None:
    async with get(httpx) as response:
        assert await response.aread() == DATA
        assert response.is_closed
        assert response.num_bytes_downloaded == len(DATA)
        assert await response.aread() is response.content
        assert response.extensions["network_stream"].get_extra_info("is_readable") is False


async def test_small_pieces_for_who_reads_pieces(httpx: ModuleType) -> None:
    async with get(httpx) as response:
        pieces = [piece async for piece in response.aiter_raw()]
        assert b"".join(pieces) == DATA
        assert max(map(len, pieces)) <= 1 << 16


async def test_the_rest_in_one_piece(httpx: ModuleType) -> None:
    """As aiobotocore's body does: some pieces, then all."""
    bodies = importlib.import_module("aiomoto.fast.compat.whole_bodies")
    async with get(httpx) as response:
        pieces = response.aiter_raw()
        found = [await anext(pieces), await anext(pieces)]
        with bodies._reading_all():
            found.append(await anext(pieces))
        assert len(found[-1]) == len(DATA) - len(found[0]) - len(found[1])
        assert b"".join(found) == DATA
        with pytest.raises(StopAsyncIteration):
            await anext(pieces)


@pytest.mark.parametrize("optimise", [True, False])
async def test_the_connection_is_used_again(httpx: ModuleType, optimise: bool) -> None:
    seen: list[int] = []
    extensions = {"trace": received(seen)}
    with bucket(optimise=optimise) as mock:
        async with httpx.AsyncClient(limits=httpx.Limits(max_connections=1)) as client:
            streams = set()
            for _ in range(3):
                response = await client.get(URL, extensions=extensions)
                assert response.content == DATA
                streams.add(id(response.extensions["network_stream"]))
            assert len(streams) == 1
        mock.calls.assert_count(3, "s3")
    assert seen == [1, 1, 1]


def test_of_a_synchronous_client(httpx: ModuleType) -> None:
    with bucket(), httpx.Client() as client:
        response = client.get(URL)
        assert response.content == DATA
        with client.stream("GET", URL) as streamed:
            assert streamed.extensions["network_stream"] is response.extensions["network_stream"]
            pieces = list(streamed.iter_raw())
            assert b"".join(pieces) == DATA
            assert max(map(len, pieces)) <= 1 << 16
        with client.stream("GET", URL) as closed:
            pass
        with pytest.raises(httpx.StreamClosed):
            closed.read()


async def test_without_fast_paths_it_is_h11_that_gives_the_body(httpx: ModuleType) -> None:
    bodies = importlib.import_module("aiomoto.fast.compat.whole_bodies")
    async with get(httpx, optimise=False) as response:
        with bodies._reading_all():
            pieces = [piece async for piece in response.aiter_raw()]
        assert b"".join(pieces) == DATA
        assert max(map(len, pieces)) <= 1 << 16


async def test_a_closed_response_gives_nothing(httpx: ModuleType) -> None:
    async with get(httpx) as response:
        await response.aclose()
        with pytest.raises(httpx.StreamClosed):
            await response.aread()


# httpx leaves generators of its own open, of which trio warns, without the fast path too.
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_a_response_that_is_closed_half_way(httpx: ModuleType) -> None:
    with bucket():
        async with httpx.AsyncClient(limits=httpx.Limits(max_connections=1)) as client:
            for _ in range(2):
                async with client.stream("GET", URL) as response:
                    async with aclosing(response.aiter_raw()) as pieces:
                        assert DATA.startswith(await anext(pieces))
            assert (await client.get(URL)).content == DATA


async def test_a_compressed_body(httpx: ModuleType) -> None:
    import gzip
    import random

    noise = random.Random(20_261_125).randbytes(1 << 20)  # stays large
    with bucket(gzip.compress(noise)):
        s3 = boto3.client("s3", region_name="us-east-1")
        data = s3.get_object(Bucket="bucket", Key="key")["Body"].read()
        where = {"Bucket": "bucket", "Key": "key", "ACL": "public-read"}
        s3.put_object(**where, Body=data, ContentEncoding="gzip")
        s3.close()
        async with httpx.AsyncClient() as client:
            assert (await client.get(URL)).content == noise
