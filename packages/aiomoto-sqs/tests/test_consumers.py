"""Public consumer libraries, unchanged, from sending to handling."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import boto3
import pytest

from aiomoto import mock_aws

REGION = "us-east-1"
COUNT = 5

pytestmark = pytest.mark.asyncio


def make_queue(name: str) -> str:
    client = boto3.client("sqs", region_name=REGION)
    try:
        return str(client.create_queue(QueueName=name)["QueueUrl"])
    finally:
        client.close()


def messages_left(url: str) -> int:
    client = boto3.client("sqs", region_name=REGION)
    try:
        attributes = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    finally:
        client.close()
    return sum(
        int(attributes[f"ApproximateNumberOfMessages{kind}"])
        for kind in ("", "NotVisible", "Delayed")
    )


async def until_empty(url: str) -> None:
    while messages_left(url):  # noqa: ASYNC110 - SQS tells nobody
        await asyncio.sleep(0.01)


class Handled:
    """What a library's handler was called with, and an event once that is all."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self.all = asyncio.Event()

    def add(self, value: Any) -> None:
        self.values.append(value)
        if len(self.values) == COUNT:
            self.all.set()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_taskiq_aio_sqs() -> None:
    """A broker and a receiver (worker) of taskiq, over long polls of ten seconds."""
    reason = "taskiq-aio-sqs is not installed"
    taskiq_aio_sqs = pytest.importorskip("taskiq_aio_sqs", reason=reason)
    from taskiq.api import run_receiver_task

    with mock_aws():
        url = make_queue("tasks")
        broker = taskiq_aio_sqs.SQSBroker("tasks", region_name=REGION, wait_time_seconds=10)
        handled = Handled()

        @broker.task(task_name="double")  # type: ignore[untyped-decorator]
        async def double(number: int) -> int:
            handled.add(number * 2)
            return number * 2

        await broker.startup()
        worker = asyncio.create_task(run_receiver_task(broker))
        await asyncio.sleep(0.05)
        for number in range(COUNT):
            await double.kiq(number)
        await asyncio.wait_for(handled.all.wait(), 30)
        await asyncio.wait_for(until_empty(url), 30)
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
        await broker.shutdown()
    assert sorted(handled.values) == [number * 2 for number in range(COUNT)]


async def test_repid() -> None:
    """An actor of repid, its worker over long polls of twenty seconds (aiobotocore 3.x)."""
    repid = pytest.importorskip("repid", reason="repid is not installed")
    sqs = pytest.importorskip(
        "repid.connections.sqs", reason="repid's SQS server needs aiobotocore 3.x"
    )
    with mock_aws():
        url = make_queue("default")
        make_queue("repid_default_dlq")
        app = repid.Repid()
        app.servers.register_server("sqs", sqs.SqsServer(region_name=REGION), is_default=True)
        router = repid.Router()
        handled = Handled()

        @router.actor  # type: ignore[untyped-decorator]
        async def greet(name: str) -> None:
            handled.add(name)

        app.include_router(router)
        async with app.servers.default.connection():
            worker = asyncio.create_task(app.run_worker(register_signals=[]))
            await asyncio.sleep(0.05)
            for number in range(COUNT):
                await app.send_message_json(
                    channel="default", payload={"name": str(number)}, headers={"topic": "greet"}
                )
            await asyncio.wait_for(handled.all.wait(), 30)
            await asyncio.wait_for(until_empty(url), 30)
            worker.cancel()
            await asyncio.gather(worker, return_exceptions=True)
    assert sorted(handled.values) == [str(number) for number in range(COUNT)]


async def test_loafer_ng() -> None:
    """A route of loafer and its dispatcher, on queues it finds by name (aiobotocore 2.x)."""
    pytest.importorskip("loafer.ext.aws", reason="loafer-ng needs aiobotocore 2.x")
    from loafer.dispatchers import LoaferDispatcher
    from loafer.ext.aws.routes import SQSRoute

    handled = Handled()

    async def handler(content: Any, metadata: Any) -> bool:
        handled.add(content)
        return True

    with mock_aws():
        url = make_queue("orders")
        options = {"region_name": REGION, "options": {"WaitTimeSeconds": 20}}
        route = SQSRoute("orders", options, handler=handler, name="orders")
        dispatcher = LoaferDispatcher([route])
        consumer = asyncio.create_task(dispatcher.dispatch_providers(forever=True))
        await asyncio.sleep(0.1)
        sender = boto3.client("sqs", region_name=REGION)
        for number in range(COUNT):
            sender.send_message(QueueUrl=url, MessageBody=json.dumps({"id": number}))
        sender.close()
        await asyncio.wait_for(handled.all.wait(), 30)
        await asyncio.wait_for(until_empty(url), 30)
        consumer.cancel()
        await asyncio.gather(consumer, return_exceptions=True)
    assert sorted(value["id"] for value in handled.values) == list(range(COUNT))


async def test_async_sqs_consumer(caplog: pytest.LogCaptureFixture) -> None:
    """A worker of async_sqs_consumer (aioboto3), driven as its start() drives it."""
    pytest.importorskip("async_sqs_consumer.worker", reason="async-sqs-consumer needs aioboto3")
    from async_sqs_consumer.queue import Queue
    from async_sqs_consumer.worker import Worker

    caplog.set_level(logging.WARNING)
    handled = Handled()
    with mock_aws():
        url = make_queue("orders")
        worker = Worker({"default": Queue(url=url)}, max_workers=10)

        @worker.task("report")  # type: ignore[untyped-decorator]
        async def report(number: int) -> None:
            handled.add(number)

        # start() would take over the process's signals and run the loop for ever.
        worker._loop = asyncio.get_running_loop()
        polling = asyncio.create_task(worker._poll_messages())
        sender = boto3.client("sqs", region_name=REGION)
        for number in range(COUNT):
            sender.send_message(
                QueueUrl=url,
                MessageBody=json.dumps({"task": "report", "id": str(number), "args": [number]}),
            )
        sender.close()
        await asyncio.wait_for(handled.all.wait(), 30)
        await asyncio.wait_for(until_empty(url), 30)
        worker._max_workers = 0  # it swallows a cancellation while it polls, not while it idles
        await asyncio.sleep(0.1)
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)
    assert sorted(handled.values) == list(range(COUNT))
