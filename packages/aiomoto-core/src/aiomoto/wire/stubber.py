"""moto's own stubber: silent while ours answer, and `requests` through our dispatch.

moto's stubber hangs in the event system of every session made after moto was
imported, aiobotocore's too, where its synchronous answers break. While an
aiomoto mock is active it says nothing there, and the request goes on to the
HTTP client, where it is answered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..compat import moto
from ..guard import Ruling, Verdict
from .botocore import raw_response, to_aws_request, without_fragment

if TYPE_CHECKING:
    from ..engine import Engine
    from ..plugin.patches import Patch

#: Where a request carries how it was judged.
_RULING = "aiomoto_ruling"


def patches(engine: Engine) -> list[Patch]:
    """What to replace in moto while a mock is active."""

    def silent(self: Any, event_name: str, request: Any, **kwargs: Any) -> None:
        """Leave the request to the HTTP client."""

    return [(moto().stubber_class, "__call__", silent)]


def judge_requests(engine: Engine, request: Any) -> Ruling:
    """What happens to a request of the ``requests`` library; kept for its answer."""
    ruling = engine.judge(without_fragment(request.url), request.headers, None)
    setattr(request, _RULING, ruling)
    return ruling


def answer_requests(engine: Engine, request: Any) -> Any:
    """Answer a request that was judged with a response of urllib3, or refuse it."""
    ruling: Ruling = getattr(request, _RULING, None) or judge_requests(engine, request)
    if ruling.verdict is Verdict.BLOCK:
        raise engine.blocked(ruling.url, request.headers, None)
    return raw_response(request.method, engine.answer_sync(to_aws_request(request, ruling.url)))
