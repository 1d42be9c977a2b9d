"""What SQS adds to core: long polls that wait outside of moto, on real or virtual time."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING

from aiomoto import hookimpl

if TYPE_CHECKING:
    from aiomoto.engine import Engine
    from aiomoto.plugin.patches import Patches
    from aiomoto.request import AwsRequest, AwsResponse

    from .polling import Polling

_RECEIVES = (None, "ReceiveMessage")


class SqsPlugin:
    """The hooks, and what they have put in while a mock is active."""

    def __init__(self) -> None:
        self._polling: Polling | None = None
        self._patches: Patches | None = None

    @hookimpl
    def aiomoto_services(self) -> list[str]:
        """Own SQS, by its name in ``moto.backend_index``."""
        return ["sqs"]

    @hookimpl
    def aiomoto_activate(self, engine: Engine) -> None:
        """Watch moto's queues, and have them go by the mock's clock."""
        from aiomoto.plugin.patches import Patches

        from .compat import Sqs
        from .polling import Polling
        from .rooms import Rooms

        sqs = Sqs()
        rooms = Rooms(sqs)
        patches = Patches()
        try:
            patches.put_in(sqs.patches(rooms, engine.clock))
        except BaseException:
            patches.take_out()
            raise
        self._polling, self._patches = Polling(engine, sqs, rooms), patches

    @hookimpl
    def aiomoto_deactivate(self) -> None:
        """End all waits, and leave moto as it was."""
        polling, self._polling = self._polling, None
        patches, self._patches = self._patches, None
        if patches is not None:
            patches.take_out()
        if polling is not None:
            polling.rooms.close()

    @hookimpl
    def aiomoto_handle(self, request: AwsRequest) -> AwsResponse | Awaitable[AwsResponse] | None:
        """Answer ReceiveMessage; all else is moto's alone."""
        if self._polling is None or request.operation not in _RECEIVES:
            return None
        return self._polling.answer(request)


#: What the entry point names.
plugin = SqsPlugin()
