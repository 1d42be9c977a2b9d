"""aiohttp and httpcore: connections and pools that have no socket."""

from __future__ import annotations

import sys
from asyncio import get_running_loop
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from importlib.metadata import version
from typing import Any, NamedTuple

from ..errors import IncompatibleLibrary
from .names import require

if sys.version_info >= (3, 11):
    from asyncio import timeout as asyncio_timeout
else:  # aiohttp depends on async-timeout there
    from async_timeout import timeout as asyncio_timeout


class MemoryKey(NamedTuple):
    """What a connection in memory is kept under in a connector's pool.

    A connection with a socket is kept under the plain key, so that neither is
    taken for the other when a client outlives a mock.
    """

    key: Any
    #: No TLS has to be shut down.
    is_ssl: bool = False


class Aiohttp:
    """aiohttp: a connection without a socket that the real connector counts as its own."""

    NAMES = (
        ("aiohttp.connector", "BaseConnector", "connect"),
        ("aiohttp.connector", "BaseConnector", "_get"),
        ("aiohttp.connector", "BaseConnector", "_available_connections"),
        ("aiohttp.connector", "BaseConnector", "_wait_for_available_connection"),
        ("aiohttp.connector", "BaseConnector", "_release"),
        ("aiohttp.connector", "BaseConnector", "_release_acquired"),
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
        self.connection_class = _quiet(require("aiohttp", "aiohttp.connector", "Connection"))
        self.protocol_class = require("aiohttp", "aiohttp.client_proto", "ResponseHandler")
        self.reader_class = require("aiohttp", "aiohttp.streams", "StreamReader")

    async def connect(
        self,
        connector: Any,
        request: Any,
        traces: Any,
        wait: float | None,
        make: Callable[[], Any],
    ) -> Any:
        """A connection in memory from the connector's own pool, else one around ``make()``.

        Limits, keep-alive and traces are as in ``BaseConnector.connect``; ``wait`` seconds
        are waited at most. In the pool these connections have keys of their own.
        """
        key = MemoryKey(request.connection_key)
        connection = await self._reuse(connector, key, traces)
        if connection is not None:
            return connection
        free = connector._available_connections(key) > 0
        if free and not traces:
            return await self._create(connector, key, (), make)  # which needs no timer
        async with asyncio_timeout(wait or None):
            if not free:
                await connector._wait_for_available_connection(key, traces)
                connection = await self._reuse(connector, key, traces)
                if connection is not None:
                    return connection
            return await self._create(connector, key, traces, make)

    async def _reuse(self, connector: Any, key: MemoryKey, traces: Any) -> Any:
        pooled = await connector._get(key, traces)
        if pooled is None:
            return None
        protocol, pooled._protocol = pooled._protocol, None
        return self.connection_class(connector, key, protocol, protocol.loop)

    async def _create(
        self, connector: Any, key: MemoryKey, traces: Any, make: Callable[[], Any]
    ) -> Any:
        protocol = make()
        connector._acquired.add(protocol)
        if connector._limit_per_host:
            connector._acquired_per_host[key].add(protocol)
        try:
            for trace in traces:
                await trace.send_connection_create_start()
            for trace in traces:
                await trace.send_connection_create_end()
        except BaseException:
            connector._release_acquired(key, protocol)
            raise
        if connector.closed:
            from aiohttp import ClientConnectionError

            protocol.close()
            raise ClientConnectionError("Connector is closed.")
        return self.connection_class(connector, key, protocol, protocol.loop)

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


def _quiet(connection_class: Any) -> Any:
    class MemoryConnection(connection_class):  # type: ignore[misc]
        """A connection whose loss is no leak of a socket."""

        def __del__(self) -> None:
            """End it without the warning that a socket would be worth."""
            if self._protocol is not None and not self._loop.is_closed():
                self._connector._release(self._key, self._protocol, should_close=True)

    return MemoryConnection


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
