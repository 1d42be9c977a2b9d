from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import order_worker
import pytest

pytestmark = pytest.mark.aws(clock="virtual")


@contextlib.asynccontextmanager
async def working(*arguments: Any) -> AsyncIterator[None]:
    task = asyncio.create_task(order_worker.work(*arguments))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def until(count: int, aws: Any, service: str, operation: str) -> None:
    """Wait for calls of the worker, for a real second at most."""
    for _ in range(100):
        done = [one for one in aws.calls.filter(service, operation) if one.status is not None]
        if len(done) >= count:
            return
        await asyncio.sleep(0.01)
    aws.calls.assert_count(count, service, operation)


async def send(sqs: Any, queue: str, number: str) -> None:
    await sqs.send_message(QueueUrl=queue, MessageBody=json.dumps({"id": number, "what": "bike"}))


async def test_orders_are_kept_once(
    aws: Any, sqs_client: Any, sqs_queue: str, dynamodb_client: Any, dynamodb_table: str
) -> None:
    async with working(sqs_client, dynamodb_client, sqs_queue, dynamodb_table):
        for number in ("1001", "1002", "1001"):
            await send(sqs_client, sqs_queue, number)
        await until(3, aws, "sqs", "DeleteMessage")
    found = await dynamodb_client.scan(TableName=dynamodb_table)
    assert sorted(item["id"]["S"] for item in found["Items"]) == ["1001", "1002"]
    aws.calls.assert_count(3, "sqs", "DeleteMessage")


async def test_an_order_that_could_not_be_kept_comes_again(
    aws: Any, sqs_client: Any, sqs_queue: str, dynamodb_client: Any
) -> None:
    async with working(sqs_client, dynamodb_client, sqs_queue, "late"):
        await send(sqs_client, sqs_queue, "1001")
        await until(1, aws, "dynamodb", "PutItem")
        await aws.clock.advance(order_worker.VISIBILITY - 1)
        aws.calls.assert_called_once("dynamodb", "PutItem", TableName="late")

        await dynamodb_client.create_table(
            TableName="late",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        await aws.clock.advance(1)
        await until(1, aws, "sqs", "DeleteMessage")
    assert (await dynamodb_client.scan(TableName="late"))["Count"] == 1
