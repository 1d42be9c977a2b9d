"""Waiters: at once where moto's state says so, else for another task, the loop free meanwhile."""

from __future__ import annotations

import asyncio
from typing import Any

import botocore.exceptions
import pytest

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("aws")]


@pytest.fixture
def attempts(connect: Any) -> Any:
    """``attempts(client)``: a list that grows by the operation of each call from now on."""

    def watch(client: Any) -> list[str]:
        called: list[str] = []
        client.meta.events.register(
            "before-call.dynamodb", lambda model, **_: called.append(model.name)
        )
        return called

    return watch


async def test_a_new_table_exists_at_the_first_look(
    connect: Any, make_table: Any, backend: str, slept: list[float], attempts: Any
) -> None:
    async with connect("dynamodb", backend=backend) as client:
        await make_table(client)
        called = attempts(client)
        await client.get_waiter("table_exists").wait(TableName="orders")
        assert called == ["DescribeTable"]
        assert slept == []


async def test_a_deleted_table_is_gone_at_the_first_look(
    connect: Any, make_table: Any, backend: str, slept: list[float], attempts: Any
) -> None:
    async with connect("dynamodb", backend=backend) as client:
        await make_table(client)
        await client.delete_table(TableName="orders")
        called = attempts(client)
        await client.get_waiter("table_not_exists").wait(TableName="orders")
        assert called == ["DescribeTable"]
        assert slept == []


async def test_a_waiter_waits_for_another_task(
    connect: Any, make_table: Any, slept: list[float], attempts: Any
) -> None:
    async with connect("dynamodb") as client:
        called = attempts(client)
        looked_twice = asyncio.Event()
        client.meta.events.register(
            "after-call.dynamodb",
            lambda **_: looked_twice.set() if len(called) == 2 else None,
        )
        waiting = asyncio.ensure_future(client.get_waiter("table_exists").wait(TableName="orders"))
        await looked_twice.wait()
        assert not waiting.done()
        await make_table(client)
        await waiting
        # The delay is the service model's, DynamoDB's waiters-2.json.
        assert set(slept) == {20}
        assert len(slept) == called.count("DescribeTable") - 1


async def test_a_waiter_gives_up_after_its_attempts(
    connect: Any, slept: list[float], attempts: Any
) -> None:
    async with connect("dynamodb") as client:
        called = attempts(client)
        with pytest.raises(botocore.exceptions.WaiterError, match="Max attempts exceeded"):
            await client.get_waiter("table_exists").wait(
                TableName="orders", WaiterConfig={"Delay": 3, "MaxAttempts": 4}
            )
        assert len(called) == 4
        assert slept == [3, 3, 3]


async def test_a_waiter_stops_at_an_error_that_it_does_not_know(
    connect: Any, slept: list[float]
) -> None:
    async with connect("dynamodb") as client:
        with pytest.raises(botocore.exceptions.ParamValidationError):
            await client.get_waiter("table_exists").wait()
        assert slept == []
