"""SNS: messages to HTTP endpoints and to Lambda functions go out when moto has answered.

moto posts to an endpoint while it computes its answer. The endpoint may be a server in the
same event loop, or may call AWS itself, and both would wait for each other for ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiomoto import ServicePlugin, hookimpl

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from aiomoto import AwsRequest, AwsResponse, Engine, Patch

    from .outbox import Outbox


class SnsPlugin(ServicePlugin["Outbox"]):
    """Has deliveries that would wait handed over."""

    services = ("sns",)
    module = "moto.sns.models"
    has_jobs = True

    def patches(self) -> Sequence[Patch]:
        from .compat import Sns

        self._moto = Sns()
        return self._moto.patches(lambda one: self.now is not None and self.now.take(one))

    def begin(self, engine: Engine) -> tuple[Outbox, Sequence[Patch]]:
        from .outbox import Outbox

        return Outbox(engine, self._moto), ()

    @hookimpl
    def aiomoto_handle(self, request: AwsRequest) -> AwsResponse | Awaitable[AwsResponse] | None:
        """Answer Publish; all else is moto's alone."""
        if self.now is None or request.operation not in ("Publish", "PublishBatch"):
            return None
        return self.now.answer(request)


plugin = SnsPlugin()
