"""EventBridge: rules give events to Lambda functions, state machines, topics and streams.

moto serves queues, log groups, archives and other buses, and refuses the event otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiomoto import hookimpl
from aiomoto.plugin.imports import when_imported

from . import awslambda

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiomoto.engine import Engine
    from aiomoto.plugin.patches import Patches
    from aiomoto.request import AwsRequest

    from .compat.events import Events

_events: Events | None = None
_patches: Patches | None = None
_forget: Callable[[], None] | None = None


@hookimpl
def aiomoto_services() -> list[str]:
    """Own EventBridge, by its name in ``moto.backend_index``."""
    return ["events"]


@hookimpl
def aiomoto_activate(engine: Engine) -> None:
    """Have events for targets that moto lacks handed over, once its EventBridge is imported."""
    global _forget
    from .background import background

    _forget = when_imported("moto.events.models", lambda: _begin(engine))
    background.open()


def _begin(engine: Engine) -> None:
    global _events, _patches
    from aiomoto.plugin.patches import Patches

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

    events, patches = Events(), Patches()
    patches.put_in(events.patches(take))
    _events, _patches = events, patches


@hookimpl
def aiomoto_deactivate() -> None:
    """End what is on its way, and leave moto as it was."""
    global _events, _patches, _forget
    from .background import background

    patches, forget = _patches, _forget
    _events = _patches = _forget = None
    try:
        background.close()
    finally:
        if forget is not None:
            forget()
        if patches is not None:
            patches.take_out()


@hookimpl
def aiomoto_blocks(request: AwsRequest) -> bool:
    """moto calls API destinations over HTTP if it is told to, and waits for them."""
    return _events is not None and request.operation == "PutEvents" and _events.invokes_http()
