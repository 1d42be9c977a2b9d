"""Runs a registered callable once, as Lambda's runtime for Python runs a handler.

Sources: AWS Lambda Developer Guide, "Define Lambda function handler in Python" and
"Understanding retry behavior in Lambda"; awslambdaric for the forms of errors.
"""

from __future__ import annotations

import asyncio
import base64
import inspect
import json
import logging
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from aiomoto import Clock
from aiomoto.bells import async_bell, trio_here
from aiomoto.jobs import in_thread

from .context import Context, Function
from .output import Output, writing_to

T = TypeVar("T")

_logger = logging.getLogger("aiomoto_lambda")
#: Bytes (AWS Lambda Developer Guide, "Lambda quotas": 6 MB, each way).
MOST_PAYLOAD = 6291556
#: Bytes of the log that a caller may ask for (API reference, Invoke, LogType).
_TAIL = 4096


@dataclass
class Outcome:
    """What an invocation came to."""

    #: JSON; of a function that streams, its chunks.
    payload: bytes
    #: All that was written to the log.
    log: str
    #: ``Unhandled``, or None if the function returned.
    error: str | None = None

    @property
    def tail(self) -> str:
        """The end of the log, in base64."""
        return base64.b64encode(self.log.encode()[-_TAIL:]).decode()


class Run:
    """One invocation of a callable."""

    def __init__(
        self, handler: Callable[..., Any], event: Any, function: Function, context: Context
    ) -> None:
        self._handler = handler
        self._event = event
        self._function = function
        self._context = context
        assert context._clock is not None  # noqa: SLF001 - our own
        self._clock: Clock = context._clock  # noqa: SLF001
        self._output = Output(context)
        self._began = self._clock.time()

    async def outcome(self) -> Outcome:
        """Await the callable; one that isn't async runs in a worker thread.

        An async one is cancelled when the function's time is up.
        """
        return self._ended(await self._awaited(self._result))

    def outcome_here(self) -> Outcome:
        """Call a callable that isn't async in this thread, which waits."""
        try:
            with writing_to(self._output):
                result = self._handler(self._event, self._context)
                if inspect.isgenerator(result):
                    result = b"".join(map(as_bytes, result))
            return self._ended(result)
        except Exception as error:
            return self._ended(error)

    async def stream(self) -> AsyncIterator[bytes | Outcome]:
        """The chunks of a function that yields them, or its result as one; at the end, how it went.

        The payload of that last outcome is what an error says, else empty.
        """
        error: Any = b""
        try:
            async for chunk in self._chunks():
                yield chunk
        except Exception as raised:
            error = raised
        yield self._ended(error)

    async def _awaited(self, call: Callable[[], Awaitable[Any]]) -> Any:
        """What the callable returned or raised; never raises an Exception."""
        try:
            with writing_to(self._output):
                return await self._in_time(call)
        except Exception as error:
            return error

    async def _in_time(self, call: Callable[[], Awaitable[T]]) -> T:
        if not is_async(self._handler):
            return await call()  # nothing ends a thread
        left = self._began + self._function.timeout - self._clock.time()
        return await _within(self._clock, left, call)

    async def _result(self) -> Any:
        result = await self._called()
        if inspect.isasyncgen(result):
            return b"".join([as_bytes(chunk) async for chunk in result])
        if inspect.isgenerator(result):
            return await in_thread(lambda: b"".join(map(as_bytes, result)))
        return result

    async def _called(self) -> Any:
        if is_async(self._handler):
            result = self._handler(self._event, self._context)
        else:
            result = await in_thread(lambda: self._handler(self._event, self._context))
        return await result if inspect.isawaitable(result) else result

    async def _chunks(self) -> AsyncIterator[bytes]:
        result = await self._awaited(self._called)
        if isinstance(result, Exception):
            raise result
        steps: Any = None
        if inspect.isasyncgen(result):
            steps = result.__anext__
        elif inspect.isgenerator(result):
            steps = lambda: in_thread(lambda: _next(result))  # noqa: E731
        else:
            yield encoded(result)
            return
        try:
            while True:
                step = await self._awaited(steps)
                if isinstance(step, (_End, StopAsyncIteration)):
                    return
                if isinstance(step, Exception):
                    raise step
                yield as_bytes(step)
        finally:
            if inspect.isasyncgen(result):
                await result.aclose()

    def _ended(self, result: Any) -> Outcome:
        error = None
        if isinstance(result, Exception):
            payload, error = self._failed(result), "Unhandled"
        else:
            try:
                payload = result if isinstance(result, bytes) else encoded(result)
            except (TypeError, ValueError) as problem:
                text = f"Unable to marshal response: {problem}"
                payload, error = self._problem("Runtime.MarshalError", text), "Unhandled"
        if len(payload) > MOST_PAYLOAD:
            text = (
                "Response payload size exceeded maximum allowed payload size "
                f"({MOST_PAYLOAD} bytes)."
            )
            payload, error = self._problem("Function.ResponseSizeTooLarge", text), "Unhandled"
        return Outcome(payload, self._log(), error)

    def _failed(self, error: Exception) -> bytes:
        if isinstance(error, TimedOut):
            text = (
                f"RequestId: {self._context.aws_request_id} Error: Task timed out after "
                f"{self._function.timeout:.2f} seconds"
            )
            return self._problem("Sandbox.Timedout", text, request_id=False)
        frames = list(traceback.extract_tb(error.__traceback__))
        # Without those that called it, of which the last is ours.
        ours = [index for index, frame in enumerate(frames) if frame.filename == __file__]
        lines = traceback.format_list(frames[ours[-1] + 1 :] if ours else frames)
        _logger.warning("Lambda function %s raised %r.", self._function.name, error, exc_info=error)
        self._output.write(f"[ERROR] {type(error).__name__}: {error}\nTraceback (most recent ")
        self._output.write("call last):\n" + "".join(lines))
        return self._problem(type(error).__name__, str(error), stackTrace=lines)

    def _problem(self, kind: str, text: str, request_id: bool = True, **more: Any) -> bytes:
        about: dict[str, Any] = {"errorMessage": text, "errorType": kind}
        if request_id:
            about["requestId"] = self._context.aws_request_id
        return json.dumps({**about, **more}, ensure_ascii=False).encode()

    def _log(self) -> str:
        request_id = self._context.aws_request_id
        took = (self._clock.time() - self._began) * 1000
        return (
            f"START RequestId: {request_id} Version: {self._function.version}\n"
            f"{self._output.text}"
            f"END RequestId: {request_id}\n"
            f"REPORT RequestId: {request_id}\tDuration: {took:.2f} ms\t"
            f"Billed Duration: {int(took) + 1} ms\tMemory Size: {self._function.memory_size} MB\n"
        )


