"""Encodes AWS event streams; botocore has only the decoder.

Source of the format: Smithy 2.0, "Amazon Event Stream Specification". Encoders that
exist were no fit: smithy-aws-event-stream wants Python 3.12, moto's is internal and
not in moto 5.1, awscrt offers none for HTTP.
"""

from __future__ import annotations

import uuid
from binascii import crc32
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from struct import pack

__all__ = ["CONTENT_TYPE", "error", "event", "exception", "initial_response"]

#: The content type of a response whose body is frames.
CONTENT_TYPE = "application/vnd.amazon.eventstream"

#: What a header of a frame may hold. An int goes as 32 bits where it fits, else as 64.
HeaderValue = str | bytes | bool | int | datetime | uuid.UUID

# The specification's limits, which are botocore's too.
_MOST_HEADERS = 128 * 1024
_MOST_PAYLOAD = 24 * 1024 * 1024


def frame(headers: Mapping[str, HeaderValue], payload: bytes = b"") -> bytes:
    """One message of an event stream, checksums included.

    :raises TypeError: for a header value of another type.
    :raises ValueError: for what is too long for the format: a name of more than 255 bytes,
        a value of more than 65535, headers of more than 128 KiB, a payload of more than 24 MiB.
    """
    encoded = b"".join(_header(name, value) for name, value in headers.items())
    if len(encoded) > _MOST_HEADERS:
        raise ValueError(f"Headers of {len(encoded)} bytes; at most {_MOST_HEADERS} are allowed.")
    if len(payload) > _MOST_PAYLOAD:
        raise ValueError(f"A payload of {len(payload)} bytes; at most {_MOST_PAYLOAD} are allowed.")
    prelude = pack("!II", 16 + len(encoded) + len(payload), len(encoded))
    message = b"".join((prelude, pack("!I", crc32(prelude)), encoded, payload))
    return message + pack("!I", crc32(message))


def event(event_type: str, payload: bytes, content_type: str = "application/json") -> bytes:
    """An event, by the name of its member in the stream's shape (``contentBlockDelta``)."""
    return frame(
        {":message-type": "event", ":event-type": event_type, ":content-type": content_type},
        payload,
    )


def initial_response(payload: bytes = b"{}", content_type: str = "application/json") -> bytes:
    """The first event of the JSON and CBOR protocols: the output without its stream."""
    return event("initial-response", payload, content_type)


def exception(exception_type: str, payload: bytes, content_type: str = "application/json") -> bytes:
    """A modelled error in the stream, by the name of its member (``throttlingException``)."""
    return frame(
        {
            ":message-type": "exception",
            ":exception-type": exception_type,
            ":content-type": content_type,
        },
        payload,
    )


def error(code: str, message: str) -> bytes:
    """An error in the stream that its shape has no member for."""
    return frame({":message-type": "error", ":error-code": code, ":error-message": message})


def _header(name: str, value: HeaderValue) -> bytes:
    encoded = name.encode()
    if not 0 < len(encoded) < 256:
        raise ValueError(f"A header's name has 1 to 255 bytes, got {len(encoded)}: {name[:60]!r}.")
    return b"".join((pack("!B", len(encoded)), encoded, *_value(name, value)))


def _value(name: str, value: HeaderValue) -> Iterator[bytes]:
    if isinstance(value, bool):
        yield b"\x00" if value else b"\x01"
    elif isinstance(value, int):
        small = -(2**31) <= value < 2**31
        if not -(2**63) <= value < 2**63:
            raise ValueError(f"Header {name!r} has at most 64 bits, got {value}.")
        yield pack("!Bi" if small else "!Bq", 4 if small else 5, value)
    elif isinstance(value, (bytes, str)):
        data = value.encode() if isinstance(value, str) else value
        if len(data) > 0xFFFF:
            raise ValueError(f"Header {name!r} has at most 65535 bytes, got {len(data)}.")
        yield pack("!BH", 7 if isinstance(value, str) else 6, len(data))
        yield data
    elif isinstance(value, datetime):
        since = value - datetime(1970, 1, 1, tzinfo=timezone.utc)
        yield pack("!Bq", 8, round(since.total_seconds() * 1000))
    elif isinstance(value, uuid.UUID):
        yield b"\x09" + value.bytes
    else:
        raise TypeError(
            f"Header {name!r} is a str, bytes, bool, int, datetime or UUID, got {value!r}."
        )
