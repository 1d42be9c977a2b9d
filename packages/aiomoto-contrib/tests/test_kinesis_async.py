"""Kinesis: subscribe_to_shard reads moto's streams while they are written.

Most tests are on virtual time, on which nobody looks again because time has passed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from botocore.exceptions import EventStreamError
from support import streams

from aiomoto import mock_aws
from aiomoto.clock import VirtualClock
from aiomoto_contrib.kinesis.plugin import plugin

if TYPE_CHECKING:
    from aiomoto.testing.clients import Connect

SHARD = "shardId-000000000000"
URL = "https://kinesis.us-east-1.amazonaws.com/"
TARGET = "Kinesis_20131202.SubscribeToShard"
Boto = Callable[[str], Any]


async def stream_of(kinesis: Any, *names: str) -> str:
    """A stream "clicks" with consumers; returns the first one's ARN."""
    await kinesis.create_stream(StreamName="clicks", ShardCount=1)
    described = await kinesis.describe_stream(StreamName="clicks")
    arn = described["StreamDescription"]["StreamARN"]
    registered = [
        await kinesis.register_stream_consumer(StreamARN=arn, ConsumerName=name)
        for name in names or ("reader",)
    ]
    found: str = registered[0]["Consumer"]["ConsumerARN"]
    return found


async def put(kinesis: Any, *texts: str) -> None:
    for text in texts:
        await kinesis.put_record(StreamName="clicks", Data=text.encode(), PartitionKey="k")


async def subscribe(kinesis: Any, consumer: str, shard: str = SHARD, **start: Any) -> Any:
    answer = await kinesis.subscribe_to_shard(
        ConsumerARN=consumer, ShardId=shard, StartingPosition=start or {"Type": "TRIM_HORIZON"}
    )
    return answer["EventStream"]


async def events(stream: Any) -> AsyncIterator[Any]:
    try:
        async for event in stream:
            yield event["SubscribeToShardEvent"]
    finally:
        stream.close()


async def all_of(stream: Any) -> list[Any]:
    return [event async for event in events(stream)]


async def texts(stream: Any, count: int) -> list[str]:
    """So many records, in as many events as they come in."""
    found: list[str] = []
    async with aclosing(events(stream)) as reading:
        while len(found) < count:
            event = await asyncio.wait_for(anext(reading), 5)
            found += [record["Data"].decode() for record in event["Records"]]
    return found


@pytest.mark.asyncio
async def test_records_put_later_arrive(connect: Connect, boto: Boto) -> None:
    async with mock_aws(clock="virtual"), connect("kinesis") as kinesis:
        consumer = await stream_of(kinesis)
        await put(kinesis, "before")
        stream = await subscribe(kinesis, consumer)
        await put(kinesis, "after the call")
        reading = asyncio.create_task(texts(stream, 5))
        await asyncio.sleep(0)
        await put(kinesis, "one")
        boto("kinesis").put_records(
            StreamName="clicks", Records=[{"Data": b"of boto3", "PartitionKey": "k"}]
        )
        await asyncio.to_thread(
            boto("kinesis").put_record, StreamName="clicks", Data=b"thread", PartitionKey="k"
        )
        assert await reading == ["before", "after the call", "one", "of boto3", "thread"]


@pytest.mark.asyncio
async def test_what_another_service_puts_arrives(connect: Connect, boto: Boto) -> None:
    """Not every way to a stream is a request to Kinesis."""
    async with mock_aws(clock="virtual"), connect("kinesis") as kinesis:
        consumer = await stream_of(kinesis)
        stream = await subscribe(kinesis, consumer, Type="LATEST")
        reading = asyncio.create_task(anext(events(stream)))
        logs = boto("logs")
        logs.create_log_group(logGroupName="app")
        logs.create_log_stream(logGroupName="app", logStreamName="one")
        logs.put_subscription_filter(
            logGroupName="app",
            filterName="all",
            filterPattern="",
            destinationArn=consumer.split("/consumer/")[0],
        )
        now = int(datetime.now(timezone.utc).timestamp() * 1000)
        logs.put_log_events(
            logGroupName="app",
            logStreamName="one",
            logEvents=[{"timestamp": now, "message": "hello"}],
        )
        assert len((await asyncio.wait_for(reading, 5))["Records"]) == 1
        stream.close()


