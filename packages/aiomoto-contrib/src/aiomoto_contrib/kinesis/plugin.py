"""Kinesis: SubscribeToShard (enhanced fan-out), on moto's streams.

Source: Kinesis Data Streams API Reference, "SubscribeToShard" and "SubscribeToShardEvent".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiomoto import ServicePlugin, hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiomoto import AwsRequest, AwsResponse, Engine, Patch

    from .subscriptions import Subscriptions


class KinesisPlugin(ServicePlugin["Subscriptions"]):
    """Keeps the subscriptions of a mock."""

    services = ("kinesis",)
    module = "moto.kinesis.models"

    def patches(self) -> Sequence[Patch]:
        from .compat import Kinesis

        self._moto = Kinesis()
        return self._moto.patches(self._changed)

    def _changed(self) -> None:
        if self.now is not None:
            self.now.bodies.changed()

    def begin(self, engine: Engine) -> tuple[Subscriptions, Sequence[Patch]]:
        from .subscriptions import Subscriptions

        return Subscriptions(engine, self._moto), self._moto.time_patches(engine.clock)

    def end(self, state: Subscriptions) -> None:
        state.bodies.close()

    @hookimpl
    def aiomoto_handle(self, request: AwsRequest) -> AwsResponse | None:
        """Answer SubscribeToShard, which moto lacks."""
        if request.operation != "SubscribeToShard" or self.now is None:
            return None
        return self.now.subscribe(request)


plugin = KinesisPlugin()
