"""httpx and httpx2: a connection pool whose network is this process.

The cut is the pool of httpcore (httpcore2 for httpx2), below httpx. A request
to AWS goes through a second pool with the limits of the first and a network
backend in memory, so h11's checks, the pool's limits and time-outs, streaming
and closing are the real ones. It serves synchronous clients, asyncio and trio.
"""

from __future__ import annotations

import ssl
import sys
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from .. import compat
from ..request import current_call
from .exchange import Exchange, NowSending, headers_of_httpcore, url_of_httpcore

if TYPE_CHECKING:
    from ..interfaces import Front
    from ..plugin.patches import Patch


def patches(front: Front, library: str) -> list[Patch]:
    """Make what is replaced in ``library`` (httpcore or httpcore2) while a mock is active."""
    seam = _seam(library, *_replaced(library))
    memory = _Memory(seam, front)
    async_pool, sync_pool = seam.async_pool, seam.sync_pool
    async_send, async_close = async_pool.handle_async_request, async_pool.aclose
    sync_send, sync_close = sync_pool.handle_request, sync_pool.close

    async def handle_async_request(self: Any, request: Any) -> Any:
        """Send AWS requests to memory; all others for real."""
        aws_url = _judge(front, request) if self not in memory.made else None
        if aws_url is None:
            return await async_send(self, request)
        pool = memory.pool_for(self, seam.async_pool, memory.async_backend)
        with NowSending(request, aws_url):
            return await async_send(pool, request)

    def handle_request(self: Any, request: Any) -> Any:
        """Send AWS requests to memory; all others for real."""
        aws_url = _judge(front, request) if self not in memory.made else None
        if aws_url is None:
            return sync_send(self, request)
        pool = memory.pool_for(self, seam.sync_pool, memory.sync_backend)
        with NowSending(request, aws_url):
            return sync_send(pool, request)

    async def aclose(self: Any) -> None:
        """Close the connections in memory with the pool."""
        if (pool := memory.pools.pop(self, None)) is not None:
            await async_close(pool)
        await async_close(self)

    def close(self: Any) -> None:
        """Close the connections in memory with the pool."""
        if (pool := memory.pools.pop(self, None)) is not None:
            sync_close(pool)
        sync_close(self)

    return [
        (async_pool, "handle_async_request", handle_async_request),
        (async_pool, "aclose", aclose),
        (sync_pool, "handle_request", handle_request),
        (sync_pool, "close", close),
    ]


def _replaced(library: str) -> list[Any]:
    """The module, and what `patches` is going to replace, as far as it is there."""
    module = sys.modules.get(library)
    classes = [getattr(module, name, None) for name in ("AsyncConnectionPool", "ConnectionPool")]
    names = ("handle_async_request", "aclose", "handle_request", "close")
    return [module, *(getattr(cls, name, None) for cls in classes for name in names)]


@cache
def _seam(library: str, *_: Any) -> compat.Httpcore:
    """What is needed of a library; looked up again where something of it is another."""
    return compat.Httpcore(library)


def _judge(front: Front, request: Any) -> str | None:
    return front.judge(url_of_httpcore(request), headers_of_httpcore(request), current_call.get())


@cache
def _tls() -> ssl.SSLContext:
    """A context that is never used for a handshake: loading certificates costs 20 ms."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class _Memory:
    """The pools in memory of one library, each standing in for a real one."""

    def __init__(self, seam: compat.Httpcore, front: Front) -> None:
        self._seam = seam
        self.pools: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
        self.made: WeakKeyDictionary[Any, bool] = WeakKeyDictionary()
        self.async_backend = _async_backend(seam.module, front)
        self.sync_backend = _sync_backend(seam.module, front)

    def pool_for(self, real: Any, pool_class: Callable[..., Any], backend: Any) -> Any:
        """The pool in memory that belongs to a real one."""
        pool = self.pools.get(real)
        if pool is None:
            limits = self._seam.limits(real)
            pool = pool_class(ssl_context=_tls(), network_backend=backend, **limits)
            self.pools[real] = pool
            self.made[pool] = True
        return pool


def _async_backend(module: Any, front: Front) -> Any:
    class Stream(module.AsyncNetworkStream):  # type: ignore[misc]
        def __init__(self) -> None:
            self.exchange = Exchange()
            self._closed = False

        async def write(self, buffer: bytes, timeout: float | None = None) -> None:
            if self._closed:
                raise module.WriteError("")
            self.exchange.take(buffer)

        async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
            if self._closed:
                raise module.ReadError("")
            ready = self.exchange.pending(max_bytes)
            if ready:
                return ready
            request = self.exchange.request()
            import anyio.lowlevel

            with anyio.move_on_after(timeout) as bound:
                if request is None:
                    await self.exchange.next_piece()
                else:
                    # A real answer takes at least a turn of the loop; without one, a
                    # task that polls would never let another run.
                    await anyio.lowlevel.checkpoint()
                    await self.exchange.answer_async(request, await front.answer(request))
            if bound.cancelled_caught:
                raise module.ReadTimeout("")
            return self.exchange.pending(max_bytes)

        async def aclose(self) -> None:
            self._closed = True
            self.exchange.forget()
            await self.exchange.close()

        async def start_tls(self, *_: Any, **__: Any) -> Any:
            return self

        def get_extra_info(self, info: str) -> Any:
            return self._closed if info == "is_readable" else None

    class Backend(module.AsyncNetworkBackend):  # type: ignore[misc]
        async def connect_tcp(self, *_: Any, **__: Any) -> Any:
            return Stream()

        async def connect_unix_socket(self, *_: Any, **__: Any) -> Any:
            return Stream()

    return Backend()


def _sync_backend(module: Any, front: Front) -> Any:
    class Stream(module.NetworkStream):  # type: ignore[misc]
        def __init__(self) -> None:
            self.exchange = Exchange()
            self._closed = False

        def write(self, buffer: bytes, timeout: float | None = None) -> None:
            if self._closed:
                raise module.WriteError("")
            self.exchange.take(buffer)

        def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
            if self._closed:
                raise module.ReadError("")
            return self.exchange.read_sync(front, max_bytes)

        def close(self) -> None:
            self._closed = True
            self.exchange.forget()

        def start_tls(self, *_: Any, **__: Any) -> Any:
            return self

        def get_extra_info(self, info: str) -> Any:
            return self._closed if info == "is_readable" else None

    class Backend(module.NetworkBackend):  # type: ignore[misc]
        def connect_tcp(self, *_: Any, **__: Any) -> Any:
            return Stream()

        def connect_unix_socket(self, *_: Any, **__: Any) -> Any:
            return Stream()

    return Backend()
