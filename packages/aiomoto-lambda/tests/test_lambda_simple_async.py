"""moto's own answers for functions that have no callable, and what of Docker can be seen."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
import requests
from support.functions import ACCOUNT, feeds

from aiomoto import IncompatibleLibrary, MockAWS, mock_aws
from aiomoto_lambda import handlers
from aiomoto_lambda.plugin import plugin

if TYPE_CHECKING:
    from aiomoto.testing.clients import Connect

Boto = Callable[..., Any]


@pytest.fixture
def simple() -> Iterator[MockAWS]:
    """A mock whose Lambda uses no Docker."""
    with mock_aws(config={"lambda": {"use_docker": False}}) as mock:
        yield mock


async def made(connect: Connect, client: Any, name: str = "orders") -> str:
    """The ARN of a function as the code under test makes it."""
    async with connect("iam") as iam:
        role = await iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")
    function = await client.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=role["Role"]["Arn"],
        Handler="orders.handler",
        Code={"ZipFile": b"any"},
    )
    arn: str = function["FunctionArn"]
    return arn


@pytest.mark.asyncio
@pytest.mark.usefixtures("simple")
async def test_the_payload_comes_back(connect: Connect, backend: str) -> None:
    async with connect("lambda", backend) as client:
        await made(connect, client)
        answer = await client.invoke(FunctionName="orders", Payload=b'{"id": 1}')
        assert json.loads(await answer["Payload"].read()) == {"id": 1}
        assert "FunctionError" not in answer
        answer = await client.invoke(FunctionName="orders")
        assert await answer["Payload"].read() == b"Simple Lambda happy path OK"


@pytest.mark.asyncio
@pytest.mark.usefixtures("simple")
async def test_results_that_the_test_gives(connect: Connect, backend: str) -> None:
    async with connect("lambda", backend) as client:
        await made(connect, client)
        await asyncio.to_thread(
            requests.post,
            "http://motoapi.amazonaws.com/moto-api/static/lambda-simple/response",
            json={"results": ["one", "two"], "region": "us-east-1"},
        )
        for expected in (b"one", b"two", b'{"id": 1}'):
            answer = await client.invoke(FunctionName="orders", Payload=b'{"id": 1}')
            assert await answer["Payload"].read() == expected


@pytest.mark.asyncio
@pytest.mark.usefixtures("simple")
async def test_invocation_types(connect: Connect, backend: str) -> None:
    async with connect("lambda", backend) as client:
        await made(connect, client)
        for kind, status in (("Event", 202), ("DryRun", 204), ("RequestResponse", 200)):
            answer = await client.invoke(
                FunctionName="orders", InvocationType=kind, Payload=b'{"id": 1}'
            )
            assert answer["StatusCode"] == status


@pytest.mark.asyncio
@pytest.mark.usefixtures("simple")
async def test_a_stream_of_one_chunk(connect: Connect) -> None:
    async with connect("lambda") as client:
        await made(connect, client)
        answer = await client.invoke_with_response_stream(
            FunctionName="orders", Payload=b'{"id": 1}'
        )
        events = [event async for event in answer["EventStream"]]
        assert events == [{"PayloadChunk": {"Payload": b'{"id": 1}'}}, {"InvokeComplete": {}}]
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            await client.invoke_with_response_stream(FunctionName="unknown")


@feeds
@pytest.mark.asyncio
@pytest.mark.usefixtures("simple")
async def test_queues_feed_it_as_moto_does(connect: Connect, backend: str) -> None:
    async with connect("lambda", backend) as client, connect("sqs", backend) as sqs:
        arn = await made(connect, client)
        url = (await sqs.create_queue(QueueName="q"))["QueueUrl"]
        await client.create_event_source_mapping(
            FunctionName=arn, EventSourceArn=f"arn:aws:sqs:us-east-1:{ACCOUNT}:q"
        )
        await sqs.send_message(QueueUrl=url, MessageBody="x")
        assert "Messages" not in await sqs.receive_message(QueueUrl=url)


@pytest.mark.asyncio
async def test_docker_runs_in_a_thread(
    aws: MockAWS, connect: Connect, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from moto.awslambda.models import LambdaFunction

    goes_on, threads = threading.Event(), []

    def run(function: Any, event: Any = None) -> tuple[str, bool, str]:
        threads.append(threading.current_thread())
        assert goes_on.wait(5)
        return json.dumps(event), False, "log"

    monkeypatch.setattr(LambdaFunction, "_invoke_lambda", run)
    async with connect("lambda", backend) as client:
        await made(connect, client)
        task = asyncio.create_task(client.invoke(FunctionName="orders", Payload=b'{"id": 1}'))
        cancelled = asyncio.create_task(client.invoke(FunctionName="orders", Payload=b'{"id": 1}'))
        while len(threads) < 2:  # noqa: ASYNC110 - threads set no asyncio.Event
            await asyncio.sleep(0.005)
        cancelled.cancel()
        with pytest.raises(asyncio.CancelledError):
            await cancelled
        await client.list_functions()
        assert not task.done()
        goes_on.set()
        assert await (await task)["Payload"].read() == b'{"id": 1}'
    assert threading.main_thread() not in threads


@feeds
@pytest.mark.asyncio
async def test_docker_that_another_service_starts_does_not_hold_up_the_loop(
    aws: MockAWS, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    from moto.awslambda.models import LambdaFunction

    goes_on, events = threading.Event(), []

    def run(function: Any, event: Any = None) -> tuple[str, bool, str]:
        assert goes_on.wait(5)
        events.append(event)
        return "null", False, "log"

    monkeypatch.setattr(LambdaFunction, "_invoke_lambda", run)
    async with connect("lambda") as client, connect("sns") as sns, connect("sqs") as sqs:
        arn = await made(connect, client)
        topic = (await sns.create_topic(Name="t"))["TopicArn"]
        await sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn)
        url = (await sqs.create_queue(QueueName="q"))["QueueUrl"]
        await client.create_event_source_mapping(
            FunctionName=arn, EventSourceArn=f"arn:aws:sqs:us-east-1:{ACCOUNT}:q"
        )
        await sns.publish(TopicArn=topic, Message="hello")
        await sqs.send_message(QueueUrl=url, MessageBody="x")
        assert events == []
        goes_on.set()
        await handlers.idle()
        assert "Messages" not in await sqs.receive_message(QueueUrl=url)
    sources = [
        record.get("eventSource") or record["EventSource"]
        for event in events
        for record in event["Records"]
    ]
    assert sorted(sources) == ["aws:sns", "aws:sqs"]


def test_moto_invokes_for_boto3_as_ever(
    aws: MockAWS, boto: Boto, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a loop there is none to hold up: when the call returns, the function has run."""
    from moto.awslambda.models import LambdaFunction

    events = []

    def run(function: Any, event: Any = None) -> tuple[str, bool, str]:
        events.append(event)
        return "null", False, "log"

    monkeypatch.setattr(LambdaFunction, "_invoke_lambda", run)
    handlers.create("orders", print)
    handlers.unregister("orders")
    arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:orders"
    sns = boto("sns")
    topic = sns.create_topic(Name="t")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn)
    sns.publish(TopicArn=topic, Message="hello")
    assert [event["Records"][0]["Sns"]["Message"] for event in events] == ["hello"]


