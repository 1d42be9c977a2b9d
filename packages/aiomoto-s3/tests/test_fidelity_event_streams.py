"""S3 Select's event stream, in process as over the wire."""

from __future__ import annotations

import binascii
import gc
import struct
from typing import TYPE_CHECKING, Any

import pytest
from aiobotocore.eventstream import AioEventStream
from moto.s3.responses import S3Response

from aiomoto.testing.clients import missing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiomoto.testing.outcome import Outcome
    from aiomoto.testing.worlds import World

    Compare = Callable[..., Awaitable[Outcome]]

pytestmark = pytest.mark.asyncio

CSV = b"name,n\n" + b"".join(b"row%d,%d\n" % (n, n) for n in range(2000))

_reader = AioEventStream._create_raw_event_generator.__code__
#: aiobotocore's own mistake, over a socket too: `raw.content.iter_chunks()` is aiohttp's.
READS_HTTPX = any("aiter" in name for name in _reader.co_names)


@pytest.fixture(
    params=[
        "aiohttp",
        pytest.param(
            "httpx",
            marks=pytest.mark.xfail(
                not READS_HTTPX,
                reason="aiobotocore reads event streams of aiohttp's responses only",
                strict=True,
            ),
        ),
    ]
)
def backend(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    if reason := missing(name):
        pytest.skip(reason)
    return name


async def select(s3: Any, **kwargs: Any) -> Any:
    await s3.create_bucket(Bucket="bucket")
    await s3.put_object(Bucket="bucket", Key="table.csv", Body=CSV)
    return await again(s3, **kwargs)


async def again(s3: Any, **kwargs: Any) -> Any:
    answer = await s3.select_object_content(
        **{
            "Bucket": "bucket",
            "Key": "table.csv",
            "Expression": "SELECT * FROM S3Object s",
            "ExpressionType": "SQL",
            "InputSerialization": {"CSV": {"FileHeaderInfo": "USE"}},
            "OutputSerialization": {"JSON": {}},
            **kwargs,
        }
    )
    return answer["Payload"]


async def test_events_arrive_one_by_one(compare: Compare) -> None:
    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            stream = await select(s3)
            return type(stream).__name__, [event async for event in stream]

    outcome = await compare(body)
    kind, events = outcome.value
    assert kind == "AioEventStream"
    assert [next(iter(event)) for event in events] == ["Records", "Stats", "End"]
    assert events[0]["Records"]["Payload"].count(b"\n") == 2001
    assert events[1]["Stats"]["Details"]["BytesReturned"] == len(events[0]["Records"]["Payload"])


async def test_an_early_exit_leaves_nothing_behind(compare: Compare) -> None:
    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            stream = await select(s3)
            async for event in stream:
                first = next(iter(event))
                break
            stream.close()
            return first, [next(iter(event)) async for event in await again(s3)]

    outcome = await compare(body)
    assert outcome.value == ["Records", ["Records", "Stats", "End"]]


async def test_an_error_in_the_stream(compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    records = {":message-type": "event", ":event-type": "Records"}
    error = {
        ":message-type": "error",
        ":error-code": "OverMaxRecordSize",
        ":error-message": "The length of a record is too long.",
    }
    events = message(records, b'{"a":1}\n') + message(error, b"")
    answer = (200, {"content-type": "application/vnd.amazon.eventstream"}, events)
    monkeypatch.setattr(S3Response, "_key_response_post", lambda *_: answer)

    async def body(world: World) -> Any:
        async def collect() -> None:
            async for event in stream:
                seen.append(event)

        seen: list[Any] = []
        async with world.client("s3") as s3:
            stream = await select(s3)
            return await world.attempt(collect), seen

    outcome = await compare(body)
    raised, seen = outcome.value
    assert [event["Records"]["Payload"] for event in seen] == [b'{"a":1}\n']
    assert raised[1] == "botocore.exceptions.EventStreamError"
    assert "OverMaxRecordSize" in raised[2]
    assert "SelectObjectContent" in raised[2]


async def test_a_stream_that_ends_too_early(
    compare: Compare, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half an event is no event, and no error either."""
    records = {":message-type": "event", ":event-type": "Records"}
    events = message(records, b"one") + message(records, b"two")[:-5]
    answer = (200, {"content-type": "application/vnd.amazon.eventstream"}, events)
    monkeypatch.setattr(S3Response, "_key_response_post", lambda *_: answer)

    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            stream = await select(s3)
            return [event async for event in stream]

    outcome = await compare(body)
    assert outcome.value == [{"Records": {"Payload": b"one"}}]


async def test_a_refused_query_is_an_error_of_the_call(compare: Compare) -> None:
    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            events = [event async for event in await select(s3)]
            return len(events), await world.attempt(lambda: again(s3, Key="nowhere"))

    outcome = await compare(body)
    assert outcome.value[1][1] == "botocore.errorfactory.NoSuchKey"


async def test_a_stream_that_is_never_read(compare: Compare) -> None:
    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            stream = await select(s3)
            del stream
            gc.collect()
            return [next(iter(event)) async for event in await again(s3)]

    outcome = await compare(body)
    assert outcome.value == ["Records", "Stats", "End"]


def message(headers: dict[str, str], payload: bytes) -> bytes:
    """One message of the encoding in Amazon S3 API Reference, "Appendix: SelectObjectContent"."""
    encoded = b"".join(
        struct.pack("!B", len(name))
        + name.encode()
        + b"\x07"
        + struct.pack("!H", len(value))
        + value.encode()
        for name, value in headers.items()
    )
    prelude = struct.pack("!II", 16 + len(encoded) + len(payload), len(encoded))
    prelude += struct.pack("!I", binascii.crc32(prelude))
    whole = prelude + encoded + payload
    return whole + struct.pack("!I", binascii.crc32(whole))
