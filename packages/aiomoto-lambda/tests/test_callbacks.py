"""What one service gives to another one, inside one mock."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
import trio
from support.functions import ACCOUNT, Seen, bodies, feeds, queue

from aiomoto import MockAWS, mock_aws
from aiomoto_lambda import Context, handlers

if TYPE_CHECKING:
    from aiomoto.testing.clients import Connect

Boto = Callable[..., Any]


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def clocked() -> Iterator[MockAWS]:
    """A running mock on virtual time."""
    with mock_aws(clock="virtual") as mock:
        yield mock


# -- SQS to Lambda -----------------------------------------------------------------------


@feeds
@pytest.mark.asyncio
@pytest.mark.usefixtures("aws")
async def test_a_queue_feeds_a_function_that_calls_aws(connect: Connect, backend: str) -> None:
    async with connect("sqs", backend) as sqs, connect("lambda", backend) as client:
        url, arn = await queue(sqs)
        out, _ = await queue(sqs, "out")
        records = []

        async def handler(event: Any, context: Context) -> None:
            records.extend(event["Records"])
            for record in event["Records"]:
                await sqs.send_message(QueueUrl=out, MessageBody=record["body"])

        handlers.create("orders", handler)
        await sqs.send_message(QueueUrl=url, MessageBody='"early"')
        await client.create_event_source_mapping(FunctionName="orders", EventSourceArn=arn)
        attributes = {"colour": {"DataType": "String", "StringValue": "red"}}
        await sqs.send_message(QueueUrl=url, MessageBody='"late"', MessageAttributes=attributes)
        await asyncio.wait_for(handlers.idle(), 5)
        assert await bodies(sqs, out) == ["early", "late"]
        left = await sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        assert left["Attributes"]["ApproximateNumberOfMessages"] == "0"
        assert left["Attributes"]["ApproximateNumberOfMessagesNotVisible"] == "0"
    assert records[1]["eventSource"] == "aws:sqs"
    assert records[1]["eventSourceARN"] == arn
    assert records[1]["attributes"]["ApproximateReceiveCount"] == "1"
    assert records[1]["messageAttributes"]["colour"]["stringValue"] == "red"


@feeds
@pytest.mark.usefixtures("aws")
def test_a_queue_feeds_a_function_without_any_loop(boto: Boto, seen: Seen) -> None:
    sqs = boto("sqs")
    url = sqs.create_queue(QueueName="q")["QueueUrl"]
    handlers.create("orders", seen)
    arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:q"
    boto("lambda").create_event_source_mapping(FunctionName="orders", EventSourceArn=arn)
    sqs.send_message(QueueUrl=url, MessageBody="x")
    handlers.wait_idle()
    assert [one["body"] for one in seen.records] == ["x"]
    assert "Messages" not in sqs.receive_message(QueueUrl=url)


@feeds
@pytest.mark.asyncio
@pytest.mark.usefixtures("aws")
async def test_a_batch_is_as_large_as_the_mapping_says(connect: Connect, seen: Seen) -> None:
    handlers.create("orders", seen)
    async with connect("sqs") as sqs, connect("lambda") as client:
        url, arn = await queue(sqs)
        entries = [{"Id": str(number), "MessageBody": str(number)} for number in range(10)]
        for _ in range(2):
            await sqs.send_message_batch(QueueUrl=url, Entries=entries)
        await client.create_event_source_mapping(
            FunctionName="orders", EventSourceArn=arn, BatchSize=15
        )
        await handlers.idle()
    assert [len(event["Records"]) for event in seen.events] == [15, 5]


@feeds
@pytest.mark.asyncio
async def test_what_failed_comes_again_after_its_visibility_timeout(
    clocked: MockAWS, connect: Connect, seen: Seen
) -> None:
    pytest.importorskip("aiomoto_sqs", reason="queues follow the mock's clock with aiomoto-sqs")
    seen.answer = ValueError("not now")
    handlers.create("orders", seen)
    async with connect("sqs") as sqs, connect("lambda") as client:
        _, dead = await queue(sqs, "dead")
        redrive = json.dumps({"deadLetterTargetArn": dead, "maxReceiveCount": 2})
        url, arn = await queue(sqs, VisibilityTimeout="30", RedrivePolicy=redrive)
        await client.create_event_source_mapping(FunctionName="orders", EventSourceArn=arn)
        await sqs.send_message(QueueUrl=url, MessageBody='"x"')
        await handlers.idle()
        assert len(seen.events) == 1
        await clocked.clock.advance(29.9)
        assert len(seen.events) == 1
        await clocked.clock.advance(0.2)
        await handlers.idle()
        assert len(seen.events) == 2
        await clocked.clock.advance(31)
        await handlers.idle()
        assert len(seen.events) == 2
        dead_url = (await sqs.get_queue_url(QueueName="dead"))["QueueUrl"]
        assert await bodies(sqs, dead_url) == ["x"]


@feeds
@pytest.mark.asyncio
@pytest.mark.usefixtures("aws")
async def test_a_part_of_a_batch_fails(connect: Connect, seen: Seen) -> None:
    async with connect("sqs") as sqs, connect("lambda") as client:
        url, arn = await queue(sqs)
        for body in ("good", "bad"):
            await sqs.send_message(QueueUrl=url, MessageBody=body)

        def handler(event: Any, context: Context) -> Any:
            ids = {one["body"]: one["messageId"] for one in event["Records"]}
            return {"batchItemFailures": [{"itemIdentifier": ids["bad"]}]}

        handlers.create("orders", handler)
        await client.create_event_source_mapping(
            FunctionName="orders",
            EventSourceArn=arn,
            FunctionResponseTypes=["ReportBatchItemFailures"],
        )
        await handlers.idle()
        about = await sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        assert about["Attributes"]["ApproximateNumberOfMessagesNotVisible"] == "1"


@feeds
@pytest.mark.asyncio
@pytest.mark.usefixtures("aws")
async def test_filters_and_disabled_mappings(connect: Connect, seen: Seen) -> None:
    handlers.create("orders", seen)
    async with connect("sqs") as sqs, connect("lambda") as client:
        url, arn = await queue(sqs)
        pattern = json.dumps({"body": {"kind": ["order"]}})
        mapping = await client.create_event_source_mapping(
            FunctionName="orders",
            EventSourceArn=arn,
            FilterCriteria={"Filters": [{"Pattern": pattern}]},
            Enabled=False,
        )
        await sqs.send_message(QueueUrl=url, MessageBody='{"kind": "order"}')
        await sqs.send_message(QueueUrl=url, MessageBody='{"kind": "other"}')
        await handlers.idle()
        assert seen.events == []
        await client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)
        await handlers.idle()
        assert [one["body"] for one in seen.records] == ['{"kind": "order"}']
        assert await bodies(sqs, url) == []
        await client.delete_event_source_mapping(UUID=mapping["UUID"])
        await sqs.send_message(QueueUrl=url, MessageBody='{"kind": "order"}')
        await handlers.idle()
        assert len(seen.records) == 1


# -- streams to Lambda -------------------------------------------------------------------


@feeds
@pytest.mark.asyncio
@pytest.mark.usefixtures("aws")
async def test_kinesis_feeds_a_function(connect: Connect, backend: str, seen: Seen) -> None:
    handlers.create("clicks", seen)
    async with connect("kinesis", backend) as kinesis, connect("lambda", backend) as client:
        await kinesis.create_stream(StreamName="clicks", ShardCount=1)
        about = (await kinesis.describe_stream(StreamName="clicks"))["StreamDescription"]
        await client.create_event_source_mapping(
            FunctionName="clicks", EventSourceArn=about["StreamARN"], StartingPosition="LATEST"
        )
        for text in (b"one", b"two"):
            await kinesis.put_record(StreamName="clicks", Data=text, PartitionKey="k")
        await handlers.idle()
    data = [base64.b64decode(one["kinesis"]["data"]) for one in seen.records]
    assert data == [b"one", b"two"]
    assert seen.records[0]["eventSourceARN"] == about["StreamARN"]
    assert seen.records[0]["eventName"] == "aws:kinesis:record"


@feeds
@pytest.mark.asyncio
async def test_a_batch_of_a_stream_is_tried_again_then_given_up(
    clocked: MockAWS, connect: Connect, seen: Seen
) -> None:
    seen.answer = ValueError("never")
    handlers.create("clicks", seen)
    async with connect("kinesis") as kinesis, connect("lambda") as client, connect("sqs") as sqs:
        url, failed = await queue(sqs, "failed")
        await kinesis.create_stream(StreamName="clicks", ShardCount=1)
        about = (await kinesis.describe_stream(StreamName="clicks"))["StreamDescription"]
        await client.create_event_source_mapping(
            FunctionName="clicks",
            EventSourceArn=about["StreamARN"],
            StartingPosition="LATEST",
            MaximumRetryAttempts=2,
            DestinationConfig={"OnFailure": {"Destination": failed}},
        )
        await kinesis.put_record(StreamName="clicks", Data=b"x", PartitionKey="k")
        await handlers.idle()
        assert len(seen.events) == 1
        await clocked.clock.advance(1)
        assert len(seen.events) == 2
        await clocked.clock.advance(2)
        assert len(seen.events) == 3
        await handlers.idle()
        [record] = await bodies(sqs, url)
    assert record["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert record["KinesisBatchInfo"]["streamArn"] == about["StreamARN"]
    assert record["KinesisBatchInfo"]["batchSize"] == 1


@feeds
@pytest.mark.asyncio
@pytest.mark.usefixtures("aws")
async def test_dynamodb_feeds_a_function(connect: Connect, backend: str, seen: Seen) -> None:
    handlers.create("orders", seen)
    async with connect("dynamodb", backend) as dynamodb, connect("lambda", backend) as client:
        table = await dynamodb.create_table(
            TableName="orders",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
        arn = table["TableDescription"]["LatestStreamArn"]
        await client.create_event_source_mapping(
            FunctionName="orders", EventSourceArn=arn, StartingPosition="LATEST"
        )
        await dynamodb.put_item(TableName="orders", Item={"id": {"S": "1"}, "n": {"N": "1"}})
        await dynamodb.put_item(TableName="orders", Item={"id": {"S": "1"}, "n": {"N": "2"}})
        await handlers.idle()
        await dynamodb.delete_item(TableName="orders", Key={"id": {"S": "1"}})
        await handlers.idle()
    assert [one["eventName"] for one in seen.records] == ["INSERT", "MODIFY", "REMOVE"]
    assert seen.records[1]["dynamodb"]["NewImage"]["n"] == {"N": "2"}
    assert isinstance(seen.records[0]["dynamodb"]["ApproximateCreationDateTime"], (int, float))


# -- asynchronous invocation -------------------------------------------------------------


@pytest.mark.asyncio
async def test_retries_and_destinations(clocked: MockAWS, connect: Connect, seen: Seen) -> None:
    seen.answer = ValueError("not now")
    handlers.create("orders", seen)
    async with connect("lambda") as client, connect("sqs") as sqs:
        url, failed = await queue(sqs, "failed")
        done_url, done = await queue(sqs, "done")
        await client.put_function_event_invoke_config(
            FunctionName="orders",
            MaximumRetryAttempts=2,
            DestinationConfig={
                "OnFailure": {"Destination": failed},
                "OnSuccess": {"Destination": done},
            },
        )
        event = {"InvocationType": "Event", "Payload": b'{"id": 1}'}
        await client.invoke(FunctionName="orders", **event)
        await handlers.idle()
        await clocked.clock.advance(60)
        assert len(seen.events) == 2
        await clocked.clock.advance(120)
        await handlers.idle()
        assert len(seen.events) == 3
        [record] = await bodies(sqs, url)
        assert record["requestContext"]["condition"] == "RetriesExhausted"
        assert record["requestContext"]["approximateInvokeCount"] == 3
        assert record["requestPayload"] == {"id": 1}
        assert record["responsePayload"]["errorType"] == "ValueError"
        seen.answer = "fine"
        await client.invoke(FunctionName="orders", **event)
        await handlers.idle()
        [record] = await bodies(sqs, done_url)
        assert record["requestContext"]["condition"] == "Success"
        assert record["responsePayload"] == "fine"


# -- time-outs ------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_a_function_times_out_by_the_clock(
    clocked: MockAWS, connect: Connect, backend: str
) -> None:
    ended = []

    async def handler(event: Any, context: Context) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(context.get_remaining_time_in_millis())

    handlers.create("orders", handler, timeout=900)
    async with connect("lambda", backend) as client:
        # A client's first call makes its TLS contexts in a thread; time doesn't wait for that.
        await client.list_functions()
        task = asyncio.create_task(client.invoke(FunctionName="orders"))
        await clocked.clock.advance(899)
        assert not task.done()
        await clocked.clock.advance(1)
        answer = await asyncio.wait_for(task, 5)
        error = json.loads(await answer["Payload"].read())
    assert answer["FunctionError"] == "Unhandled"
    assert error["errorType"] == "Sandbox.Timedout"
    assert "Task timed out after 900.00 seconds" in error["errorMessage"]
    assert ended == [0]


def test_a_function_times_out_on_trio(clocked: MockAWS, connect: Connect) -> None:
    errors = []

    async def handler(event: Any, context: Context) -> None:
        await trio.sleep_forever()

    async def main() -> None:
        async with connect("lambda", "httpx") as client, trio.open_nursery() as nursery:

            async def invoke() -> None:
                answer = await client.invoke(FunctionName="orders")
                errors.append(json.loads(await answer["Payload"].read())["errorType"])

            nursery.start_soon(invoke)
            while not errors:
                await clocked.clock.advance(900)

    handlers.create("orders", handler, timeout=900)
    trio.run(main)
    assert errors == ["Sandbox.Timedout"]


# -- others ------------------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.usefixtures("aws")
async def test_a_rotation_runs_its_steps_in_order(connect: Connect, seen: Seen) -> None:
    arn = handlers.create("rotate", seen)
    async with connect("secretsmanager") as secrets:
        await secrets.create_secret(Name="s", SecretString="old")
        await secrets.rotate_secret(SecretId="s", RotationLambdaARN=arn)
        await handlers.idle()
    steps = [event["Step"] for event in seen.events]
    assert steps == ["createSecret", "setSecret", "testSecret", "finishSecret"]


@pytest.mark.asyncio
@pytest.mark.usefixtures("aws")
async def test_a_log_group_feeds_a_function(connect: Connect, seen: Seen) -> None:
    arn = handlers.create("watch", seen)
    async with connect("logs") as logs:
        await logs.create_log_group(logGroupName="g")
        await logs.create_log_stream(logGroupName="g", logStreamName="s")
        await logs.put_subscription_filter(
            logGroupName="g", filterName="f", filterPattern="", destinationArn=arn
        )
        event = {"timestamp": round(time.time() * 1000), "message": "hello"}
        await logs.put_log_events(logGroupName="g", logStreamName="s", logEvents=[event])
        await handlers.idle()
    [got] = seen.events
    data = json.loads(gzip.decompress(base64.b64decode(got["awslogs"]["data"])))
    assert [one["message"] for one in data["logEvents"]] == ["hello"]


@pytest.mark.asyncio
@pytest.mark.usefixtures("aws")
async def test_what_waits_for_time_ends_with_the_mock(
    aws: MockAWS, connect: Connect, seen: Seen
) -> None:
    before = asyncio.all_tasks()
    seen.answer = ValueError("not now")
    handlers.create("orders", seen)
    async with connect("lambda") as client:
        await client.invoke(FunctionName="orders", InvocationType="Event")
        await handlers.idle()  # until the next try, in a minute
        assert len(asyncio.all_tasks()) == len(before) + 1
    aws.stop()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before
    aws.start()
