"""CloudWatch Logs: StartLiveTail goes on after moto's answer, as AWS's does.

Source: CloudWatch Logs API Reference, "StartLiveTail".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiomoto import ServicePlugin, hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiomoto.engine import Engine
    from aiomoto.plugin.patches import Patch
    from aiomoto.request import AwsRequest, AwsResponse

    from .tails import LiveTail


class LogsPlugin(ServicePlugin["LiveTail"]):
    """Keeps the sessions of a mock."""

    services = ("logs",)
    module = "moto.logs.models"

    def begin(self, engine: Engine) -> tuple[LiveTail, Sequence[Patch]]:
        """Hear of log events."""
        from .compat import Logs
        from .tails import LiveTail

        moto = Logs()
        state = LiveTail(engine, moto)
        return state, moto.patches(state.put)

    def end(self, state: LiveTail) -> None:
        """End all sessions."""
        state.bodies.close()

    @hookimpl
    def aiomoto_handle(self, request: AwsRequest) -> AwsResponse | None:
        """Go on after moto's answer to StartLiveTail, which is all that a sync client gets."""
        if request.operation != "StartLiveTail" or self.now is None or not request.is_async:
            return None
        return self.now.start(request)


#: What the entry point names.
plugin = LogsPlugin()
