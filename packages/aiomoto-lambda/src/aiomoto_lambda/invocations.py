"""Invoke, InvokeAsync and InvokeWithResponseStream, for functions that have a callable.

Source: AWS Lambda API Reference.
"""

from __future__ import annotations

import json
import re
import uuid
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from multidict import CIMultiDict

from aiomoto import AwsRequest, AwsResponse, eventstream
from aiomoto.asking import whole
from aiomoto.background import background
from aiomoto.bells import async_bell
from aiomoto.jobs import in_thread

from .context import Context, Function
from .running import Outcome

if TYPE_CHECKING:
    from aiomoto import Engine

    from .registered import Handler
    from .service import Service

_PATH = re.compile(
    r"/[^/]+/functions/(?P<function>.+)/"
    r"(?P<way>invocations|invoke-async|response-streaming-invocations)/?"
)
_TYPES = ("RequestResponse", "Event", "DryRun")


class Invocation:
    """One request of a client that invokes a function."""

    def __init__(self, way: str, function: str, request: AwsRequest) -> None:
        #: The last part of the operation's path.
        self.way = way
        self._name = function
        self._request = request

    @classmethod
    def of(cls, request: AwsRequest) -> Invocation | None:
        """What a request invokes; None for a request of another kind."""
        found = _PATH.fullmatch(urlsplit(request.url).path)
        if found is None or request.method != "POST":
            return None
        return cls(found["way"], unquote(found["function"]), request)

    def answer(
        self, engine: Engine, service: Service
    ) -> AwsResponse | Awaitable[AwsResponse] | None:
        """The response, or None where moto is to give it."""
        found = self._find(engine)
        if isinstance(found, AwsResponse):
            # moto itself looks neither at the qualifier nor, without Docker, at the name.
            streams = self.way == "response-streaming-invocations"
            return found if streams or service.knows(self._name) else None
        handler = service.handler_of(found)
        if handler is None:
            return self._streamed_by_moto(service, found)
        wanted = self._request.headers.get("X-Amz-Invocation-Type", "RequestResponse")
        if wanted not in _TYPES:
            return _refusal(
                "InvalidParameterValueException",
                f"{wanted!r} is no invocation type: {', '.join(_TYPES)}",
            )
        try:
            event = json.loads(self._request.body or b"{}")
        except ValueError as error:
            return _refusal(
                "InvalidRequestContentException",
                f"Could not parse request body into json: {error}",
            )
        if wanted == "DryRun":
            return AwsResponse.of(204, _headers(found))
        if wanted == "Event" or self.way == "invoke-async":
            service.start(found, event)
            return AwsResponse.of(202, _headers(found))
        if self.way == "response-streaming-invocations":
            return self._streamed(service, handler, found, event)
        if not self._request.is_async:
            return self._response(found, service.invoke_here(handler, found, event, self._client))
        return self._awaited(service, found, event)

    async def _awaited(self, service: Service, function: Function, event: Any) -> AwsResponse:
        outcome, request_id = await background.run(
            lambda: service.invoke(function, event, self._client)
        )
        return self._response(function, outcome, request_id)

    @property
    def _client(self) -> str | None:
        return self._request.headers.get("X-Amz-Client-Context")

    def _find(self, engine: Engine) -> Function | AwsResponse:
        """The function as moto has it for this client, or moto's error."""
        parts = urlsplit(self._request.url)
        asked = re.sub(r"/[^/]+/functions/.*", "", parts.path)
        name = self._request.url.split("/functions/", 1)[1].split(f"/{self.way}", 1)[0]
        query = f"?{parts.query}" if parts.query else ""
        url = f"{parts.scheme}://{parts.netloc}{asked}/2015-03-31/functions/{name}/configuration"
        headers = CIMultiDict(
            (key, value)
            for key, value in self._request.headers.items()
            if not key.lower().startswith(("content-", "transfer-", "x-amz-invocation"))
        )
        response = engine.ask_moto(AwsRequest("GET", url + query, headers, original_url=url))
        if response.status != 200:
            return response
        found = json.loads(whole(response))
        qualifiers = self._name.split(":")[7 if self._name.startswith("arn:") else 1 :]
        qualifiers += parse_qs(parts.query).get("Qualifier", [])
        return Function(
            name=found["FunctionName"],
            arn=":".join(found["FunctionArn"].split(":")[:7]),
            version=str(found["Version"]),
            qualifier=qualifiers[0] if qualifiers else None,
            timeout=int(found["Timeout"]),
            memory_size=int(found["MemorySize"]),
        )

    def _response(
        self, function: Function, outcome: Outcome, request_id: str | None = None
    ) -> AwsResponse:
        headers = _headers(function, request_id)
        if outcome.error is not None:
            headers["X-Amz-Function-Error"] = outcome.error
        if self._wants_log:
            headers["X-Amz-Log-Result"] = outcome.tail
        return AwsResponse.of(200, headers, outcome.payload)

    @property
    def _wants_log(self) -> bool:
        return self._request.headers.get("X-Amz-Log-Type") == "Tail"

    # -- streams -------------------------------------------------------------

    def _streamed(
        self, service: Service, handler: Handler, function: Function, event: Any
    ) -> AwsResponse:
        if not self._request.is_async:
            outcome = service.invoke_here(handler, function, event, self._client)
            return _stream(function, b"".join(self._frames(outcome)))
        run, context = service.run(handler, function, event, self._client)
        response = _stream(function, b"", context.aws_request_id)
        response.stream = self._live(service, context, run.stream())
        return response

    async def _live(
        self, service: Service, context: Context, steps: AsyncIterator[bytes | Outcome]
    ) -> AsyncIterator[bytes]:
        """Frames as the function makes them, until it or the mock is at its end."""
        frames: deque[bytes] = deque()
        bell = async_bell()

        async def produce() -> None:
            async for step in steps:
                if isinstance(step, Outcome):
                    service.write_log(context, step)
                    frames.append(self._complete(step))
                else:
                    chunk = eventstream.event("PayloadChunk", step, "application/octet-stream")
                    frames.append(chunk)
                bell.ring()

        job = background.start(produce)
        if job is None:
            return
        job.result.add_done_callback(lambda _: bell.ring())
        try:
            while frames or not job.result.done():
                bell.clear()
                while frames:
                    yield frames.popleft()
                if not job.result.done():
                    await bell.wait(None)
        finally:
            job.cancel()

    def _streamed_by_moto(
        self, service: Service, function: Function
    ) -> AwsResponse | Awaitable[AwsResponse] | None:
        """moto knows no streams: its answer as one chunk."""
        if self.way != "response-streaming-invocations":
            return None
        body = self._request.body.decode()

        def run() -> AwsResponse:
            payload, error = service.compat.run_moto(function, body)
            return _stream(function, b"".join(self._frames(Outcome(payload, "", error))))

        if self._request.is_async and service.compat.uses_docker():
            return in_thread(run)
        return run()

    def _frames(self, outcome: Outcome) -> Iterator[bytes]:
        if outcome.error is None and outcome.payload:
            yield eventstream.event("PayloadChunk", outcome.payload, "application/octet-stream")
        yield self._complete(outcome)

    def _complete(self, outcome: Outcome) -> bytes:
        told: dict[str, str] = {}
        if outcome.error is not None:
            told = {"ErrorCode": outcome.error, "ErrorDetails": outcome.payload.decode()}
        if self._wants_log:
            told["LogResult"] = outcome.tail
        return eventstream.event("InvokeComplete", json.dumps(told).encode())


def _stream(function: Function, body: bytes, request_id: str | None = None) -> AwsResponse:
    headers = _headers(function, request_id)
    headers["Content-Type"] = eventstream.CONTENT_TYPE
    return AwsResponse.of(200, headers, body)


def _headers(function: Function, request_id: str | None = None) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "X-Amz-Executed-Version": function.version,
        "x-amzn-RequestId": request_id or str(uuid.uuid4()),
    }


def _refusal(kind: str, message: str) -> AwsResponse:
    body = json.dumps({"Type": "User", "Message": message, "message": message})
    headers = {"Content-Type": "application/json", "x-amzn-errortype": kind}
    return AwsResponse.of(400, headers, body)
