"""Streams: a task that tails one, and where shard iterators begin."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("aws")]

STREAM = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}


class Shard:
    """The one shard that moto gives a stream, read through aiobotocore."""

    def __init__(self, streams: Any, arn: str, shard_id: str) -> None:
        self.streams = streams
        self.where = {"StreamArn": arn, "ShardId": shard_id}

    async def iterator(self, kind: str, **more: str) -> str:
        given = {**self.where, "ShardIteratorType": kind, **more}
        return str((await self.streams.get_shard_iterator(**given))["ShardIterator"])

    async def records(self, kind: str, **more: str) -> list[Any]:
        iterator = await self.iterator(kind, **more)
        return list((await self.streams.get_records(ShardIterator=iterator))["Records"])


async def shard_of(table: str, streams: Any) -> Shard:
    [stream] = (await streams.list_streams(TableName=table))["Streams"]
    described = await streams.describe_stream(StreamArn=stream["StreamArn"])
    [shard] = described["StreamDescription"]["Shards"]
    return Shard(streams, stream["StreamArn"], shard["ShardId"])


def ids(records: list[Any]) -> list[str]:
    return [record["dynamodb"]["Keys"]["id"]["S"] for record in records]


async def put(client: Any, *names: str) -> None:
    for name in names:
        await client.put_item(TableName="orders", Item={"id": {"S": name}})


@pytest.fixture
def opened(connect: Any, make_table: Any) -> Any:
    """``opened(stack, backend)``: a client, and the shard of its new table's stream."""

    async def both(stack: AsyncExitStack, backend: str = "aiohttp") -> tuple[Any, Shard]:
        client = await stack.enter_async_context(connect("dynamodb", backend=backend))
        streams = await stack.enter_async_context(connect("dynamodbstreams", backend))
        await make_table(client, StreamSpecification=STREAM)
        return client, await shard_of("orders", streams)

    return both


async def test_a_tailing_task_sees_the_writes_of_others_in_order(opened: Any, backend: str) -> None:
    async with AsyncExitStack() as stack:
        client, shard = await opened(stack, backend)
        seen: list[str] = []
        polls = 0

        async def tail(count: int) -> None:
            nonlocal polls
            iterator = await shard.iterator("LATEST")
            listening.set()
            while len(seen) < count:
                answer = await shard.streams.get_records(ShardIterator=iterator)
                seen.extend(ids(answer["Records"]))
                iterator = answer["NextShardIterator"]
                polls += 1
                await asyncio.sleep(0)

        listening = asyncio.Event()
        order: list[str] = []

        async def write(writer: int) -> None:
            for number in range(8):
                name = f"{writer}-{number}"
                await put(client, name)
                order.append(name)

        tailing = asyncio.ensure_future(tail(32))
        await listening.wait()
        await asyncio.gather(*(write(writer) for writer in range(4)))
        await asyncio.wait_for(tailing, 60)

        assert polls > 1
        assert sorted(seen) == sorted(order)
        for writer in range(4):
            mine = [name for name in seen if name.startswith(f"{writer}-")]
            assert mine == [f"{writer}-{number}" for number in range(8)]
        whole = await shard.records("TRIM_HORIZON")
        assert ids(whole) == seen
        numbers = [int(record["dynamodb"]["SequenceNumber"]) for record in whole]
        assert numbers == sorted(set(numbers))


async def test_every_type_of_shard_iterator(opened: Any) -> None:
    async with AsyncExitStack() as stack:
        client, shard = await opened(stack)
        await put(client, "a", "b", "c")
        latest = await shard.iterator("LATEST")

        records = await shard.records("TRIM_HORIZON")
        assert ids(records) == ["a", "b", "c"]
        second = records[1]["dynamodb"]["SequenceNumber"]
        at = await shard.records("AT_SEQUENCE_NUMBER", SequenceNumber=second)
        assert ids(at) == ["b", "c"]
        after = await shard.records("AFTER_SEQUENCE_NUMBER", SequenceNumber=second)
        assert ids(after) == ["c"]

        await put(client, "d")
        answer = await shard.streams.get_records(ShardIterator=latest)
        assert ids(answer["Records"]) == ["d"]
        again = await shard.streams.get_records(ShardIterator=answer["NextShardIterator"])
        assert again["Records"] == []


async def test_a_limit_leaves_the_rest_to_the_next_call(opened: Any) -> None:
    async with AsyncExitStack() as stack:
        client, shard = await opened(stack)
        await put(client, "a", "b", "c")
        iterator = await shard.iterator("TRIM_HORIZON")
        first = await shard.streams.get_records(ShardIterator=iterator, Limit=2)
        assert ids(first["Records"]) == ["a", "b"]
        rest = await shard.streams.get_records(ShardIterator=first["NextShardIterator"], Limit=2)
        assert ids(rest["Records"]) == ["c"]


async def test_records_hold_both_images(opened: Any) -> None:
    async with AsyncExitStack() as stack:
        client, shard = await opened(stack)
        key = {"id": {"S": "a"}}
        await client.put_item(TableName="orders", Item={**key, "n": {"N": "1"}})
        await client.update_item(
            TableName="orders",
            Key=key,
            UpdateExpression="SET n = :two",
            ExpressionAttributeValues={":two": {"N": "2"}},
        )
        await client.delete_item(TableName="orders", Key=key)

        records = await shard.records("TRIM_HORIZON")
        assert [record["eventName"] for record in records] == ["INSERT", "MODIFY", "REMOVE"]
        modified = records[1]["dynamodb"]
        assert modified["OldImage"]["n"] == {"N": "1"}
        assert modified["NewImage"]["n"] == {"N": "2"}
        assert not records[2]["dynamodb"].get("NewImage")


async def test_a_transaction_and_a_batch_are_in_the_stream(opened: Any) -> None:
    async with AsyncExitStack() as stack:
        client, shard = await opened(stack)
        items = [{"id": {"S": name}} for name in "abcd"]
        await client.transact_write_items(
            TransactItems=[{"Put": {"TableName": "orders", "Item": item}} for item in items[:2]]
        )
        await client.batch_write_item(
            RequestItems={"orders": [{"PutRequest": {"Item": item}} for item in items[2:]]}
        )
        assert sorted(ids(await shard.records("TRIM_HORIZON"))) == list("abcd")
