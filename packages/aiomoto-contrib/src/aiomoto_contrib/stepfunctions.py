"""Step Functions: state machines whose threads go by the mock's clock and end with the mock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiomoto import hookimpl
from aiomoto.plugin.imports import LatePart

if TYPE_CHECKING:
    from aiomoto.engine import Engine
    from aiomoto.plugin.patches import Patch
    from aiomoto.request import AwsRequest

    from .compat.stepfunctions import StepFunctions
    from .threads import Waits

_part: LatePart[tuple[StepFunctions, Waits]] = LatePart("moto.stepfunctions.parser.models")


@hookimpl
def aiomoto_services() -> list[str]:
    """Own Step Functions, by its name in ``moto.backend_index``."""
    return ["stepfunctions"]


@hookimpl
def aiomoto_activate(engine: Engine) -> None:
    """Have moto's threads wait for the mock's clock, once what runs them is imported."""
    from .background import background

    _part.begin(lambda: _begin(engine))
    background.open()


def _begin(engine: Engine) -> tuple[tuple[StepFunctions, Waits], list[Patch]]:
    from .background import background
    from .compat.stepfunctions import StepFunctions
    from .threads import Waits

    compat, waits = StepFunctions(), Waits(engine.clock)
    background.waiting = waits.waiting_for
    return (compat, waits), compat.patches(waits)


@hookimpl
def aiomoto_deactivate() -> None:
    """Stop what runs, and leave moto as it was."""
    from .background import background

    try:
        background.close()
    finally:
        try:
            if _part.now is not None:
                compat, waits = _part.now
                compat.stop_all()
                waits.close()
        finally:
            _part.end()


@hookimpl
def aiomoto_handle(request: AwsRequest) -> None:
    """moto answers; the loop is remembered, for functions that a state machine invokes."""
    from .background import background

    if request.is_async:
        background.see()


@hookimpl
def aiomoto_blocks() -> bool:
    """No call waits: executions run in threads of their own."""
    return False
