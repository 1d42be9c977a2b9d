"""What aiohttp, httpcore and aiobotocore have of a body that is read as a whole."""

from __future__ import annotations

from typing import Any

from .names import attribute, require_attributes


class AiohttpBodies:
    """aiohttp: the reader of a body."""

    def __init__(self) -> None:
        self.read = attribute("aiohttp", "aiohttp.streams", "StreamReader", "read")
        own = ("_protocol", "_cursor", "_buffer", "_buffer_offset", "_size", "total_bytes")
        used = (*own, "exception", "feed_eof")
        require_attributes("aiohttp", "aiohttp.streams", "StreamReader", *used)

    @staticmethod
    def rest_of(reader: Any) -> bytes | None:
        """What was not read of a body in memory, whose reader is at its end then; None if none is.

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


class HttpcoreBodies:
    """httpcore or httpcore2: what gives the pieces of a response's body."""

    def __init__(self, library: str) -> None:
        name = "_receive_response_body"
        self.asynchronous = attribute(library, library, "AsyncHTTP11Connection", name)
        self.synchronous = attribute(library, library, "HTTP11Connection", name)
        for connection in ("AsyncHTTP11Connection", "HTTP11Connection"):
            require_attributes(library, library, connection, "_h11_state", "_network_stream")
        require_attributes("h11", "h11", "Connection", "_reader", "trailing_data")
        reader = ("h11._readers", "ContentLengthReader")
        self._length_reader = require_attributes("h11", *reader, "_remaining")

    @staticmethod
    def has_large_body(connection: Any) -> bool:
        """Whether a connection is in memory, with more of a body than is read at once."""
        exchange = getattr(connection._network_stream, "exchange", None)
        return exchange is not None and bool(exchange.has_large_body)

    def take_rest(self, connection: Any) -> bytes | None:
        """What was not read of a body in memory, for which h11 waits no more then.

        None if the body ends otherwise than with its length, or h11 has some of it.
        """
        state = connection._h11_state
        reader, (waiting, _) = state._reader, state.trailing_data
        if waiting or not isinstance(reader, self._length_reader):
            return None
        rest: bytes | None = connection._network_stream.exchange.take_rest(reader._remaining)
        if rest is not None:
            reader._remaining = 0
        return rest


class AiobotocoreBodies:
    """aiobotocore's streaming body on httpx; that of aiobotocore 2 is read as httpx's is."""

    def __init__(self) -> None:
        module, name = "aiobotocore.response", "HttpxStreamingBody"
        self.read = attribute("aiobotocore", module, name, "read")
        own = ("_fill_buffer", "_buffer", "_stream_exhausted")
        require_attributes("aiobotocore", module, name, *own)

    @staticmethod
    async def fill_empty_buffer(body: Any) -> None:
        """Have the next piece of a body as its buffer, without a copy, if that is empty."""
        if not body._buffer and not body._stream_exhausted:
            await body._fill_buffer(1)
