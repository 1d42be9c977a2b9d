"""aiohttp and httpcore: connections and pools that have no socket."""

from __future__ import annotations

import sys
from asyncio import get_running_loop
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, NamedTuple

from .names import require, require_attributes

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
        ("aiohttp.client_proto", "ResponseHandler", "data_received"),
        ("aiohttp.client_reqrep", "ClientRequest", "connection_key"),
    )

    def __init__(self) -> None:
        for module, *path in self.NAMES:
            require("aiohttp", module, *path)
        self.module = require("aiohttp", "aiohttp")
        self.protocol_class = require("aiohttp", "aiohttp.client_proto", "ResponseHandler")
        module = "aiohttp.connector"
        counts = ("_acquired", "_acquired_per_host", "_limit_per_host")
        self.connector_class = require_attributes("aiohttp", module, "BaseConnector", *counts)
        own = ("_connector", "_key", "_protocol")
        self.connection_class = _quiet(require_attributes("aiohttp", module, "Connection", *own))

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
            protocol.close()
            raise self.module.ClientConnectionError("Connector is closed.")
        return self.connection_class(connector, key, protocol, protocol.loop)

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
            if self._protocol is not None and not self._loop.is_closed():
                self._connector._release(self._key, self._protocol, should_close=True)

    return MemoryConnection


class Httpcore:
    """httpcore or httpcore2: the pool class of httpx, and a pool like it without sockets."""

    _LIMITS = ("max_connections", "max_keepalive_connections", "keepalive_expiry")

    def __init__(self, library: str) -> None:
        self.module = require(library, library)
        self.async_pool = require(library, library, "AsyncConnectionPool")
        self.sync_pool = require(library, library, "ConnectionPool")
        for cls in (self.async_pool, self.sync_pool):
            prefix = "a" if cls is self.async_pool else ""
            handle = "handle_async_request" if prefix else "handle_request"
            require(library, library, cls.__name__, handle)
            require(library, library, cls.__name__, f"{prefix}close")
            limits = (f"_{name}" for name in self._LIMITS)
            require_attributes(library, library, cls.__name__, *limits)

    def limits(self, pool: Any) -> dict[str, Any]:
        """The limits that a pool was made with, as arguments for another."""
        return {name: getattr(pool, f"_{name}") for name in self._LIMITS}
