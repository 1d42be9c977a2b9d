"""One request and its response on a connection that is in memory."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from multidict import CIMultiDict

from ..request import AwsRequest, AwsResponse, current_call
from .http1 import (
    CHUNK,
    CONTINUE,
    LAST_CHUNK,
    RequestReader,
    close_stream,
    has_body,
    response_body,
    response_head,
    response_pieces,
)

if TYPE_CHECKING:
    from ..interfaces import Front

#: What the pool is sending in this context: its streams don't see requests, only bytes.
_sending: ContextVar[tuple[Any, str] | None] = ContextVar("aiomoto_sending", default=None)
_NOTHING = memoryview(b"")


class NowSending:
    """Tell the streams below which request is being sent; cheaper than contextlib's."""

    def __init__(self, request: Any, aws_url: str) -> None:
        self._value = (request, aws_url)

    def __enter__(self) -> None:
        self._token = _sending.set(self._value)

    def __exit__(self, *_: object) -> None:
        _sending.reset(self._token)


def headers_of_httpcore(request: Any) -> CIMultiDict[str]:
    """The headers of a request of httpcore, order and duplicates kept."""
    return CIMultiDict(
        (name.decode("latin-1"), value.decode("utf-8", "surrogateescape"))
        for name, value in request.headers
    )


def url_of_httpcore(request: Any) -> str:
    """The URL as it goes on the wire: the ``target`` extension is in it, not normalised."""
    url = request.url
    target: str = url.target.decode("latin-1")
    if target.startswith(("http://", "https://")):  # absolute form, RFC 9112, section 3.2.2
        return target
    port = f":{url.port}" if url.port is not None else ""
    host = url.host.decode("ascii")
    host = f"[{host}]" if ":" in host else host
    return f"{url.scheme.decode('ascii')}://{host}{port}{target}"


def _sent_now() -> AwsRequest:
    sending = _sending.get()
    assert sending is not None
    request, aws_url = sending
    return AwsRequest(
        method=request.method.decode("ascii"),
        url=aws_url,
        headers=headers_of_httpcore(request),
        original_url=url_of_httpcore(request),
        call=current_call.get(),
    )


class Exchange:
    """One request and its response on a connection in memory; the next replaces it."""

    def __init__(self) -> None:
        self._reader: RequestReader | None = None
        self._request: AwsRequest | None = None
        self._outgoing = _NOTHING
        #: What follows it: a large body, which isn't copied to be put behind its head.
        self._body = _NOTHING
        self._pieces: AsyncGenerator[bytes] | None = None

    @property
    def begun(self) -> bool:
        """Whether there is a request that was not answered."""
        return self._reader is not None

    def begin(self, request: AwsRequest) -> None:
        """A request of which the bytes come next."""
        self._reader, self._request = RequestReader(request.headers), request

    def take(self, data: bytes | memoryview) -> None:
        """Bytes of a request; those of the first say which, where a pool sends it."""
        if self._reader is None:
            self.begin(_sent_now())
        assert self._reader is not None
        self._reader.feed(data)

    def read_sync(self, front: Front, max_bytes: int) -> bytes:
        """Read in a thread, which waits for the answer to what it has sent."""
        ready = self.pending(max_bytes)
        if ready or self._reader is None:
            return ready
        if not self._reader.complete:
            # Whoever has the other end of a wire waits for the rest.
            raise TimeoutError("timed out")
        request = self.request()
        assert request is not None
        self.answer(request, front.answer_sync(request))
        return self.pending(max_bytes)

    def pending(self, max_bytes: int) -> bytes:
        """What can be read now without asking moto; empty if nothing."""
        if not self._outgoing:
            self._outgoing, self._body = self._body, _NOTHING
        piece = self._outgoing[: min(max_bytes, CHUNK)]
        # An empty rest of it would keep the whole of it.
        self._outgoing = self._outgoing[len(piece) :] or _NOTHING
        if not piece and self._reader is not None and self._reader.expects_continue:
            self._reader.expects_continue = False
            if not self._reader.complete:
                return CONTINUE
        return bytes(piece)

    @property
    def is_readable(self) -> bool:
        """Whether a read would give something, at the latest when moto has answered."""
        reader = self._reader
        waits = reader is not None and (reader.complete or reader.expects_continue)
        return waits or bool(self._outgoing or self._body)

    @property
    def has_large_body(self) -> bool:
        """Whether none of a large body was read yet, but its head was."""
        return not self._outgoing and bool(self._body)

    def take_rest(self, size: int) -> bytes | None:
        """All that can be read, if it is so many bytes of a body; then nothing more is."""
        if self._outgoing and self._body:
            return None  # a head, and a body behind it
        rest = self._outgoing or self._body
        if not rest or len(rest) != size:
            return None
        self._outgoing = self._body = _NOTHING
        whole: Any = rest.obj
        return whole if type(whole) is bytes and len(whole) == size else bytes(rest)

    def forget(self) -> None:
        """Give nothing more to read: the connection is closed."""
        self._outgoing = self._body = _NOTHING

    def request(self) -> AwsRequest | None:
        """The request that waits for an answer; None if the client reads without one."""
        request, reader = self._request, self._reader
        self._request = self._reader = None
        if request is not None and reader is not None:
            reader.hand_over(request)
        return request

    def answer(self, request: AwsRequest, response: AwsResponse) -> None:
        """Have a response read from now on."""
        head, body = response_head(request, response), response_body(request, response)
        if len(body) > CHUNK:
            self._outgoing, self._body = memoryview(head), memoryview(body)
        else:
            self._outgoing, self._body = memoryview(head + body), _NOTHING

    async def answer_async(self, request: AwsRequest, response: AwsResponse) -> None:
        """The same for a response that may come piece by piece."""
        self.answer(request, response)
        if response.stream is not None:
            if has_body(request, response.status):
                self._pieces = response_pieces(request, response)
            else:
                await close_stream(response)

    async def next_piece(self) -> bool:
        """Wait for more of a stream; False if there is none."""
        if self._pieces is None:
            return False
        piece = await anext(self._pieces)
        self._outgoing = memoryview(piece)
        if piece == LAST_CHUNK:
            await self.close()  # else it stays suspended until the connection closes
        return True

    async def close(self) -> None:
        """End a stream that is not read to its end."""
        pieces, self._pieces = self._pieces, None
        if pieces is not None and not getattr(
            pieces, "ag_running", False
        ):  # else its reader's end ends it
            await pieces.aclose()
