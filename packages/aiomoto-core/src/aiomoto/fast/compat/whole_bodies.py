"""A large body that somebody reads as a whole is handed over as it is.

Through aiohttp's parser or h11 it would be copied two to five times, in a thousand pieces, and
joined. On httpx, the readers of whole bodies say that they are reading (``Response.read`` and
``aread``, ``read()`` of aiobotocore's body), and the connection in memory then gives in one
piece what it has left. Who reads piece by piece gets pieces, through the parser.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator, Iterator
from contextlib import aclosing, closing, contextmanager
from contextvars import ContextVar
from typing import Any

from ...compat import attribute, require_attributes
from ...plugin.patches import Patch

#: Whether all that is left of a body is being read in this context.
_all_is_read: ContextVar[bool] = ContextVar("aiomoto_all_is_read", default=False)


@contextmanager
def _reading_all() -> Iterator[None]:
    token = _all_is_read.set(True)
    try:
        yield
    finally:
        _all_is_read.reset(token)


def of_aiohttp() -> list[Patch]:
    """Bodies on aiohttp."""
    module, name = "aiohttp.streams", "StreamReader"
    reading = attribute("aiohttp", module, name, "read")
    own = ("_protocol", "_cursor", "_buffer", "_buffer_offset", "_size", "total_bytes")
    require_attributes("aiohttp", module, name, *own, "exception", "feed_eof")
    read = reading.original

    async def read_whole(self: Any, n: int = -1) -> Any:
        """All that is left of a body in memory is handed over as it is, not piece by piece."""
        if n < 0 and (rest := _rest_of(self)) is not None:
            await asyncio.sleep(0)
            return rest
        return await read(self, n)

    return [reading.patch(read_whole)]


def _rest_of(reader: Any) -> bytes | None:
    """Take what was not read of a body in memory, whose reader ends then; None if there is none.

    Piece by piece, the parser and the final join would copy a large body twice more.
    """
    take = getattr(reader._protocol, "take_body", None)
    if take is None or reader.is_eof() or reader.exception() is not None:
        return None  # at its end, and its connection may have another body by now
    body = take()
    if body is None:
        return None
    rest = body[reader._cursor :] if reader._cursor else body
    reader._buffer.clear()
    reader._size = reader._buffer_offset = 0
    reader._cursor = reader.total_bytes = len(body)
    reader.feed_eof()
    return bytes(rest)


def of_connections(library: str) -> list[Patch]:
    """Bodies on connections of ``library`` (httpcore or httpcore2)."""
    name = "_receive_response_body"
    asynchronous = attribute(library, library, "AsyncHTTP11Connection", name)
    synchronous = attribute(library, library, "HTTP11Connection", name)
    for connection in ("AsyncHTTP11Connection", "HTTP11Connection"):
        require_attributes(library, library, connection, "_h11_state", "_network_stream")
    require_attributes("h11", "h11", "Connection", "_reader", "trailing_data")
    length_reader = require_attributes("h11", "h11._readers", "ContentLengthReader", "_remaining")
    receive_async, receive_sync = asynchronous.original, synchronous.original

    def take_rest(connection: Any) -> bytes | None:
        """Take what was not read of a body in memory, for which h11 waits no more then.

        None if the body ends otherwise than with its length, or h11 has some of it.
        """
        state = connection._h11_state
        reader, (waiting, _) = state._reader, state.trailing_data
        if waiting or not isinstance(reader, length_reader):
            return None
        rest: bytes | None = connection._network_stream.exchange.take_rest(reader._remaining)
        if rest is not None:
            reader._remaining = 0
        return rest

    def async_pieces(self: Any, request: Any) -> AsyncGenerator[bytes]:
        pieces = receive_async(self, request)
        if not _has_large_body(self):
            return pieces  # type: ignore[no-any-return]
        return _whole_or_pieces_async(self, pieces)

    def sync_pieces(self: Any, request: Any) -> Generator[bytes, None, None]:
        pieces = receive_sync(self, request)
        if not _has_large_body(self):
            return pieces  # type: ignore[no-any-return]
        return _whole_or_pieces(self, pieces)

    async def _whole_or_pieces_async(connection: Any, given: Any) -> AsyncGenerator[bytes]:
        async with aclosing(given) as pieces:
            while True:
                if _all_is_read.get() and (rest := take_rest(connection)) is not None:
                    yield rest
                try:
                    piece = await anext(pieces)
                except StopAsyncIteration:
                    return
                yield piece

    def _whole_or_pieces(connection: Any, given: Any) -> Generator[bytes, None, None]:
        with closing(given) as pieces:
            while True:
                if _all_is_read.get() and (rest := take_rest(connection)) is not None:
                    yield rest
                try:
                    piece = next(pieces)
                except StopIteration:
                    return
                yield piece

    return [asynchronous.patch(async_pieces), synchronous.patch(sync_pieces)]


def _has_large_body(connection: Any) -> bool:
    """Whether a connection is in memory, with more of a body than is read at once."""
    exchange = getattr(connection._network_stream, "exchange", None)
    return exchange is not None and bool(exchange.has_large_body)


def of_responses(library: str) -> list[Patch]:
    """Bodies that responses of ``library`` (httpx or httpx2) have."""
    reading = attribute(library, library, "Response", "read")
    areading = attribute(library, library, "Response", "aread")
    read, aread = reading.original, areading.original

    def read_whole(self: Any) -> Any:
        with _reading_all():
            return read(self)

    async def aread_whole(self: Any) -> Any:
        with _reading_all():
            return await aread(self)

    return [reading.patch(read_whole), areading.patch(aread_whole)]


def of_aiobotocore() -> list[Patch]:
    """Bodies that clients of aiobotocore 3 have on httpx; those of 2 are read as httpx's are."""
    module, name = "aiobotocore.response", "HttpxStreamingBody"
    reading = attribute("aiobotocore", module, name, "read")
    own = ("_fill_buffer", "_buffer", "_stream_exhausted")
    require_attributes("aiobotocore", module, name, *own)
    read = reading.original

    async def read_whole(self: Any, amt: Any = None) -> Any:
        if amt is None or amt < 0:
            with _reading_all():
                # The next piece becomes the buffer, without a copy. Its own way to read all
                # joins what it has with what comes: another copy.
                if not self._buffer and not self._stream_exhausted:
                    await self._fill_buffer(1)
                return await read(self, amt)
        return await read(self, amt)

    return [reading.patch(read_whole)]
