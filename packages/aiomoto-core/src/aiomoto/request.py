"""The request that every wire hands to dispatch, and the response that it gets back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from multidict import CIMultiDict

from .errors import add_note

if TYPE_CHECKING:
    from typing_extensions import Self

    from .aws_chunked import AwsChunkedBody

__all__ = ["AwsRequest", "AwsResponse", "Call", "HeaderItems", "current_call", "headers_of"]

#: A body of more bytes is not held twice without need, nor kept in the record of calls.
LARGE = 256 * 1024
HeaderItems = Mapping[str, Any] | Iterable[tuple[str, Any]]


@dataclass
class Call:
    """What an AWS client is doing while its HTTP client sends.

    ``with call:`` around that names it to the wires of HTTP clients below, and has
    the caller get an exception of ours in place of what the client makes of it,
    which would be retried.
    """

    service: str | None = None
    operation: str | None = None
    endpoint_prefix: str | None = None
    #: An exception of ours, on its way out through the client's HTTP session.
    error: BaseException | None = None
    #: The guard that has judged it, the URL that it was given, and where that is answered.
    judged: tuple[object, str, str | None] | None = field(default=None, repr=False, compare=False)
    #: For the error that the client gets in place of an answer: what it was waiting for.
    note: str | None = None
    #: Run if the client's task is cancelled before it has the answer.
    undo: list[Callable[[], object]] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._token = current_call.set(self)
        return self

    def __exit__(self, kind: object, exc: BaseException | None, traceback: object) -> None:
        current_call.reset(self._token)
        if exc is None:
            return
        if not isinstance(exc, Exception):
            for undo in self.undo:
                undo()
            return
        if self.note is not None:
            add_note(exc, self.note)
        if self.error is not None and self.error is not exc:
            raise self.error from None


class _Body:
    """``AwsRequest.body`` of a large ``aws-chunked`` body: put together when it is first read.

    An instance that has its bytes has them in an attribute of its own, which Python
    takes before this.
    """

    def __get__(self, request: AwsRequest | None, owner: type) -> bytes:
        if request is None:
            return b""  # the field's default
        chunked = vars(request).pop("_aws_chunked", None)
        request.body = chunked.whole() if chunked is not None else b""
        return request.body


@dataclass
class AwsRequest:
    """One HTTP request to AWS, as it would have gone over the wire.

    ``body`` holds all bytes after the HTTP framing was taken off, so an
    ``aws-chunked`` body still carries its own chunk headers and trailers.
    A plugin may change any field but ``is_async`` before moto sees it.
    """

    method: str
    #: Absolute, percent-encoded as the client sent it, in the AWS domain.
    url: str
    headers: CIMultiDict[str]
    body: bytes = cast("bytes", _Body())
    #: The client waits with ``await``; otherwise its thread waits.
    is_async: bool = True
    #: moto's name of the service (``s3``, ``awslambda``), None if moto has none for this URL.
    service: str | None = None
    #: What the client called (``PutObject``), where it can be known.
    operation: str | None = None
    #: The url before a declared endpoint was translated to AWS.
    original_url: str = ""
    #: What the AWS client is doing; None for a plain HTTP client.
    call: Call | None = field(default=None, repr=False, compare=False)
    #: Set by a plugin to have moto given the payload alone of a body that is ``aws_chunked``.
    payload_only: bool = field(default=False, repr=False, compare=False)

    @property
    def label(self) -> str:
        """``sqs ReceiveMessage``: by the client's name of the service, as far as it is known."""
        return f"{self._client_service or 'an AWS service'} {self.operation or self.method}"

    @property
    def aws_chunked(self) -> AwsChunkedBody | None:
        """Payload and framing of a large ``aws-chunked`` body; None if it is small or another.

        None as well once ``body`` was read, which puts the two together, or set.
        """
        return None if "body" in vars(self) else vars(self).get("_aws_chunked")

    @aws_chunked.setter
    def aws_chunked(self, body: AwsChunkedBody) -> None:
        vars(self).pop("body", None)
        vars(self)["_aws_chunked"] = body

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The parameters that the client was called with, by AWS's names, whatever the protocol.

        Read from the request at each use. Empty where the operation isn't known, or the
        request is not what botocore's model says.
        """
        from .calls.parameters import decode  # not for the import of a request

        service, operation = self._client_service, self.operation
        return decode(service, operation, self.method, self.url, self.headers, self.body)[0]

    @property
    def _client_service(self) -> str | None:
        return (self.call.service if self.call is not None else None) or self.service

    def undo_if_cancelled(self, undo: Callable[[], object]) -> None:
        """Run ``undo()`` if the client's task is cancelled after this and before it has the answer.

        Known of aiobotocore's clients; for others nothing is done.
        """
        if self.is_async and self.call is not None:
            self.call.undo.append(undo)


@dataclass
class AwsResponse:
    """One HTTP response. Multi-valued headers are kept as several items."""

    status: int
    headers: CIMultiDict[str] = field(default_factory=CIMultiDict)
    body: bytes = b""
    #: In place of ``body``, for a client that awaits: pieces that are delivered as they
    #: come, in a chunked transfer coding.
    stream: AsyncIterator[bytes] | None = None

    @classmethod
    def of(cls, status: int, headers: HeaderItems = (), body: str | bytes = b"") -> AwsResponse:
        """Build one from the loose types that moto's handlers use.

        ``headers`` is a mapping or pairs; a list or tuple as value becomes
        several headers, as :class:`werkzeug.datastructures.Headers` has it.
        """
        multi: CIMultiDict[str] = CIMultiDict()
        for name, value in _pairs(headers):
            if isinstance(value, (list, tuple)):
                for one in value:
                    multi.add(name, text(one))
            else:
                multi.add(name, text(value))
        if isinstance(body, str):
            body = body.encode("utf-8")
        return cls(int(status), multi, bytes(body) if body else b"")


def text(value: Any) -> str:
    """A header value as str: botocore has some as bytes, moto some as int."""
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8")
    return str(value)


def headers_of(items: HeaderItems) -> CIMultiDict[str]:
    """The client's headers, order and duplicates kept."""
    return CIMultiDict((text(name), text(value)) for name, value in _pairs(items))


def _pairs(items: Any) -> Iterable[tuple[Any, Any]]:
    """Of a mapping, of header classes that are none but have items, or pairs as they are."""
    pairs: Iterable[tuple[Any, Any]] = items.items() if hasattr(items, "items") else items
    return pairs


#: What an AWS client sends in this context.
current_call: ContextVar[Call | None] = ContextVar("aiomoto_current_call", default=None)