class TimedOut(Exception):
    """The function's time is up."""


class _End:
    """A generator in a worker thread is at its end; StopIteration can't cross an await."""


def _next(generator: Iterator[Any]) -> Any:
    return next(generator, _End())


def as_bytes(chunk: Any) -> bytes:
    """A chunk that a function yields: bytes, or a str."""
    if isinstance(chunk, str):
        return chunk.encode()
    if isinstance(chunk, (bytes, bytearray, memoryview)):
        return bytes(chunk)
    raise TypeError(f"A function that streams yields bytes or str, got {chunk!r}.")


def encoded(result: Any) -> bytes:
    """A result as JSON, as Lambda's runtime for Python encodes it."""
    return json.dumps(result, default=_plain, ensure_ascii=False).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def loaded(payload: bytes) -> Any:
    """A payload as JSON, or as text where it is none."""
    try:
        return json.loads(payload)
    except ValueError:
        return payload.decode(errors="replace")


def is_async(handler: Any) -> bool:
    """Whether a callable is to be called in the event loop, by what it is defined as."""
    while hasattr(handler, "func"):  # functools.partial
        handler = handler.func
    functions = (handler, getattr(handler, "__call__", None))  # noqa: B004 - which it is counts
    return any(
        inspect.iscoroutinefunction(one) or inspect.isasyncgenfunction(one) for one in functions
    )


async def _within(clock: Clock, seconds: float, call: Callable[[], Awaitable[T]]) -> T:
    """What ``call()`` comes to; cancelled, and TimedOut raised, when the clock is further."""
    trio = trio_here()
    if trio is not None:
        return await _within_trio(trio, clock, seconds, call)
    task = asyncio.ensure_future(call())
    timer = asyncio.ensure_future(clock.wait(async_bell(), clock.time() + seconds))
    try:
        await asyncio.wait({task, timer}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise TimedOut
        if task.cancelled():
            raise RuntimeError("The handler cancelled itself.")
        return task.result()
    finally:
        pending = [one for one in (task, timer) if not one.done()]
        for one in pending:
            one.cancel()
        await asyncio.gather(*pending, return_exceptions=True)


async def _within_trio(
    trio: Any, clock: Clock, seconds: float, call: Callable[[], Awaitable[T]]
) -> T:
    results: list[T] = []
    errors: list[Exception] = []

    async def expire() -> None:
        await clock.wait(async_bell(), clock.time() + seconds)
        errors.append(TimedOut())
        nursery.cancel_scope.cancel()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(expire)
        try:
            results.append(await call())
        except Exception as error:
            errors.append(error)
        nursery.cancel_scope.cancel()
    if results:
        return results[0]
    raise errors[0]
