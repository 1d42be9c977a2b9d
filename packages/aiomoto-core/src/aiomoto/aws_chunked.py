"""Request bodies with trailing checksums, taken apart in one pass.

Source of the framing: Amazon S3 API Reference, "Signature Calculations for the
Authorization Header: Transferring Payload in Multiple Chunks".
"""

from __future__ import annotations


def decode_aws_chunked(body: bytes) -> bytes:
    """The payload of an ``aws-chunked`` body without chunk signatures.

    Gives what moto's own decoder gives for any body, errors included, but
    copies each byte once; moto's appends to what it has, which is quadratic.

    :raises ValueError: where a chunk's size is not a hexadecimal number.
    """
    view = memoryview(body)
    parts: list[memoryview] = []
    size, position = _size(body, 0)
    while size > 0:
        parts.append(view[position : position + size])
        _, position = _line(body, position + size)  # the line end behind the chunk
        size, position = _size(body, position)
    return b"".join(parts)


def _size(body: bytes, position: int) -> tuple[int, int]:
    line, position = _line(body, position)
    return int(line.strip(), 16), position


def _line(body: bytes, position: int) -> tuple[bytes, int]:
    """The line at a position and where the next one begins; the rest if it is the last."""
    end = body.find(b"\n", position) + 1 or max(len(body), position)
    return body[position:end], end
