"""What is encoded here is decoded by botocore."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.eventstream import EventStreamBuffer, EventStreamMessage
from hypothesis import given, settings
from hypothesis import strategies as st

from aiomoto import eventstream

NAMES = st.text(min_size=1, max_size=60).filter(lambda name: len(name.encode()) < 256)
VALUES = st.one_of(
    st.text(max_size=300),
    st.binary(max_size=300),
    st.booleans(),
    st.integers(min_value=-(2**63), max_value=2**63 - 1),
)


def decode(data: bytes, piece: int = 0) -> list[EventStreamMessage]:
    buffer = EventStreamBuffer()
    messages: list[EventStreamMessage] = []
    for start in range(0, len(data), piece or max(len(data), 1)):
        buffer.add_data(data[start : start + (piece or len(data))])
        messages += list(buffer)
    return messages


@settings(max_examples=40)
@given(st.dictionaries(NAMES, VALUES, max_size=8), st.binary(max_size=2000))
def test_what_is_encoded_is_decoded(headers: dict[str, Any], payload: bytes) -> None:
    [message] = decode(eventstream.frame(headers, payload))
    assert message.headers == headers
    assert [type(value) for value in message.headers.values()] == [
        type(value) for value in headers.values()
    ]
    assert message.payload == payload


@given(st.lists(st.binary(max_size=50), max_size=5), st.integers(min_value=1, max_value=40))
def test_frames_follow_each_other_however_they_are_cut(payloads: list[bytes], piece: int) -> None:
    data = b"".join(eventstream.event("chunk", payload) for payload in payloads)
    assert [message.payload for message in decode(data, piece)] == payloads


def test_times_and_uuids() -> None:
    moment = datetime(2024, 2, 29, 12, 0, 0, 123_000, tzinfo=timezone(timedelta(hours=5)))
    number = uuid.UUID("00112233-4455-6677-8899-aabbccddeeff")
    [message] = decode(eventstream.frame({"at": moment, "id": number}))
    assert message.headers == {"at": 1_709_190_000_123, "id": number.bytes}


def test_the_shortest_frame_byte_by_byte() -> None:
    """The empty message of the test vectors that AWS's SDKs share."""
    assert eventstream.frame({}).hex(" ", 4) == "00000010 00000000 05c248eb 7d98c8ff"


@pytest.mark.parametrize(
    ("encoded", "kind", "status"),
    [
        (eventstream.event("chunk", b"{}"), {":event-type": "chunk"}, 200),
        (eventstream.initial_response(), {":event-type": "initial-response"}, 200),
        (eventstream.exception("slowDown", b"{}"), {":exception-type": "slowDown"}, 400),
        (
            eventstream.error("Broken", "It broke."),
            {":error-code": "Broken", ":error-message": "It broke."},
            400,
        ),
    ],
)
def test_kinds_of_messages(encoded: bytes, kind: dict[str, str], status: int) -> None:
    [message] = decode(encoded)
    assert kind.items() <= message.headers.items()
    assert message.to_response_dict()["status_code"] == status


@pytest.mark.parametrize(
    ("headers", "payload", "said"),
    [
        ({"": "x"}, b"", r"1 to 255 bytes, got 0"),
        ({"é" * 128: "x"}, b"", r"1 to 255 bytes, got 256"),
        ({"a": "x" * 65536}, b"", r"'a' has at most 65535 bytes, got 65536"),
        ({"a": 2**63}, b"", r"'a' has at most 64 bits"),
        ({str(n): "x" * 60000 for n in range(3)}, b"", r"at most 131072 are allowed"),
        ({}, bytes(24 * 1024 * 1024 + 1), r"25165825 bytes; at most 25165824"),
    ],
)
def test_what_is_too_long_is_refused(headers: dict[str, Any], payload: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        eventstream.frame(headers, payload)


def test_another_type_is_refused() -> None:
    wrong: Any = 1.5
    with pytest.raises(TypeError, match=r"Header 'a' is a str, bytes, .* got 1\.5"):
        eventstream.frame({"a": wrong})
