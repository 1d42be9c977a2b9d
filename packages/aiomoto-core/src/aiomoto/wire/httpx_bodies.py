"""httpx and httpx2: a large body that somebody reads as a whole is handed over as it is.

Through h11 it would be copied five times, in a thousand pieces, and joined. So the
readers of whole bodies say that they are reading (``Response.read`` and ``aread``,
``read()`` of aiobotocore's body), and the connection in memory then gives in one
piece what it has left. Who reads piece by piece gets pieces, through h11.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import aclosing, closing, contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from .. import compat

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


def connection_patches(seam: compat.Httpcore, optimises: Callable[[], bool]) -> list[Patch]:
    """What to replace in httpcore's connections while a mock is active."""
    name = seam.RECEIVE
    receive_async = getattr(seam.async_connection, name)
    receive_sync = getattr(seam.sync_connection, name)

    def async_pieces(self: Any, request: Any) -> AsyncGenerator[bytes]:
        """The pieces of a response's body."""
        pieces = receive_async(self, request)
        if not seam.has_large_body(self) or not optimises():
            return pieces  # type: ignore[no-any-return]
        return _whole_or_pieces_async(self, pieces)

    def sync_pieces(self: Any, request: Any) -> Generator[bytes, None, None]:
        """The pieces of a response's body."""
        pieces = receive_sync(self, request)
        if not seam.has_large_body(self) or not optimises():
            return pieces  # type: ignore[no-any-return]
        return _whole_or_pieces(self, pieces)

    async def _whole_or_pieces_async(connection: Any, given: Any) -> AsyncGenerator[bytes]:
        async with aclosing(given) as pieces:
            while True:
                if _all_is_read.get() and (rest := seam.take_rest(connection)) is not None:
                    yield rest
                try:
                    piece = await anext(pieces)
                except StopAsyncIteration:
                    return
                yield piece

    def _whole_or_pieces(connection: Any, given: Any) -> Generator[bytes, None, None]:
        with closing(given) as pieces:
            while True:
                if _all_is_read.get() and (rest := seam.take_rest(connection)) is not None:
                    yield rest
                try:
                    piece = next(pieces)
                except StopIteration:
                    return
                yield piece

    return [
        (seam.async_connection, name, async_pieces),
        (seam.sync_connection, name, sync_pieces),
    ]


def response_patches(library: str) -> list[Patch]:
    """What to replace in ``library`` (httpx or httpx2) while a mock is active."""
    response_class = compat.require(library, library, "Response")
    read, aread = response_class.read, response_class.aread

    def read_whole(self: Any) -> Any:
        """Read the body as a whole."""
        with _reading_all():
            return read(self)

    async def aread_whole(self: Any) -> Any:
        """Read the body as a whole."""
        with _reading_all():
            return await aread(self)

    return [(response_class, "read", read_whole), (response_class, "aread", aread_whole)]


def aiobotocore_patches() -> list[Patch]:
    """What to replace in aiobotocore's body on httpx; older ones read it with ``aread``."""
    seam = compat.AiobotocoreHttpxBody()
    if not seam.has_buffer:
        return []
    read = seam.body_class.read

    async def read_whole(self: Any, amt: Any = None) -> Any:
        """Read the next ``amt`` bytes of the body, or all that is left."""
        if amt is None or amt < 0:
            with _reading_all():
                # Its own way to read all joins what it has with what comes: another copy.
                await seam.fill_empty_buffer(self)
                return await read(self, amt)
        return await read(self, amt)

    return [(seam.body_class, "read", read_whole)]
