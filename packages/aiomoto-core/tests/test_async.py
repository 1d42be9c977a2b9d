"""The event loop: never blocked, nothing left behind, several of them at once."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
import warnings
from typing import TYPE_CHECKING, Any

import botocore.exceptions
import pytest

from aiomoto import hookimpl, mock_aws

if TYPE_CHECKING:
    from types import ModuleType

    from aiomoto.request import AwsRequest


@pytest.fixture(autouse=True)
def nothing_unclosed() -> Any:
    """A ResourceWarning or a task that was destroyed is a failure, here and not in a later test."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
        gc.collect()
    assert [str(one.message) for one in caught] == []


class Ticks:
    """Counts the turns of a task that runs beside."""

    def __init__(self) -> None:
        self.count = 0

    async def run(self) -> None:
        while True:
            await asyncio.sleep(0.02)
            self.count += 1


class Slow:
    """A plugin whose answer takes as long as the test wants."""

    def __init__(self, service: str = "sqs") -> None:
        self.service = service
        self.entered = asyncio.Event()
        self.go_on = asyncio.Event()
        self.cancelled = 0

    @hookimpl
    def aiomoto_services(self) -> list[str]:
        return [self.service]

    @hookimpl
    async def aiomoto_handle(self, request: AwsRequest) -> None:
        self.entered.set()
        try:
            await self.go_on.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise


#: Owned by no installed plugin, so that a plugin of the test may own it.
FREE = "ssm"


# -- the loop stays free -------------------------------------------------------------------


@pytest.mark.asyncio
async def test_long_poll_leaves_the_loop_to_others(clients: ModuleType, backend: str) -> None:
    async with mock_aws(), clients.aio("sqs", backend) as sqs:
        url = (await sqs.create_queue(QueueName="q"))["QueueUrl"]
        ticks = Ticks()
        beside = asyncio.create_task(ticks.run())
        answer = await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)
        beside.cancel()
        assert "Messages" not in answer
        assert ticks.count > 10


@pytest.mark.asyncio
async def test_long_poll_sees_what_is_sent_meanwhile(clients: ModuleType, backend: str) -> None:
    async with mock_aws(), clients.aio("sqs", backend) as sqs:
        url = (await sqs.create_queue(QueueName="q"))["QueueUrl"]
        polling = asyncio.create_task(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20))
        await asyncio.sleep(0.1)
        assert not polling.done()
        await sqs.send_message(QueueUrl=url, MessageBody="text")
        [message] = (await asyncio.wait_for(polling, timeout=15))["Messages"]
        assert message["Body"] == "text"


@pytest.mark.asyncio
async def test_wait_for_is_in_time(clients: ModuleType, backend: str) -> None:
    async with mock_aws(), clients.aio("sqs", backend) as sqs:
        url = (await sqs.create_queue(QueueName="q"))["QueueUrl"]
        ticks = Ticks()
        beside = asyncio.create_task(ticks.run())
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=2), 0.2)
        beside.cancel()
        # Not the poll's two seconds, which are a hundred ticks.
        assert ticks.count < 50
        assert (await sqs.list_queues())["QueueUrls"] == [url]


@pytest.mark.asyncio
async def test_calls_overlap(clients: ModuleType, backend: str) -> None:
    """The second is sent and answered while the first waits."""
    slow = Slow(FREE)
    async with mock_aws(plugins=[slow]), clients.aio("ssm", backend) as ssm:
        first = asyncio.create_task(ssm.describe_parameters())
        await slow.entered.wait()
        async with clients.aio("s3", backend) as s3:
            assert (await s3.list_buckets())["Buckets"] == []
        assert not first.done()
        slow.go_on.set()
        assert (await first)["Parameters"] == []


@pytest.mark.asyncio
async def test_gather_of_many(clients: ModuleType, backend: str) -> None:
    """More than the client's pool of 10 connections."""
    async with mock_aws(), clients.aio("s3", backend) as s3:
        await s3.create_bucket(Bucket="bucket")
        keys = [f"key-{number:03}" for number in range(60)]
        await asyncio.gather(
            *(s3.put_object(Bucket="bucket", Key=key, Body=key.encode()) for key in keys)
        )

        async def read(key: str) -> bytes:
            async with (await s3.get_object(Bucket="bucket", Key=key))["Body"] as body:
                return bytes(await body.read())

        assert await asyncio.gather(*map(read, keys)) == [key.encode() for key in keys]


# -- cancellation --------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_cancelled_call_leaves_no_task(clients: ModuleType, backend: str) -> None:
    slow = Slow(FREE)
    async with mock_aws(plugins=[slow]), clients.aio("ssm", backend) as ssm:
        before = asyncio.all_tasks()
        call = asyncio.create_task(ssm.describe_parameters())
        await slow.entered.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert slow.cancelled == 1
        assert asyncio.all_tasks() == before


@pytest.mark.asyncio
async def test_cancelled_call_gives_its_connection_back(clients: ModuleType, backend: str) -> None:
    """A pool of one: the next call would wait for ever."""
    slow = Slow(FREE)
    config = {"max_pool_connections": 1}
    async with mock_aws(plugins=[slow]), clients.aio("ssm", backend, config=config) as ssm:
        for _ in range(3):
            slow.entered.clear()
            call = asyncio.create_task(ssm.describe_parameters())
            await slow.entered.wait()
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
        slow.go_on.set()
        answer = await asyncio.wait_for(ssm.describe_parameters(), timeout=10)
        assert answer["Parameters"] == []


