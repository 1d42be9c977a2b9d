"""What is uploaded is what is stored, with its checksums and nothing of its framing."""

from __future__ import annotations

import base64
import hashlib
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import botocore.httpchecksum
import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.compat import HAS_CRT
from botocore.credentials import Credentials
from botocore.exceptions import MissingDependencyException

from aiomoto import mock_aws

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

DATA = bytes(range(256)) * 20_000  # several chunks of 1 MiB
ALGORITHMS = dict(botocore.httpchecksum._CHECKSUM_CLS)
NEEDS_CRT = ("CRC32C", "CRC64NVME")


@pytest.mark.asyncio
@pytest.mark.parametrize("algorithm", sorted(ALGORITHMS))
@pytest.mark.parametrize("size", [0, 1, len(DATA)])
async def test_every_algorithm_that_botocore_offers(s3: Any, algorithm: str, size: int) -> None:
    data = DATA[:size]
    given = await s3.put_object(
        Bucket="bucket",
        Key="k",
        Body=data,
        ChecksumAlgorithm=algorithm.upper(),
        ContentEncoding="x-own",
        Metadata={"a": "b"},
    )
    expected = ALGORITHMS[algorithm]()
    expected.update(data)
    assert given["ETag"] == f'"{hashlib.md5(data).hexdigest()}"'
    assert given[_member(algorithm)] == expected.b64digest()
    answer = await s3.get_object(Bucket="bucket", Key="k", ChecksumMode="ENABLED")
    assert await answer["Body"].read() == data
    assert answer["ContentLength"] == size
    assert answer["ContentEncoding"] == "x-own"
    assert answer["Metadata"] == {"a": "b"}
    assert answer[_member(algorithm)] == expected.b64digest()


def _member(algorithm: str) -> str:
    return f"Checksum{algorithm.upper()}"


@pytest.mark.asyncio
@pytest.mark.skipif(HAS_CRT, reason="awscrt is installed")
@pytest.mark.parametrize("algorithm", NEEDS_CRT)
async def test_without_awscrt_the_client_refuses(s3: Any, algorithm: str) -> None:
    with pytest.raises(MissingDependencyException):
        await s3.put_object(Bucket="bucket", Key="k", Body=b"x", ChecksumAlgorithm=algorithm)


@pytest.mark.asyncio
@pytest.mark.skipif(HAS_CRT, reason="awscrt is installed")
@pytest.mark.parametrize("algorithm", NEEDS_CRT)
async def test_a_checksum_computed_elsewhere_needs_no_awscrt(s3: Any, algorithm: str) -> None:
    value = base64.b64encode(b"any checksum"[: 4 if algorithm == "CRC32C" else 8]).decode()
    await s3.put_object(
        Bucket="bucket",
        Key="k",
        Body=b"data",
        ChecksumAlgorithm=algorithm,
        **{_member(algorithm): value},
    )
    head = await s3.head_object(Bucket="bucket", Key="k", ChecksumMode="ENABLED")
    assert head[_member(algorithm)] == value


@pytest.mark.asyncio
@pytest.mark.parametrize("mode", ["when_supported", "when_required"])
async def test_the_default_and_without_checksums(
    client: Callable[..., Any], backend: str, mode: str
) -> None:
    config = {"request_checksum_calculation": mode}
    async with mock_aws(), client("s3", backend, config) as s3:
        await s3.create_bucket(Bucket="bucket")
        given = await s3.put_object(Bucket="bucket", Key="k", Body=DATA)
        assert ("ChecksumCRC32" in given or "ChecksumCRC64NVME" in given) == (
            mode == "when_supported"
        )
        answer = await s3.get_object(Bucket="bucket", Key="k")
        assert await answer["Body"].read() == DATA
        assert "ContentEncoding" not in answer


class AsyncFile:
    """As aiofiles has them."""

    def __init__(self, data: bytes) -> None:
        self._file = io.BytesIO(data)

    async def read(self, size: int = -1) -> bytes:
        return self._file.read(size)


