"""CloudWatch Logs: StartLiveTail goes on after moto's answer, as AWS's does.

Source: CloudWatch Logs API Reference, "StartLiveTail".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiomoto import ServicePlugin, hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiomoto import AwsRequest, AwsResponse, Engine, Patch

    from .tails import LiveTail


class LogsPlugin(ServicePlugin["LiveTail"]):
    """Keeps the sessions of a mock."""

    services = ("logs",)
    module = "moto.logs.models"

    def patches(self) -> Sequence[Patch]:
        from .compat import Logs

        self._moto = Logs()
        return self._moto.patches(self._put)

    def _put(self, stream: Any, events: list[Any]) -> None:
        if self.now is not None:
            self.now.put(stream, events)

    def begin(self, engine: Engine) -> tuple[LiveTail, Sequence[Patch]]:
        from .tails import LiveTail

        return LiveTail(engine, self._moto), ()

    def end(self, state: LiveTail) -> None:
        state.bodies.close()

    @hookimpl
    def aiomoto_handle(self, request: AwsRequest) -> AwsResponse | None:
        """Go on after moto's answer to StartLiveTail, which is all that a sync client gets."""
        if request.operation != "StartLiveTail" or self.now is None or not request.is_async:
            return None
        return self.now.start(request)


plugin = LogsPlugin()
