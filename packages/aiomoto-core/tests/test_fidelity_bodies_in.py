"""What a caller may send, and what is refused: request bodies, in process as over the wire."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from aiomoto.sessions import loader

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from pathlib import Path

    from aiomoto.testing.outcome import Outcome
    from aiomoto.testing.worlds import World

    Compare = Callable[..., Awaitable[Outcome]]

DATA = b"some bytes\x00\xff, \r\n and more"
BIG = bytes(range(256)) * 4 * 1024 * 3 + b"tail"


async def parts() -> AsyncIterator[bytes]:
    for start in range(0, len(DATA), 5):
        yield DATA[start : start + 5]


def sync_parts() -> Iterator[bytes]:
    yield DATA[:7]
    yield DATA[7:]


class AsyncFile:
    """As aiofiles has them: `read` is a coroutine, and there is no length."""

    def __init__(self, data: bytes = DATA) -> None:
        self._file = io.BytesIO(data)

    async def read(self, size: int = -1) -> bytes:
        return self._file.read(size)


class AsyncParts(AsyncFile):
    """An async file that is an async iterator as well."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if part := self._file.read(5):
            return part
        raise StopAsyncIteration


class Unseekable(io.RawIOBase):
    """A pipe's end: it can be read once and has no length."""

    def __init__(self) -> None:
        self._file = io.BytesIO(DATA)

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any) -> int:
        return self._file.readinto(room)


def halfway() -> io.BytesIO:
    file = io.BytesIO(b"before" + DATA)
    file.seek(len("before"))
    return file


KINDS: dict[str, Callable[[], Any]] = {
    "bytes": lambda: DATA,
    "bytearray": lambda: bytearray(DATA),
    "memoryview": lambda: memoryview(DATA),
    "str": lambda: "text \N{SNOWMAN}",
    "empty bytes": lambda: b"",
    "BytesIO": lambda: io.BytesIO(DATA),
    "BytesIO halfway": halfway,
    "empty BytesIO": lambda: io.BytesIO(),
    "BufferedReader": lambda: io.BufferedReader(io.BytesIO(DATA)),
    "StringIO": lambda: io.StringIO("text \N{SNOWMAN}"),
    "unseekable": Unseekable,
    "generator": sync_parts,
    "async generator": parts,
    "async file": AsyncFile,
    "async file and iterator": AsyncParts,
    "list": lambda: [DATA],
    "tuple": lambda: (DATA,),
    "int": lambda: 17,
    "dict": lambda: {"a": 1},
    "None": lambda: None,
    "object": object,
}


async def put_and_get(world: World, key: str = "key", **kwargs: Any) -> Any:
    """What put_object answers or raises, and what is there afterwards."""
    async with world.client("s3", config={"retries": {"max_attempts": 0}}) as s3:
        await s3.create_bucket(Bucket="bucket")
        put = await world.attempt(lambda: s3.put_object(Bucket="bucket", Key=key, **kwargs))

        async def held() -> Any:
            answer = await s3.get_object(Bucket="bucket", Key=key)
            data = await answer["Body"].read()
            return data if len(data) < 1000 else len(data)

        return put, await world.attempt(held)


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", KINDS)
async def test_kinds(compare: Compare, kind: str) -> None:
    outcome = await compare(lambda world: put_and_get(world, Body=KINDS[kind]()))
    put, held = outcome.value
    if kind in ("bytes", "bytearray", "BytesIO", "BytesIO halfway", "BufferedReader"):
        assert held == DATA
    elif kind in ("list", "tuple", "int", "dict", "None", "object"):
        assert put[:2] == ["raised", "botocore.exceptions.ParamValidationError"]


LENGTHY = ["bytes", "BytesIO", "unseekable", "async file", "async file and iterator"]


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", LENGTHY)
@pytest.mark.parametrize("length", [len(DATA), len(DATA) - 3])
async def test_kinds_with_a_content_length(compare: Compare, kind: str, length: int) -> None:
    """aiobotocore 2.25 on aiohttp refuses some, which a mock that reads bodies itself hides."""
    outcome = await compare(
        lambda world: put_and_get(world, Body=KINDS[kind](), ContentLength=length)
    )
    put, held = outcome.value
    if isinstance(put, list):
        assert put[0] == "raised"
        assert "chunked can not be set if Content-Length header is set" in put[2]
    else:
        assert held == DATA


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", LENGTHY)
@pytest.mark.parametrize("length", [None, len(DATA), len(DATA) - 3, len(DATA) + 3])
async def test_without_flexible_checksums(
    compare: Compare, backend: str, kind: str, length: int | None
) -> None:
    """Without the aws-chunked coding the body reaches the HTTP client as it is.

    aiohttp cuts off what is above a stated length, httpx refuses to send it.
    """
    if backend == "aiohttp" and length == len(DATA) + 3:
        pytest.skip("aiohttp does not check it, and the far end of a wire waits for the rest")

    async def body(world: World) -> Any:
        config = {"request_checksum_calculation": "when_required", "retries": {"max_attempts": 0}}
        stated = {} if length is None else {"ContentLength": length}
        async with world.client("s3", config=config) as s3:
            await s3.create_bucket(Bucket="bucket")
            put = await world.attempt(
                lambda: s3.put_object(Bucket="bucket", Key="key", Body=KINDS[kind](), **stated)
            )
            answer = await world.attempt(lambda: s3.get_object(Bucket="bucket", Key="key"))
            return put, await answer["Body"].read() if isinstance(answer, dict) else answer

    await compare(body)


