"""aioboto3: transfers, resources, client-side encryption."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from aiomoto import mock_aws

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

aioboto3 = pytest.importorskip("aioboto3", reason="aioboto3 is not installed")

from boto3.s3.transfer import TransferConfig  # noqa: E402

pytestmark = pytest.mark.asyncio

DATA = bytes(range(256)) * 4096 * 12  # three parts
PARTS = TransferConfig(
    multipart_threshold=5 * 2**20, multipart_chunksize=5 * 2**20, max_concurrency=3
)


@pytest_asyncio.fixture
async def session() -> AsyncIterator[Any]:
    async with mock_aws():
        yield aioboto3.Session(region_name="us-east-1")


@pytest_asyncio.fixture
async def s3(session: Any) -> AsyncIterator[Any]:
    async with session.client("s3") as client:
        await client.create_bucket(Bucket="bucket")
        yield client


async def content(s3: Any, key: str) -> bytes:
    answer = await s3.get_object(Bucket="bucket", Key=key)
    data: bytes = await answer["Body"].read()
    return data


@pytest.mark.parametrize("size", [0, 1000, len(DATA)])
async def test_files_up_and_down(s3: Any, tmp_path: Path, size: int) -> None:
    source, target = tmp_path / "up", tmp_path / "down"
    source.write_bytes(DATA[:size])
    seen: list[int] = []
    await s3.upload_file(str(source), "bucket", "k", Config=PARTS, Callback=seen.append)
    assert await content(s3, "k") == DATA[:size]
    assert sum(seen) == size
    await s3.download_file("bucket", "k", str(target))
    assert target.read_bytes() == DATA[:size]


async def test_file_objects_up_and_down(s3: Any) -> None:
    extra = {"ContentType": "text/x-test", "Metadata": {"a": "b"}}
    await s3.upload_fileobj(io.BytesIO(DATA), "bucket", "k", Config=PARTS, ExtraArgs=extra)
    head = await s3.head_object(Bucket="bucket", Key="k")
    assert (head["ContentType"], head["Metadata"]) == ("text/x-test", {"a": "b"})
    target = io.BytesIO()
    await s3.download_fileobj("bucket", "k", target)
    assert target.getvalue() == DATA


async def test_an_async_reader_up(s3: Any) -> None:
    class Reader:
        def __init__(self) -> None:
            self._file = io.BytesIO(DATA)

        async def read(self, size: int) -> bytes:
            return self._file.read(size)

    await s3.upload_fileobj(Reader(), "bucket", "k", Config=PARTS)
    assert await content(s3, "k") == DATA


async def test_copy(s3: Any) -> None:
    await s3.put_object(Bucket="bucket", Key="from", Body=DATA, Metadata={"a": "b"})
    await s3.copy({"Bucket": "bucket", "Key": "from"}, "bucket", "to", Config=PARTS)
    assert await content(s3, "to") == DATA


async def test_a_failed_upload_leaves_no_parts(s3: Any, tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 6 * 2**20:
                raise OSError("the disk is gone")
            return super().read(size)

    with pytest.raises(OSError, match="the disk is gone"):
        await s3.upload_fileobj(Broken(DATA), "bucket", "k", Config=PARTS)
    uploads = await s3.list_multipart_uploads(Bucket="bucket")
    assert "Uploads" not in uploads


async def test_resources(session: Any) -> None:
    async with session.resource("s3") as s3:
        bucket = await s3.create_bucket(Bucket="bucket")
        assert [one.name async for one in s3.buckets.all()] == ["bucket"]
        for number in range(5):
            key = f"{'even' if number % 2 == 0 else 'odd'}/{number}"
            await bucket.put_object(Key=key, Body=b"%d" % number)
        assert [one.key async for one in bucket.objects.all()] == [
            "even/0",
            "even/2",
            "even/4",
            "odd/1",
            "odd/3",
        ]
        assert [one.key async for one in bucket.objects.filter(Prefix="odd/")] == ["odd/1", "odd/3"]
        assert [one.key async for one in bucket.objects.limit(2)] == ["even/0", "even/2"]
        pages = [len(page) async for page in bucket.objects.page_size(2).pages()]
        assert pages == [2, 2, 1]

        one = await s3.Object("bucket", "odd/3")
        answer = await one.get()
        assert await answer["Body"].read() == b"3"
        assert await one.content_length == 1
        await one.upload_fileobj(io.BytesIO(b"other"))
        target = io.BytesIO()
        await one.download_fileobj(target)
        assert target.getvalue() == b"other"

        await bucket.objects.filter(Prefix="odd/").delete()
        assert [one.key async for one in bucket.objects.all()] == ["even/0", "even/2", "even/4"]
        await bucket.objects.all().delete()
        await bucket.delete()
        assert [one.name async for one in s3.buckets.all()] == []


@pytest.mark.parametrize("length", [0, 5, 1000, 2**20 + 3])
async def test_client_side_encryption(session: Any, length: int) -> None:
    pytest.importorskip("cryptography", reason="cryptography is not installed")
    from aioboto3.s3.cse import S3CSE, KMSCryptoContext

    async with session.client("kms") as kms:
        key = await kms.create_key()
        context = KMSCryptoContext(
            keyid=key["KeyMetadata"]["KeyId"], kms_client_args={"region_name": "us-east-1"}
        )
        async with (
            session.client("s3") as plain,
            S3CSE(context, s3_client_args={"region_name": "us-east-1"}) as s3,
        ):
            await plain.create_bucket(Bucket="bucket")
            await s3.put_object(Body=DATA[:length], Bucket="bucket", Key="k")
            answer = await s3.get_object(Bucket="bucket", Key="k")
            assert await answer["Body"].read() == DATA[:length]
            stored = await plain.get_object(Bucket="bucket", Key="k")
            assert await stored["Body"].read() != DATA[:length]
