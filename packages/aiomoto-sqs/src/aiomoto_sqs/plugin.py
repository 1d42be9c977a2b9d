"""What SQS adds to core: long polls that wait outside of moto, on real or virtual time."""

from __future__ import annotations

from collections.abc import Awaitable
from functools import partial
from typing import TYPE_CHECKING

from aiomoto import hookimpl
from aiomoto.plugin.fast_paths import FastPath
from aiomoto.plugin.imports import LatePart, ModulePatches

if TYPE_CHECKING:
    from aiomoto.engine import Engine
    from aiomoto.plugin.patches import Patch
    from aiomoto.request import AwsRequest, AwsResponse

    from .compat import Sqs
    from .polling import Polling

_RECEIVES = (None, "ReceiveMessage")
#: What is waited for: moto's queues can't change before they are imported.
_MODELS = "moto.sqs.models"


class SqsPlugin:
    """The hooks, and what they have put in while a mock is active."""

    def __init__(self) -> None:
        self._sqs: Sqs | None = None
        self._part: LatePart[Polling] = LatePart(_MODELS)
        self._prepared = ModulePatches(_MODELS, self._prepare)
        self._counts = FastPath("counts of messages", _MODELS, _counts)

    @hookimpl
    def aiomoto_services(self) -> list[str]:
        """Own SQS, by its name in ``moto.backend_index``."""
        return ["sqs"]

    @hookimpl
    def aiomoto_activate(self, engine: Engine) -> None:
        """Watch moto's queues, and have them go by the mock's clock, once there are any."""
        self._part.begin(partial(self._begin, engine))
        engine.fast_paths.begin(self._counts)

    def _prepare(self) -> list[Patch]:
        from .compat import Sqs

        self._sqs = Sqs()
        return self._sqs.patches()

    def _begin(self, engine: Engine) -> tuple[Polling, list[Patch]]:
        from .polling import Polling
        from .rooms import Rooms

        patches, sqs = self._prepared.made(), self._sqs
        assert sqs is not None
        sqs.watcher = rooms = Rooms(sqs)
        return Polling(engine, sqs, rooms), [*patches, *sqs.time_patches(engine.clock)]

    @hookimpl
    def aiomoto_deactivate(self, engine: Engine) -> None:
        """End all waits, and leave moto as it was."""
        engine.fast_paths.end(self._counts)
        polling = self._part.end()
        if polling is not None:
            polling.rooms.close()

    @hookimpl
    def aiomoto_handle(self, request: AwsRequest) -> AwsResponse | Awaitable[AwsResponse] | None:
        """Answer ReceiveMessage; all else is moto's alone."""
        if self._part.now is None or request.operation not in _RECEIVES:
            return None
        return self._part.now.answer(request)


def _counts() -> list[Patch]:
    from .compat import Counts

    return Counts().patches()


#: What the entry point names.
plugin = SqsPlugin()
