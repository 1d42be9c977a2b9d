"""What tasks of one event loop can really contend for: an item between two awaits."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("aws")]

KEY = {"id": {"S": "counter"}}


async def read(client: Any) -> tuple[int, int]:
    """The counter's value and version."""
    item = (await client.get_item(TableName="orders", Key=KEY))["Item"]
    return int(item["n"]["N"]), int(item["version"]["N"])


async def write(client: Any, value: int, version: int) -> bool:
    """Put the value if nobody has put another since ``version``."""
    try:
        await client.put_item(
            TableName="orders",
            Item={**KEY, "n": {"N": str(value)}, "version": {"N": str(version + 1)}},
            ConditionExpression="version = :seen",
            ExpressionAttributeValues={":seen": {"N": str(version)}},
        )
    except client.exceptions.ConditionalCheckFailedException:
        return False
    return True


async def test_optimistic_locking_loses_no_update_of_100_tasks(
    connect: Any, make_table: Any, backend: str
) -> None:
    tasks = 100
    async with connect("dynamodb", backend=backend) as client:
        await make_table(client)
        start = {**KEY, "n": {"N": "0"}, "version": {"N": "0"}}
        await client.put_item(TableName="orders", Item=start)
        refused = 0
        # All 100 in step would be refused 5,000 times.
        turn = asyncio.Semaphore(2)

        async def increment() -> None:
            nonlocal refused
            # All have read before one writes, so that all but one collide.
            value, version = await read(client)
            await everybody.wait()
            if await write(client, value + 1, version):
                return
            refused += 1
            async with turn:
                while True:
                    value, version = await read(client)
                    if await write(client, value + 1, version):
                        return
                    refused += 1

        everybody = Barrier(tasks)
        await asyncio.wait_for(asyncio.gather(*(increment() for _ in range(tasks))), 110)
        assert await read(client) == (tasks, tasks)
        assert refused >= tasks - 1


async def test_without_a_condition_updates_are_lost(connect: Any, make_table: Any) -> None:
    """The proof that the test above contends for something."""
    tasks = 20
    async with connect("dynamodb") as client:
        await make_table(client)
        start = {**KEY, "n": {"N": "0"}, "version": {"N": "0"}}
        await client.put_item(TableName="orders", Item=start)
        everybody = Barrier(tasks)

        async def increment() -> None:
            value, _ = await read(client)
            await everybody.wait()
            item = {**KEY, "n": {"N": str(value + 1)}, "version": {"N": "0"}}
            await client.put_item(TableName="orders", Item=item)

        await asyncio.gather(*(increment() for _ in range(tasks)))
        assert (await read(client))[0] == 1


async def test_an_update_expression_needs_no_lock(
    connect: Any, make_table: Any, boto: Any, backend: str
) -> None:
    """Tasks of the loop, and boto3 in a thread beside it."""
    async with connect("dynamodb", backend=backend) as client:
        await make_table(client)
        add: dict[str, Any] = {
            "TableName": "orders",
            "Key": KEY,
            "UpdateExpression": "ADD n :one",
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        }
        sync = boto("dynamodb")

        def from_a_thread() -> None:
            for _ in range(40):
                sync.update_item(**add)

        thread = threading.Thread(target=from_a_thread)
        thread.start()
        await asyncio.gather(*(client.update_item(**add) for _ in range(60)))
        await asyncio.to_thread(thread.join)
        item = (await client.get_item(TableName="orders", Key=KEY))["Item"]
        assert item["n"] == {"N": "100"}


async def test_one_of_many_takes_the_lease(connect: Any, make_table: Any) -> None:
    async with connect("dynamodb") as client:
        await make_table(client)

        async def take(name: str) -> str | None:
            try:
                await client.put_item(
                    TableName="orders",
                    Item={**KEY, "owner": {"S": name}},
                    ConditionExpression="attribute_not_exists(id)",
                )
            except client.exceptions.ConditionalCheckFailedException:
                return None
            return name

        taken = await asyncio.gather(*(take(str(number)) for number in range(50)))
        [owner] = [name for name in taken if name]
        item = (await client.get_item(TableName="orders", Key=KEY))["Item"]
        assert item["owner"]["S"] == owner


class Barrier:
    """Lets its tasks go on once all are here; asyncio has one since Python 3.11."""

    def __init__(self, parties: int) -> None:
        self._missing = parties
        self._complete = asyncio.Event()

    async def wait(self) -> None:
        self._missing -= 1
        if not self._missing:
            self._complete.set()
        await self._complete.wait()
