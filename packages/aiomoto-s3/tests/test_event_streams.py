"""S3 Select: events one by one, early exit, an error in the stream."""

from __future__ import annotations

import binascii
import struct
from typing import Any

import pytest
from aiobotocore.eventstream import AioEventStream
from botocore.exceptions import EventStreamError
from moto.s3.responses import S3Response

pytestmark = pytest.mark.asyncio

CSV = b"name,n\n" + b"".join(b"row%d,%d\n" % (n, n) for n in range(2000))


async def select(s3: Any, expression: str = "SELECT * FROM S3Object s") -> Any:
    await s3.put_object(Bucket="bucket", Key="table.csv", Body=CSV)
    answer = await s3.select_object_content(
        Bucket="bucket",
        Key="table.csv",
        Expression=expression,
        ExpressionType="SQL",
        InputSerialization={"CSV": {"FileHeaderInfo": "USE"}},
        OutputSerialization={"JSON": {}},
    )
    return answer["Payload"]


async def names(stream: Any) -> list[str]:
    return [next(iter(event)) async for event in stream]


async def test_events_arrive_one_by_one(s3: Any, backend: str) -> None:
    stream = await select(s3)
    assert isinstance(stream, AioEventStream)
    if backend == "httpx" and not _httpx_streams():
        # As over a socket: AioEventStream reads `.content`, which an unread
        # httpx response refuses.
        with pytest.raises(Exception, match="streaming response content"):
            await names(stream)
        return
    events = [event async for event in stream]
    assert [next(iter(event)) for event in events] == ["Records", "Stats", "End"]
    assert events[0]["Records"]["Payload"].count(b"\n") == 2001
    assert events[1]["Stats"]["Details"]["BytesReturned"] == len(events[0]["Records"]["Payload"])


def _httpx_streams() -> bool:
    code = AioEventStream._create_raw_event_generator.__code__
    return any("aiter" in name for name in code.co_names)


async def test_an_early_exit_leaves_nothing_behind(aio_s3: Any) -> None:
    stream = await select(aio_s3)
    async for event in stream:
        assert "Records" in event
        break
    stream.close()
    again = await select(aio_s3)
    assert await names(again) == ["Records", "Stats", "End"]


async def test_a_stream_that_is_never_read(aio_s3: Any) -> None:
    stream = await select(aio_s3)
    del stream


async def test_an_error_in_the_stream(aio_s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    body = message({":message-type": "event", ":event-type": "Records"}, b'{"a":1}\n') + message(
        {
            ":message-type": "error",
            ":error-code": "OverMaxRecordSize",
            ":error-message": "The length of a record is too long.",
        },
        b"",
    )
    answer = (200, {"content-type": "application/vnd.amazon.eventstream"}, body)
    monkeypatch.setattr(S3Response, "_key_response_post", lambda *_: answer)
    stream = await select(aio_s3)
    seen = []
    with pytest.raises(EventStreamError, match=r"OverMaxRecordSize.*too long") as caught:
        async for event in stream:
            seen.append(event)
    assert [event["Records"]["Payload"] for event in seen] == [b'{"a":1}\n']
    assert caught.value.operation_name == "SelectObjectContent"


async def test_a_refused_query_is_an_error_of_the_call(aio_s3: Any) -> None:
    with pytest.raises(aio_s3.exceptions.NoSuchKey):
        await aio_s3.select_object_content(
            Bucket="bucket",
            Key="nowhere",
            Expression="SELECT 1",
            ExpressionType="SQL",
            InputSerialization={"CSV": {}},
            OutputSerialization={"CSV": {}},
        )


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
