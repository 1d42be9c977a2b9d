"""What SQS adds to core: long polls that wait outside of moto, on real or virtual time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiomoto import FastPath, ServicePlugin, hookimpl

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from aiomoto import AwsRequest, AwsResponse, Engine, Patch

    from .polling import Polling

_RECEIVES = (None, "ReceiveMessage")


def _counts() -> Sequence[Patch]:
    from .compat.counts import patches

    return patches()


class SqsPlugin(ServicePlugin["Polling"]):
    """Watches moto's queues, and has them go by the mock's clock."""

    services = ("sqs",)
    module = "moto.sqs.models"
    fast_paths = (FastPath("counts of messages", module, _counts),)

    def patches(self) -> Sequence[Patch]:
        from .compat.queues import Sqs

        self._sqs = Sqs()
        return self._sqs.patches()

    def begin(self, engine: Engine) -> tuple[Polling, Sequence[Patch]]:
        from .polling import Polling
        from .rooms import Rooms

        self._sqs.watcher = rooms = Rooms(self._sqs)
        return Polling(engine, self._sqs, rooms), self._sqs.time_patches(engine.clock)

    def end(self, state: Polling) -> None:
        state.rooms.close()

    @hookimpl
    def aiomoto_handle(self, request: AwsRequest) -> AwsResponse | Awaitable[AwsResponse] | None:
        """Answer ReceiveMessage; all else is moto's alone."""
        if self.now is None or request.operation not in _RECEIVES:
            return None
        return self.now.answer(request)


plugin = SqsPlugin()
