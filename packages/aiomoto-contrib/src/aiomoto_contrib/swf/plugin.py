"""SWF: polls for tasks wait, and hold up nobody meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiomoto import ServicePlugin, hookimpl

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from aiomoto import AwsRequest, AwsResponse, Engine, Patch

    from .polls import Polls

_POLLS = frozenset({"PollForDecisionTask", "PollForActivityTask"})


class SwfPlugin(ServicePlugin["Polls"]):
    """Has SWF go by the mock's clock."""

    services = ("swf",)
    module = "moto.swf.models"

    def patches(self) -> Sequence[Patch]:
        """Look up what waits; its place is taken by what is of one mock."""
        from .compat import Swf

        self._moto = Swf()
        return ()

    def begin(self, engine: Engine) -> tuple[Polls, Sequence[Patch]]:
        from .polls import Polls

        polls = Polls(engine, self._moto)
        return polls, self._moto.wait_patches(polls.waits, polls.changed)

    def end(self, state: Polls) -> None:
        state.close()

    @hookimpl
    def aiomoto_handle(self, request: AwsRequest) -> Awaitable[AwsResponse] | None:
        """Answer polls of async clients; all else is moto's alone."""
        if self.now is None or not request.is_async or request.operation not in _POLLS:
            return None
        return self.now.answer(request)

    @hookimpl
    def aiomoto_blocks(self, request: AwsRequest) -> bool:
        """moto sleeps for a second in a poll of a synchronous client."""
        return request.operation in _POLLS

    @hookimpl
    def aiomoto_response(self, request: AwsRequest, response: AwsResponse) -> None:
        """Whatever else was called may have made a task."""
        if self.now is not None and response.status == 200 and request.operation not in _POLLS:
            self.now.changed()


plugin = SwfPlugin()
