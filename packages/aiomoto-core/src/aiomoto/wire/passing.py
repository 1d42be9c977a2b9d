"""Calls of AWS clients that go to the real network while a mock is active: on record too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..calls import recorder
from ..errors import add_note
from ..hosts import is_loopback
from ..request import AwsRequest, AwsResponse, Call, headers_of

if TYPE_CHECKING:
    from ..interfaces import Front


@contextmanager
def passing(front: Front, request: Any, call: Call) -> Iterator[Callable[[Any], Any]]:
    """Record a call that is sent for real in this block; what no client has named is not.

    Yields what notes the client's response, and returns it.

    :param request: a prepared request of botocore.
    """
    if not front.active or call.operation is None:
        yield lambda response: response
        return
    asked = AwsRequest(request.method, request.url, headers_of(request.headers.items()), call=call)
    body = request.body.encode() if isinstance(request.body, str) else request.body or b""
    kept = isinstance(body, (bytes, bytearray))
    if kept:
        asked.body = bytes(body)
    record = recorder.begin(asked, call)
    record.passed = True
    if not kept:  # a file, or an iterable: it is for the network to read
        record.forget_body()

    def answered(response: Any) -> Any:
        record.answered(asked, AwsResponse(response.status_code))
        return response

    try:
        yield answered
    except BaseException as error:
        record.failed(asked, error)
        if isinstance(error, Exception):
            _explain(error, request.url)
        raise


def _explain(error: Exception, url: str) -> None:
    """Tell whoever has an ``endpoint_url`` left over from a server, which is not there any more."""
    parts = urlsplit(url)
    if is_loopback(parts.hostname or ""):
        endpoint = f"{parts.scheme}://{parts.netloc}"
        add_note(
            error,
            f"aiomoto did not answer this call: {endpoint} is on this machine, which is not AWS "
            "unless it is declared, so the call went to the real network. To have moto answer it, "
            f"use mock_aws(endpoints=[{endpoint!r}]), or leave endpoint_url out.",
        )
