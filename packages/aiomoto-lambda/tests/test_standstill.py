"""A wait for virtual time that nobody moves is reported to its client, else in the log."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from aiomoto import MockAWS, mock_aws, standstill
from aiomoto_lambda import Context, handlers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aiomoto.testing.clients import Connect

STANDS_STILL = "has stood still for 0.05 s of real time: it waits for"


@pytest.fixture
def mock(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockAWS]:
    monkeypatch.setattr(standstill, "PATIENCE", 0.05)
    with mock_aws(clock="virtual") as running:
        yield running


@pytest.mark.asyncio
async def test_a_time_out_of_lambda_is_no_wait(mock: MockAWS, connect: Connect) -> None:
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
    mock: MockAWS, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    async def fails(event: Any, context: Context) -> Any:
        raise ValueError("not now")

    handlers.create("orders", fails)
    async with connect("lambda") as client:
        await client.invoke(FunctionName="orders", InvocationType="Event", Payload=b"{}")
        await asyncio.sleep(0.3)
    [text] = [one.message for one in caplog.records if one.name == "aiomoto.standstill"]
    assert text.startswith(f"a retry of Lambda function 'orders' {STANDS_STILL} 60 s of the")
