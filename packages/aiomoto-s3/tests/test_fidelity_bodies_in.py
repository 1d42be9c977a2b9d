"""What is uploaded, with its checksums and framing: in process as over the wire."""

from __future__ import annotations

import base64
import gc
import hashlib
import io
import random
from typing import TYPE_CHECKING, Any

import botocore.httpchecksum
import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.compat import HAS_CRT
from botocore.credentials import Credentials
from moto.s3.responses import S3Response

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from aiomoto.testing.outcome import Outcome
    from aiomoto.testing.worlds import World

    Compare = Callable[..., Awaitable[Outcome]]

pytestmark = pytest.mark.asyncio

SMALL = bytes(range(256))
LARGE = SMALL * 4_200  # two chunks of 1 MiB
ALGORITHMS = dict(botocore.httpchecksum._CHECKSUM_CLS)
NEEDS_CRT = ("CRC32C", "CRC64NVME")
WHERE = {"Bucket": "bucket", "Key": "k"}


async def read(s3: Any, key: str = "k", **kwargs: Any) -> bytes:
    answer = await s3.get_object(Bucket="bucket", Key=key, **kwargs)
    return bytes(await answer["Body"].read())


class Once:
    """A body that can be read once: no seek, no length."""

    def __init__(self, data: bytes) -> None:
        self._file = io.BytesIO(data)

    async def read(self, size: int = -1) -> bytes:
        return self._file.read(size)


def halfway() -> io.BytesIO:
    file = io.BytesIO(b"before" + SMALL)
    file.seek(len("before"))
    return file


def member(algorithm: str) -> str:
    return f"Checksum{algorithm.upper()}"


@pytest.mark.since_moto("5.2", "it stored no checksums of most uploads")
@pytest.mark.parametrize("algorithm", sorted(ALGORITHMS))
async def test_every_algorithm_that_botocore_offers(compare: Compare, algorithm: str) -> None:
    async def body(world: World) -> Any:
        found = []
        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            for data in (b"", b"x", LARGE):
                given = await s3.put_object(
                    **WHERE,
                    Body=data,
                    ChecksumAlgorithm=algorithm.upper(),
                    ContentEncoding="x-own",
                    Metadata={"a": "b"},
                )
                head = await s3.head_object(**WHERE, ChecksumMode="ENABLED")
                answer = await s3.get_object(**WHERE, ChecksumMode="ENABLED")
                same = await answer.pop("Body").read() == data
                attributes = await s3.get_object_attributes(
                    **WHERE, ObjectAttributes=["Checksum", "ObjectSize", "ETag"]
                )
                found.append([given, head, answer, same, attributes])
        return found

    outcome = await compare(body)
    for data, (given, head, answer, same, attributes) in zip(
        (b"", b"x", LARGE), outcome.value, strict=True
    ):
        wanted = ALGORITHMS[algorithm]()
        wanted.update(data)
        assert same
        assert given["ETag"] == f'"{hashlib.md5(data).hexdigest()}"'
        assert given[member(algorithm)] == wanted.b64digest()
        assert answer[member(algorithm)] == head[member(algorithm)] == wanted.b64digest()
        assert answer["ContentLength"] == attributes["ObjectSize"] == len(data)
        assert answer["ContentEncoding"] == "x-own"
        assert answer["Metadata"] == {"a": "b"}


@pytest.mark.since_moto("5.2", "it stored no checksums of most uploads")
@pytest.mark.parametrize("algorithm", NEEDS_CRT)
async def test_with_and_without_awscrt(compare: Compare, algorithm: str) -> None:
    """Without it the client refuses to compute these two; a value of the caller's needs none."""
    value = base64.b64encode(b"any checksum"[: 4 if algorithm == "CRC32C" else 8]).decode()

    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            computed = await world.attempt(
                lambda: s3.put_object(**WHERE, Body=b"x", ChecksumAlgorithm=algorithm)
            )
            given = await s3.put_object(
                **WHERE, Body=b"data", ChecksumAlgorithm=algorithm, **{member(algorithm): value}
            )
            return computed, given, await s3.head_object(**WHERE, ChecksumMode="ENABLED")

    outcome = await compare(body)
    computed, _, head = outcome.value
    if HAS_CRT:
        assert member(algorithm) in computed
    else:
        assert computed[:2] == ["raised", "botocore.exceptions.MissingDependencyException"]
    assert head[member(algorithm)] == value


