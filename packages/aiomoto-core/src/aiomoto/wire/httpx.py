"""httpx and httpx2: a connection pool whose network is this process.

The cut is the pool of httpcore (httpcore2 for httpx2), below httpx. A request
to AWS goes through a second pool with the limits of the first and a network
backend in memory, so h11's checks, the pool's limits and time-outs, streaming
and closing are the real ones. It serves synchronous clients, asyncio and trio.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncGenerator, Callable
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from multidict import CIMultiDict

from .. import compat
from ..guard import Ruling, Verdict
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
    from ..engine import Engine
    from ..plugin.patches import Patch

#: What the pool is sending in this context: its streams don't see requests, only bytes.
_sending: ContextVar[tuple[Any, str] | None] = ContextVar("aiomoto_sending", default=None)


def patches(engine: Engine, library: str) -> list[Patch]:
    """What to replace in ``library`` (httpcore or httpcore2) while a mock is active."""
    seam = compat.Httpcore(library)
    memory = _Memory(seam, engine)
    async_pool, sync_pool = seam.async_pool, seam.sync_pool
    async_send, async_close = async_pool.handle_async_request, async_pool.aclose
    sync_send, sync_close = sync_pool.handle_request, sync_pool.close

    async def handle_async_request(self: Any, request: Any) -> Any:
        """Send AWS requests to memory; all others for real."""
        ruling = _judge(engine, request) if self not in memory.made else None
        if ruling is None or ruling.verdict is Verdict.PASS:
            return await async_send(self, request)
        pool = memory.pool_for(self, seam.async_pool, memory.async_backend)
        with _NowSending(request, ruling.url):
            return await async_send(pool, request)

    def handle_request(self: Any, request: Any) -> Any:
        """Send AWS requests to memory; all others for real."""
        ruling = _judge(engine, request) if self not in memory.made else None
        if ruling is None or ruling.verdict is Verdict.PASS:
            return sync_send(self, request)
        pool = memory.pool_for(self, seam.sync_pool, memory.sync_backend)
        with _NowSending(request, ruling.url):
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


def _judge(engine: Engine, request: Any) -> Ruling:
    call = current_call.get()
    headers = _headers(request)
    ruling = engine.judge(_url(request), headers, call)
    if ruling.verdict is Verdict.BLOCK:
        raise engine.blocked(ruling.url, headers, call)
    return ruling


class _NowSending:
    """Tell the streams below which request is being sent; cheaper than contextlib's."""

    def __init__(self, request: Any, aws_url: str) -> None:
        self._value = (request, aws_url)

    def __enter__(self) -> None:
        self._token = _sending.set(self._value)

    def __exit__(self, *_: object) -> None:
        _sending.reset(self._token)


def _headers(request: Any) -> CIMultiDict[str]:
    return CIMultiDict(
        (name.decode("latin-1"), value.decode("utf-8", "surrogateescape"))
        for name, value in request.headers
    )


def _url(request: Any) -> str:
    """The URL as it goes on the wire: the ``target`` extension is in it, not normalised."""
    url = request.url
    target: str = url.target.decode("latin-1")
    if target.startswith(("http://", "https://")):  # absolute form, RFC 9112, section 3.2.2
        return target
    port = f":{url.port}" if url.port is not None else ""
    host = url.host.decode("ascii")
    host = f"[{host}]" if ":" in host else host
    return f"{url.scheme.decode('ascii')}://{host}{port}{target}"


