"""The one way that every request takes: plugin, router, moto, plugin.

The decisions are made once, in a generator; a synchronous and an asynchronous
driver carry out the two things that differ, awaiting and waiting in a thread.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Awaitable, Callable, Generator
from typing import Any, cast
from urllib.parse import urlsplit

from . import packages
from .calls.naming import name_operation
from .compat import Moto
from .endpoints import scope_of
from .errors import AiomotoError, AiomotoWarning, UnsupportedOperation, add_note
from .jobs import in_thread
from .locks import Order, guarded
from .plugin.owners import Owners
from .request import AwsRequest, AwsResponse
from .router import Handler, Route, Routes

#: A step that a driver carries out: something to await, or a call that waits.
Step = Awaitable[Any] | Callable[[], Any]


class Dispatcher:
    """Answers requests in process.

    moto's backends are not made for two threads at once, so their state is
    guarded by one lock. It is held for moto's computing only; a call that
    waits runs without it.
    """

    def __init__(self, moto: Moto, owners: Owners, reset: Callable[[], object]) -> None:
        self._reset_all = reset
        self._moto = moto
        self._owners = owners
        self._lock = guarded(threading.RLock(), Order.DISPATCH)
        self.routes = Routes(moto)

    async def handle(self, request: AwsRequest) -> AwsResponse:
        """Answer, awaiting what has to be awaited in the caller's own task."""
        steps = self._steps(request)
        value: Any = None
        while True:
            try:
                step = steps.send(value)
            except StopIteration as done:
                return cast("AwsResponse", done.value)
            value = await (in_thread(step) if callable(step) else step)

    def handle_sync(self, request: AwsRequest) -> AwsResponse:
        """Answer for a client that waits with its thread."""
        steps = self._steps(request)
        value: Any = None
        while True:
            try:
                step = steps.send(value)
            except StopIteration as done:
                return cast("AwsResponse", done.value)
            if not callable(step):
                raise self._owners.refuse_awaitable(request, step)
            value = step()

    def _steps(self, request: AwsRequest) -> Generator[Step, Any, AwsResponse]:
        route = self.routes.find(request)
        if route.service == Moto.API:
            self._at_motos_api(request)
        request.service = route.service
        found_for = request.url
        name_operation(request)
        answer = self._owners.handle(request)
        if inspect.isawaitable(answer):
            answer = yield answer
        if answer is not None:
            return self._owners.check_answer(request, answer)
        if request.url is not found_for:
            route = self.routes.find(request)
        handler = self._handler(request, route)
        if not self._owners.blocks(request):
            with self._lock:
                response = self._call(handler, request)
        elif request.is_async:
            response = yield lambda: self._call(handler, request)
        else:
            response = self._call(handler, request)
        return self._owners.response(request, response)

    def ask_moto(self, request: AwsRequest) -> AwsResponse:
        """moto's own answer, with its state locked meanwhile."""
        handler = self._handler(request, self.routes.find(request))
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

    def _at_motos_api(self, request: AwsRequest) -> None:
        """Have moto's own API reset plugins too, and know the address that it was asked at."""
        if request.method == "POST" and urlsplit(request.url).path == "/moto-api/reset":
            self._reset_all()
        # It replays recordings there.
        request.url = request.original_url or request.url

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
        package = packages.answers(request.service, request.operation, self._owners.names)
        return UnsupportedOperation(
            service, operation, moto_version=self._moto.version, detail=package or detail
        )