@pytest.mark.asyncio
async def test_open_file(compare: Compare, tmp_path: Path) -> None:
    path = tmp_path / "body"
    path.write_bytes(DATA)

    async def body(world: World) -> Any:
        with path.open("rb") as file:
            return await put_and_get(world, Body=file), file.closed, file.tell()

    outcome = await compare(body)
    assert outcome.value == [[outcome.value[0][0], DATA], False, len(DATA)]


@pytest.mark.asyncio
async def test_big_bodies(compare: Compare) -> None:
    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            found = []
            for kind in (BIG, io.BytesIO(BIG)):
                put = await s3.put_object(Bucket="bucket", Key="key", Body=kind)
                answer = await s3.get_object(Bucket="bucket", Key="key")
                found.append([put, await answer["Body"].read() == BIG])
            return found

    outcome = await compare(body)
    assert [same for _, same in outcome.value] == [True, True]


@pytest.mark.asyncio
@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256", "CRC64NVME"])
async def test_checksums(compare: Compare, algorithm: str) -> None:
    outcome = await compare(
        lambda world: put_and_get(world, Body=DATA, ChecksumAlgorithm=algorithm)
    )
    if algorithm != "CRC64NVME":  # needs awscrt
        assert outcome.value[1] == DATA


@pytest.mark.asyncio
async def test_multipart_upload(compare: Compare) -> None:
    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            where = {"Bucket": "bucket", "Key": "key"}
            upload = (await s3.create_multipart_upload(**where))["UploadId"]
            tags = []
            for number, part in enumerate((b"a" * 5 * 1024 * 1024, io.BytesIO(b"end")), start=1):
                answer = await s3.upload_part(
                    **where, UploadId=upload, PartNumber=number, Body=part
                )
                tags.append({"PartNumber": number, "ETag": answer["ETag"]})
            done = await s3.complete_multipart_upload(
                **where, UploadId=upload, MultipartUpload={"Parts": tags}
            )
            return tags, done, (await s3.head_object(**where))["ContentLength"]

    outcome = await compare(body)
    assert outcome.value[2] == 5 * 1024 * 1024 + 3


@pytest.mark.asyncio
async def test_a_body_that_breaks(compare: Compare) -> None:
    """An exception in the caller's own iterator comes out as over a socket."""

    class Broken(AsyncFile):
        async def read(self, size: int = -1) -> bytes:
            raise OSError("the disk is gone")

    outcome = await compare(lambda world: put_and_get(world, Body=Broken()))
    assert outcome.value[0][0] == "raised"


async def put_compressed(world: World) -> Any:
    """botocore gzips what the service's model allows it to."""
    config = {"request_min_compression_size_bytes": 1}
    async with world.client("cloudwatch", config=config) as cloudwatch:
        data = [{"MetricName": f"metric-{number}", "Value": number} for number in range(50)]
        await cloudwatch.put_metric_data(Namespace="it", MetricData=data)
        listed = await cloudwatch.list_metrics(Namespace="it")
        return sorted(metric["MetricName"] for metric in listed["Metrics"])


def sends_a_form(service: str) -> bool:
    """So did CloudWatch's clients until its model named JSON as well, which botocore prefers."""
    return loader().load_service_model(service, "service-2")["metadata"]["protocol"] == "query"


@pytest.mark.asyncio
@(
    pytest.mark.since_moto("5.2", "its server did not unzip a form")
    if sends_a_form("cloudwatch")
    else pytest.mark.since_moto("5.2.4", "its server unzips twice what is no form")
)
async def test_compressed_request(compare: Compare) -> None:
    outcome = await compare(put_compressed)
    assert len(outcome.value) == 50


@pytest.mark.asyncio
async def test_compressed_request_in_process(
    make_world: Callable[..., World], backend: str
) -> None:
    """Whatever moto's server does."""
    with make_world("in-process", backend).active() as world:
        assert len(await put_compressed(world)) == 50
