"""Batch: jobs whose threads end with the mock, and delays by the mock's clock."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from aiomoto import ServicePlugin, hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiomoto import AwsRequest, Engine, Patch

    from ..common.stand_ins import Waits


class BatchPlugin(ServicePlugin["tuple[Waits, Waits]"]):
    """Has what sleeps in moto's Batch be woken when the mock ends."""

    services = ("batch",)
    module = "moto.batch.models"

    def patches(self) -> Sequence[Patch]:
        """Look up what waits; its place is taken by what is of one mock."""
        from .compat import Batch

        self._moto = Batch()
        return ()

    def begin(self, engine: Engine) -> tuple[tuple[Waits, Waits], Sequence[Patch]]:
        from aiomoto.clock import RealClock

        from ..common.stand_ins import Waits

        # A container takes the time that it takes, whatever the mock's clock says.
        waits = (Waits(RealClock()), Waits(engine.clock))
        return waits, self._moto.wait_patches(*waits)

    def end(self, state: tuple[Waits, Waits]) -> None:
        from ..common.threads import join

        jobs = self._moto.stop_all()
        for waits in state:
            waits.close()
        join(jobs)

    @hookimpl
    def aiomoto_blocks(self, request: AwsRequest) -> bool:
        """A job without Docker that is to fail after a while is waited for; nothing else is."""
        delays = bool(os.environ.get("MOTO_SIMPLE_BATCH_FAIL_AFTER"))
        return delays and request.operation == "SubmitJob"


plugin = BatchPlugin()
