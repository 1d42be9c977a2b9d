"""Request bodies with trailing checksums, decoded in one pass.

Source of the framing: Amazon S3 API Reference, "Signature Calculations for the
Authorization Header: Transferring Payload in Multiple Chunks".
"""

from __future__ import annotations

import re
from io import BytesIO

__all__ = ["AwsChunkedBody", "decode_aws_chunked"]

#: What ``x-amz-content-sha256`` says of a body that is framed so, without signatures.
UNSIGNED_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
_FRAME = re.compile(rb"(?:\r\n)?([0-9A-Fa-f]{1,15})\r\n")
_LONGEST_FRAME = 19


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


class AwsChunkedBody:
    """A body whose payload and framing are kept separately while it comes in.

    So a large one is held once, in one piece, and each byte of it copied once.
    Nothing is lost: :meth:`whole` has all bytes as they came.
    """

    def __init__(self) -> None:
        self._payload = BytesIO()
        #: What stands before each chunk, and its size.
        self._frames: list[tuple[bytes, int]] = []
        #: The frame that is coming in; in the end, all behind the last chunk.
        self._rest = bytearray()
        self._in_chunk = 0
        self._last = self._irregular = False

    def add(self, data: bytes | memoryview) -> None:
        """Take what comes next, in whatever pieces."""
        view = memoryview(data)
        while view:
            if self._in_chunk:
                taken = self._payload.write(view[: self._in_chunk])
                self._in_chunk -= taken
                view = view[taken:]
            elif self._last or self._irregular:
                self._rest += view
                return
            else:
                view = self._take_frame(view)

    def _take_frame(self, view: memoryview) -> memoryview:
        seen = len(self._rest)
        self._rest += view[: _LONGEST_FRAME - seen]
        found = _FRAME.match(self._rest)
        # A line end stands before all sizes but the first.
        if found is None or (self._rest[:1] == b"\r") is not bool(self._frames):
            self._irregular = found is not None or len(self._rest) >= _LONGEST_FRAME
            return view[len(self._rest) - seen :]
        size, end = int(found[1], 16), found.end()
        del self._rest[end:]
        if size:
            self._frames.append((bytes(self._rest), size))
            self._rest.clear()
            self._in_chunk = size
        else:
            self._last = True
        return view[end - seen :]

    @property
    def regular(self) -> bool:
        """Whether all chunks were as they should be, and the last one was there."""
        return self._last

    @property
    def payload(self) -> bytes:
        """The payload of a regular body; the same object each time, no copy."""
        return self._payload.getvalue()

    @property
    def trailer(self) -> bytes:
        """What stands behind the payload of a regular body: line end, size 0, checksum."""
        return bytes(self._rest)

    @property
    def size(self) -> int:
        """The bytes of all, framing included."""
        framing = sum(len(frame) for frame, _ in self._frames)
        return self._payload.tell() + framing + len(self._rest)

    def whole(self) -> bytes:
        """All bytes in the order in which they came: a copy."""
        payload = memoryview(self._payload.getvalue())
        parts: list[bytes | bytearray | memoryview] = []
        position = 0
        for frame, size in self._frames:
            parts += frame, payload[position : position + size]
            position += size
        return b"".join([*parts, self._rest])
