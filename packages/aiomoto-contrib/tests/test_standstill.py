"""A wait for virtual time that nobody moves is reported to its client, else in the log."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from support.standstill import STANDS_STILL

from aiomoto import AiomotoWarning, MockAWS

if TYPE_CHECKING:
    from aiomoto.testing.clients import Connect

pytestmark = [
    pytest.mark.aws(clock="virtual", config={"stepfunctions": {"execute_state_machine": True}}),
    pytest.mark.usefixtures("impatient"),
]


@pytest.mark.asyncio
async def test_a_poll_of_swf(aws: MockAWS, connect: Connect, backend: str) -> None:
    async with connect("swf", backend) as swf:
        await swf.register_domain(name="d", workflowExecutionRetentionPeriodInDays="1")
        text = f"swf PollForDecisionTask {STANDS_STILL} 60 s of the mock's virtual clock"
        with pytest.raises(AiomotoWarning, match=text):
            await swf.poll_for_decision_task(domain="d", taskList={"name": "t"})


@pytest.mark.asyncio
async def test_a_subscription_of_kinesis(aws: MockAWS, connect: Connect) -> None:
    async with connect("kinesis") as kinesis:
        await kinesis.create_stream(StreamName="clicks", ShardCount=1)
        described = await kinesis.describe_stream(StreamName="clicks")
        arn = described["StreamDescription"]["StreamARN"]
        made = await kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="reader")
        answer = await kinesis.subscribe_to_shard(
            ConsumerARN=made["Consumer"]["ConsumerARN"],
            ShardId="shardId-000000000000",
            StartingPosition={"Type": "LATEST"},
        )

        async def read() -> None:
            async for _ in answer["EventStream"]:
                pass

        reading = asyncio.create_task(read())
        with pytest.warns(AiomotoWarning, match=f"kinesis SubscribeToShard {STANDS_STILL} the"):
            await asyncio.sleep(0.3)
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading
        answer["EventStream"].close()


@pytest.mark.asyncio
async def test_a_state_machine(
    aws: MockAWS, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    """Its client may ask for ever how far it is."""
    states = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 30, "End": True}}}
    async with connect("stepfunctions") as client:
        made = await client.create_state_machine(
            name="m", definition=json.dumps(states), roleArn="arn:aws:iam::123456789012:role/r"
        )
        run = await client.start_execution(stateMachineArn=made["stateMachineArn"])
        for _ in range(30):
            await client.describe_execution(executionArn=run["executionArn"])
            await asyncio.sleep(0.01)
        said = [one.message for one in caplog.records if one.name == "aiomoto.standstill"]
        assert any(f"{STANDS_STILL} 30 s of the mock's" in text for text in said)
        await aws.clock.advance(30)
        about = await client.describe_execution(executionArn=run["executionArn"])
        assert about["status"] == "SUCCEEDED"
