"""Batch: jobs whose threads end with the mock, and delays by the mock's clock."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from aiomoto import hookimpl
from aiomoto.plugin.imports import LatePart

if TYPE_CHECKING:
    from aiomoto.engine import Engine
    from aiomoto.plugin.patches import Patch
    from aiomoto.request import AwsRequest

    from .compat.batch import Batch
    from .threads import Waits

#: Seconds that the end of a mock waits for jobs, where no event loop has to wait too.
_ENDS_WITHIN = 2.0

_part: LatePart[tuple[Batch, tuple[Waits, Waits]]] = LatePart("moto.batch.models")


@hookimpl
def aiomoto_services() -> list[str]:
    """Own Batch, by its name in ``moto.backend_index``."""
    return ["batch"]


@hookimpl
def aiomoto_activate(engine: Engine) -> None:
    """Have what sleeps in moto's Batch be woken when the mock ends, once it is imported."""
    _part.begin(lambda: _begin(engine))


def _begin(engine: Engine) -> tuple[tuple[Batch, tuple[Waits, Waits]], list[Patch]]:
    from aiomoto.clock import RealClock

    from .compat.batch import Batch
    from .threads import Waits

    batch = Batch()
    # A container takes the time that it takes, whatever the mock's clock says.
    waits = (Waits(RealClock()), Waits(engine.clock))
    return (batch, waits), batch.patches(*waits)


@hookimpl
def aiomoto_deactivate() -> None:
    """Stop what runs, and leave moto as it was."""
    try:
        if _part.now is not None:
            _stop(*_part.now)
    finally:
        _part.end()


def _stop(batch: Batch, waits: tuple[Waits, Waits]) -> None:
    from .jobs import on_loop

    jobs = batch.stop_all()
    for one in waits:
        one.close()
    if not on_loop():
        end = time.monotonic() + _ENDS_WITHIN
        for job in jobs:
            job.join(max(end - time.monotonic(), 0))


@hookimpl
def aiomoto_blocks(request: AwsRequest) -> bool:
    """A job without Docker that is to fail after a while is waited for; nothing else is."""
    delays = bool(os.environ.get("MOTO_SIMPLE_BATCH_FAIL_AFTER"))
    return delays and request.operation == "SubmitJob"