@pytest.mark.asyncio
async def test_call_that_waits_for_a_connection_can_be_cancelled(
    clients: ModuleType, backend: str
) -> None:
    slow = Slow(FREE)
    config = {"max_pool_connections": 1}
    async with mock_aws(plugins=[slow]), clients.aio("ssm", backend, config=config) as ssm:
        first = asyncio.create_task(ssm.describe_parameters())
        await slow.entered.wait()
        second = asyncio.create_task(ssm.describe_parameters())
        await asyncio.sleep(0.05)
        assert not second.done()
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second
        slow.go_on.set()
        assert (await first)["Parameters"] == []
        assert (await ssm.describe_parameters())["Parameters"] == []


@pytest.mark.asyncio
async def test_time_out_of_the_client_holds_in_the_mock(clients: ModuleType, backend: str) -> None:
    """An answer that takes longer than the read time-out fails as from a real server."""
    from botocore.exceptions import ReadTimeoutError

    slow = Slow(FREE)
    config = {"read_timeout": 0.1, "retries": {"max_attempts": 0}}
    async with mock_aws(plugins=[slow]), clients.aio("ssm", backend, config=config) as ssm:
        with pytest.raises(ReadTimeoutError):
            await asyncio.wait_for(ssm.describe_parameters(), timeout=20)


@pytest.mark.asyncio
async def test_time_out_of_httpx(httpx_module: ModuleType) -> None:
    slow = Slow(FREE)
    async with mock_aws(plugins=[slow]), httpx_module.AsyncClient(timeout=0.1) as client:
        headers = {"X-Amz-Target": "AmazonSSM.DescribeParameters"}
        with pytest.raises(httpx_module.ReadTimeout):
            await asyncio.wait_for(
                client.post("https://ssm.us-east-1.amazonaws.com/", headers=headers, content=b"{}"),
                timeout=20,
            )


# -- loops and threads ---------------------------------------------------------------------


def test_one_mock_for_the_loops_of_several_threads(clients: ModuleType) -> None:
    found: dict[str, list[str]] = {}

    async def work(backend: str, name: str) -> None:
        async with clients.aio("s3", backend) as s3:
            for number in range(5):
                await s3.create_bucket(Bucket=f"{name}-{number}")
            found[name] = [one["Name"] for one in (await s3.list_buckets())["Buckets"]]

    with mock_aws(), clients.sync("s3") as s3:
        threads = [
            threading.Thread(target=asyncio.run, args=(work(backend, f"{backend}-{number}"),))
            for backend in ("aiohttp", "httpx")
            for number in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 6
        assert len(s3.list_buckets()["Buckets"]) == 30
        for name, seen in found.items():
            assert {f"{name}-{number}" for number in range(5)} <= set(seen)


def test_loops_one_after_the_other(clients: ModuleType, backend: str) -> None:
    """What belongs to a loop that is closed is not met again."""

    async def count() -> int:
        async with clients.aio("s3", backend) as s3:
            buckets = len((await s3.list_buckets())["Buckets"])
            await s3.create_bucket(Bucket=f"bucket-{buckets}")
            return buckets

    with mock_aws():
        assert [asyncio.run(count()) for _ in range(3)] == [0, 1, 2]


async def round_trip(clients: ModuleType, backend: str) -> bytes:
    """What touches most of it: a small and a streamed body, a long poll, a time-out, an error."""
    async with mock_aws(), clients.aio("s3", backend) as s3, clients.aio("sqs", backend) as sqs:
        await s3.create_bucket(Bucket="bucket")
        await s3.put_object(Bucket="bucket", Key="key", Body=b"x" * 1_000_000)
        with pytest.raises(s3.exceptions.NoSuchKey):
            await s3.get_object(Bucket="bucket", Key="nokey")
        if backend == "aiohttp":  # close() on httpx fails or is a coroutine, by version
            (await s3.get_object(Bucket="bucket", Key="key"))["Body"].close()
        url = (await sqs.create_queue(QueueName="q"))["QueueUrl"]
        await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)
        async with (await s3.get_object(Bucket="bucket", Key="key"))["Body"] as body:
            return bytes(await body.read())


def test_debug_mode(clients: ModuleType, backend: str, caplog: pytest.LogCaptureFixture) -> None:
    assert len(asyncio.run(round_trip(clients, backend), debug=True)) == 1_000_000
    assert [one.getMessage() for one in caplog.records if one.levelname == "ERROR"] == []


def test_uvloop(clients: ModuleType, backend: str) -> None:
    uvloop = pytest.importorskip("uvloop", reason="uvloop is not installed")
    assert len(uvloop.run(round_trip(clients, backend))) == 1_000_000


@pytest.mark.skipif(sys.version_info < (3, 11), reason="a timeout can't be moved on Python 3.10")
@pytest.mark.asyncio
async def test_a_client_that_is_closed_while_it_waits(clients: ModuleType) -> None:
    """The connection is closed with it, so that the wait ends and takes nothing any more."""
    async with mock_aws():
        async with clients.aio("sqs", "aiohttp", config={"retries": {"max_attempts": 0}}) as sqs:
            url = (await sqs.create_queue(QueueName="queue"))["QueueUrl"]
            poll = asyncio.create_task(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20))
            await asyncio.sleep(0.2)
        with pytest.raises(botocore.exceptions.ConnectionClosedError):
            await asyncio.wait_for(poll, timeout=10)
