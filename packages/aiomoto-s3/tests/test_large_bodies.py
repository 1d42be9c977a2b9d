"""Large objects: held as few times as can be, and what moto makes of them is the same."""

from __future__ import annotations

import gc
import hashlib
import io
import tracemalloc
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from moto.s3.models import FakeKey
from moto.s3.responses import S3Response

from aiomoto import mock_aws
from aiomoto.aws_chunked import AwsChunkedBody
from aiomoto_s3.bodies import handle_encoded_body

pytestmark = pytest.mark.asyncio

MIB = 1 << 20
SIZE = 24 * MIB
#: moto keeps larger objects in files, which are no memory of the process.
DATA = bytes(range(256)) * (SIZE // 256)
WHERE = {"Bucket": "bucket", "Key": "k"}


class Memory:
    """Python's memory in a block: the most above its beginning, and what is left of it."""

    peak = left = 0.0


@contextmanager
def memory() -> Iterator[Memory]:
    """In units of the object. The garbage collector has no part in it."""
    found = Memory()
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        yield found
        after, peak = tracemalloc.get_traced_memory()
        found.left, found.peak = (after - before) / SIZE, (peak - before) / SIZE
    finally:
        tracemalloc.stop()
        gc.enable()


async def warm(s3: Any) -> None:
    await s3.put_object(Bucket="bucket", Key="warm", Body=b"x")
    await (await s3.get_object(Bucket="bucket", Key="warm"))["Body"].read()


async def test_an_upload_is_held_once_beside_the_object(s3: Any) -> None:
    await warm(s3)
    with memory() as used:
        await s3.put_object(**WHERE, Body=DATA)
    assert used.peak < 1.4
    assert used.left < 0.1


async def test_parts_are_held_once(s3: Any) -> None:
    await warm(s3)
    upload = (await s3.create_multipart_upload(**WHERE))["UploadId"]
    with memory() as used:
        await s3.upload_part(**WHERE, UploadId=upload, PartNumber=1, Body=DATA)
    assert used.peak < 1.4
    assert used.left < 0.1


async def test_a_download_is_held_once(s3: Any) -> None:
    await warm(s3)
    await s3.put_object(**WHERE, Body=DATA)
    with memory() as used:
        body = (await s3.get_object(**WHERE))["Body"]
        same = await body.read() == DATA
        # aiobotocore 2.25's response on httpx is in a circle, and keeps what was read.
        keeps = not hasattr(body, "tell")
        del body
    assert same
    assert used.peak < 1.2
    assert keeps or used.left < 0.1


async def test_an_upload_of_boto3_is_held_once_and_read_once() -> None:
    class Reads(io.BytesIO):
        taken = 0

        def read(self, size: int | None = -1) -> bytes:
            found = super().read(size)
            self.taken += len(found)
            return found

    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="bucket")
        s3.put_object(Bucket="bucket", Key="warm", Body=b"x")
        body = Reads(DATA)
        with memory() as used:
            s3.put_object(**WHERE, Body=body)
        assert body.taken == SIZE
        assert s3.get_object(**WHERE)["Body"].read() == DATA
        s3.close()
    assert used.peak < 1.4
    assert used.left < 0.1


async def test_without_fast_paths_more_is_held(connect: Callable[..., Any]) -> None:
    """Otherwise the tests above would measure what isn't there."""
    async with mock_aws(optimise=False), connect("s3") as s3:
        await s3.create_bucket(Bucket="bucket")
        await warm(s3)
        with memory() as used:
            await s3.put_object(**WHERE, Body=DATA)
    assert used.peak > 2.5


# -- what moto makes of it ------------------------------------------------------------


FRAMED = b"x-amz-checksum-crc32:" + b"AAAAAA==\r\n"
BODIES = {
    "plain": bytes(range(256)) * 5000,
    "more than moto keeps in memory": bytes(range(256)) * (17 * 4096),
    "what moto takes for the checksum": FRAMED * 30_000,
    "a part of that at a chunk's end": bytes(MIB - 10) + FRAMED + bytes(MIB),
    "frames": b"100000\r\n" * 40_000,
    "empty": b"",
}


