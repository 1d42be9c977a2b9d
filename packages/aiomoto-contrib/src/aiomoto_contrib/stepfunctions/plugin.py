"""Step Functions: state machines whose threads go by the mock's clock and end with the mock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiomoto import ServicePlugin, hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiomoto import AwsRequest, Engine, Patch

    from ..common.stand_ins import Waits


class StepFunctionsPlugin(ServicePlugin["Waits"]):
    """Has moto's threads wait for the mock's clock."""

    services = ("stepfunctions",)
    module = "moto.stepfunctions.parser.models"
    has_jobs = True

    def patches(self) -> Sequence[Patch]:
        """Look up what waits; its place is taken by what is of one mock."""
        from .compat import StepFunctions

        self._moto = StepFunctions()
        return ()

    def begin(self, engine: Engine) -> tuple[Waits, Sequence[Patch]]:
        from aiomoto.background import background

        from ..common.stand_ins import Waits

        waits = Waits(engine.clock)
        background.waiting = waits.waiting_for
        return waits, self._moto.wait_patches(waits)

    def end(self, state: Waits) -> None:
        self._moto.stop_all()
        state.close()

    @hookimpl
    def aiomoto_handle(self, request: AwsRequest) -> None:
        """Remember the loop, for functions that a state machine invokes; moto answers."""
        from aiomoto.background import background

        if request.is_async:
            background.see()

    @hookimpl
    def aiomoto_blocks(self) -> bool:
        """No call waits: executions run in threads of their own."""
        return False


plugin = StepFunctionsPlugin()
