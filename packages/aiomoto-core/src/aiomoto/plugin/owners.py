"""The owners of services, as the dispatcher asks them: their hooks with types, checked."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Mapping
from typing import TYPE_CHECKING

from ..errors import PluginError
from ..request import AwsRequest, AwsResponse
from .checks import problem_of_response

if TYPE_CHECKING:
    from .manager import PluginManager

_NOT_SYNC = "for a synchronous client. Return one only where request.is_async is true."


class Owners:
    """Asks the owner of each request's service, and refuses what it may not answer.

    All raise :class:`~aiomoto.errors.PluginError`, which names the plugin.
    """

    def __init__(self, plugins: PluginManager) -> None:
        self._plugins = plugins

    @property
    def names(self) -> Mapping[str, str]:
        """moto service to the name of the plugin that owns it."""
        return self._plugins.owners

    def handle(self, request: AwsRequest) -> AwsResponse | Awaitable[AwsResponse | None] | None:
        """``aiomoto_handle`` of the request's owner; what it returned is checked when awaited."""
        answer: AwsResponse | Awaitable[AwsResponse | None] | None
        answer = self._plugins.ask(request, "aiomoto_handle")
        return answer

    def check_answer(self, request: AwsRequest, answer: object) -> AwsResponse:
        """The response of ``aiomoto_handle``, refused if it is none."""
        if not isinstance(answer, AwsResponse):
            allowed = "an AwsResponse, None, and an awaitable of either"
            raise self._wrong(request, "aiomoto_handle", answer, allowed)
        self._check_response(request, "aiomoto_handle", answer)
        return answer

    def blocks(self, request: AwsRequest) -> bool | None:
        """``aiomoto_blocks`` of the request's owner."""
        answer = self._plugins.ask(request, "aiomoto_blocks")
        if answer is not None and not isinstance(answer, bool):
            raise self._wrong(request, "aiomoto_blocks", answer, "True, False and None")
        return answer

    def response(self, request: AwsRequest, response: AwsResponse) -> AwsResponse:
        """``aiomoto_response`` of the request's owner."""
        answer = self._plugins.ask(request, "aiomoto_response", response=response)
        if answer is None:
            if not 200 <= response.status <= 999:  # the one change in place that has a client wait
                self._check_response(request, "aiomoto_response", response)
            return response
        if not isinstance(answer, AwsResponse):
            raise self._wrong(request, "aiomoto_response", answer, "an AwsResponse and None")
        self._check_response(request, "aiomoto_response", answer)
        return answer

    def _check_response(self, request: AwsRequest, hook: str, response: AwsResponse) -> None:
        problem = problem_of_response(response)
        if problem is None and response.stream is not None and not request.is_async:
            problem = f"with a stream {_NOT_SYNC}"
        if problem is not None:
            raise self._refuse(request, f"{hook} returned a response {problem}")

    def refuse_awaitable(self, request: AwsRequest, answer: object) -> PluginError:
        """The error for an awaitable where a synchronous client waits."""
        return self._refuse(request, f"aiomoto_handle returned an awaitable {_NOT_SYNC}", answer)

    def _wrong(self, request: AwsRequest, hook: str, answer: object, allowed: str) -> PluginError:
        return self._refuse(request, f"{hook} returned {answer!r}; allowed are {allowed}.", answer)

    def _refuse(self, request: AwsRequest, problem: str, answer: object = None) -> PluginError:
        if inspect.iscoroutine(answer):
            answer.close()  # it will not be awaited, and would warn about that
        return PluginError(f"Plugin {self.names.get(request.service or '')!r}: {problem}")
