"""Sync faces of what async clients hand out, and of what they are handed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from aiobotocore.eventstream import AioEventStream
from aiobotocore.response import StreamingBody as AioStreamingBody
from botocore.eventstream import EventStream
from botocore.response import StreamingBody

from conformance import tally
from conformance.loops import LoopRunner

try:
    from aiobotocore.response import HttpxStreamingBody
except ImportError:  # aiobotocore without httpx support
    HttpxStreamingBody = None

_ASYNC_BODIES: tuple[type, ...] = tuple(
    cls for cls in (AioStreamingBody, HttpxStreamingBody) if cls is not None
)


class _Reader:
    """Stands where botocore's StreamingBody has urllib3's response."""

    def __init__(self, runner: LoopRunner, body: Any) -> None:
        self._runner = runner
        self._body = body

    def read(self, amt: int | None = None) -> bytes:
        return bytes(self._runner.run(self._read(amt)))

    async def _read(self, amt: int | None) -> bytes:
        # HttpxStreamingBody of aiobotocore 2 refuses any size, so none is passed unasked.
        data: bytes = await (self._body.read() if amt is None else self._body.read(amt))
        return data

    def close(self) -> None:
        self._runner.run(self._close())

    async def _close(self) -> None:
        result = self._body.close()
        if hasattr(result, "__await__"):
            await result


class SyncBody(StreamingBody):  # type: ignore[misc]
    """botocore's StreamingBody, reading through an async body.

    The length is checked by the async body, not a second time here.
    """

    def __init__(self, runner: LoopRunner, body: Any) -> None:
        super().__init__(_Reader(runner, body), None)


class SyncEventStream(EventStream):  # type: ignore[misc]
    """botocore's EventStream, iterating an AioEventStream."""

    def __init__(self, runner: LoopRunner, stream: AioEventStream) -> None:
        self._runner = runner
        self._stream = stream

    def __iter__(self) -> Iterator[Any]:
        return self._runner.iterate(self._stream.__aiter__())

    def get_initial_response(self) -> Any:
        return self._runner.run(self._stream.get_initial_response())

    def close(self) -> None:
        self._stream.close()


def to_sync(runner: LoopRunner, response: Any) -> Any:
    """The response of an async call with its streams replaced by sync faces of them."""
    if isinstance(response, dict):
        for key, value in response.items():
            # The classes are asked for by type(): a wrapt proxy's isinstance is that of
            # what it wraps.
            if issubclass(type(value), _ASYNC_BODIES):
                tally.note("streaming body read through its async version")
                response[key] = SyncBody(runner, value)
            elif issubclass(type(value), AioEventStream):
                tally.note("event stream read through its async version")
                response[key] = SyncEventStream(runner, value)
    return response


class _FileFace(io.RawIOBase):
    """An io object around something that only has a read method.

    aiohttp takes bytes and io objects. s3transfer's ReadFileChunk and tempfile's named
    files are neither; with an async client one would pass the file itself.
    """

    def __init__(self, source: Any) -> None:
        self._source = source

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return bytes(self._source.read(size) if size >= 0 else self._source.read())

    def readinto(self, buffer: Any) -> int:
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def seekable(self) -> bool:
        return hasattr(self._source, "seek")

    def seek(self, offset: int, whence: int = 0) -> int:
        self._source.seek(offset, whence)
        return self.tell()

    def tell(self) -> int:
        return int(self._source.tell())

    def __len__(self) -> int:
        return len(self._source)


def to_async(params: dict[str, Any], streaming_member: str | None) -> dict[str, Any]:
    """The parameters of a sync call, with a body that aiohttp can send."""
    if streaming_member is None or streaming_member not in params:
        return params
    body = params[streaming_member]
    if hasattr(body, "read") and not isinstance(body, (io.IOBase, StreamingBody)):
        tally.note("request body without the io interface wrapped in one")
        return {**params, streaming_member: _FileFace(body)}
    return params
