"""botocore and aiobotocore: what their HTTP sessions send, and who sends it.

botocore's ``URLLib3Session.send`` is answered here. aiobotocore's sessions are
not: the HTTP client below them is. They are wrapped to know which service and
operation a request belongs to, and to carry an error of ours past the code
that would turn it into a retryable ``HTTPClientError``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from http.client import responses as reasons
from io import BytesIO
from typing import TYPE_CHECKING, Any

from ..bells import trio_here
from ..compat import attribute, require
from ..environment import REFUSED
from ..errors import add_note
from ..request import AwsRequest, AwsResponse, Call, headers_of
from .http1 import BODILESS, Incoming
from .passing import passing

if TYPE_CHECKING:
    from ..interfaces import Front
    from ..plugin.patches import Patch

_MARK = "aiomoto_call"
_NEEDS_ASYNCIO = (
    "aiobotocore's default HTTP session is aiohttp's, which runs on asyncio alone, and this is "
    "trio. Give the client the session on httpx: "
    "create_client(..., config=AioConfig(http_session_cls=HttpxSession)), with AioConfig of "
    "aiobotocore.config and HttpxSession of aiobotocore.httpxsession, which runs on trio since "
    "aiobotocore 3.9."
)
#: How many bytes are read of a file at once.
_PIECE = 1 << 20


def patches(front: Front) -> list[Patch]:
    """Make what is replaced in botocore while a mock is active."""
    endpoint_class = require("botocore", "botocore.endpoint", "Endpoint")
    session_class = require("botocore", "botocore.httpsession", "URLLib3Session")
    create_request = require("botocore", "botocore.endpoint", "Endpoint", "create_request")
    original_send = require("botocore", "botocore.httpsession", "URLLib3Session", "send")

    def create_marked(self: Any, params: Any, operation_model: Any = None) -> Any:
        """Write onto the prepared request which operation it is for."""
        return _mark(create_request(self, params, operation_model), operation_model)

    def send(self: Any, request: Any) -> Any:
        """Answer AWS requests from moto; all others are sent."""
        call = _call_of(request)
        aws_url = front.judge(request.url, request.headers, call)
        if aws_url is None:
            # urllib3 below it is judged as well.
            with call, passing(front, request, call) as answered:
                return answered(original_send(self, request))
        return answer(front, to_aws_request(request, aws_url, call), request)

    return [
        (endpoint_class, "create_request", create_marked),
        (session_class, "send", send),
    ]


def async_patches(front: Front) -> list[Patch]:
    """Make what is replaced in aiobotocore while a mock is active."""
    endpoint_class = require("aiobotocore", "aiobotocore.endpoint", "AioEndpoint")
    create_request = require("aiobotocore", "aiobotocore.endpoint", "AioEndpoint", "create_request")

    async def create_marked(self: Any, params: Any, operation_model: Any = None) -> Any:
        """Write onto the prepared request which operation it is for."""
        return _mark(await create_request(self, params, operation_model), operation_model)

    found: list[Patch] = [(endpoint_class, "create_request", create_marked)]
    for module, name in (("httpsession", "AIOHTTPSession"), ("httpxsession", "HttpxSession")):
        session_class = require("aiobotocore", f"aiobotocore.{module}", name)
        send = require("aiobotocore", f"aiobotocore.{module}", name, "send")
        found.append((session_class, "send", _carrying(front, send, name == "AIOHTTPSession")))
    return found


def creators(front: Front, library: str, module: str, name: str) -> list[Patch]:
    """Make what is replaced in the makers of clients, of which aiobotocore's are async."""
    create = attribute(library, module, name, "create_client")
    original = create.original

    @wraps(original)
    def create_client(*args: Any, **kwargs: Any) -> Any:
        """Take what is for object_store alone for none: programs hand on what they find there."""
        if front.active and kwargs.get("endpoint_url") == REFUSED:
            kwargs["endpoint_url"] = None
        return original(*args, **kwargs)

    return [create.patch(create_client)]


def _carrying(front: Front, send: Callable[..., Any], on_asyncio: bool) -> Callable[..., Any]:
    async def send_in_call(self: Any, request: Any) -> Any:
        """Send, with the call, and how it was judged, known to whatever is below."""
        call = _call_of(request)
        aws_url = front.judge(request.url, request.headers, call)
        with call:
            try:
                if aws_url is None:
                    with passing(front, request, call) as answered:
                        return answered(await send(self, request))
                return await send(self, request)
            except Exception as error:
                if on_asyncio and trio_here() is not None:
                    add_note(error, _NEEDS_ASYNCIO)
                raise

    return send_in_call


def _mark(prepared: Any, operation_model: Any) -> Any:
    if operation_model is not None:
        service = operation_model.service_model
        mark = (service.service_name, operation_model.name, service.endpoint_prefix)
        setattr(prepared, _MARK, mark)
    return prepared


def _call_of(request: Any) -> Call:
    mark = getattr(request, _MARK, None)
    return Call(*mark) if mark is not None else Call()


def answer(front: Front, aws_request: AwsRequest, request: Any) -> Any:
    """An ``AWSResponse`` around a urllib3 response, as botocore builds it from a socket."""
    from botocore.awsrequest import AWSResponse

    response = front.answer_sync(aws_request)
    raw = raw_response(request.method, response)
    result = AWSResponse(request.url, response.status, raw.headers, raw)
    if not request.stream_output:
        # Read at once, as botocore does for operations without a streaming output.
        _ = result.content
    return result


def raw_response(method: str, response: AwsResponse) -> Any:
    """A response of urllib3, whose body is in memory."""
    # urllib3 1.26 has the first there alone.
    from urllib3.response import HTTPHeaderDict, HTTPResponse  # type: ignore[attr-defined]

    headers = HTTPHeaderDict()
    for name, value in response.headers.items():
        headers.add(name, value)
    given = method == "HEAD" and "Content-Length" in headers
    if not given and response.status not in BODILESS:
        headers["Content-Length"] = str(len(response.body))
    return HTTPResponse(
        body=BytesIO(b"" if method == "HEAD" else response.body),
        headers=headers,
        status=response.status,
        reason=reasons.get(response.status),
        request_method=method,
        preload_content=False,
        decode_content=False,
        enforce_content_length=False,
    )


def to_aws_request(request: Any, aws_url: str, call: Call | None = None) -> AwsRequest:
    """From a prepared request of botocore; its body may be a file or an iterable."""
    made = AwsRequest(
        method=request.method,
        url=aws_url,
        headers=headers_of(request.headers.items()),
        is_async=False,
        original_url=without_fragment(request.url),
        call=call,
    )
    incoming = Incoming(made.headers)
    for piece in body_pieces(request.body):
        incoming.add(piece)
    incoming.hand_over(made)
    return made


def without_fragment(url: str) -> str:
    """The URL as it goes on the wire (RFC 9110, section 7.1)."""
    return url.partition("#")[0]


def body_pieces(body: Any) -> Iterator[bytes]:
    """The bytes of whatever botocore accepts as a body."""
    if body is None:
        return
    if isinstance(body, str):
        yield body.encode("utf-8")
    elif isinstance(body, (bytes, bytearray, memoryview)):
        yield bytes(body)
    elif hasattr(body, "read"):
        # urllib3 reads by pieces too; all at once, botocore's AwsChunkedWrapper takes
        # time that is quadratic.
        while piece := body.read(_PIECE):
            yield from body_pieces(piece)
    else:
        for part in body:
            yield from body_pieces(part)
