"""The one way that every request takes: plugin, router, moto, plugin.

The decisions are made once, in a generator; a synchronous and an asynchronous
driver carry out the two things that differ, awaiting and waiting in a thread.
"""

from __future__ import annotations

import inspect
import os
import re
import threading
from collections.abc import Awaitable, Callable, Generator
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from . import packages
from .calls.naming import name_operation
from .compat import Moto
from .endpoints import scope_of, to_aws_url
from .errors import AiomotoError, AiomotoWarning, UnsupportedOperation, add_note
from .jobs import in_thread
from .locks import Order, guarded
from .plugin.manager import PluginManager
from .request import AwsRequest, AwsResponse, Call
from .router import Handler, Route, Router
from .unsigned import service_of_body
from .warning import warn

if TYPE_CHECKING:
    from .interfaces import Engine

#: A step that a driver carries out: something to await, or a call that waits.
Step = Awaitable[Any] | Callable[[], Any]

_EXECUTE_API = re.compile(r"https?://[^/.]+\.execute-api\.")
_WAITS = re.compile(rb"WaitTimeSeconds(\"\s*:\s*|=)[1-9]")


class Dispatcher:
    """Answers requests in process.

    moto's backends are not made for two threads at once, so their state is
    guarded by one lock. It is held for moto's computing only; a call that
    waits runs without it.
    """

    def __init__(
        self, engine: Engine, moto: Moto, plugins: PluginManager, reset: Callable[[], object]
    ) -> None:
        self._engine = engine
        self._reset_all = reset
        self._moto = moto
        self._plugins = plugins
        self._lock = guarded(threading.RLock(), Order.DISPATCH)
        self.router = Router(moto.url_patterns, moto.url_handlers)
        self._clean = lru_cache(maxsize=4096)(self._clean_now)

    async def handle(self, request: AwsRequest) -> AwsResponse:
        """Answer, awaiting what has to be awaited in the caller's own task."""
        steps = self._steps(request)
        value: Any = None
        while True:
            try:
                step = steps.send(value)
            except StopIteration as done:
                return _response(done)
            value = await (in_thread(step) if callable(step) else step)

    def handle_sync(self, request: AwsRequest) -> AwsResponse:
        """Answer for a client that waits with its thread."""
        steps = self._steps(request)
        value: Any = None
        while True:
            try:
                step = steps.send(value)
            except StopIteration as done:
                return _response(done)
            if not callable(step):
                raise self._plugins.refuse_awaitable(request, step)
            value = step()

    def _steps(self, request: AwsRequest) -> Generator[Step, Any, AwsResponse]:
        route = self.find(request)
        if route.service == Moto.API:
            self._at_motos_api(request)
        request.service = route.service
        found_for = request.url
        name_operation(request)
        answer = self._plugins.handle(request)
        if inspect.isawaitable(answer):
            answer = yield answer
        if answer is not None:
            return self._plugins.check_answer(request, answer)
        if request.url is not found_for:
            route = self.find(request)
        if not request.is_async and route.handler is None and _EXECUTE_API.match(request.url):
            # A path of the user's own API, not an operation of AWS; in moto's words. moto
            # serves paths that are deployed for `requests` alone.
            return AwsResponse.of(404, {"Content-Type": "text/plain"}, "Not yet implemented")
        handler = self._handler(request, route)
        blocks = self._plugins.blocks(request)
        if blocks is None:
            blocks = request.service in Moto.WAITS_FOR_THREADS or self._polls(request)
        if not blocks:
            with self._lock:
                response = self._call(handler, request)
        elif request.is_async:
            response = yield lambda: self._call(handler, request)
        else:
            response = self._call(handler, request)
        return self._plugins.response(request, response)

    def _polls(self, request: AwsRequest) -> bool:
        """Whether moto is about to wait for messages; in real time, which may be a surprise."""
        if not _waits_for_messages(request):
            return False
        if self._engine.clock.virtual and "sqs" not in self._plugins.owners:
            warn(
                f"{request.label} waits in real time: nothing that is installed has SQS follow the "
                f"mock's virtual clock. {packages.does('sqs')}"
            )
        return True

    def ask_moto(self, request: AwsRequest) -> AwsResponse:
        """moto's own answer, with its state locked meanwhile."""
        handler = self._handler(request, self.find(request))
        with self._lock:
            return self._call(handler, request)

    def _handler(self, request: AwsRequest, route: Route) -> Handler:
        request.service = route.service
        if request.original_url != request.url:
            # moto reads buckets and endpoints from the Host header too.
            request.headers["Host"] = urlsplit(request.url).netloc
        for candidate in route.candidates:
            self._moto.check_whitelist(candidate)
        if route.handler is None:
            raise self.unsupported(request)
        return route.handler

    def _call(self, handler: Handler, request: AwsRequest) -> AwsResponse:
        try:
            return self._moto.call(handler, request)
        except NotImplementedError as error:
            if type(error) is not NotImplementedError:
                raise  # one of ours, or one of moto's that says more, such as of a filter
            raise self.unsupported(request, str(error)) from error
        except (AiomotoError, AiomotoWarning):
            raise
        except Exception as error:
            add_note(
                error,
                f"Raised inside moto {self._moto.version} while it answered {request.label}; "
                "aiomoto passes it on as it is.",
            )
            raise

    def find(self, request: AwsRequest) -> Route:
        """The route of a request; its URL is replaced where only the signature knows it.

        moto has no patterns for dual-stack names (``sqs.us-east-1.api.aws``)
        and some others, and takes every host that has ``s3`` in it for S3; the
        client or the credential scope then says which service is meant.
        """
        route = self.router.find(self.clean_url(request.url))
        if route.handler is None or _is_not_s3(route, request.call):
            parts = urlsplit(request.url)
            if scope_of(request.headers, parts.query) is not None:
                url = to_aws_url(parts, "", "", request.headers, request.call)
                return self._moved(request, url) or route
        elif route.service == "s3" and request.method == "POST" and request.call is None:
            parts = urlsplit(request.url)
            if (
                request.original_url != request.url
                and scope_of(request.headers, parts.query) is None
                and (meant := service_of_body(request.headers, request.body)) is not None
            ):
                # An unsigned form at a declared endpoint, where S3 was the last guess.
                netloc = "{}.{}.amazonaws.com".format(*meant)
                url = urlunsplit(parts._replace(netloc=netloc))
                return self._moved(request, url) or route
        return route

    def _moved(self, request: AwsRequest, url: str) -> Route | None:
        route = self.router.find(self.clean_url(url))
        if route.handler is None:
            return None
        request.url = url
        return route

    def _at_motos_api(self, request: AwsRequest) -> None:
        """Have moto's own API reset plugins too, and know the address that it was asked at."""
        if request.method == "POST" and urlsplit(request.url).path == "/moto-api/reset":
            self._reset_all()
        # It replays recordings there.
        request.url = request.original_url or request.url

    def clean_url(self, url: str) -> str:
        """The URL as moto matches it: in the domain amazonaws.com, without its query."""
        return self._clean(url.split("?", 1)[0], os.environ.get("MOTO_S3_CUSTOM_ENDPOINTS"))

    def _clean_now(self, url: str, custom: str | None) -> str:
        parts = self._moto.aws_domain(url)  # which reads the variable itself
        return f"{parts.scheme}://{parts.netloc}{parts.path}"

    def claims(self, url: str) -> bool:
        """Whether a backend of moto claims this URL, with a handler for it or not."""
        return self.router.claims(self.clean_url(url))

    def passes(self, url: str) -> bool:
        """Whether moto's configuration lets this URL through to the real network."""
        clean = self.clean_url(url.split("?", 1)[0])
        return any(
            self._moto.passes(clean, service)
            for service in (self.router.find(clean).candidates or (None,))
        )

    def reset(self) -> None:
        """Forget all of moto's resources while the mock goes on."""
        with self._lock:
            self._moto.reset()

    def unsupported(self, request: AwsRequest, detail: str | None = None) -> UnsupportedOperation:
        """The error for what moto lacks, naming what was asked for."""
        call = request.call
        parts = urlsplit(request.url)
        scope = scope_of(request.headers, parts.query)
        service = (call.service if call else None) or request.service
        service = service or (scope.service if scope else None) or parts.netloc
        operation = request.operation or f"{request.method} {parts.path or '/'}"
        package = packages.answers(request.service, request.operation, self._plugins.owners)
        return UnsupportedOperation(
            service, operation, moto_version=self._moto.version, detail=package or detail
        )


def _is_not_s3(route: Route, call: Call | None) -> bool:
    service = call.service if call is not None and route.service == "s3" else None
    return service is not None and not service.startswith("s3")


def _response(done: StopIteration) -> AwsResponse:
    response: AwsResponse = done.value
    return response


def _waits_for_messages(request: AwsRequest) -> bool:
    """Whether this is SQS long polling, for which moto sleeps up to 20 seconds."""
    return (
        request.service == "sqs"
        and request.operation == "ReceiveMessage"
        and _WAITS.search(request.body) is not None
    )