async def outcome(s3: Any, data: bytes) -> list[Any]:
    """All that a client sees of an object."""
    found: list[Any] = []
    for arguments in ({}, {"ChecksumAlgorithm": "SHA256"}, {"ContentMD5": None}):
        given = {name: value for name, value in arguments.items() if value}
        answer = await s3.put_object(**WHERE, Body=data, ContentEncoding="x-own", **given)
        head = await s3.head_object(**WHERE, ChecksumMode="ENABLED")
        got = await s3.get_object(**WHERE, Range="bytes=5-20") if data else {}
        for one in (answer, head, got):
            one.pop("ResponseMetadata", None)
            one.pop("LastModified", None)
        body = await got.pop("Body").read() if got else b""
        whole = await (await s3.get_object(**WHERE, ChecksumMode="DISABLED"))["Body"].read()
        found.append((answer, head, got, body, hashlib.sha256(whole).hexdigest()))
    return found


@pytest.mark.parametrize("data", BODIES.values(), ids=BODIES)
async def test_the_same_as_without_fast_paths(
    connect: Callable[..., Any], backend: str, data: bytes
) -> None:
    seen = []
    for optimise in (True, False):
        async with mock_aws(optimise=optimise), connect("s3", backend) as s3:
            await s3.create_bucket(Bucket="bucket")
            seen.append(await outcome(s3, data))
    assert seen[0] == seen[1]
    assert seen[0][0][0]["ETag"] == f'"{hashlib.md5(data).hexdigest()}"'
    assert seen[0][0][4] == hashlib.sha256(data).hexdigest()


async def test_payload_and_framing_are_not_put_together(
    monkeypatch: pytest.MonkeyPatch, connect: Callable[..., Any]
) -> None:
    """Otherwise the tests of equality would compare the slow way with itself."""
    whole = AwsChunkedBody.whole
    joined: list[int] = []

    def noting(self: AwsChunkedBody) -> bytes:
        joined.append(self.size)
        return whole(self)

    monkeypatch.setattr(AwsChunkedBody, "whole", noting)
    for optimise, times in ((True, 0), (False, 1)):
        async with mock_aws(optimise=optimise), connect("s3") as s3:
            await s3.list_buckets()  # moto's S3 is imported by now
            assert (S3Response._handle_encoded_body is handle_encoded_body) is optimise
            await s3.create_bucket(Bucket="bucket")
            await s3.put_object(**WHERE, Body=BODIES["plain"])
        assert len(joined) == times


async def test_the_record_keeps_no_large_body(connect: Callable[..., Any]) -> None:
    async with mock_aws() as mock, connect("s3") as s3:
        await s3.create_bucket(Bucket="bucket")
        await s3.put_object(**WHERE, Body=BODIES["plain"])
        call = mock.calls.assert_called_once("s3", "PutObject")
        assert (call.complete, call.size, call.parameters["Key"]) == (False, 0, "k")


async def pieces(data: bytes, size: int) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def test_a_body_of_a_plain_client(connect: Callable[..., Any]) -> None:
    """With a length, without, in one piece and in several; no aws-chunked framing."""
    import aiohttp
    import httpx

    data = BODIES["plain"]
    async with mock_aws(), connect("s3") as s3:
        await s3.create_bucket(Bucket="bucket")
        url = await s3.generate_presigned_url("put_object", WHERE)

        async def stored() -> bool:
            found: bytes = await (await s3.get_object(**WHERE))["Body"].read()
            await s3.delete_object(**WHERE)
            return found == data

        async with aiohttp.ClientSession() as session:
            for body in (io.BytesIO(data), pieces(data, 100_000)):
                async with session.put(url, data=body) as answer:
                    assert answer.status == 200
                assert await stored()
        async with httpx.AsyncClient() as plain:
            for body in (data, pieces(data, 100_000)):
                assert (await plain.put(url, content=body)).status_code == 200
                assert await stored()


# -- how it is stored -------------------------------------------------------------------


async def test_stored_as_moto_stores_it() -> None:
    given = vars(FakeKey)["value"]
    limit = 1000
    for size in (limit - 1, limit, limit + 1, 5000):
        seen = []
        for optimise in (True, False):
            with mock_aws(optimise=optimise):
                assert (vars(FakeKey)["value"] is not given) is optimise
                key = FakeKey("k", b"a" * size, "123456789012", "us-east-1", max_buffer_size=limit)
                is_file = key._value_buffer._rolled  # type: ignore[attr-defined]
                seen.append((key.value, key.etag, key.size, is_file))
                key.value = b"other" * size  # type: ignore[misc]
                seen.append((key.value, key.etag, key.size))
                key.dispose()
        assert seen[:2] == seen[2:]
    assert vars(FakeKey)["value"] is given


async def test_an_etag_that_was_given_stays() -> None:
    with mock_aws():
        key = FakeKey("k", b"a" * 50, "123456789012", "us-east-1", etag="own-2", max_buffer_size=10)
        assert key.etag == '"own-2"'
        key.dispose()
