"""Amazon Bedrock: models reply what the test says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiomoto import ServicePlugin, hookimpl

from .supplied import replies

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from aiomoto import AwsRequest, AwsResponse, Engine


class BedrockPlugin(ServicePlugin[None]):
    """Answers model calls."""

    services = ("bedrock", "bedrockagent", "bedrockruntime")

    @hookimpl
    def aiomoto_activate(self, engine: Engine) -> None:
        replies.begin(engine.clock)

    @hookimpl
    def aiomoto_deactivate(self, engine: Engine) -> None:
        replies.end()

    @hookimpl
    def aiomoto_handle(
        self, request: AwsRequest
    ) -> AwsResponse | Awaitable[AwsResponse | None] | None:
        """Answer a model call with the first reply that fits."""
        from .answering import answer

        return answer(replies, request)


plugin = BedrockPlugin()
