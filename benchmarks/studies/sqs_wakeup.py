"""How free the event loop is while consumers wait, and how fast a message reaches one.

    python benchmarks/studies/sqs_wakeup.py [--consumers 50] [--seconds 2] [--messages 200]

Prints, for aiobotocore over aiohttp and over httpx: the longest gap between two beats
of a task that wakes every 5 ms, beside 50 long polls that wait for 2 seconds, and
beside nothing at all; the time from a send to the consumer that has the message; and
the CPU time of idle waiting.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiobotocore.config import AioConfig
from aiobotocore.httpsession import AIOHTTPSession
from aiobotocore.httpxsession import HttpxSession
from aiobotocore.session import get_session

from aiomoto import mock_aws

BEAT = 0.005


class Heart:
    """Beats until it is stopped; keeps the longest pause, and the most work in a pause.

    On a busy machine the pause is mostly the machine's; the CPU time that this
    thread spent in it is ours. Python's garbage collector goes through the whole
    program, moto's modules too, at a moment of its own: its share is told apart.
    """

    def __init__(self) -> None:
        self.longest = 0.0
        self.work = 0.0
        self.uncollected = 0.0
        self._collecting = 0.0
        self._collected = 0.0

    def collecting(self, phase: str, _: object) -> None:
        """For ``gc.callbacks``."""
        if phase == "start":
            self._collecting = time.perf_counter()
        else:
            self._collected += time.perf_counter() - self._collecting

    async def beat(self) -> None:
        """Run for ever."""
        last, last_work = time.perf_counter(), time.thread_time()
        while True:
            await asyncio.sleep(BEAT)
            now, work = time.perf_counter(), time.thread_time()
            self.longest = max(self.longest, now - last - BEAT)
            self.uncollected = max(self.uncollected, now - last - BEAT - self._collected)
            self._collected = 0.0
            self.work = max(self.work, work - last_work)
            last, last_work = now, work

    def __str__(self) -> str:
        without = f"{self.uncollected * 1000:.1f} ms without the garbage collector"
        return f"{self.longest * 1000:.1f} ms ({without}, CPU {self.work * 1000:.1f} ms)"


@asynccontextmanager
async def beating() -> AsyncIterator[Heart]:
    """A heart for the length of a block."""
    heart = Heart()
    gc.callbacks.append(heart.collecting)
    task = asyncio.create_task(heart.beat())
    await asyncio.sleep(0)
    try:
        yield heart
    finally:
        task.cancel()
        gc.callbacks.remove(heart.collecting)


async def waiting(sqs: Any, url: str, consumers: int, seconds: int) -> tuple[Heart, Heart, float]:
    """Hearts from start to end, and while all wait; CPU seconds per second of the latter."""

    async def poll() -> None:
        answer = await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=seconds)
        assert "Messages" not in answer

    async with beating() as whole:
        polls = [asyncio.create_task(poll()) for _ in range(consumers)]
        await asyncio.sleep(seconds / 4)
        async with beating() as idle:
            cpu = time.process_time()
            await asyncio.sleep(seconds / 2)
            cpu = time.process_time() - cpu
        await asyncio.gather(*polls)
    return whole, idle, cpu / (seconds / 2)


async def latencies(sqs: Any, url: str, consumers: int, messages: int) -> list[float]:
    """Seconds from before the call that sends to after the call that receives."""
    sent: dict[str, float] = {}
    found: list[float] = []

    async def consumer() -> None:
        while True:
            answer = await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
            for message in answer.get("Messages", []):
                found.append(time.perf_counter() - sent[message["Body"]])
                handle = message["ReceiptHandle"]
                await sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)

    tasks = [asyncio.create_task(consumer()) for _ in range(consumers)]
    await asyncio.sleep(0.5)
    for number in range(messages):
        sent[str(number)] = time.perf_counter()
        await sqs.send_message(QueueUrl=url, MessageBody=str(number))
        await asyncio.sleep(0.01)
    while len(found) < messages:  # noqa: ASYNC110 - no part of what is measured
        await asyncio.sleep(0.01)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return found


async def run(arguments: argparse.Namespace) -> None:
    """Measure each HTTP client and print a line of figures for it."""
    async with beating() as alone:
        await asyncio.sleep(arguments.seconds)
    print(f"heartbeat alone: longest gap {alone}")
    for session_class in (AIOHTTPSession, HttpxSession):
        config = AioConfig(
            http_session_cls=session_class, max_pool_connections=arguments.consumers + 10
        )
        async with (
            mock_aws(),
            get_session().create_client("sqs", region_name="us-east-1", config=config) as sqs,
        ):
            url = (await sqs.create_queue(QueueName="benchmark"))["QueueUrl"]
            await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)
            whole, idle, cpu = await waiting(sqs, url, arguments.consumers, arguments.seconds)
            found = await latencies(sqs, url, arguments.consumers, arguments.messages)
        found.sort()
        print(
            f"{session_class.__name__}: {arguments.consumers} consumers for {arguments.seconds} s: "
            f"longest gap {whole}, {idle} while all wait, with {cpu * 100:.1f} % CPU; "
            f"send to receive: median {statistics.median(found) * 1000:.1f} ms, "
            f"99 % {found[int(len(found) * 0.99)] * 1000:.1f} ms, "
            f"longest {found[-1] * 1000:.1f} ms"
        )


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(description="Long polls beside a heartbeat.")
    parser.add_argument("--consumers", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--messages", type=int, default=200)
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
