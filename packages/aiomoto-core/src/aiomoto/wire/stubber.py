"""moto's own stubber: silent while ours answer, and `requests` through our dispatch.

moto's stubber hangs in the event system of every session made after moto was
imported, aiobotocore's too, where its synchronous answers break. While an
aiomoto mock is active it says nothing there, and the request goes on to the
HTTP client, where it is answered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..compat import Moto
from ..guard import Verdict
from ..request import AwsRequest, headers_of
from .botocore import to_aws_request

if TYPE_CHECKING:
    from ..engine import Engine
    from ..patching import Patch


def patches(engine: Engine, moto: Moto) -> list[Patch]:
    """What to replace in moto while a mock is active."""

    def silent(self: Any, event_name: str, request: Any, **kwargs: Any) -> None:
        """Leave the request to the HTTP client."""

    def process_request(self: Any, request: Any) -> Any:
        """Answer a request of the ``requests`` library: status, headers, body; None to pass."""
        prepared = _of_requests(request)
        ruling = engine.judge(prepared.url, prepared.headers, None)
        if ruling.verdict is Verdict.BLOCK:
            raise engine.blocked(ruling.url, prepared.headers, None)
        if ruling.verdict is Verdict.PASS:
            return None
        prepared.url = ruling.url
        response = engine.answer_sync(prepared)
        body = b"" if prepared.method == "HEAD" else response.body
        return response.status, dict(response.headers), body

    return [
        (moto.stubber_class, "__call__", silent),
        (moto.stubber_class, "process_request", process_request),
    ]


def _of_requests(request: Any) -> AwsRequest:
    """From a request of the ``requests`` library; moto before 5.2.5 gives a werkzeug one."""
    if not hasattr(request, "environ"):
        return to_aws_request(request, request.url)
    url = f"{request.scheme}://{request.host}{request.environ['RAW_URI']}".rstrip("?")
    headers = headers_of(request.headers.items())
    return AwsRequest(
        request.method, url, headers, request.get_data(), is_async=False, original_url=url
    )
