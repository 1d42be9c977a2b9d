"""aiohttp: a response body that comes piece by piece, delivered by a task of its own.

aiohttp's parser is pushed to, it can't be asked to pull. The task ends with the
body, with the connection, and with the mocks, whichever is first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from .http1 import LAST_CHUNK, response_pieces

if TYPE_CHECKING:
    from ..interfaces import Front
    from ..request import AwsRequest, AwsResponse


class Feed:
    """Delivers one stream at the reader's pace."""

    def __init__(
        self,
        front: Front,
        transport: Any,
        deliver: Callable[[bytes], object],
        request: AwsRequest,
        response: AwsResponse,
    ) -> None:
        self._front = front
        self._transport = transport
        self._deliver = deliver
        self._pieces = response_pieces(request, response)
        self._loop = asyncio.get_running_loop()
        self._resumed = asyncio.Event()
        self._body: Any = None
        self._task: asyncio.Task[None] | None = None
        self._mock_ended = False

    def start(self, body: Any) -> None:
        """Begin, once; ``body`` is aiohttp's reader, for an error of the stream."""
        if self._task is None:
            self._body = body
            self._front.at_end.add(self.end)
            self._task = self._loop.create_task(self._run())
            self._task.add_done_callback(self._done)

    def resume(self) -> None:
        """The client wants more."""
        self._resumed.set()

    def stop(self) -> None:
        """The client has closed the connection, or waits no more for it."""
        if self._task is not None and self._task is not asyncio.current_task(self._loop):
            self._task.cancel()

    def end(self) -> None:
        """The last mock has ended, maybe in another thread: the body is over."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._end)

    def _end(self) -> None:
        self._mock_ended = True
        self.stop()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._front.at_end.discard(self.end)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            message = "a plugin's stream raised an error after its reader had gone"
            self._loop.call_exception_handler({"message": message, "exception": error})

    async def _run(self) -> None:
        try:
            async with aclosing(self._pieces) as pieces:
                async for piece in pieces:
                    await self._wait_for_reader()
                    self._deliver(piece)
        except BaseException as error:
            if self._transport.is_closing() or self._body.exception() is not None:
                raise  # nobody reads
            if self._mock_ended and isinstance(error, asyncio.CancelledError):
                self._deliver(LAST_CHUNK)
            else:
                self._body.set_exception(error)  # as it is, where the client reads

    async def _wait_for_reader(self) -> None:
        while self._transport.paused:
            self._resumed.clear()
            await self._resumed.wait()