@pytest.mark.asyncio
async def test_an_event_says_what_there_is_to_a_record(connect: Connect) -> None:
    mock = mock_aws(clock=VirtualClock(start=1_700_000_000))
    async with mock, connect("kinesis") as kinesis:
        consumer = await stream_of(kinesis)
        await mock.clock.advance(1.5)
        await put(kinesis, "x")
        async with aclosing(events(await subscribe(kinesis, consumer))) as reading:
            event = await anext(reading)
    [record] = event["Records"]
    assert record.pop("ApproximateArrivalTimestamp").timestamp() == 1_700_000_001.5
    assert record == {
        "SequenceNumber": "1",
        "Data": b"x",
        "PartitionKey": "k",
        "EncryptionType": "NONE",
    }
    assert (event["ContinuationSequenceNumber"], event["MillisBehindLatest"]) == ("1", 0)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("start", "found"),
    [
        ({"Type": "TRIM_HORIZON"}, ["a", "b", "c"]),
        ({"Type": "LATEST"}, []),
        ({"Type": "AT_SEQUENCE_NUMBER", "SequenceNumber": "2"}, ["b", "c"]),
        ({"Type": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": "2"}, ["c"]),
        ({"Type": "AT_TIMESTAMP", "Timestamp": 0}, ["a", "b", "c"]),
        ({"Type": "AT_TIMESTAMP", "Timestamp": 1_700_000_010}, ["b", "c"]),
        ({"Type": "AT_TIMESTAMP", "Timestamp": 1_700_000_011}, ["c"]),
        ({"Type": "AT_TIMESTAMP", "Timestamp": 1_800_000_000}, []),
    ],
    ids=lambda value: "-".join(map(str, value.values())) if isinstance(value, dict) else "",
)
async def test_starting_positions(connect: Connect, start: Any, found: list[str]) -> None:
    mock = mock_aws(clock=VirtualClock(start=1_700_000_000))
    async with mock, connect("kinesis") as kinesis:
        consumer = await stream_of(kinesis)
        for text in ("a", "b", "c"):
            await put(kinesis, text)
            await mock.clock.advance(10)
        stream = await subscribe(kinesis, consumer, **start)
        await put(kinesis, "later")
        assert await texts(stream, len(found) + 1) == [*found, "later"]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("start", "code", "said"),
    [
        ({"Type": "AT_SEQUENCE_NUMBER"}, "InvalidArgument", "needs a SequenceNumber"),
        (
            {"Type": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": "x"},
            "InvalidArgument",
            "decimal number, got 'x'",
        ),
        ({"Type": "AT_TIMESTAMP"}, "InvalidArgument", "needs a Timestamp, got None"),
        ({"Type": "NEWEST"}, "Validation", "'NEWEST'.*AFTER_SEQUENCE_NUMBER, AT_SEQ"),
    ],
)
async def test_a_wrong_position_is_refused(
    connect: Connect, start: Any, code: str, said: str
) -> None:
    async with mock_aws(), connect("kinesis") as kinesis:
        consumer = await stream_of(kinesis)
        with pytest.raises(kinesis.exceptions.ClientError, match=said) as caught:
            await subscribe(kinesis, consumer, **start)
        assert caught.value.response["Error"]["Code"] == f"{code}Exception"


@pytest.mark.asyncio
async def test_unknown_consumers_and_shards(connect: Connect) -> None:
    async with mock_aws(), connect("kinesis") as kinesis:
        consumer = await stream_of(kinesis)
        with pytest.raises(
            kinesis.exceptions.ResourceNotFoundException, match=r"Consumer .*nobody"
        ):
            await subscribe(kinesis, consumer.replace("reader", "nobody"))
        with pytest.raises(kinesis.exceptions.ResourceNotFoundException, match="shard 7 in stream"):
            await subscribe(kinesis, consumer, shard="7")


@pytest.mark.asyncio
async def test_it_ends_after_five_minutes_and_goes_on_from_there(connect: Connect) -> None:
    mock = mock_aws(clock="virtual")
    async with mock, connect("kinesis") as kinesis:
        consumer = await stream_of(kinesis)
        start = mock.clock.time()
        seen: list[tuple[float, list[bytes], str]] = []

        async def read(stream: Any) -> None:
            async for event in events(stream):
                data = [record["Data"] for record in event["Records"]]
                number = event["ContinuationSequenceNumber"]
                seen.append((round(mock.clock.time() - start, 3), data, number))

        reading = asyncio.create_task(read(await subscribe(kinesis, consumer)))
        await mock.clock.advance(2)
        await put(kinesis, "a")
        await mock.clock.advance(297.999)
        assert not reading.done()
        await mock.clock.advance(0.001)
        assert reading.done()
        assert seen[0] == (2, [b"a"], "1")
        # In the silence, events say how far it is.
        assert seen[1:] == [(float(at), [], "1") for at in range(7, 300, 5)]

        await put(kinesis, "b")
        start_after = {"Type": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": seen[-1][2]}
        assert await texts(await subscribe(kinesis, consumer, **start_after), 1) == ["b"]


@pytest.mark.asyncio
async def test_one_subscription_for_a_consumer_and_shard(connect: Connect) -> None:
    mock = mock_aws(clock="virtual")
    async with mock, connect("kinesis") as kinesis:
        consumer = await stream_of(kinesis, "reader", "other")
        first = await subscribe(kinesis, consumer)
        other = await subscribe(kinesis, consumer.replace("reader", "other"))
        await mock.clock.advance(4.999)
        with pytest.raises(kinesis.exceptions.ResourceInUseException, match="Another active"):
            await subscribe(kinesis, consumer)

        reading = asyncio.create_task(texts(first, 1))
        await mock.clock.advance(0.001)
        second = await subscribe(kinesis, consumer)
        with pytest.raises(EventStreamError, match=r"ResourceInUse.*Another active"):
            await reading
        await put(kinesis, "x")
        assert await texts(second, 1) == await texts(other, 1) == ["x"]


@pytest.mark.asyncio
async def test_large_records_come_one_by_one_and_say_how_far_behind(connect: Connect) -> None:
    mock = mock_aws(clock="virtual")
    async with mock, connect("kinesis") as kinesis:
        consumer = await stream_of(kinesis)
        for _ in range(4):
            await put(kinesis, "x" * 700_000)
            await mock.clock.advance(1.25)
        seen = []
        async with aclosing(events(await subscribe(kinesis, consumer))) as reading:
            for _ in range(2):
                event = await anext(reading)
                seen.append((len(event["Records"]), event["MillisBehindLatest"]))
        assert seen == [(2, 2500), (2, 0)]


@pytest.mark.asyncio
async def test_a_shard_that_was_split_ends_with_its_children(connect: Connect) -> None:
    async with mock_aws(clock="virtual"), connect("kinesis") as kinesis:
        # Without records: moto moves them to the new shards, and that is heard anyway.
        reading = events(await subscribe(kinesis, await stream_of(kinesis)))
        waiting = asyncio.create_task(anext(reading))
        await asyncio.sleep(0.01)
        half = str(2**127)
        await kinesis.split_shard(StreamName="clicks", ShardToSplit=SHARD, NewStartingHashKey=half)
        last = await asyncio.wait_for(waiting, 5)
        with pytest.raises(StopAsyncIteration):
            await anext(reading)
        assert last["Records"] == []
        assert "ContinuationSequenceNumber" not in last
        assert [
            (child["ShardId"], child["ParentShards"], child["HashKeyRange"]["StartingHashKey"])
            for child in last["ChildShards"]
        ] == [
            ("shardId-000000000001", [SHARD], "0"),
            ("shardId-000000000002", [SHARD], half),
        ]


@pytest.mark.asyncio
async def test_shards_that_were_merged_share_a_child(connect: Connect) -> None:
    async with mock_aws(clock="virtual"), connect("kinesis") as kinesis:
        consumer = await stream_of(kinesis)
        await kinesis.update_shard_count(
            StreamName="clicks", TargetShardCount=2, ScalingType="UNIFORM_SCALING"
        )
        shards = (await kinesis.list_shards(StreamName="clicks"))["Shards"]
        left, right = (one["ShardId"] for one in shards if one["ShardId"] != SHARD)
        reading = [
            asyncio.create_task(all_of(await subscribe(kinesis, consumer, shard=one)))
            for one in (left, right)
        ]
        await asyncio.sleep(0.01)
        await kinesis.merge_shards(
            StreamName="clicks", ShardToMerge=left, AdjacentShardToMerge=right
        )
        ends = [(await asyncio.wait_for(task, 5))[-1] for task in reading]
        found = [child["ParentShards"] for end in ends for child in end["ChildShards"]]
        assert found == [[left, right]] * 2


@pytest.mark.asyncio
@pytest.mark.parametrize("end", ["delete_stream", "deregister", "reset"])
async def test_what_is_deleted_ends_it(connect: Connect, end: str) -> None:
    async with mock_aws(clock="virtual") as mock, connect("kinesis") as kinesis:
        consumer = await stream_of(kinesis)
        reading = asyncio.create_task(texts(await subscribe(kinesis, consumer), 1))
        await asyncio.sleep(0.01)
        if end == "delete_stream":
            await kinesis.delete_stream(StreamName="clicks", EnforceConsumerDeletion=True)
        elif end == "deregister":
            await kinesis.deregister_stream_consumer(ConsumerARN=consumer)
        else:
            mock.reset()
        with pytest.raises(EventStreamError, match=r"ResourceNotFound.*does not exist any more"):
            await asyncio.wait_for(reading, 5)
        consumer = await stream_of(kinesis) if end != "deregister" else consumer


@pytest.mark.asyncio
async def test_a_new_stream_of_the_same_name_is_another_one(connect: Connect) -> None:
    async with mock_aws(), connect("kinesis") as kinesis:
        stream = await subscribe(kinesis, await stream_of(kinesis))
        await kinesis.delete_stream(StreamName="clicks")
        again = await subscribe(kinesis, await stream_of(kinesis))
        await put(kinesis, "x")
        assert await texts(again, 1) == ["x"]
        with pytest.raises(EventStreamError, match="ResourceNotFound"):
            await texts(stream, 1)


def open_bodies() -> int:
    state = plugin.now
    return 0 if state is None else len(list(state.bodies))


@pytest.mark.asyncio
async def test_a_client_that_goes_leaves_nothing(connect: Connect) -> None:
    async with mock_aws(), connect("kinesis") as kinesis:
        consumer = await stream_of(kinesis, "reader", "other")
        await put(kinesis, "a")
        read = await subscribe(kinesis, consumer)
        unread = await subscribe(kinesis, consumer.replace("reader", "other"))
        assert await texts(read, 1) == ["a"]
        unread.close()
        for _ in range(20):
            await asyncio.sleep(0)
        assert open_bodies() == 0
        assert len(asyncio.all_tasks()) == 1


@pytest.mark.asyncio
async def test_a_cancelled_reader_leaves_nothing(connect: Connect) -> None:
    async with mock_aws():
        async with connect("kinesis") as kinesis:
            stream = await subscribe(kinesis, await stream_of(kinesis))
            reading = asyncio.create_task(texts(stream, 1))
            await asyncio.sleep(0.01)
            reading.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reading
        for _ in range(20):
            await asyncio.sleep(0)
        assert open_bodies() == 0
        assert len(asyncio.all_tasks()) == 1


@pytest.mark.asyncio
async def test_the_end_of_the_mock_ends_it(connect: Connect) -> None:
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
    async with connect("kinesis", client=keys) as kinesis:
        with mock_aws():
            stream = await subscribe(kinesis, await stream_of(kinesis))
            await put(kinesis, "a")
            reading = asyncio.create_task(all_of(stream))
            await asyncio.sleep(0.01)
        assert len(await asyncio.wait_for(reading, 5)) == 1
        assert open_bodies() == 0


def test_a_synchronous_client_gets_what_there_is(boto: Boto) -> None:
    with mock_aws():
        kinesis = boto("kinesis")
        kinesis.create_stream(StreamName="clicks", ShardCount=1)
        arn = kinesis.describe_stream(StreamName="clicks")["StreamDescription"]["StreamARN"]
        consumer = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="reader")
        kinesis.put_record(StreamName="clicks", Data=b"x", PartitionKey="k")
        answer = kinesis.subscribe_to_shard(
            ConsumerARN=consumer["Consumer"]["ConsumerARN"],
            ShardId=SHARD,
            StartingPosition={"Type": "TRIM_HORIZON"},
        )
        [event] = answer["EventStream"]
        assert event["SubscribeToShardEvent"]["Records"][0]["Data"] == b"x"


@pytest.mark.parametrize("library", ["asyncio", "trio"])
def test_plain_httpx_gets_it_piece_by_piece(library: str, connect: Connect, boto: Boto) -> None:
    async def main() -> None:
        mock = mock_aws(clock="virtual")
        async with mock:
            kinesis = boto("kinesis")
            kinesis.create_stream(StreamName="clicks", ShardCount=1)
            arn = kinesis.describe_stream(StreamName="clicks")["StreamDescription"]["StreamARN"]
            consumer = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="reader")
            async with streams.opened(
                URL,
                TARGET,
                ConsumerARN=consumer["Consumer"]["ConsumerARN"],
                ShardId=SHARD,
                StartingPosition={"Type": "LATEST"},
            ) as reading:
                assert await anext(reading) == ("initial-response", {})
                for text in (b"one", b"two"):
                    kinesis.put_record(StreamName="clicks", Data=text, PartitionKey="k")
                    kind, event = await anext(reading)
                    assert kind == "SubscribeToShardEvent"
                    assert len(event["Records"]) == 1
                kinesis.delete_stream(StreamName="clicks")
                assert (await anext(reading))[0] == "ResourceNotFoundException"
                with pytest.raises(StopAsyncIteration):
                    await anext(reading)

    pytest.importorskip(library)
    anyio.run(main, backend=library)


@pytest.mark.asyncio
async def test_aiobotocore_on_httpx(connect: Connect) -> None:
    async with mock_aws(), connect("kinesis", backend="httpx") as kinesis:
        consumer = await stream_of(kinesis)
        await put(kinesis, "x")
        if streams.aiobotocore_reads_httpx():
            assert await texts(await subscribe(kinesis, consumer), 1) == ["x"]
        else:
            # As over a socket: see docs/event-streams.md.
            with pytest.raises(Exception, match="streaming response content"):
                await subscribe(kinesis, consumer)
