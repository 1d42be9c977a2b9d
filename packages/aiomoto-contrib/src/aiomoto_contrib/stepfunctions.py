"""Step Functions: state machines whose threads go by the mock's clock and end with the mock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiomoto import hookimpl
from aiomoto.plugin.imports import when_imported

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiomoto.engine import Engine
    from aiomoto.plugin.patches import Patches
    from aiomoto.request import AwsRequest

    from .compat.stepfunctions import StepFunctions
    from .threads import Waits

_stepfunctions: StepFunctions | None = None
_waits: Waits | None = None
_patches: Patches | None = None
_forget: Callable[[], None] | None = None


@hookimpl
def aiomoto_services() -> list[str]:
    """Own Step Functions, by its name in ``moto.backend_index``."""
    return ["stepfunctions"]


@hookimpl
def aiomoto_activate(engine: Engine) -> None:
    """Have moto's threads wait for the mock's clock, once what runs them is imported."""
    global _forget
    from .background import background

    _forget = when_imported("moto.stepfunctions.parser.models", lambda: _begin(engine))
    background.open()


def _begin(engine: Engine) -> None:
    global _stepfunctions, _waits, _patches
    from aiomoto.plugin.patches import Patches

    from .background import background
    from .compat.stepfunctions import StepFunctions
    from .threads import Waits

    compat, waits, patches = StepFunctions(), Waits(engine.clock), Patches()
    patches.put_in(compat.patches(waits))
    background.waiting = waits.waiting_for
    _stepfunctions, _waits, _patches = compat, waits, patches


@hookimpl
def aiomoto_deactivate() -> None:
    """Stop what runs, and leave moto as it was."""
    global _stepfunctions, _waits, _patches, _forget
    from .background import background

    compat, waits, patches, forget = _stepfunctions, _waits, _patches, _forget
    _stepfunctions = _waits = _patches = _forget = None
    try:
        background.close()
    finally:
        if forget is not None:
            forget()
        if compat is not None and waits is not None and patches is not None:
            compat.stop_all()
            waits.close()
            patches.take_out()


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
