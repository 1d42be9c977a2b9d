"""EventBridge: rules give events to Lambda functions, state machines, topics and streams.

moto serves queues, log groups, archives and other buses, and refuses the event otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiomoto import ServicePlugin, hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiomoto.engine import Engine
    from aiomoto.plugin.patches import Patch
    from aiomoto.request import AwsRequest

    from .compat import Events


class EventsPlugin(ServicePlugin["Events"]):
    """Has events for targets that moto lacks handed over."""

    services = ("events",)
    module = "moto.events.models"
    has_jobs = True

    def begin(self, engine: Engine) -> tuple[Events, Sequence[Patch]]:
        """Take the events for those targets."""
        from aiomoto.asking import Asker
        from aiomoto.background import background
        from aiomoto.delivering import deliver

        from .compat import Events

        ask = Asker(engine)

        def take(target: dict[str, Any], event: Any) -> None:
            async def run() -> None:
                deliver(ask, target["Arn"], event, "An event", "aws.events")

            # Not while moto computes: a stream or topic may have functions of its own.
            background.start(run)

        events = Events()
        return events, events.patches(take)

    @hookimpl
    def aiomoto_blocks(self, request: AwsRequest) -> bool:
        """moto calls API destinations over HTTP if it is told to, and waits for them."""
        events = self.now
        return events is not None and request.operation == "PutEvents" and events.invokes_http()


#: What the entry point names.
plugin = EventsPlugin()
