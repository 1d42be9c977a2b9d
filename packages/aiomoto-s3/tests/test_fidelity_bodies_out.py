"""What is read of an object, by every method and to every mistake: in process as over the wire."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import botocore.httpchecksum
import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.s3.models import s3_backends

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiomoto.testing.outcome import Outcome
    from aiomoto.testing.worlds import World

    Compare = Callable[..., Awaitable[Outcome]]

pytestmark = pytest.mark.asyncio

LINES = b"".join(b"line %d\r\n\n" % number for number in range(500)) + b"no newline"
#: Above what a loopback socket and aiohttp's reader buffer.
LARGE = bytes(range(256)) * 4096 * 2
WHERE = {"Bucket": "bucket", "Key": "k"}


async def read_pieces(body: Any, size: int) -> Any:
    """How long each piece is depends on the network, not how long it may be."""
    found = bytearray()
    while piece := await body.read(size):
        assert len(piece) <= size
        found += piece
        assert body.tell() == len(found)
    assert await body.read(size) == await body.read() == b""
    return bytes(found)


async def read_into(body: Any, size: int) -> Any:
    room, found = bytearray(size), bytearray()
    while count := await body.readinto(room):
        found += room[:count]
    assert await body.readinto(bytearray()) == 0
    assert body.tell() == len(found)
    return bytes(found)


async def collect(pieces: Any) -> Any:
    return [piece async for piece in pieces]


async def join(pieces: Any, limit: int) -> Any:
    found = await collect(pieces)
    assert max(map(len, found), default=0) <= limit
    return b"".join(found)


async def some_then_rest(body: Any, size: int) -> Any:
    start = await body.read(size)
    found = start + await body.read()
    assert body.tell() == len(found)
    return found


async def close_then(body: Any, use: Callable[[], Any]) -> Any:
    done = body.close()
    if inspect.isawaitable(done):
        await done
    return await use()


async def within(body: Any) -> Any:
    async with body as opened:
        return await opened.read()


USES: dict[str, Callable[[Any], Any]] = {
    "read": lambda body: body.read(),
    "read all by None": lambda body: body.read(None),
    "read all by -1": lambda body: body.read(-1),
    "read nothing": lambda body: some_then_rest(body, 0),
    "read 1000": lambda body: read_pieces(body, 1000),
    "read 300,000": lambda body: read_pieces(body, 300_000),
    "read more than there is": lambda body: read_pieces(body, len(LARGE) + 1),
    "some, then the rest": lambda body: some_then_rest(body, 1000),
    "readinto": lambda body: read_into(body, 70_000),
    "readlines": lambda body: body.readlines(),
    "readable": lambda body: body.readable(),
    "seek": lambda body: body.seek(0),
    "iter_lines": lambda body: collect(body.iter_lines()),
    "iter_lines with ends": lambda body: collect(body.iter_lines(chunk_size=7, keepends=True)),
    "iter_chunks": lambda body: join(body.iter_chunks(), 1024),
    "iter_chunks 100,000": lambda body: join(body.iter_chunks(100_000), 100_000),
    "async for": lambda body: join(body, 1024),
    "async with": within,
    "for": iter,
    "with": lambda body: body.__enter__(),
    "close, then read": lambda body: close_then(body, lambda: body.read()),
    "content_length": lambda body: body._content_length,
}
#: These go by lines or kilobytes; they would take long for a large body.
SLOW = ("iter_lines", "iter_lines with ends", "iter_chunks", "async for", "readlines")


@pytest.mark.parametrize("data", [b"", LINES, LARGE], ids=["empty", "small", "large"])
async def test_every_way_to_read(compare: Compare, data: bytes) -> None:
    async def body(world: World) -> Any:
        found = {}
        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            await s3.put_object(**WHERE, Body=data)
            for name, use in USES.items():
                if data is LARGE and name in SLOW:
                    continue
                answer = await s3.get_object(**WHERE)
                given = await world.attempt(use, answer["Body"])
                found[name] = "as it is" if given == data else given
                # Gives its connection back; 2.25's body on httpx has no close.
                await world.attempt(lambda body: body.read(), answer["Body"])
        return found

    outcome = await compare(body)
    if "raised" not in outcome.value["readinto"]:  # aiobotocore 2.25 on httpx reads all or nothing
        whole = [name for name, found in outcome.value.items() if found == "as it is"]
        assert len(whole) >= 10, whole
    assert outcome.value["read"] == outcome.value["async with"] == "as it is"


@pytest.mark.parametrize(
    "wanted", ["bytes=1000-9999", "bytes=-5", "bytes=5-", "bytes=0-0", "bytes=99999999-", "lines=1"]
)
async def test_a_range(compare: Compare, wanted: str) -> None:
    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            await s3.put_object(**WHERE, Body=LARGE)
            head = await world.attempt(lambda: s3.head_object(**WHERE, Range=wanted))
            answer = await world.attempt(lambda: s3.get_object(**WHERE, Range=wanted))
            if isinstance(answer, dict):
                answer["Body"] = (await answer["Body"].read())[:10_000]
            return head, answer

    await compare(body)


async def test_two_bodies_at_once(compare: Compare) -> None:
    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            await s3.put_object(**WHERE, Body=LARGE)
            await s3.put_object(Bucket="bucket", Key="b", Body=LINES)
            one = (await s3.get_object(**WHERE))["Body"]
            two = (await s3.get_object(Bucket="bucket", Key="b"))["Body"]
            start = await world.attempt(lambda: one.read(5))
            other = await two.read()
            rest = await one.read()
            return start, other == LINES, len(rest)

    await compare(body)


def stored(data: bytes) -> None:
    """Change what an object holds, behind its checksums; both worlds have the same moto."""
    s3_backends[DEFAULT_ACCOUNT_ID]["aws"].buckets["bucket"].keys["k"].value = data


@pytest.mark.since_moto("5.2", "it stored no checksums of most uploads")
@pytest.mark.parametrize("algorithm", sorted(botocore.httpchecksum._CHECKSUM_CLS))
async def test_a_wrong_checksum_is_an_error(compare: Compare, algorithm: str) -> None:
    uses = ["read", "iter_chunks 100,000"]
    if not algorithm.startswith("xxhash"):  # awscrt's takes no buffer that may change
        uses.append("readinto")

    async def body(world: World) -> Any:
        found = []
        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            await s3.put_object(**WHERE, Body=LARGE, ChecksumAlgorithm=algorithm.upper())
            stored(LARGE[:-1] + b"!")
            for use in uses:
                answer = await s3.get_object(**WHERE, ChecksumMode="ENABLED")
                found.append(await world.attempt(USES[use], answer["Body"]))
        return found

    outcome = await compare(body)
    assert outcome.value[0][:2] == ["raised", "botocore.exceptions.FlexibleChecksumError"]
    assert "did not match calculated checksum" in outcome.value[0][2]


@pytest.mark.since_moto("5.2", "it stored no checksums of most uploads")
@pytest.mark.parametrize("mode", ["when_supported", "when_required"])
async def test_whether_checksums_are_checked_unasked(compare: Compare, mode: str) -> None:
    async def body(world: World) -> Any:
        config = {"response_checksum_validation": mode}
        async with world.client("s3", config=config) as s3:
            await s3.create_bucket(Bucket="bucket")
            await s3.put_object(**WHERE, Body=LINES, ChecksumAlgorithm="SHA256")
            stored(b"other")
            answer = await s3.get_object(**WHERE)
            return await world.attempt(lambda: answer["Body"].read())

    outcome = await compare(body)
    assert (outcome.value == b"other") == (mode == "when_required")
