"""aiohttp and httpcore: connections and pools that have no socket."""

from __future__ import annotations

import sys
from asyncio import get_running_loop
from contextlib import AbstractAsyncContextManager
from importlib.metadata import version
from typing import Any

from ..errors import IncompatibleLibrary
from .names import require

if sys.version_info >= (3, 11):
    from asyncio import timeout as asyncio_timeout
else:  # aiohttp depends on async-timeout there
    from async_timeout import timeout as asyncio_timeout


class Aiohttp:
    """aiohttp: a connection without a socket that the real connector counts as its own."""

    NAMES = (
        ("aiohttp.connector", "BaseConnector", "connect"),
        ("aiohttp.connector", "BaseConnector", "_available_connections"),
        ("aiohttp.connector", "BaseConnector", "_wait_for_available_connection"),
        ("aiohttp.connector", "BaseConnector", "_release_acquired"),
        ("aiohttp.connector", "Connection", "_notify_release"),
        ("aiohttp.client_proto", "ResponseHandler", "set_response_params"),
        ("aiohttp.client_proto", "ResponseHandler", "data_received"),
        ("aiohttp.client_reqrep", "ClientRequest", "connection_key"),
        ("aiohttp.streams", "StreamReader", "read"),
        ("aiohttp.streams", "StreamReader", "feed_eof"),
        # Instance attributes; they are slots, so the class has them.
        ("aiohttp.streams", "StreamReader", "_protocol"),
        ("aiohttp.streams", "StreamReader", "_cursor"),
        ("aiohttp.streams", "StreamReader", "_buffer"),
        ("aiohttp.streams", "StreamReader", "_buffer_offset"),
        ("aiohttp.streams", "StreamReader", "_size"),
    )

    def __init__(self) -> None:
        for module, *path in self.NAMES:
            require("aiohttp", module, *path)
        self.connector_class = require("aiohttp", "aiohttp.connector", "BaseConnector")
        self.connection_class = require("aiohttp", "aiohttp.connector", "Connection")
        self.protocol_class = require("aiohttp", "aiohttp.client_proto", "ResponseHandler")
        self.reader_class = require("aiohttp", "aiohttp.streams", "StreamReader")

    @staticmethod
    async def acquire(connector: Any, request: Any, traces: Any, wait: float | None) -> None:
        """Wait for the connector's limits as a real connection would, ``wait`` seconds at most."""
        key = request.connection_key
        if connector._available_connections(key) <= 0:
            async with asyncio_timeout(wait or None):
                await connector._wait_for_available_connection(key, traces)

    @staticmethod
    def count(connector: Any, request: Any, protocol: Any) -> None:
        """From now on the connector counts this protocol, and closes it when it closes."""
        connector._acquired.add(protocol)
        if connector._limit_per_host:
            connector._acquired_per_host[request.connection_key].add(protocol)

    @staticmethod
    def uncount(connection: Any) -> Any:
        """Give the slot back; returns the protocol, None if that was done before."""
        protocol, connection._protocol = connection._protocol, None
        if protocol is not None:
            connection._notify_release()
            connection._connector._release_acquired(connection._key, protocol)
        return protocol

    @staticmethod
    def rest_of(reader: Any) -> bytes | None:
        """What was not read of a body in memory, whose reader is at its end then; None if none is.

        Piece by piece, the parser and the final join would copy a large body twice more.
        """
        take = getattr(reader._protocol, "take_body", None)
        body = take() if take is not None and reader.exception() is None else None
        if body is None:
            return None
        rest = body[reader._cursor :] if reader._cursor else body
        reader._buffer.clear()
        reader._size = reader._buffer_offset = 0
        reader._cursor = reader.total_bytes = len(body)
        reader.feed_eof()
        return bytes(rest)

    @staticmethod
    def timeout(seconds: float | None) -> AbstractAsyncContextManager[Any]:
        """``asyncio.timeout``, also on Python 3.10."""
        bound: AbstractAsyncContextManager[Any] = asyncio_timeout(seconds)
        return bound

    @staticmethod
    def expired(bound: Any) -> bool:
        """Whether it was this timeout that ran out."""
        return bool(bound.expired() if callable(bound.expired) else bound.expired)

    @staticmethod
    def expire(bound: Any) -> None:
        """Have a timeout that is entered run out now; on Python 3.10 it runs to its end."""
        if sys.version_info >= (3, 11):
            bound.reschedule(get_running_loop().time())


class Httpcore:
    """httpcore or httpcore2: the pool class of httpx, and a pool like it without sockets."""

    #: What gives the pieces of a response's body.
    RECEIVE = "_receive_response_body"

    def __init__(self, library: str) -> None:
        self.module = require(library, library)
        self.async_pool = require(library, library, "AsyncConnectionPool")
        self.sync_pool = require(library, library, "ConnectionPool")
        for cls in ("AsyncConnectionPool", "ConnectionPool"):
            prefix = "a" if cls.startswith("Async") else ""
            handle = "handle_async_request" if prefix else "handle_request"
            require(library, library, cls, handle)
            require(library, library, cls, f"{prefix}close")
        self.limits(self.sync_pool())  # looked up here, so that a change shows before a request
        self.async_connection = require(library, library, "AsyncHTTP11Connection")
        self.sync_connection = require(library, library, "HTTP11Connection")
        for connection in (self.async_connection, self.sync_connection):
            require(library, library, connection.__name__, self.RECEIVE)
            _require_attributes(library, connection, "_h11_state", "_network_stream")
        _require_attributes("h11", require("h11", "h11", "Connection"), "_reader")
        self._length_reader = require("h11", "h11._readers", "ContentLengthReader")
        _require_attributes("h11", self._length_reader, "_remaining")

    def limits(self, pool: Any) -> dict[str, Any]:
        """The limits that a pool was made with, as arguments for another."""
        names = ("max_connections", "max_keepalive_connections", "keepalive_expiry")
        found = {}
        for name in names:
            if not hasattr(pool, f"_{name}"):
                library = self.module.__name__
                raise IncompatibleLibrary(library, version(library), f"ConnectionPool._{name}")
            found[name] = getattr(pool, f"_{name}")
        return found

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


class AiobotocoreHttpxBody:
    """aiobotocore's streaming body on httpx."""

    def __init__(self) -> None:
        self.body_class = require("aiobotocore", "aiobotocore.response", "HttpxStreamingBody")
        #: Older ones have none, and read a body as httpx's response does.
        self.has_buffer = hasattr(self.body_class, "_fill_buffer")
        if self.has_buffer:
            _require_attributes("aiobotocore", self.body_class, "_buffer", "_stream_exhausted")

    @staticmethod
    async def fill_empty_buffer(body: Any) -> None:
        """Have the next piece of a body as its buffer, without a copy, if that is empty."""
        if not body._buffer and not body._stream_exhausted:
            await body._fill_buffer(1)


def _require_attributes(library: str, cls: Any, *names: str) -> None:
    """Refuse a class whose instances are not given these attributes when they are made."""
    for name in names:
        if name not in cls.__init__.__code__.co_names:
            raise IncompatibleLibrary(library, version(library), f"{cls.__name__}().{name}")