@pytest.mark.since_moto("5.2", "it stored no checksums of most uploads")
@pytest.mark.parametrize("mode", ["when_supported", "when_required"])
async def test_the_default_and_without_checksums(compare: Compare, mode: str) -> None:
    async def body(world: World) -> Any:
        async with world.client("s3", config={"request_checksum_calculation": mode}) as s3:
            await s3.create_bucket(Bucket="bucket")
            given = await s3.put_object(**WHERE, Body=LARGE)
            answer = await s3.get_object(**WHERE)
            return given, await answer.pop("Body").read() == LARGE, answer

    outcome = await compare(body)
    given, same, answer = outcome.value
    assert same
    assert "ContentEncoding" not in answer
    computed = "ChecksumCRC32" in given or "ChecksumCRC64NVME" in given
    assert computed == (mode == "when_supported")


async def test_content_md5(compare: Compare) -> None:
    digest = base64.b64encode(hashlib.md5(SMALL).digest()).decode()

    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            return [
                await s3.put_object(**WHERE, Body=SMALL, ContentMD5=digest),
                await world.attempt(lambda: s3.put_object(**WHERE, Body=b"x", ContentMD5=digest)),
                await read(s3) == SMALL,
            ]

    await compare(body)


async def test_kinds_of_large_bodies(compare: Compare, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(LARGE)
    kinds: dict[str, Callable[[], Any]] = {
        "bytearray": lambda: bytearray(LARGE),
        "file": lambda: path.open("rb"),
        "BytesIO": lambda: io.BytesIO(LARGE),
        "from the middle": halfway,
        "can be read once": lambda: Once(LARGE),
    }

    async def body(world: World) -> Any:
        found = {}
        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            for kind, make in kinds.items():
                given = make()
                put = await s3.put_object(Bucket="bucket", Key=kind, Body=given)
                if hasattr(given, "close"):
                    given.close()
                found[kind] = [put, await read(s3, kind) in (LARGE, SMALL)]
        return found

    outcome = await compare(body)
    assert [same for _, same in outcome.value.values()] == [True] * len(kinds)


class Reader:
    """Only reads, as `aiofiles` handles do once nothing else of them is shown."""

    def __init__(self, file: Any) -> None:
        self.read = file.read


# botocore seeks in the handle and awaits nothing: coroutines are left over.
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
async def test_handles_of_aiofiles(compare: Compare, tmp_path: Path) -> None:
    """The real clients refuse the handle itself, and take one that only reads."""
    aiofiles = pytest.importorskip("aiofiles", reason="aiofiles is not installed")
    path = tmp_path / "file"
    path.write_bytes(LARGE)

    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            async with aiofiles.open(path, "rb") as file:
                itself = await world.attempt(lambda: s3.put_object(**WHERE, Body=file))
                gc.collect()
                await file.seek(2**20)
                put = await world.attempt(lambda: s3.put_object(**WHERE, Body=Reader(file)))
            return itself, put, await world.attempt(read, s3) == LARGE[2**20 :]

    outcome = await compare(body)
    itself, _, same = outcome.value
    assert itself[:2] == ["raised", "builtins.TypeError"]
    assert same


@pytest.mark.parametrize("stated", [False, True])
async def test_another_objects_body(compare: Compare, backend: str, stated: bool) -> None:
    """aiobotocore 2.25 on aiohttp refuses a ContentLength here, and on httpx the body."""

    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            await s3.put_object(Bucket="bucket", Key="from", Body=LARGE)
            source = await s3.get_object(Bucket="bucket", Key="from")
            length = {"ContentLength": source["ContentLength"]} if stated else {}
            put = await world.attempt(
                lambda: s3.put_object(Bucket="bucket", Key="to", Body=source["Body"], **length)
            )
            held = await world.attempt(read, s3, "to")
            return put, held == LARGE or held

    outcome = await compare(body)
    put, held = outcome.value
    assert isinstance(put, list) or held is True
    if backend == "aiohttp" and not stated:
        assert held is True


async def test_parts_with_checksums(compare: Compare) -> None:
    pieces = (LARGE * 5, b"end")

    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            upload = await s3.create_multipart_upload(**WHERE, ChecksumAlgorithm="SHA256")
            where = {**WHERE, "UploadId": upload["UploadId"]}
            answers = [
                await s3.upload_part(
                    **where, PartNumber=number, Body=piece, ChecksumAlgorithm="SHA256"
                )
                for number, piece in enumerate(pieces, 1)
            ]
            parts = [
                {
                    "PartNumber": number,
                    "ETag": answer["ETag"],
                    "ChecksumSHA256": answer["ChecksumSHA256"],
                }
                for number, answer in enumerate(answers, 1)
            ]
            done = await s3.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})
            head = await s3.head_object(**WHERE, ChecksumMode="ENABLED")
            return answers, done, head, await read(s3) == b"".join(pieces)

    outcome = await compare(body)
    answers, _, _, same = outcome.value
    assert same
    assert [answer["ChecksumSHA256"] for answer in answers] == [
        base64.b64encode(hashlib.sha256(piece).digest()).decode() for piece in pieces
    ]


