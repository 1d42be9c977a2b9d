"""Long polls on the event loops other than asyncio's own, and in asyncio's debug mode."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from aiomoto import mock_aws

if TYPE_CHECKING:
    from aiomoto.testing.clients import Connect


async def exchange(sqs: Any, run_together: Any) -> list[str]:
    url = (await sqs.create_queue(QueueName="orders"))["QueueUrl"]
    received: list[str] = []

    async def consumer() -> None:
        while len(received) < 10:
            answer = await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
            received.extend(message["Body"] for message in answer["Messages"])

    async def producer() -> None:
        for number in range(10):
            delay = 1 if number == 9 else 0
            await sqs.send_message(QueueUrl=url, MessageBody=str(number), DelaySeconds=delay)

    await run_together(consumer, producer)
    # A wait that ends without a message, too.
    assert "Messages" not in await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)
    return received


async def on_asyncio(connect: Connect, backend: str) -> list[str]:
    async def together(*functions: Any) -> None:
        await asyncio.gather(*(function() for function in functions))

    async with mock_aws(), connect("sqs", backend=backend) as sqs:
        return await exchange(sqs, together)


def test_uvloop(connect: Connect, backend: str) -> None:
    uvloop = pytest.importorskip("uvloop")
    loop = uvloop.new_event_loop()
    try:
        received = loop.run_until_complete(on_asyncio(connect, backend))
    finally:
        loop.close()
    assert received == [str(number) for number in range(10)]


def test_debug_mode(connect: Connect, backend: str) -> None:
    received = asyncio.run(on_asyncio(connect, backend), debug=True)
    assert received == [str(number) for number in range(10)]


def test_trio(connect: Connect) -> None:
    trio = pytest.importorskip("trio")
    pytest.importorskip("httpx2", reason="aiobotocore runs on trio over httpx2, from 3.x on")

    async def together(*functions: Any) -> None:
        async with trio.open_nursery() as nursery:
            for function in functions:
                nursery.start_soon(function)

    async def main() -> list[str]:
        async with mock_aws(), connect("sqs", backend="httpx") as sqs:
            return await exchange(sqs, together)

    assert trio.run(main) == [str(number) for number in range(10)]


def test_a_trio_wait_ends_with_its_scope_and_with_the_mock(connect: Connect) -> None:
    trio = pytest.importorskip("trio")
    pytest.importorskip("httpx2", reason="aiobotocore runs on trio over httpx2, from 3.x on")

    async def main() -> None:
        async with connect("sqs", backend="httpx") as sqs:
            answers: list[dict[str, Any]] = []
            mock = mock_aws()
            mock.start()
            url = (await sqs.create_queue(QueueName="orders"))["QueueUrl"]

            async def poll() -> None:
                answers.append(await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20))

            with trio.move_on_after(0.05) as scope:
                await poll()
            assert scope.cancelled_caught
            async with trio.open_nursery() as nursery:
                nursery.start_soon(poll)
                await trio.sleep(0.05)
                mock.stop()
            assert [answer.get("Messages") for answer in answers] == [None]

    trio.run(main)
