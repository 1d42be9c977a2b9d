"""Batch: jobs whose threads end with the mock, and delays by the mock's clock."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from aiomoto import hookimpl
from aiomoto.plugin.imports import when_imported

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiomoto.engine import Engine
    from aiomoto.plugin.patches import Patches
    from aiomoto.request import AwsRequest

    from .compat.batch import Batch
    from .threads import Waits

#: Seconds that the end of a mock waits for jobs, where no event loop has to wait too.
_ENDS_WITHIN = 2.0

_batch: Batch | None = None
_waits: tuple[Waits, Waits] | None = None
_patches: Patches | None = None
_forget: Callable[[], None] | None = None


@hookimpl
def aiomoto_services() -> list[str]:
    """Own Batch, by its name in ``moto.backend_index``."""
    return ["batch"]


@hookimpl
def aiomoto_activate(engine: Engine) -> None:
    """Have what sleeps in moto's Batch be woken when the mock ends, once it is imported."""
    global _forget
    _forget = when_imported("moto.batch.models", lambda: _begin(engine))


def _begin(engine: Engine) -> None:
    global _batch, _waits, _patches
    from aiomoto.clock import RealClock
    from aiomoto.plugin.patches import Patches

    from .compat.batch import Batch
    from .threads import Waits

    batch, patches = Batch(), Patches()
    # A container takes the time that it takes, whatever the mock's clock says.
    waits = (Waits(RealClock()), Waits(engine.clock))
    patches.put_in(batch.patches(*waits))
    _batch, _waits, _patches = batch, waits, patches


@hookimpl
def aiomoto_deactivate() -> None:
    """Stop what runs, and leave moto as it was."""
    global _batch, _waits, _patches, _forget
    from .jobs import on_loop

    batch, waits, patches, forget = _batch, _waits, _patches, _forget
    _batch = _waits = _patches = _forget = None
    if forget is not None:
        forget()
    if batch is None or waits is None or patches is None:
        return
    jobs = batch.stop_all()
    for one in waits:
        one.close()
    if not on_loop():
        end = time.monotonic() + _ENDS_WITHIN
        for job in jobs:
            job.join(max(end - time.monotonic(), 0))
    patches.take_out()


@hookimpl
def aiomoto_blocks(request: AwsRequest) -> bool:
    """A job without Docker that is to fail after a while is waited for; nothing else is."""
    delays = bool(os.environ.get("MOTO_SIMPLE_BATCH_FAIL_AFTER"))
    return delays and request.operation == "SubmitJob"
