"""What SQS adds to core: long polls that wait outside of moto, on real or virtual time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiomoto import ServicePlugin, hookimpl
from aiomoto.plugin.patches import Prepared

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from aiomoto.engine import Engine
    from aiomoto.plugin.patches import Patch
    from aiomoto.request import AwsRequest, AwsResponse

    from .compat import Sqs
    from .polling import Polling

_RECEIVES = (None, "ReceiveMessage")


class SqsPlugin(ServicePlugin["Polling"]):
    """Watches moto's queues, and has them go by the mock's clock."""

    services = ("sqs",)
    module = "moto.sqs.models"

    def __init__(self) -> None:
        super().__init__()
        self._sqs: Sqs | None = None
        self._prepared = Prepared(self.module, self._prepare)

    def _prepare(self) -> list[Patch]:
        from .compat import Sqs

        self._sqs = Sqs()
        return self._sqs.patches()

    def begin(self, engine: Engine) -> tuple[Polling, Sequence[Patch]]:
        """Take the place of moto's waiting."""
        from .polling import Polling
        from .rooms import Rooms

        patches, sqs = self._prepared.get(), self._sqs
        assert sqs is not None
        sqs.watcher = rooms = Rooms(sqs)
        return Polling(engine, sqs, rooms), [*patches, *sqs.time_patches(engine.clock)]

    def end(self, state: Polling) -> None:
        """End all waits."""
        state.rooms.close()

    @hookimpl
    def aiomoto_handle(self, request: AwsRequest) -> AwsResponse | Awaitable[AwsResponse] | None:
        """Answer ReceiveMessage; all else is moto's alone."""
        if self.now is None or request.operation not in _RECEIVES:
            return None
        return self.now.answer(request)


#: What the entry point names.
plugin = SqsPlugin()
