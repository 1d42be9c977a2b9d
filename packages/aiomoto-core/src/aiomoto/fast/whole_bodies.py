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
from typing import TYPE_CHECKING, Any

from ..compat import AiobotocoreBodies, AiohttpBodies, HttpcoreBodies, attribute

if TYPE_CHECKING:
    from ..plugin.patches import Patch

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
    bodies = AiohttpBodies()
    read = bodies.read.original

    async def read_whole(self: Any, n: int = -1) -> Any:
        """All that is left of a body in memory is handed over as it is, not piece by piece."""
        if n < 0 and (rest := bodies.rest_of(self)) is not None:
            await asyncio.sleep(0)
            return rest
        return await read(self, n)

    return [bodies.read.patch(read_whole)]


def of_connections(library: str) -> list[Patch]:
    """Bodies on connections of ``library`` (httpcore or httpcore2)."""
    bodies = HttpcoreBodies(library)
    receive_async, receive_sync = bodies.asynchronous.original, bodies.synchronous.original

    def async_pieces(self: Any, request: Any) -> AsyncGenerator[bytes]:
        """The pieces of a response's body."""
        pieces = receive_async(self, request)
        if not bodies.has_large_body(self):
            return pieces  # type: ignore[no-any-return]
        return _whole_or_pieces_async(self, pieces)

    def sync_pieces(self: Any, request: Any) -> Generator[bytes, None, None]:
        """The pieces of a response's body."""
        pieces = receive_sync(self, request)
        if not bodies.has_large_body(self):
            return pieces  # type: ignore[no-any-return]
        return _whole_or_pieces(self, pieces)

    async def _whole_or_pieces_async(connection: Any, given: Any) -> AsyncGenerator[bytes]:
        async with aclosing(given) as pieces:
            while True:
                if _all_is_read.get() and (rest := bodies.take_rest(connection)) is not None:
                    yield rest
                try:
                    piece = await anext(pieces)
                except StopAsyncIteration:
                    return
                yield piece

    def _whole_or_pieces(connection: Any, given: Any) -> Generator[bytes, None, None]:
        with closing(given) as pieces:
            while True:
                if _all_is_read.get() and (rest := bodies.take_rest(connection)) is not None:
                    yield rest
                try:
                    piece = next(pieces)
                except StopIteration:
                    return
                yield piece

    return [bodies.asynchronous.patch(async_pieces), bodies.synchronous.patch(sync_pieces)]


def of_responses(library: str) -> list[Patch]:
    """Bodies that responses of ``library`` (httpx or httpx2) have."""
    reading = attribute(library, library, "Response", "read")
    areading = attribute(library, library, "Response", "aread")
    read, aread = reading.original, areading.original

    def read_whole(self: Any) -> Any:
        """Read the body as a whole."""
        with _reading_all():
            return read(self)

    async def aread_whole(self: Any) -> Any:
        """Read the body as a whole."""
        with _reading_all():
            return await aread(self)

    return [reading.patch(read_whole), areading.patch(aread_whole)]


def of_aiobotocore() -> list[Patch]:
    """Bodies that clients of aiobotocore 3 have on httpx."""
    bodies = AiobotocoreBodies()
    read = bodies.read.original

    async def read_whole(self: Any, amt: Any = None) -> Any:
        """Read the next ``amt`` bytes of the body, or all that is left."""
        if amt is None or amt < 0:
            with _reading_all():
                # Its own way to read all joins what it has with what comes: another copy.
                await bodies.fill_empty_buffer(self)
                return await read(self, amt)
        return await read(self, amt)

    return [bodies.read.patch(read_whole)]
