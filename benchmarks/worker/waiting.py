"""Consumers that wait for messages, and how free they leave the event loop meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from .watch import Watch

BEAT = 0.005
PAUSE = "longest pause of the loop"
LATENCY = "send to receive, longest"


@asynccontextmanager
async def wait(
    world: Any, consumers: int, seconds: int, messages: int
) -> AsyncIterator[Callable[[Watch], Awaitable[None]]]:
    """Long polls beside a task that wakes every 5 ms; then messages for those who wait."""
    async with (
        world.mock(),
        world.client("sqs", world.session(), connections=consumers + 10) as sqs,
    ):
        url = (await sqs.create_queue(QueueName="orders"))["QueueUrl"]

        async def turn(watch: Watch) -> None:
            pause = await longest_pause(sqs, url, consumers, seconds)
            watch.keep(PAUSE, pause)
            if pause > seconds / 2:
                watch.lack(LATENCY, "a poll keeps the loop, and with it who would send")
            else:
                watch.keep(LATENCY, max(await latencies(sqs, url, consumers, messages)))

        await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)
        yield turn


async def longest_pause(sqs: Any, url: str, consumers: int, seconds: int) -> float:
    """Seconds by which the beat of a task came late at most, while all consumers waited."""
    late = 0.0

    async def beat() -> None:
        nonlocal late
        last = time.perf_counter()
        while True:
            await asyncio.sleep(BEAT)
            now = time.perf_counter()
            late, last = max(late, now - last - BEAT), now

    async def poll() -> None:
        answer = await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=seconds)
        if answer.get("Messages"):
            raise RuntimeError("a message that nobody sent")

    heart = asyncio.create_task(beat())
    await asyncio.sleep(2 * BEAT)
    await asyncio.gather(*(poll() for _ in range(consumers)))
    await asyncio.sleep(2 * BEAT)  # it has not noticed yet what the last poll did to it
    heart.cancel()
    return late


async def latencies(sqs: Any, url: str, consumers: int, messages: int) -> list[float]:
    """Seconds from before each call that sends to after the call that receives."""
    sent: dict[str, float] = {}
    found: list[float] = []
    all_came = asyncio.Event()

    async def consume() -> None:
        while True:
            answer = await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
            for message in answer.get("Messages", []):
                found.append(time.perf_counter() - sent[message["Body"]])
                handle = message["ReceiptHandle"]
                await sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)
            if len(found) == messages:
                all_came.set()

    tasks = [asyncio.create_task(consume()) for _ in range(consumers)]
    await asyncio.sleep(0.5)
    for number in range(messages):
        sent[str(number)] = time.perf_counter()
        await sqs.send_message(QueueUrl=url, MessageBody=str(number))
        await asyncio.sleep(0.01)
    await asyncio.wait_for(all_came.wait(), 60)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return found