@cache
def _tls() -> ssl.SSLContext:
    """A context that is never used for a handshake: loading certificates costs 20 ms."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class _Memory:
    """The pools in memory of one library, each standing in for a real one."""

    def __init__(self, seam: compat.Httpcore, engine: Engine) -> None:
        self._seam = seam
        self.pools: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
        self.made: WeakKeyDictionary[Any, bool] = WeakKeyDictionary()
        self.async_backend = _async_backend(seam.module, engine)
        self.sync_backend = _sync_backend(seam.module, engine)

    def pool_for(self, real: Any, pool_class: Callable[..., Any], backend: Any) -> Any:
        """The pool in memory that belongs to a real one."""
        pool = self.pools.get(real)
        if pool is None:
            limits = self._seam.limits(real)
            pool = pool_class(ssl_context=_tls(), network_backend=backend, **limits)
            self.pools[real] = pool
            self.made[pool] = True
        return pool


class _Exchange:
    """One request and its response on a connection in memory; the next replaces it."""

    def __init__(self) -> None:
        self._reader: RequestReader | None = None
        self._request: AwsRequest | None = None
        self._outgoing = memoryview(b"")
        #: What follows it: a large body, which isn't copied to be put behind its head.
        self._body = memoryview(b"")
        self._pieces: AsyncGenerator[bytes] | None = None

    def take(self, data: bytes) -> None:
        """Bytes of a request; the first ones say which."""
        if self._reader is None:
            sending = _sending.get()
            assert sending is not None
            request, aws_url = sending
            headers = _headers(request)
            self._reader = RequestReader(headers)
            self._request = AwsRequest(
                method=request.method.decode("ascii"),
                url=aws_url,
                headers=headers,
                original_url=_url(request),
                call=current_call.get(),
            )
        self._reader.feed(data)

    def pending(self, max_bytes: int) -> bytes:
        """What can be read now without asking moto; empty if nothing."""
        if not self._outgoing:
            self._outgoing, self._body = self._body, self._outgoing
        piece = self._outgoing[: min(max_bytes, CHUNK)]
        self._outgoing = self._outgoing[len(piece) :]
        if not piece and self._reader is not None and self._reader.expects_continue:
            self._reader.expects_continue = False
            if not self._reader.complete:
                return CONTINUE
        return bytes(piece)

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
            self._outgoing, self._body = memoryview(head + body), memoryview(b"")

    async def answer_async(self, request: AwsRequest, response: AwsResponse) -> None:
        """The same for a response that may come piece by piece."""
        self.answer(request, response)
        if response.stream is not None:
            if has_body(request, response.status):
                self._pieces = response_pieces(response)
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


def _async_backend(module: Any, engine: Engine) -> Any:
    class Stream(module.AsyncNetworkStream):  # type: ignore[misc]
        def __init__(self) -> None:
            self._exchange = _Exchange()
            self._closed = False

        async def write(self, buffer: bytes, timeout: float | None = None) -> None:
            if self._closed:
                raise module.WriteError("")
            self._exchange.take(buffer)

        async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
            if self._closed:
                raise module.ReadError("")
            ready = self._exchange.pending(max_bytes)
            if ready:
                return ready
            request = self._exchange.request()
            import anyio.lowlevel

            with anyio.move_on_after(timeout) as bound:
                if request is None:
                    await self._exchange.next_piece()
                else:
                    # A real answer takes at least a turn of the loop; without one, a
                    # task that polls would never let another run.
                    await anyio.lowlevel.checkpoint()
                    await self._exchange.answer_async(request, await engine.answer(request))
            if bound.cancelled_caught:
                raise module.ReadTimeout("")
            return self._exchange.pending(max_bytes)

        async def aclose(self) -> None:
            self._closed = True
            await self._exchange.close()

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


def _sync_backend(module: Any, engine: Engine) -> Any:
    class Stream(module.NetworkStream):  # type: ignore[misc]
        def __init__(self) -> None:
            self._exchange = _Exchange()
            self._closed = False

        def write(self, buffer: bytes, timeout: float | None = None) -> None:
            if self._closed:
                raise module.WriteError("")
            self._exchange.take(buffer)

        def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
            if self._closed:
                raise module.ReadError("")
            ready = self._exchange.pending(max_bytes)
            request = None if ready else self._exchange.request()
            if request is None:
                return ready
            self._exchange.answer(request, engine.answer_sync(request))
            return self._exchange.pending(max_bytes)

        def close(self) -> None:
            self._closed = True

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
