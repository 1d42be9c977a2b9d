"""One call, recorded with little work; what it was is worked out when somebody looks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

from ..request import AwsRequest, AwsResponse, Call

_XML_CODE = re.compile(rb"<Code>([^<]{1,100})</Code>")
_JSON_CODE = re.compile(rb'"(?:__type|code|Code)"\s*:\s*"([^"]{1,200})"')


class RecordedCall:
    """One HTTP request of an AWS client to the mock; a retry is a call of its own."""

    def __init__(self, request: AwsRequest, call: Call | None) -> None:
        #: ``lambda``, ``s3``: botocore's name of the service as far as it is known,
        #: else moto's (``awslambda``), None for what no service of moto serves.
        self.service = (call.service if call else None) or request.service
        #: ``PutObject``; None for what botocore's models don't have, as the POST of a form.
        self.operation = request.operation or (call.operation if call else None)
        self.method = request.method
        self.url = request.original_url or request.url
        #: HTTP status of the answer; None while there is none, and if there never was one.
        self.status: int | None = None
        #: What the client got in place of an answer.
        self.error: BaseException | None = None
        #: Whether it went to the real network: to an address that is not AWS's, or by moto's
        #: ``passthrough``.
        self.passed = False
        #: AWS's code of an error answer: ``NoSuchBucket``; not known of a call that `passed`.
        self.error_code: str | None = None
        self._aws_url = request.url
        self._headers = request.headers
        # A body that is held without its framing is larger than any that is kept.
        self._body: bytes | None = request.body if request.aws_chunked is None else None
        self._ended: float | None = None
        self._started = perf_counter()

    def answered(self, request: AwsRequest, response: AwsResponse) -> None:
        """Note the answer; service and operation are known by now at the latest."""
        self._end(request)
        self.status = response.status
        if response.status >= 400:
            self.error_code = _code(response)

    def failed(self, request: AwsRequest, error: BaseException) -> None:
        """Note the exception that the client gets."""
        self._end(request)
        self.error = error

    def forget_body(self) -> None:
        """Let go of the body; parameters that lie in it are no longer known."""
        if "_decoded" not in vars(self):
            self._body = None

    @property
    def size(self) -> int:
        """How many bytes are held for this call."""
        return len(self._body or b"")

    @property
    def duration(self) -> float | None:
        """Seconds from the request to the answer; None while there is none."""
        return None if self._ended is None else self._ended - self._started

    @property
    def parameters(self) -> Mapping[str, Any]:
        """What the client was called with, by AWS's names, as far as it can be read back.

        ``Body`` and other streams are bytes. Empty where the operation isn't known.
        """
        return self._decoded[0]

    @property
    def shape(self) -> Any:
        """botocore's shape of `parameters`; None where it isn't known."""
        return self._decoded[1]

    @property
    def complete(self) -> bool:
        """Whether `parameters` holds all; a body that was too large isn't kept."""
        return self._body is not None

    @cached_property
    def _decoded(self) -> tuple[dict[str, Any], Any]:
        from .parameters import decode

        return decode(
            self.service, self.operation, self.method, self._aws_url, self._headers, self._body
        )

    def is_for(self, service: str | None, operation: str | None) -> bool:
        """Whether it asked for this; ``PutObject`` and ``put_object`` are the same."""
        return (service is None or _plain(service) in self._services) and (
            operation is None or _plain(operation) == _plain(self.operation or "")
        )

    @property
    def _services(self) -> set[str]:
        names = {_plain(self.service or "")}
        return (
            names | {"awslambda"}
            if "lambda" in names
            else names | {name.removeprefix("aws") for name in names}
        )

    def outcome(self) -> str:
        """``200 in 1.2 ms``, ``404 NoSuchBucket in 0.8 ms``, an exception, or that it waits.

        With ``, over the real network`` where no mock has answered.
        """
        if self._ended is None:
            return "no answer yet"
        if self.error is not None:
            text = f"{type(self.error).__name__}: {self.error}".rstrip(": ")
            said = text if len(text) <= 200 else f"{text[:200]}..."
        else:
            said = f"{self.status} {self.error_code}" if self.error_code else f"{self.status}"
        real = ", over the real network" if self.passed else ""
        return f"{said} in {(self.duration or 0) * 1000:.1f} ms{real}"

    def asked(self) -> str:
        """``s3 PutObject(Bucket='docs', Key='a.txt', Body=<5 bytes>)``, secrets masked."""
        if self.operation is None:
            return f"{self.service or urlsplit(self.url).netloc} {self.method} {_path(self.url)}"
        from .masking import shown

        parameters = shown(*self._decoded)
        if not self.complete:
            parameters += ", ..." if parameters else "..."
        return f"{self.service} {self.operation}({parameters})"

    def __str__(self) -> str:
        return f"{self.asked()} -> {self.outcome()}"

    def __repr__(self) -> str:
        return f"<{self}>"

    def _end(self, request: AwsRequest) -> None:
        self._ended = perf_counter()
        self.service = self.service or request.service
        self.operation = self.operation or request.operation


def differences(call: RecordedCall, wanted: Mapping[str, Any]) -> list[str]:
    """The names among `wanted` in which a call is otherwise."""
    if not wanted:
        return []
    known = call.parameters
    # The expected value first, so that unittest.mock.ANY and pytest.approx decide.
    return [name for name, value in wanted.items() if name not in known or value != known[name]]


def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _path(url: str) -> str:
    # Without the query, where a presigned URL has its signature.
    return urlsplit(url).path or "/"


def _code(response: AwsResponse) -> str | None:
    named = response.headers.get("x-amzn-errortype")
    if named is None and isinstance(response.body, bytes):
        found = _XML_CODE.search(response.body[:4096]) or _JSON_CODE.search(response.body[:4096])
        named = found[1].decode("utf-8", "replace") if found else None
    # "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", "NotFound:http://..."
    return named.split("#")[-1].split(":")[0] if named else None
