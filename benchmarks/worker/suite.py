"""A test of a realistic suite: an order comes in, is stored, announced and picked up."""

from __future__ import annotations

import asyncio
import threading
from contextlib import nullcontext
from typing import Any


async def one_test(world: Any) -> None:
    """A mock, a session, three clients and 20 calls."""
    from .jobs import TABLE, expect

    async with (
        world.test_mock(),
        # Inside, as moto's guide has it ("Getting Started", "Recommended Usage").
        nullcontext(world.session()) as session,
        world.client("s3", session) as s3,
        world.client("dynamodb", session) as dynamodb,
        world.client("sqs", session) as sqs,
    ):
        await s3.create_bucket(Bucket="documents")
        await dynamodb.create_table(**TABLE)
        url = (await sqs.create_queue(QueueName="new-orders"))["QueueUrl"]
        for number in range(3):
            text = f"order {number}".encode()
            await s3.put_object(Bucket="documents", Key=f"{number}.txt", Body=text)
        for number in range(2):
            item = {"id": {"S": str(number)}, "state": {"S": "new"}}
            await dynamodb.put_item(TableName="orders", Item=item)
            await sqs.send_message(QueueUrl=url, MessageBody=str(number))
        listed = await s3.list_objects_v2(Bucket="documents")
        expect([one["Key"] for one in listed["Contents"]], ["0.txt", "1.txt", "2.txt"])
        for _ in range(2):
            [message] = (await sqs.receive_message(QueueUrl=url))["Messages"]
            number = message["Body"]
            answer = await s3.get_object(Bucket="documents", Key=f"{number}.txt")
            expect(await world.read(answer), f"order {number}".encode())
            key = {"id": {"S": number}}
            expect("Item" in await dynamodb.get_item(TableName="orders", Key=key), True)
            await sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        expect((await dynamodb.scan(TableName="orders"))["Count"], 2)


async def run(world: Any, tests: int) -> None:
    """So many tests, each in an event loop of its own as pytest's plugins have it.

    In a thread, since this one has a loop already.
    """
    failed: list[BaseException] = []

    def all_tests() -> None:
        try:
            for _ in range(tests):
                asyncio.run(one_test(world))
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=all_tests)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
