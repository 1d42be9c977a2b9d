"""Batch: jobs whose threads end with the mock, and delays by the mock's clock."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from aiomoto import ServicePlugin, hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiomoto.engine import Engine
    from aiomoto.plugin.patches import Patch
    from aiomoto.request import AwsRequest

    from .compat import Batch


class BatchPlugin(ServicePlugin["Batch"]):
    """Has what sleeps in moto's Batch be woken when the mock ends."""

    services = ("batch",)
    module = "moto.batch.models"

    def begin(self, engine: Engine) -> tuple[Batch, Sequence[Patch]]:
        """Take the place of what sleeps."""
        from aiomoto.clock import RealClock

        from ..common.threads import Waits
        from .compat import Batch

        # A container takes the time that it takes, whatever the mock's clock says.
        batch = Batch(Waits(RealClock()), Waits(engine.clock))
        return batch, batch.patches()

    def end(self, state: Batch) -> None:
        """Stop what runs."""
        state.close()

    @hookimpl
    def aiomoto_blocks(self, request: AwsRequest) -> bool:
        """A job without Docker that is to fail after a while is waited for; nothing else is."""
        delays = bool(os.environ.get("MOTO_SIMPLE_BATCH_FAIL_AFTER"))
        return delays and request.operation == "SubmitJob"


#: What the entry point names.
plugin = BatchPlugin()
