"""A wait for virtual time that nobody moves is reported to its client, else in the log."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from support.standstill import STANDS_STILL

from aiomoto import MockAWS
from aiomoto_lambda import Context, handlers

if TYPE_CHECKING:
    from aiomoto.testing.clients import Connect

pytestmark = [pytest.mark.aws(clock="virtual"), pytest.mark.usefixtures("impatient")]


@pytest.mark.asyncio
async def test_a_time_out_of_lambda_is_no_wait(aws: MockAWS, connect: Connect) -> None:
    """The handler takes real time, in which its deadline does not come nearer."""

    async def slow(event: Any, context: Context) -> Any:
        await asyncio.sleep(0.3)
        return event

    handlers.create("slow", slow)
    async with connect("lambda") as client:
        answer = await client.invoke(FunctionName="slow", Payload=b"1")
        assert json.loads(await answer["Payload"].read()) == 1


@pytest.mark.asyncio
async def test_a_retry_of_lambda(
    aws: MockAWS, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    async def fails(event: Any, context: Context) -> Any:
        raise ValueError("not now")

    handlers.create("orders", fails)
    async with connect("lambda") as client:
        await client.invoke(FunctionName="orders", InvocationType="Event", Payload=b"{}")
        await asyncio.sleep(0.3)
    [text] = [one.message for one in caplog.records if one.name == "aiomoto.standstill"]
    assert text.startswith(f"a retry of Lambda function 'orders' {STANDS_STILL} 60 s of the")