@pytest.mark.asyncio
async def test_kinds_of_bodies(aio_s3: Any, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(DATA)
    halfway = io.BytesIO(b"before" + DATA)
    halfway.seek(6)
    with path.open("rb") as file:
        bodies = {
            "bytes": DATA,
            "bytearray": bytearray(DATA),
            "file": file,
            "BytesIO": io.BytesIO(DATA),
            "from the middle": halfway,
            "async reader": AsyncFile(DATA),
        }
        for key, body in bodies.items():
            await aio_s3.put_object(Bucket="bucket", Key=key, Body=body)
            answer = await aio_s3.get_object(Bucket="bucket", Key=key)
            assert await answer["Body"].read() == DATA, key


@pytest.mark.asyncio
async def test_another_objects_body(aio_s3: Any) -> None:
    await aio_s3.put_object(Bucket="bucket", Key="from", Body=DATA)
    source = await aio_s3.get_object(Bucket="bucket", Key="from")
    # aiobotocore 2.25 refuses a ContentLength here, over a socket as well.
    await aio_s3.put_object(Bucket="bucket", Key="to", Body=source["Body"])
    answer = await aio_s3.get_object(Bucket="bucket", Key="to")
    assert await answer["Body"].read() == DATA


@pytest.mark.asyncio
async def test_parts_with_checksums(s3: Any) -> None:
    upload = await s3.create_multipart_upload(Bucket="bucket", Key="k", ChecksumAlgorithm="SHA256")
    parts = []
    for number, data in enumerate((DATA + DATA[: 2**20], b"end"), 1):
        part = await s3.upload_part(
            Bucket="bucket",
            Key="k",
            UploadId=upload["UploadId"],
            PartNumber=number,
            Body=data,
            ChecksumAlgorithm="SHA256",
        )
        assert part["ChecksumSHA256"] == base64.b64encode(hashlib.sha256(data).digest()).decode()
        parts.append({"PartNumber": number, "ETag": part["ETag"]})
    await s3.complete_multipart_upload(
        Bucket="bucket", Key="k", UploadId=upload["UploadId"], MultipartUpload={"Parts": parts}
    )
    answer = await s3.get_object(Bucket="bucket", Key="k")
    assert await answer["Body"].read() == DATA + DATA[: 2**20] + b"end"


@pytest.mark.asyncio
async def test_a_retry_sends_the_body_again(aio_s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from moto.s3.responses import S3Response

    put, answers = S3Response.put_object, [(503, {}, "<Error><Code>SlowDown</Code></Error>")]

    def once_slow(self: Any) -> Any:
        return answers.pop() if answers else put(self)

    monkeypatch.setattr(S3Response, "put_object", once_slow)
    given = await aio_s3.put_object(Bucket="bucket", Key="k", Body=io.BytesIO(DATA))
    assert given["ResponseMetadata"]["RetryAttempts"] == 1
    answer = await aio_s3.get_object(Bucket="bucket", Key="k")
    assert await answer["Body"].read() == DATA


# -- bodies signed piece by piece, as other SDKs send them --------------------------

URL = "https://bucket.s3.us-east-1.amazonaws.com/k"


def _signed_chunks(data: bytes, size: int, trailer: bytes) -> bytes:
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    signature = b"0" * 64
    return b"".join(
        b"%x;chunk-signature=%s\r\n%s" % (len(piece), signature, piece)
        + (b"\r\n" if piece else trailer + b"\r\n")
        for piece in (*pieces, b"")
    )


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("mode", "trailer"),
    [
        ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", b""),
        ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", b"x-amz-checksum-crc32:AAAAAA==\r\n"),
    ],
)
async def test_streaming_sigv4(aio_s3: Any, mode: str, trailer: bytes) -> None:
    request = AWSRequest(
        method="PUT",
        url=URL,
        headers={
            "x-amz-content-sha256": mode,
            "x-amz-decoded-content-length": str(len(DATA)),
            "content-encoding": "aws-chunked",
            "x-amz-meta-a": "b",
        },
    )
    S3SigV4Auth(Credentials("FOOBARKEY", "FOOBARSECRET"), "s3", "us-east-1").add_auth(request)
    headers = {**dict(request.headers), "x-amz-content-sha256": mode}

    async def body() -> AsyncIterator[bytes]:
        yield _signed_chunks(DATA, 65536, trailer)

    async with aiohttp.ClientSession() as session:
        async with session.put(URL, data=body(), headers=headers) as answer:
            assert answer.status == 200
    found = await aio_s3.get_object(Bucket="bucket", Key="k")
    assert await found["Body"].read() == DATA
    assert found["Metadata"] == {"a": "b"}
    assert "ContentEncoding" not in found


@pytest.mark.asyncio
async def test_expect_100_continue(aio_s3: Any) -> None:
    await aio_s3.put_object(Bucket="bucket", Key="k", Body=DATA)
    async with aiohttp.ClientSession() as session:
        url = await aio_s3.generate_presigned_url(
            "put_object", Params={"Bucket": "bucket", "Key": "other"}
        )
        async with session.put(url, data=io.BytesIO(DATA), expect100=True) as answer:
            assert answer.status == 200
    found = await aio_s3.get_object(Bucket="bucket", Key="other")
    assert await found["Body"].read() == DATA
