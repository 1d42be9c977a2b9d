"""SWF: polls for tasks wait, and hold up nobody meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from aiomoto import ServicePlugin, hookimpl

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from aiomoto.engine import Engine
    from aiomoto.plugin.patches import Patch
    from aiomoto.request import AwsRequest, AwsResponse

    from ..common.threads import Waits
    from .polls import Polls

_POLLS = frozenset({"PollForDecisionTask", "PollForActivityTask"})


class Running(NamedTuple):
    """What waits in a mock."""

    polls: Polls
    waits: Waits


class SwfPlugin(ServicePlugin[Running]):
    """Has SWF go by the mock's clock."""

    services = ("swf",)
    module = "moto.swf.models"

    def begin(self, engine: Engine) -> tuple[Running, Sequence[Patch]]:
        """Take the place of moto's clock and timers."""
        from ..common.threads import Waits
        from .compat import Swf
        from .polls import Polls

        swf = Swf()
        running = Running(Polls(engine, swf), Waits(engine.clock))
        return running, swf.patches(running.waits, running.polls.changed)

    def end(self, state: Running) -> None:
        """End all polls and timers."""
        state.polls.close()
        state.waits.close()

    @hookimpl
    def aiomoto_handle(self, request: AwsRequest) -> Awaitable[AwsResponse] | None:
        """Answer polls of async clients; all else is moto's alone."""
        if self.now is None or not request.is_async or request.operation not in _POLLS:
            return None
        return self.now.polls.answer(request)

    @hookimpl
    def aiomoto_blocks(self, request: AwsRequest) -> bool:
        """moto sleeps for a second in a poll of a synchronous client."""
        return request.operation in _POLLS

    @hookimpl
    def aiomoto_response(self, request: AwsRequest, response: AwsResponse) -> None:
        """Whatever else was called may have made a task."""
        if self.now is not None and response.status == 200 and request.operation not in _POLLS:
            self.now.polls.changed()


#: What the entry point names.
plugin = SwfPlugin()
