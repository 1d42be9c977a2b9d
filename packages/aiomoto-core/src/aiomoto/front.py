"""The front of the engine, which wires ask: each request is judged, answered and recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .calls import recorder
from .calls.naming import name_operation
from .endpoints import scope_of
from .errors import RealRequestBlocked
from .guard import Guard, Ruling, Verdict
from .hosts import canonical
from .last_line import asked_by
from .request import AwsRequest, AwsResponse, Call, current_call, headers_of
from .wire.botocore import raw_response, to_aws_request, without_fragment

if TYPE_CHECKING:
    from .dispatch import Dispatcher
    from .interfaces import Engine


class Front:
    """The :class:`.interfaces.Front` of an engine; the first mock has ``dispatcher`` made."""

    def __init__(self, engine: Engine, make_dispatcher: Callable[[], Dispatcher]) -> None:
        self._engine = engine
        self._make_dispatcher = make_dispatcher
        #: The rules of the mocks that are active; None while there are none.
        self.guard: Guard | None = None
        self.at_end: set[Callable[[], object]] = set()
        #: Hosts of which a request was let through.
        self._let_through: set[str] = set()

    @cached_property
    def dispatcher(self) -> Dispatcher:
        """The dispatcher, which answers."""
        return self._make_dispatcher()

    @property
    def active(self) -> bool:
        """Whether any mock is running."""
        return self.guard is not None

    def end(self) -> None:
        """Have what still goes on know that the last mock ends."""
        for end in tuple(self.at_end):
            end()
        self._let_through.clear()

    def passes(self, url: str) -> bool:
        """Whether moto's configuration lets a URL through, and with it connections to its host."""
        passes = self.dispatcher.routes.passes(url)
        if passes:
            self._let_through.add(canonical(urlsplit(url).hostname or ""))
        return passes

    def judge(self, url: str, headers: Mapping[str, str], call: Call | None) -> str | None:
        """Where a request is answered; None for the network.

        A patch of ours may outlast the mocks, in the hand of somebody who
        patched over it meanwhile and puts it back; it lets everything pass.
        aiobotocore's requests come by twice, at its session and where the
        connection is made: with the same URL they are judged once.
        """
        guard = self.guard
        if guard is None:
            return None
        judged = call.judged if call is not None else None
        if judged is not None and judged[0] is guard and judged[1] == url:
            return judged[2]
        ruling = guard.judge(url, headers, call)
        if ruling.verdict is Verdict.BLOCK:
            raise self._refusal(ruling.url, headers, call)
        answered_at = ruling.url if ruling.verdict is Verdict.MOCK else None
        if call is not None:
            call.judged = guard, url, answered_at
        return answered_at

    def may_answer(self, url: str) -> bool:
        """Whether requests to the origin of a URL may be answered, whatever their head says."""
        return self.guard is not None and self.guard.may_answer(url)

    def check_host(self, host: object) -> None:
        """Raise for a connection to AWS; see :mod:`aiomoto.interfaces`."""
        guard = self.guard
        if guard is None or not isinstance(host, (str, bytes, bytearray)):
            return
        name = canonical(host if isinstance(host, str) else host.decode("latin-1"))
        if not guard.is_aws(name) or name in self._let_through:
            return
        netloc = f"[{name}]" if ":" in name else name
        if guard.passes is not None and (
            guard.passes(f"https://{netloc}/") or guard.passes(f"http://{netloc}/")
        ):
            return
        raise RealRequestBlocked(netloc, asked_by=asked_by())

    def _refusal(
        self, url: str, headers: Mapping[str, str], call: Call | None
    ) -> RealRequestBlocked:
        scope = scope_of(headers, "")
        service = (call.service if call else None) or (scope.service if scope else None)
        asked = AwsRequest("", url, headers_of(headers), call=call)
        name_operation(asked)
        error = RealRequestBlocked(url, service=service, operation=asked.operation)
        recorder.begin(asked, call).failed(asked, error)
        if call is not None:
            call.error = error
        return error

    async def answer(self, request: AwsRequest) -> AwsResponse:
        """Answer a request whose client awaits."""
        self._engine.clock.touch()
        record = recorder.begin(request, request.call)
        # What a plugin requests meanwhile is not its client's doing.
        token = current_call.set(None)
        try:
            response = await self.dispatcher.handle(request)
        except BaseException as error:
            record.failed(request, error)
            if request.call is not None and isinstance(error, Exception):
                request.call.error = error
            raise
        finally:
            current_call.reset(token)
        record.answered(request, response)
        return response

    def answer_sync(self, request: AwsRequest) -> AwsResponse:
        """Answer a request whose client's thread waits."""
        request.is_async = False
        record = recorder.begin(request, request.call)
        token = current_call.set(None)
        try:
            response = self.dispatcher.handle_sync(request)
        except BaseException as error:
            record.failed(request, error)
            raise
        finally:
            current_call.reset(token)
        record.answered(request, response)
        return response

    # -- the library `requests`, by moto's mock of it ------------------------------------------

    def claims(self, request: Any) -> bool:
        """Whether a request of the ``requests`` library is answered, or refused, here.

        A raw moto mock may outlast ours, with this still registered.
        """
        url = without_fragment(request.url)
        if self.guard is None:
            url = url.split("?", 1)[0]
            routes = self.dispatcher.routes
            return routes.claims(url) and not routes.passes(url)
        # Kept for its answer: each request is judged once.
        ruling = request.aiomoto_ruling = self.guard.judge(url, request.headers, None)
        return ruling.verdict is not Verdict.PASS

    def answer_claimed(self, request: Any) -> Any:
        """A response of urllib3 to a request that was claimed; None if no mock of ours is active.

        :raises RealRequestBlocked: if it may not leave.
        """
        ruling: Ruling | None = getattr(request, "aiomoto_ruling", None)
        if self.guard is None or ruling is None:
            return None
        if ruling.verdict is Verdict.BLOCK:
            raise self._refusal(ruling.url, request.headers, None)
        answer = self.answer_sync(to_aws_request(request, ruling.url))
        return raw_response(request.method, answer)
