"""The far end of a connection in memory: HTTP/1.1 framing off requests and onto responses.

The client's own library writes and reads real HTTP/1.1, so everything that it
checks there stays checked. What was requested is known from the client's
request object; only the body has to be taken out of its framing here.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from http.client import responses as reasons
from io import BytesIO

from multidict import MultiMapping

from ..aws_chunked import UNSIGNED_TRAILER, AwsChunkedBody
from ..errors import PluginError
from ..request import LARGE, AwsRequest, AwsResponse

#: How much of a response body is handed to the client at once.
CHUNK = 256 * 1024
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
LAST_CHUNK = b"0\r\n\r\n"
BODILESS = frozenset({204, 304})


class Incoming:
    """A request's body as it comes in, in whatever pieces: each byte is copied once.

    Not even that if it comes in one piece. A large ``aws-chunked`` one is held without framing.
    """

    def __init__(self, headers: MultiMapping[str]) -> None:
        self._only = b""
        self._several: BytesIO | AwsChunkedBody | None = None
        if _is_large_aws_chunked(headers):
            self._several = AwsChunkedBody()

    def add(self, data: bytes | memoryview) -> None:
        """Take what comes next."""
        if isinstance(self._several, AwsChunkedBody):
            self._several.add(data)
        elif self._several is not None:
            self._several.write(data)
        elif self._only:
            self._several = BytesIO()
            self._several.write(self._only)
            self._several.write(data)
            self._only = b""
        else:
            self._only = bytes(data)

    def whole(self) -> bytes:
        """All that came."""
        if isinstance(self._several, AwsChunkedBody):
            return self._several.whole()
        return self._only if self._several is None else self._several.getvalue()

    def hand_over(self, request: AwsRequest) -> None:
        """Give a request its body; whoever has this is to let go of it."""
        body = self._several
        if isinstance(body, AwsChunkedBody) and body.regular and body.size > LARGE:
            request.aws_chunked = body
        else:
            request.body = self.whole()


class RequestReader:
    """Collects what a client writes for one request, until its body is complete.

    RFC 9112, section 6: a chunked transfer coding wins over Content-Length;
    with neither there is no body.
    """

    def __init__(self, headers: MultiMapping[str]) -> None:
        self._remaining = int(headers.get("Content-Length", 0))
        codings = headers.getall("Transfer-Encoding", ())
        self._chunked = any("chunked" in coding.lower() for coding in codings)
        self.expects_continue = headers.get("Expect", "").lower() == "100-continue"
        self._head: bytearray | None = bytearray()
        self._body = Incoming(headers)
        self._frame = bytearray()
        self._in_chunk = 0
        self.complete = False

    @property
    def body(self) -> bytes:
        """What was received of the body."""
        return self._body.whole()

    def hand_over(self, request: AwsRequest) -> None:
        """Give a request its body; whoever has the reader is to let go of it."""
        self._body.hand_over(request)

    def feed(self, data: bytes | bytearray | memoryview) -> None:
        """Take what the client wrote, in whatever pieces."""
        if self._head is not None:
            data = self._skip_head(data)
            if self._head is not None:
                return
        if self._chunked:
            self._feed_chunked(data)
        elif self._remaining:
            part = _piece(data, self._remaining)
            self._remaining -= len(part)
            if part:
                self._body.add(part)
        self.complete = self.complete or (not self._chunked and not self._remaining)

    def _skip_head(self, data: bytes | bytearray | memoryview) -> memoryview:
        assert self._head is not None
        view = memoryview(data)
        while view:
            # Piece by piece: what follows a small head may be large, and is not copied.
            seen, piece = len(self._head), view[: 1 << 16]
            self._head += piece
            end = self._head.find(b"\r\n\r\n", max(seen - 3, 0))
            if end >= 0:
                self._head = None
                return view[end + 4 - seen :]
            view = view[len(piece) :]
        return view

    def _feed_chunked(self, data: bytes | bytearray | memoryview) -> None:
        view = memoryview(data)
        while view and not self.complete:
            if self._in_chunk > 2:
                whole = len(view) == len(data)
                part = _piece(data if whole else view, self._in_chunk - 2)
                self._body.add(part)
                self._in_chunk -= len(part)
                view = view[len(part) :]
            elif self._in_chunk:  # the line end behind a chunk
                skipped = min(self._in_chunk, len(view))
                self._in_chunk -= skipped
                view = view[skipped:]
            else:
                view = self._feed_size_line(view)

    def _feed_size_line(self, view: memoryview) -> memoryview:
        self._frame += view[:64]
        end = self._frame.find(b"\r\n")
        if end < 0:
            return view[64:]
        seen = len(self._frame) - len(view[:64])
        size = int(bytes(self._frame[:end]).split(b";")[0], 16)
        self._frame.clear()
        if size:
            self._in_chunk = size + 2
        else:
            self.complete = True
        return view[end + 2 - seen :]


def _piece(data: bytes | bytearray | memoryview, size: int) -> bytes | memoryview:
    """Its first bytes; bytes that are wanted whole, as they are, need no copy to be kept."""
    if isinstance(data, bytes) and len(data) <= size:
        return data
    return memoryview(data)[:size]


def _is_large_aws_chunked(headers: MultiMapping[str]) -> bool:
    if headers.get("X-Amz-Content-SHA256") != UNSIGNED_TRAILER:
        return False
    length = headers.get("X-Amz-Decoded-Content-Length", "")
    return int(length) > LARGE if length.isdecimal() else True


def response_head(request: AwsRequest, response: AwsResponse) -> bytes:
    """Status line and headers; a Content-Length is added where moto gave none."""
    status = response.status
    streams = response.stream is not None and has_body(request, status)
    lines = [f"HTTP/1.1 {status} {reasons.get(status, 'Unknown')}"]
    has_length = False
    for name, value in response.headers.items():
        lowered = name.lower()
        if lowered == "transfer-encoding":
            continue  # the body is framed here, by its length or in chunks
        if lowered == "content-length":
            if streams:
                continue
            if not has_body(request, status):
                has_length = True
            elif int(value) != len(response.body):
                continue
            has_length = True
        if "\n" in value or "\r" in value:
            raise ValueError(f"moto answered with a line break in the header {name!r}: {value!r}")
        lines.append(f"{name}: {value}")
    if "close" in request.headers.get("Connection", "").lower() and (
        "Connection" not in response.headers
    ):
        lines.append("Connection: close")  # RFC 9112, section 9.6
    if streams:
        lines.append("Transfer-Encoding: chunked")
    elif not has_length and status not in BODILESS:
        lines.append(f"Content-Length: {len(response.body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8")


def response_body(request: AwsRequest, response: AwsResponse) -> bytes:
    """The bytes after the head: none for HEAD and for statuses that have no body."""
    return response.body if has_body(request, response.status) else b""


async def response_pieces(request: AwsRequest, response: AwsResponse) -> AsyncGenerator[bytes]:
    """The body of a response with a stream, piece by piece, in the chunked transfer coding.

    RFC 9112, section 7.1. Whoever stops early closes this, and that the stream. An error
    of the stream goes to the request's call too, past a client that reads the whole body
    while it sends and would turn the error into one of its own, and retry.
    """
    assert response.stream is not None
    try:
        async for piece in response.stream:
            if not isinstance(piece, (bytes, bytearray, memoryview)):
                raise PluginError(f"A response's stream gives bytes, but gave {piece!r}.")
            if piece:  # an empty chunk would be the last one
                yield b"%x\r\n%b\r\n" % (len(piece), piece)
        yield LAST_CHUNK
    except Exception as error:
        if request.call is not None:
            request.call.error = error
        raise
    finally:
        await close_stream(response)


async def close_stream(response: AwsResponse) -> None:
    """End a stream, whether anything of it was read or not."""
    close = getattr(response.stream, "aclose", None)
    if close is not None:
        await close()


def has_body(request: AwsRequest, status: int) -> bool:
    """Whether bytes follow the head of an answer to this request."""
    return request.method != "HEAD" and status not in BODILESS and status >= 200