# -- retries ------------------------------------------------------------------------


SENT_AGAIN: dict[str, Callable[[], Any]] = {
    "bytes": lambda: SMALL,
    "file": lambda: io.BytesIO(SMALL),
    "from the middle": halfway,
    "can be read once": lambda: Once(SMALL),
}


@pytest.mark.parametrize("kind", SENT_AGAIN)
@pytest.mark.parametrize("mode", ["when_supported", "when_required"])
async def test_a_retry_sends_the_body_again(
    compare: Compare, monkeypatch: pytest.MonkeyPatch, kind: str, mode: str
) -> None:
    put = S3Response.put_object
    answers: list[Any] = []

    def once_slow(self: Any) -> Any:
        return answers.pop() if answers else put(self)

    monkeypatch.setattr(S3Response, "put_object", once_slow)
    monkeypatch.setattr(random, "random", lambda: 0.0)  # how long botocore waits before it retries

    async def body(world: World) -> Any:
        answers[:] = [(503, {}, "<Error><Code>SlowDown</Code></Error>")]
        config = {"request_checksum_calculation": mode}
        async with world.client("s3", config=config) as s3:
            await s3.create_bucket(Bucket="bucket")
            given = await world.attempt(lambda: s3.put_object(**WHERE, Body=SENT_AGAIN[kind]()))
            return given, await world.attempt(read, s3)

    outcome = await compare(body)
    given, held = outcome.value
    if kind == "can be read once":
        assert given[0] == "raised"
        return
    assert given["ResponseMetadata"]["RetryAttempts"] == 1
    # botocore rewinds to the beginning, wherever the body began.
    assert held == (b"before" if kind == "from the middle" else b"") + SMALL


# -- bodies signed piece by piece, as other SDKs send them ---------------------------


def chunks(data: bytes, size: int, trailer: bytes, *, signed: bool) -> bytes:
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    signature = b";chunk-signature=" + b"0" * 64 if signed else b""
    return b"".join(
        b"%x%s\r\n%s" % (len(piece), signature, piece) + (b"\r\n" if piece else trailer + b"\r\n")
        for piece in (*pieces, b"")
    )


@pytest.mark.since_moto("5.2", "it stored no checksums of most uploads")
@pytest.mark.parametrize(
    ("mode", "trailer"),
    [
        ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", b""),
        ("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", b"x-amz-checksum-crc32:AAAAAA==\r\n"),
        ("STREAMING-UNSIGNED-PAYLOAD-TRAILER", b"x-amz-checksum-crc32:AAAAAA==\r\n"),
    ],
)
async def test_streaming_sigv4(compare: Compare, mode: str, trailer: bytes) -> None:
    async def body(world: World) -> Any:
        url = world.url("/bucket/k")
        request = AWSRequest(
            method="PUT",
            url=url,
            headers={
                "x-amz-content-sha256": mode,
                "x-amz-decoded-content-length": str(len(LARGE)),
                "content-encoding": "aws-chunked",
                "x-amz-meta-a": "b",
            },
        )
        S3SigV4Auth(Credentials("FOOBARKEY", "FOOBARSECRET"), "s3", "us-east-1").add_auth(request)
        headers = {**dict(request.headers), "x-amz-content-sha256": mode}

        async def pieces() -> AsyncIterator[bytes]:
            yield chunks(LARGE, 65536, trailer, signed="AWS4" in mode)

        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            async with world.plain_aiohttp() as session:
                async with session.put(url, data=pieces(), headers=headers) as answer:
                    status, text = answer.status, await answer.text()
            found = await s3.get_object(**WHERE)
            return status, text, await found.pop("Body").read() == LARGE, found

    outcome = await compare(body)
    status, _, same, found = outcome.value
    assert (status, same) == (200, True)
    assert found["Metadata"] == {"a": "b"}
    assert "ContentEncoding" not in found


async def test_expect_100_continue(compare: Compare) -> None:
    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            url = await s3.generate_presigned_url("put_object", Params=WHERE)
            async with world.plain_aiohttp() as session:
                async with session.put(url, data=io.BytesIO(LARGE), expect100=True) as answer:
                    status = answer.status
            return status, await read(s3) == LARGE

    outcome = await compare(body)
    assert outcome.value == [200, True]
