"""From a test's reply to the response that the client gets."""

from __future__ import annotations

import inspect
import json
import re
from base64 import b64encode
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Iterable,
    Iterator,
    Mapping,
)
from contextlib import aclosing
from importlib.metadata import version
from typing import Any
from urllib.parse import unquote, urlsplit

from aiomoto import AwsRequest, AwsResponse, UnsupportedOperation, eventstream

from .converse import events_of, metadata_of, output_of
from .shapes import as_json, check_event, member_of, status_of
from .supplied import Failure, InvalidReply, ModelRequest, Pause, Playing, Replies, decoded

_PATHS = {
    "converse": "Converse",
    "converse-stream": "ConverseStream",
    "invoke": "InvokeModel",
    "invoke-with-response-stream": "InvokeModelWithResponseStream",
}
_PATH = re.compile(rf"/model/([^/]+)/({'|'.join(_PATHS)})$")


def answer(replies: Replies, request: AwsRequest) -> AwsResponse | Awaitable[AwsResponse] | None:
    """The response to a model call; None if it is none, or moto is to answer it.

    :raises InvalidReply: if the reply is none to this call.
    :raises UnsupportedOperation: if there is no reply for it.
    """
    found = _PATH.match(urlsplit(request.url).path)
    if found is None:
        return None
    called = ModelRequest(_PATHS[found[2]], unquote(found[1]), decoded(request.body))
    reply: Any = replies.take(called)
    if reply is None:
        if called.operation == "InvokeModel" and not replies.used:
            return None
        raise UnsupportedOperation(
            "bedrock-runtime",
            called.operation,
            moto_version=version("moto"),
            detail=f"No reply was left for model {called.model_id!r}; supply one with "
            "aiomoto_bedrock.replies.add(...).",
        )
    turn = Turn(called, replies.playing)
    content = reply(called) if callable(reply) else reply
    if not inspect.isawaitable(content):
        return turn.respond(content, request.is_async)
    if request.is_async:
        return turn.respond_later(content)
    if inspect.iscoroutine(content):
        content.close()  # it will not be awaited, and would warn about that
    raise turn.wrong("a coroutine function", "A synchronous client can't await it.")


class Turn:
    """One call and its reply."""

    def __init__(self, called: ModelRequest, playing: Playing) -> None:
        self.called = called
        self.playing = playing
        self.started = playing.clock.time()

    async def respond_later(self, content: Awaitable[Any]) -> AwsResponse:
        return self.respond(await content, True)

    def respond(self, content: Any, is_async: bool) -> AwsResponse:
        """The response to a reply that says all."""
        if isinstance(content, Failure):
            return _failed(content)
        if self.called.operation == "Converse":
            if not isinstance(content, (str, Mapping)):
                raise self.wrong(content, "Allowed are a text, a mapping, and a Failure.")
            body = json.dumps(output_of(content, self.called, self.latency()), default=as_json)
            return AwsResponse.of(200, {"Content-Type": "application/json"}, body)
        if self.called.operation == "InvokeModel":
            if not isinstance(content, (bytes, Mapping)):
                raise self.wrong(
                    content,
                    "Allowed are bytes, a mapping that goes as JSON, and a Failure: each model "
                    "has a format of its own.",
                )
            data = content if isinstance(content, bytes) else json.dumps(dict(content))
            return AwsResponse.of(200, {"Content-Type": "application/json"}, data)
        return self._stream(content, is_async)

    def latency(self) -> float:
        """Seconds of the mock's clock since the call."""
        return self.playing.clock.time() - self.started

    def wrong(self, content: object, allowed: str) -> InvalidReply:
        """The error for a reply of a type that this operation can't have."""
        return InvalidReply(
            f"{self.called.operation} of model {self.called.model_id!r} can't be answered with "
            f"{content!r}. {allowed}"
        )

    def _stream(self, content: Any, is_async: bool) -> AwsResponse:
        response = AwsResponse.of(
            200,
            {
                "Content-Type": eventstream.CONTENT_TYPE,
                "X-Amzn-Bedrock-Content-Type": "application/json",
            },
        )
        parts = self._parts(content)
        if isinstance(parts, (list, tuple)):
            for part in parts:
                self._frame(part)  # so that a mistake is an error of the call
        if is_async:
            response.stream = self._frames(parts)
        elif isinstance(parts, AsyncIterable):
            raise self.wrong(content, "A synchronous client can't await it.")
        else:
            response.body = b"".join(map(self._frame, _until_failure(parts)))
        return response

    def _parts(self, content: Any) -> Iterable[Any] | AsyncIterable[Any]:
        if self.called.operation == "ConverseStream":
            if isinstance(content, (str, Mapping)):
                output = output_of(content, self.called, 0)
                return self._converse(output, list(events_of(output)))
        elif isinstance(content, (bytes, Mapping)):
            return [content]
        if isinstance(content, (str, bytes)) or not isinstance(content, (Iterable, AsyncIterable)):
            raise self.wrong(
                content,
                "Allowed are a mapping, an iterable of parts, and a Failure; for ConverseStream "
                "a text too, for InvokeModelWithResponseStream bytes.",
            )
        return content

    def _converse(self, output: dict[str, Any], events: list[Any]) -> Iterator[Any]:
        yield from events
        yield metadata_of(output, self.latency())

    async def _frames(self, parts: Iterable[Any] | AsyncIterable[Any]) -> AsyncIterator[bytes]:
        async with aclosing(_each(parts)) as each:
            async for part in each:
                if not isinstance(part, Pause):
                    yield self._frame(part)
                    if isinstance(part, Failure):
                        return
                elif not await self.playing.pause(self.called, part.seconds):
                    return

    def _frame(self, part: Any) -> bytes:
        if isinstance(part, Pause):
            return b""
        if isinstance(part, Failure):
            return self._failure(part)
        if self.called.operation == "ConverseStream":
            name = check_event(part)
            return eventstream.event(name, json.dumps(part[name], default=as_json).encode())
        data = part if isinstance(part, bytes) else json.dumps(part).encode()
        return eventstream.event("chunk", json.dumps({"bytes": b64encode(data).decode()}).encode())

    def _failure(self, failure: Failure) -> bytes:
        member = member_of(self.called.operation, failure.code)
        if member is None:
            return eventstream.error(failure.code, failure.message)
        body = {"message": failure.message, **failure.fields}
        return eventstream.exception(member, json.dumps(body).encode())


def _until_failure(parts: Iterable[Any]) -> Iterator[Any]:
    """The parts up to an error, which ends a stream."""
    for part in parts:
        yield part
        if isinstance(part, Failure):
            return


async def _each(parts: Iterable[Any] | AsyncIterable[Any]) -> AsyncGenerator[Any, None]:
    """The parts, whichever way they come; a test's asynchronous generator is closed with this."""
    if not isinstance(parts, AsyncIterable):
        for part in parts:
            yield part
        return
    try:
        async for part in parts:
            yield part
    finally:
        if isinstance(parts, AsyncGenerator):
            await parts.aclose()


def _failed(failure: Failure) -> AwsResponse:
    status = failure.status or status_of(failure.code)
    body = json.dumps({"message": failure.message, **failure.fields})
    headers = {"Content-Type": "application/json", "x-amzn-ErrorType": failure.code}
    return AwsResponse.of(status, headers, body)
