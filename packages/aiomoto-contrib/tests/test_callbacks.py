"""What one service gives to another one, inside one mock."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from support.functions import ACCOUNT, Seen, bodies, queue
from support.serving import serving

from aiomoto import RealRequestBlocked, mock_aws

if TYPE_CHECKING:
    from aiomoto.testing.clients import Connect

Boto = Callable[..., Any]


@pytest.fixture
def seen() -> Seen:
    return Seen()


# -- SNS ---------------------------------------------------------------------------------


@asynccontextmanager
async def server(answer: Callable[[web.Request], Any]) -> AsyncIterator[str]:
    """A server in this loop; its URL."""
    app = web.Application()
    app.router.add_post("/hook", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    finally:
        await runner.cleanup()


@pytest.mark.asyncio
@pytest.mark.usefixtures("aws")
async def test_sns_posts_to_a_server_in_the_same_loop(connect: Connect, backend: str) -> None:
    got = []
    async with connect("sns", backend) as sns, connect("sqs", backend) as sqs:

        async def hook(request: web.Request) -> web.Response:
            await sqs.create_queue(QueueName="made-by-the-hook")
            got.append((request.headers["x-amz-sns-message-type"], await request.json()))
            return web.Response()

        topic = (await sns.create_topic(Name="orders"))["TopicArn"]
        async with server(hook) as url:
            await sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=url)
            await sns.publish(TopicArn=topic, Message="hello", Subject="s")
        await sqs.get_queue_url(QueueName="made-by-the-hook")
    [(kind, body)] = got
    assert kind == "Notification"
    assert (body["Message"], body["Subject"], body["TopicArn"]) == ("hello", "s", topic)


@pytest.mark.asyncio
@pytest.mark.usefixtures("aws")
async def test_sns_posts_the_message_alone_and_filters(connect: Connect) -> None:
    got = []

    async def hook(request: web.Request) -> web.Response:
        got.append(await request.text())
        return web.Response()

    async with connect("sns") as sns, server(hook) as url:
        topic = (await sns.create_topic(Name="orders"))["TopicArn"]
        policy = json.dumps({"colour": ["red"]})
        await sns.subscribe(
            TopicArn=topic,
            Protocol="http",
            Endpoint=url,
            Attributes={"RawMessageDelivery": "true", "FilterPolicy": policy},
        )
        for colour in ("red", "blue"):
            attributes = {"colour": {"DataType": "String", "StringValue": colour}}
            await sns.publish(TopicArn=topic, Message=colour, MessageAttributes=attributes)
    assert got == ["red"]


@contextmanager
def threaded_server(hook: Callable[[bytes], None]) -> Iterator[str]:
    """A server in a thread; its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            hook(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Say nothing."""

    running = HTTPServer(("127.0.0.1", 0), Handler)
    with serving(running):
        yield f"http://127.0.0.1:{running.server_port}/hook"


@pytest.mark.usefixtures("aws")
def test_sns_posts_for_boto3_to_a_server_that_calls_aws(boto: Boto) -> None:
    got = []

    def hook(body: bytes) -> None:
        boto("sqs").list_queues()
        got.append(json.loads(body)["Message"])

    boto("sqs").list_queues()
    sns = boto("sns")
    topic = sns.create_topic(Name="orders")["TopicArn"]
    with threaded_server(hook) as url:
        sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=url)
        sns.publish(TopicArn=topic, Message="hello")
    assert got == ["hello"]


@pytest.mark.asyncio
@pytest.mark.usefixtures("aws")
async def test_sns_refuses_to_leave_this_machine(connect: Connect, backend: str) -> None:
    async with connect("sns", backend) as sns:
        topic = (await sns.create_topic(Name="orders"))["TopicArn"]
        endpoint = "https://hooks.example.com/orders"
        await sns.subscribe(TopicArn=topic, Protocol="https", Endpoint=endpoint)
        with pytest.raises(RealRequestBlocked, match=r"would have left for https://hooks\.example"):
            await sns.publish(TopicArn=topic, Message="hello")


@pytest.mark.asyncio
@pytest.mark.usefixtures("aws")
async def test_an_endpoint_that_is_down_does_not_stop_the_publisher(
    connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    async def hook(request: web.Request) -> web.Response:
        return web.Response(status=500)

    async with connect("sns") as sns:
        topic = (await sns.create_topic(Name="orders"))["TopicArn"]
        async with server(hook) as url:
            await sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=url)
            await sns.publish(TopicArn=topic, Message="hello")
            assert "it answered 500" in caplog.text
        await sns.publish(TopicArn=topic, Message="hello")
        assert "Connection refused" in caplog.text


@pytest.mark.asyncio
@pytest.mark.usefixtures("aws")
async def test_sns_invokes_a_function(
    handlers: Any, connect: Connect, backend: str, seen: Seen
) -> None:
    arn = handlers.create("orders", seen)
    async with connect("sns", backend) as sns:
        topic = (await sns.create_topic(Name="orders"))["TopicArn"]
        await sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn)
        attributes = {"colour": {"DataType": "String", "StringValue": "red"}}
        answer = await sns.publish(
            TopicArn=topic, Message="hello", Subject="s", MessageAttributes=attributes
        )
        await handlers.idle()
    [record] = seen.records
    assert record["Sns"]["MessageId"] == answer["MessageId"]
    assert record["Sns"]["Message"] == "hello"
    assert record["Sns"]["TopicArn"] == topic
    assert record["Sns"]["MessageAttributes"]["colour"] == {"Type": "String", "Value": "red"}


# -- S3 ----------------------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.usefixtures("aws")
async def test_s3_notifies_queue_topic_and_function(
    handlers: Any, connect: Connect, backend: str
) -> None:
    got: list[str] = []
    async with (
        connect("s3", backend) as s3,
        connect("sqs", backend) as sqs,
        connect("sns", backend) as sns,
    ):
        url, arn = await queue(sqs)

        async def handler(event: Any, context: Any) -> None:
            [record] = event["Records"]
            where = record["s3"]
            answer = await s3.get_object(Bucket=where["bucket"]["name"], Key=where["object"]["key"])
            got.append((await answer["Body"].read()).decode())

        async def hook(request: web.Request) -> web.Response:
            await s3.list_buckets()
            got.append("hook")
            return web.Response()

        function = handlers.create("documents", handler)
        topic = (await sns.create_topic(Name="documents"))["TopicArn"]
        await s3.create_bucket(Bucket="documents")
        async with server(hook) as endpoint:
            await sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=endpoint)
            events = ["s3:ObjectCreated:*"]
            await s3.put_bucket_notification_configuration(
                Bucket="documents",
                NotificationConfiguration={
                    "QueueConfigurations": [{"QueueArn": arn, "Events": events}],
                    "TopicConfigurations": [{"TopicArn": topic, "Events": events}],
                    "LambdaFunctionConfigurations": [
                        {"LambdaFunctionArn": function, "Events": events}
                    ],
                },
            )
            await handlers.idle()
            got.clear()
            await bodies(sqs, url)  # the test event
            await s3.put_object(Bucket="documents", Key="a.txt", Body=b"text")
            await asyncio.wait_for(handlers.idle(), 5)
        [message] = await bodies(sqs, url)
        assert message["Records"][0]["s3"]["object"]["key"] == "a.txt"
    assert sorted(got) == ["hook", "text"]


# -- EventBridge -------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_eventbridge_gives_events_to_all_kinds(
    handlers: Any, connect: Connect, backend: str, seen: Seen
) -> None:
    options = {"stepfunctions": {"execute_state_machine": True}}
    with mock_aws(config=options):
        function = handlers.create("orders", seen)
        async with (
            connect("events", backend) as events,
            connect("sqs", backend) as sqs,
            connect("stepfunctions", backend) as machines,
            connect("kinesis", backend) as kinesis,
        ):
            url, queue_arn = await queue(sqs)
            definition = {
                "StartAt": "Call",
                "States": {"Call": {"Type": "Task", "Resource": function, "End": True}},
            }
            machine = await machines.create_state_machine(
                name="m",
                definition=json.dumps(definition),
                roleArn=f"arn:aws:iam::{ACCOUNT}:role/r",
            )
            await kinesis.create_stream(StreamName="s", ShardCount=1)
            stream = f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/s"
            await events.put_rule(Name="r", EventPattern=json.dumps({"source": ["shop"]}))
            template = {
                "InputPathsMap": {"id": "$.detail.id"},
                "InputTemplate": '{"order": <id>}',
            }
            await events.put_targets(
                Rule="r",
                Targets=[
                    {"Id": "1", "Arn": queue_arn},
                    {"Id": "2", "Arn": function},
                    {"Id": "3", "Arn": function, "InputTransformer": template},
                    {"Id": "4", "Arn": function, "Input": '"fixed"'},
                    {"Id": "5", "Arn": function, "InputPath": "$.detail"},
                    {"Id": "6", "Arn": machine["stateMachineArn"], "Input": '{"from": "machine"}'},
                    {"Id": "7", "Arn": stream},
                ],
            )
            entry = {"Source": "shop", "DetailType": "Order", "Detail": '{"id": 7}'}
            await events.put_events(Entries=[entry, {**entry, "Source": "elsewhere"}])
            await handlers.idle()
            while len(seen.events) < 5:  # noqa: ASYNC110 - a thread of moto's is at work
                await asyncio.sleep(0.01)
            await handlers.idle()
            [message] = await bodies(sqs, url)
            shard = {"StreamName": "s", "ShardId": "shardId-000000000000"}
            start = await kinesis.get_shard_iterator(**shard, ShardIteratorType="TRIM_HORIZON")
            records = await kinesis.get_records(ShardIterator=start["ShardIterator"])
    assert message["detail"] == {"id": 7}
    assert json.loads(records["Records"][0]["Data"])["source"] == "shop"
    # Background jobs and the machine's thread come in any order.
    [full] = [event for event in seen.events if "source" in event]
    others = [event for event in seen.events if event is not full]
    assert (full["source"], full["detail-type"], full["detail"]) == ("shop", "Order", {"id": 7})
    assert full["account"] == ACCOUNT
    assert full["time"].endswith("Z")
    assert {"order": 7} in others
    assert "fixed" in others
    assert {"id": 7} in others
    assert {"from": "machine"} in others
    assert len(others) == 4


# -- Firehose -----------------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.usefixtures("aws")
async def test_firehose_posts_to_a_server_in_the_same_loop(connect: Connect, backend: str) -> None:
    got = []
    async with connect("firehose", backend) as firehose, connect("sqs", backend) as sqs:

        async def hook(request: web.Request) -> web.Response:
            await sqs.list_queues()
            got.append(await request.json())
            return web.Response()

        async with server(hook) as url:
            await firehose.create_delivery_stream(
                DeliveryStreamName="clicks",
                HttpEndpointDestinationConfiguration={
                    "EndpointConfiguration": {"Url": url},
                    "S3Configuration": {
                        "RoleARN": f"arn:aws:iam::{ACCOUNT}:role/r",
                        "BucketARN": "arn:aws:s3:::b",
                    },
                },
            )
            put = firehose.put_record(DeliveryStreamName="clicks", Record={"Data": b"click"})
            await asyncio.wait_for(put, 5)
    assert base64.b64decode(got[0]["records"][0]["data"]) == b"click"
