"""Many producers and consumers, and consumers that are cancelled at random.

Reduced unless ``AIOMOTO_STRESS=full``, which is 20 producers, 50 consumers and
20,000 messages, and takes some minutes.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

import pytest

from aiomoto import mock_aws

if TYPE_CHECKING:
    from aiomoto.testing.clients import Connect

FULL = os.environ.get("AIOMOTO_STRESS") == "full"
PRODUCERS, CONSUMERS, MESSAGES = (20, 50, 20_000) if FULL else (5, 12, 600)
GROUPS = 25


class Run:
    """One queue, filled and emptied at once."""

    def __init__(self, sqs: Any, url: str, *, fifo: bool, count: int, seed: int) -> None:
        self.sqs = sqs
        self.url = url
        self.fifo = fifo
        self.count = count
        self.random = random.Random(seed)
        self.received: Counter[str] = Counter()
        self.deleted: set[str] = set()
        self.order: dict[str, list[int]] = defaultdict(list)
        self.cancelled = 0
        self.polls: list[asyncio.Task[Any]] = []

    async def produce(self, producer: int, count: int) -> None:
        """Send, alone or in batches; the groups of a producer are its own."""
        sent = 0
        while sent < count:
            size = min(self.random.choice((1, 1, 3, 10)), count - sent)
            entries = []
            for number in range(sent, sent + size):
                group = f"{producer}.{number % GROUPS}"
                entry = {"Id": str(number), "MessageBody": f"{group} {number}"}
                if self.fifo:
                    entry["MessageGroupId"] = group
                entries.append(entry)
            await self.sqs.send_message_batch(QueueUrl=self.url, Entries=entries)
            sent += size

    async def consume(self) -> None:
        """Receive and delete until all is there; a poll may be cancelled under its hands."""
        while len(self.deleted) < self.count:
            poll = asyncio.create_task(
                self.sqs.receive_message(
                    QueueUrl=self.url,
                    WaitTimeSeconds=2,
                    MaxNumberOfMessages=self.random.choice((1, 5, 10)),
                )
            )
            self.polls.append(poll)
            [answer] = await asyncio.gather(poll, return_exceptions=True)
            self.polls.remove(poll)
            if isinstance(answer, asyncio.CancelledError):
                self.cancelled += 1
                continue
            assert isinstance(answer, dict), answer
            await self.done_with(answer.get("Messages", []))

    async def done_with(self, messages: list[dict[str, Any]]) -> None:
        entries = []
        for index, message in enumerate(messages):
            body = message["Body"]
            self.received[body] += 1
            if self.received[body] == 1:
                group, number = body.split()
                self.order[group].append(int(number))
            entries.append({"Id": str(index), "ReceiptHandle": message["ReceiptHandle"]})
        if entries:
            answer = await self.sqs.delete_message_batch(QueueUrl=self.url, Entries=entries)
            assert not answer.get("Failed")
            self.deleted.update(message["Body"] for message in messages)

    async def cancel(self) -> None:
        """Cancel somebody's poll, now and then."""
        while len(self.deleted) < self.count:
            await asyncio.sleep(self.random.random() * 0.02)
            if self.polls:
                self.random.choice(self.polls).cancel()


async def run_all(connect: Connect, *, fifo: bool, messages: int) -> Run:
    attributes = {"VisibilityTimeout": "600"}
    if fifo:
        attributes |= {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    async with mock_aws(), connect("sqs", max_pool_connections=CONSUMERS + PRODUCERS) as sqs:
        name = "stress.fifo" if fifo else "stress"
        url = (await sqs.create_queue(QueueName=name, Attributes=attributes))["QueueUrl"]
        run = Run(sqs, url, fifo=fifo, count=messages, seed=4)
        await asyncio.gather(
            *(run.produce(number, messages // PRODUCERS) for number in range(PRODUCERS)),
            *(run.consume() for _ in range(CONSUMERS)),
            run.cancel(),
        )
        left = await sqs.receive_message(QueueUrl=url)
        assert "Messages" not in left
    return run


@pytest.mark.asyncio
@pytest.mark.parametrize("fifo", [False, True], ids=["standard", "fifo"])
async def test_nothing_is_lost(connect: Connect, fifo: bool) -> None:
    start = time.perf_counter()
    run = await run_all(connect, fifo=fifo, messages=MESSAGES)
    seconds = time.perf_counter() - start
    print(  # noqa: T201 - the figures of a full run
        f"{MESSAGES} messages in {seconds:.1f} s, {run.cancelled} polls cancelled, "
        f"{sum(run.received.values()) - len(run.received)} received again"
    )
    assert len(run.received) == MESSAGES
    assert run.cancelled
    # Every visibility timeout is longer than the test: whatever was received twice,
    # or had to be waited for, was hidden by a cancelled poll.
    assert set(run.received.values()) == {1}
    if fifo:
        for numbers in run.order.values():
            assert numbers == sorted(numbers)
