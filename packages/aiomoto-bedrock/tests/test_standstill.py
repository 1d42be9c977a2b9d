"""A wait for virtual time that nobody moves is reported to its client, else in the log."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from support.standstill import STANDS_STILL

from aiomoto import AiomotoWarning, MockAWS
from aiomoto_bedrock import Pause, replies

if TYPE_CHECKING:
    from aiomoto.testing.clients import Connect

pytestmark = [pytest.mark.aws(clock="virtual"), pytest.mark.usefixtures("impatient")]


@pytest.mark.asyncio
async def test_a_pause_of_bedrock(aws: MockAWS, connect: Connect) -> None:
    async with connect("bedrock-runtime") as bedrock:
        replies.add([b"a", Pause(2), b"b"])
        answer = await bedrock.invoke_model_with_response_stream(modelId="m", body=b"{}")
        seen: list[bytes] = []

        async def read() -> None:
            async for event in answer["body"]:
                seen.append(event["chunk"]["bytes"])

        text = f"bedrock-runtime InvokeModelWithResponseStream {STANDS_STILL} 2 s of"
        reading = asyncio.create_task(read())
        with pytest.warns(AiomotoWarning, match=text):
            await asyncio.sleep(0.3)
        await aws.clock.advance(2)
        await reading
        assert seen == [b"a", b"b"]
