"""aiohttp and httpcore: connections and pools that have no socket."""

from __future__ import annotations

import sys
from asyncio import get_running_loop
from contextlib import AbstractAsyncContextManager
from typing import Any

from .names import require, require_attributes

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
        self.connection_class = require_attributes("aiohttp", module, "Connection", *own)

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
