"""EventBridge: rules give events to Lambda functions, state machines, topics and streams.

moto serves queues, log groups, archives and other buses, and refuses the event otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiomoto import ServicePlugin, hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiomoto import AwsRequest, Engine, Patch
    from aiomoto.asking import Asker


class EventsPlugin(ServicePlugin["Asker"]):
    """Has events for targets that moto lacks handed over."""

    services = ("events",)
    module = "moto.events.models"
    has_jobs = True

    def patches(self) -> Sequence[Patch]:
        from .compat import Events

        self._moto = Events()
        return self._moto.patches(self._take)

    def begin(self, engine: Engine) -> tuple[Asker, Sequence[Patch]]:
        from aiomoto.asking import Asker

        return Asker(engine), ()

    def _take(self, target: dict[str, Any], event: Any) -> None:
        from aiomoto.background import background
        from aiomoto.delivering import deliver

        async def run() -> None:
            if self.now is not None:
                deliver(self.now, target["Arn"], event, "An event", "aws.events")

        # Not while moto computes: a stream or topic may have functions of its own.
        background.start(run)

    @hookimpl
    def aiomoto_blocks(self, request: AwsRequest) -> bool:
        """moto calls API destinations over HTTP if it is told to, and waits for them."""
        puts = self.now is not None and request.operation == "PutEvents"
        return puts and bool(self._moto.invokes_http())


plugin = EventsPlugin()
