"""EventBridge: rules give events to Lambda functions, state machines, topics and streams.

moto serves queues, log groups, archives and other buses, and refuses the event otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiomoto import hookimpl
from aiomoto.plugin.imports import LatePart

from . import awslambda

if TYPE_CHECKING:
    from aiomoto.engine import Engine
    from aiomoto.plugin.patches import Patch
    from aiomoto.request import AwsRequest

    from .compat.events import Events

_part: LatePart[Events] = LatePart("moto.events.models")


@hookimpl
def aiomoto_services() -> list[str]:
    """Own EventBridge, by its name in ``moto.backend_index``."""
    return ["events"]


@hookimpl
def aiomoto_activate(engine: Engine) -> None:
    """Have events for targets that moto lacks handed over, once its EventBridge is imported."""
    from .background import background

    _part.begin(lambda: _begin(engine))
    background.open()


def _begin(engine: Engine) -> tuple[Events, list[Patch]]:
    from .asking import Arn, Asker
    from .background import background
    from .compat.events import Events
    from .delivering import deliver, send

    ask = Asker(engine)

    def take(target: dict[str, Any], event: Any) -> None:
        arn = target["Arn"]
        service = awslambda.current()

        async def run() -> None:
            if service is not None and Arn.of(arn).service == "lambda":
                deliver(service, arn, event, "An event")
            else:
                send(ask, arn, event, "An event", "aws.events")

        # Not while moto computes: a stream or topic may have functions of its own.
        background.start(run)

    events = Events()
    return events, events.patches(take)


@hookimpl
def aiomoto_deactivate() -> None:
    """End what is on its way, and leave moto as it was."""
    from .background import background

    try:
        background.close()
    finally:
        _part.end()


@hookimpl
def aiomoto_blocks(request: AwsRequest) -> bool:
    """moto calls API destinations over HTTP if it is told to, and waits for them."""
    events = _part.now
    return events is not None and request.operation == "PutEvents" and events.invokes_http()
