"""Bedrock runtime: model calls, streaming ones too, are answered with what the test supplies.

.. code-block:: python

    from aiomoto_contrib.bedrockruntime import replies

    async with mock_aws(), session.create_client("bedrock-runtime") as bedrock:
        replies.add("It is sunny.")
        answer = await bedrock.converse_stream(modelId="model", messages=[...])
        async for event in answer["stream"]:
            ...
"""

from __future__ import annotations

from collections.abc import Awaitable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from aiomoto import hookimpl

from .supplied import Failure, InvalidReply, ModelRequest, Pause, Replies, Reply

if TYPE_CHECKING:
    from aiomoto.engine import Engine
    from aiomoto.request import AwsRequest, AwsResponse

__all__ = ["Failure", "InvalidReply", "ModelRequest", "Pause", "Replies", "Reply", "replies"]

#: What models reply inside of the mock that is active; empty when the first mock starts.
replies = Replies()


def _moto_has_it() -> bool:
    """moto has Bedrock runtime since 5.2; looked up without importing moto."""
    moto = find_spec("moto")
    places = (moto and moto.submodule_search_locations) or []
    return any((Path(place) / "bedrockruntime").is_dir() for place in places)


@hookimpl
def aiomoto_services() -> list[str]:
    """Own Bedrock runtime, by its name in ``moto.backend_index``, where moto has it."""
    return ["bedrockruntime"] if _moto_has_it() else []


if _moto_has_it():
    # A plugin that owns no service may have no such hooks.

    @hookimpl
    def aiomoto_activate(engine: Engine) -> None:
        """Take replies from now on."""
        replies.begin(engine.clock)

    @hookimpl
    def aiomoto_deactivate() -> None:
        """Forget the replies that were left."""
        replies.end()

    @hookimpl
    def aiomoto_handle(
        request: AwsRequest,
    ) -> AwsResponse | Awaitable[AwsResponse | None] | None:
        """Answer a model call with the first reply that fits."""
        from .answering import answer

        return answer(replies, request)