@pytest.mark.parametrize(
    ("module", "owner", "name"),
    [
        ("moto.awslambda.models", "LambdaBackend", "send_dynamodb_items"),
        ("moto.events.models", "EventPattern", "matches_event"),
    ],
)
def test_a_moto_that_changed_is_refused_by_name(
    module: str, owner: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import moto.awslambda.models
    import moto.events.models
    import moto.sqs.models

    def patched() -> list[Any]:
        return [
            moto.awslambda.models.LambdaFunction.invoke,
            moto.sqs.models.Queue.add_message,
        ]

    before = patched()
    plugin._shared.forget()  # else what was looked up is kept
    monkeypatch.delattr(f"{module}.{owner}.{name}")
    with pytest.raises(IncompatibleLibrary, match=rf"{owner}\.{name}"):
        mock_aws().start()
    assert patched() == before
    monkeypatch.undo()
    with mock_aws():
        assert before[0] not in patched()
    assert patched() == before


USES_NOTHING = """
import sys
from aiomoto import mock_aws
from aiomoto_lambda import handlers

with mock_aws() as mock:
    assert mock.owners["awslambda"] == "lambda"
    for name in ("awslambda", "sns", "sqs"):
        assert f"moto.{name}.models" not in sys.modules, name
    handlers.register("orders", print)
    assert "moto.awslambda.models" in sys.modules
"""


def test_a_service_that_nobody_uses_is_not_imported() -> None:
    subprocess.run([sys.executable, "-W", "error", "-c", USES_NOTHING], check=True)
