"""SQS on virtual time: nothing here waits, but for the tests that say so."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest

from aiomoto import InvalidOption, mock_aws
from aiomoto.clock import VirtualClock

if TYPE_CHECKING:
    from aiomoto.testing.clients import Connect

Boto = Callable[[str], Any]


async def queue(sqs: Any, name: str = "orders", **attributes: str) -> str:
    url: str = (await sqs.create_queue(QueueName=name, Attributes=attributes))["QueueUrl"]
    return url


async def take(sqs: Any, url: str, wait: int = 20, **more: Any) -> list[str]:
    answer = await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=wait, **more)
    return [message["Body"] for message in answer.get("Messages", [])]


@pytest.mark.asyncio
async def test_what_is_due_happens_in_the_order_of_time(connect: Connect, backend: str) -> None:
    mock = mock_aws(clock="virtual")
    async with mock, connect("sqs", backend=backend) as sqs:
        url = await queue(sqs, VisibilityTimeout="100")
        start = mock.clock.time()
        seen: list[tuple[str, float]] = []

        async def consumer() -> None:
            while True:
                for body in await take(sqs, url):
                    seen.append((body, mock.clock.time() - start))

        task = asyncio.create_task(consumer())
        for delay in (50, 5, 500, 7):
            await sqs.send_message(QueueUrl=url, MessageBody=str(delay), DelaySeconds=delay)
        await mock.clock.advance(60)
        assert seen == [("5", 5), ("7", 7), ("50", 50)]
        task.cancel()


@pytest.mark.asyncio
async def test_a_visibility_timeout_ends_at_its_moment(connect: Connect) -> None:
    mock = mock_aws(clock="virtual")
    async with mock, connect("sqs") as sqs:
        url = await queue(sqs, VisibilityTimeout="30")
        await sqs.send_message(QueueUrl=url, MessageBody="x")
        assert await take(sqs, url) == ["x"]
        await mock.clock.advance(29.999)
        assert await take(sqs, url, wait=0) == []
        await mock.clock.advance(0.001)
        assert await take(sqs, url, wait=0) == ["x"]


@pytest.mark.asyncio
async def test_time_in_odd_pieces_adds_up(connect: Connect) -> None:
    mock = mock_aws(clock=VirtualClock(start=1_700_000_000.123))
    async with mock, connect("sqs") as sqs:
        url = await queue(sqs)
        await sqs.send_message(QueueUrl=url, MessageBody="x", DelaySeconds=1)
        task = asyncio.create_task(take(sqs, url))
        for _ in range(10):
            assert not task.done()
            await mock.clock.advance(0.1)
        assert task.result() == ["x"]
        assert mock.clock.time() == pytest.approx(1_700_000_001.123, abs=1e-6)


@pytest.mark.asyncio
async def test_retention_follows(connect: Connect) -> None:
    mock = mock_aws(clock="virtual")
    async with mock, connect("sqs") as sqs:
        url = await queue(sqs, MessageRetentionPeriod="60")
        await sqs.send_message(QueueUrl=url, MessageBody="old")
        await mock.clock.advance(59)
        await sqs.send_message(QueueUrl=url, MessageBody="new")
        await mock.clock.advance(1)
        assert await take(sqs, url, MaxNumberOfMessages=10) == ["new"]
        await mock.clock.advance(60)
        task = asyncio.create_task(take(sqs, url))
        await mock.clock.advance(20)
        assert task.result() == []


@pytest.mark.asyncio
async def test_deduplication_follows(connect: Connect) -> None:
    mock = mock_aws(clock="virtual")
    async with mock, connect("sqs") as sqs:
        url = await queue(sqs, "orders.fifo", FifoQueue="true", ContentBasedDeduplication="true")

        async def send() -> None:
            await sqs.send_message(QueueUrl=url, MessageBody="same", MessageGroupId="g")

        await send()
        await mock.clock.advance(299)
        await send()
        assert await take(sqs, url, MaxNumberOfMessages=10, VisibilityTimeout=0) == ["same"]
        await mock.clock.advance(1)
        await send()
        assert await take(sqs, url, MaxNumberOfMessages=10) == ["same", "same"]


@pytest.mark.asyncio
async def test_what_messages_say_about_time(connect: Connect) -> None:
    mock = mock_aws(clock=VirtualClock(start=1_000_000_000))
    async with mock, connect("sqs") as sqs:
        url = await queue(sqs)
        await sqs.send_message(QueueUrl=url, MessageBody="x")
        await mock.clock.advance(12.5)
        answer = await sqs.receive_message(QueueUrl=url, AttributeNames=["All"])
        attributes = answer["Messages"][0]["Attributes"]
        assert attributes["SentTimestamp"] == "1000000000000"
        assert attributes["ApproximateFirstReceiveTimestamp"] == "1000000012500"


@pytest.mark.asyncio
async def test_many_who_wait_get_one_message_each_in_time(connect: Connect) -> None:
    mock = mock_aws(clock="virtual")
    async with mock, connect("sqs") as sqs:
        url = await queue(sqs)
        tasks = [asyncio.create_task(take(sqs, url)) for _ in range(20)]
        await mock.clock.advance(1)
        for delay in range(1, 16):
            await sqs.send_message(QueueUrl=url, MessageBody=str(delay), DelaySeconds=delay)
        await mock.clock.advance(10)
        assert [task.done() for task in tasks] == [True] * 10 + [False] * 10
        await mock.clock.advance(9)
        assert [task.result() for task in tasks[:15]] == [[str(n)] for n in range(1, 16)]
        assert [task.result() for task in tasks[15:]] == [[]] * 5


@pytest.mark.asyncio
async def test_work_of_several_requests_is_done_before_time_goes_on(connect: Connect) -> None:
    mock = mock_aws(clock="virtual")
    async with mock, connect("sqs") as sqs, connect("s3") as s3:
        url = await queue(sqs)
        await s3.create_bucket(Bucket="documents")
        start = mock.clock.time()
        done: list[float] = []

        async def consumer() -> None:
            while True:
                for body in await take(sqs, url, VisibilityTimeout=5):
                    for number in range(8):
                        await s3.put_object(Bucket="documents", Key=f"{body}/{number}", Body=b"x")
                        await s3.list_objects_v2(Bucket="documents")
                    done.append(mock.clock.time() - start)

        task = asyncio.create_task(consumer())
        await sqs.send_message(QueueUrl=url, MessageBody="x", DelaySeconds=1)
        await mock.clock.advance(13)
        assert done == [1, 6, 11]
        task.cancel()


def test_it_costs_no_time(connect: Connect) -> None:
    """The one assertion on time: an hour, in less than many real minutes."""

    async def main() -> int:
        mock = mock_aws(clock="virtual")
        polls = 0
        async with mock, connect("sqs") as sqs:
            url = await queue(sqs)

            async def consumer() -> None:
                nonlocal polls
                while True:
                    await take(sqs, url)
                    polls += 1

            task = asyncio.create_task(consumer())
            await mock.clock.advance(3600)
            task.cancel()
        return polls

    start = time.monotonic()
    assert asyncio.run(main()) == 180
    assert time.monotonic() - start < 60


def test_synchronous_code_moves_time_with_tick(boto: Boto) -> None:
    mock = mock_aws(clock="virtual")
    with mock:
        sqs = boto("sqs")
        url = sqs.create_queue(QueueName="orders")["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody="x", DelaySeconds=60)
        # Nobody could move the time while this thread waits, so it does not.
        assert "Messages" not in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
        mock.clock.tick(60)
        assert sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "x"


@pytest.mark.asyncio
async def test_a_thread_waits_for_the_test_to_move_time(connect: Connect, boto: Boto) -> None:
    mock = mock_aws(clock="virtual")
    async with mock, connect("sqs") as sqs:
        url = await queue(sqs)
        receive = boto("sqs").receive_message
        task = asyncio.create_task(asyncio.to_thread(receive, QueueUrl=url, WaitTimeSeconds=20))
        while not mock.clock._timers:  # noqa: ASYNC110 - a thread is on its way there
            await asyncio.sleep(0.01)
        await mock.clock.advance(19)
        assert not task.done()
        await mock.clock.advance(1)
        assert "Messages" not in await asyncio.wait_for(task, 10)


def test_trio(connect: Connect) -> None:
    trio = pytest.importorskip("trio")
    pytest.importorskip("httpx2", reason="aiobotocore runs on trio over httpx2, from 3.x on")

    async def main() -> None:
        mock = mock_aws(clock="virtual")
        async with mock, connect("sqs", backend="httpx") as sqs:
            url = await queue(sqs)
            start = mock.clock.time()
            seen: list[tuple[str, float]] = []

            async def consumer() -> None:
                while True:
                    for body in await take(sqs, url):
                        seen.append((body, mock.clock.time() - start))

            async with trio.open_nursery() as nursery:
                nursery.start_soon(consumer)
                await sqs.send_message(QueueUrl=url, MessageBody="x", DelaySeconds=33)
                await mock.clock.advance(70)
                nursery.cancel_scope.cancel()
            assert seen == [("x", 33), ("x", 63)]

    trio.run(main)


@pytest.mark.asyncio
async def test_real_time_is_not_to_be_moved() -> None:
    async with mock_aws() as mock:
        assert not mock.clock.virtual
        with pytest.raises(InvalidOption, match=r"mock_aws\(clock='virtual'\)"):
            await mock.clock.advance(1)


# -- beside freezegun and time-machine ---------------------------------------------


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=timezone.utc)  # type: ignore[misc, arg-type]


@pytest.mark.asyncio
async def test_virtual_time_starts_where_freezegun_stands(connect: Connect) -> None:
    freezegun = pytest.importorskip("freezegun")
    with freezegun.freeze_time("2030-01-01", real_asyncio=True):
        mock = mock_aws(clock="virtual")
        async with mock, connect("sqs") as sqs:
            assert mock.clock.time() == at(2030, 1, 1).timestamp()
            url = await queue(sqs)
            task = asyncio.create_task(take(sqs, url))
            await sqs.send_message(QueueUrl=url, MessageBody="x", DelaySeconds=10)
            await mock.clock.advance(10)
            assert task.result() == ["x"]


@pytest.mark.asyncio
async def test_virtual_time_starts_where_time_machine_stands(connect: Connect) -> None:
    time_machine = pytest.importorskip("time_machine")
    with time_machine.travel(at(2030, 1, 1), tick=False):
        mock = mock_aws(clock="virtual")
        async with mock, connect("sqs") as sqs:
            assert mock.clock.time() == at(2030, 1, 1).timestamp()
            url = await queue(sqs)
            task = asyncio.create_task(take(sqs, url))
            await sqs.send_message(QueueUrl=url, MessageBody="x", DelaySeconds=10)
            await mock.clock.advance(10)
            assert task.result() == ["x"]


@pytest.mark.asyncio
async def test_real_time_follows_freezegun(connect: Connect) -> None:
    freezegun = pytest.importorskip("freezegun")
    with freezegun.freeze_time("2030-01-01", real_asyncio=True) as frozen:
        async with mock_aws(), connect("sqs") as sqs:
            url = await queue(sqs)
            await sqs.send_message(QueueUrl=url, MessageBody="x", DelaySeconds=60)
            # The wait itself is the event loop's: a second of real time.
            assert await take(sqs, url, wait=1) == []
            frozen.tick(60)
            assert await take(sqs, url) == ["x"]


@pytest.mark.asyncio
async def test_real_time_follows_time_machine(connect: Connect) -> None:
    time_machine = pytest.importorskip("time_machine")
    with time_machine.travel(at(2030, 1, 1), tick=False) as traveller:
        async with mock_aws(), connect("sqs") as sqs:
            url = await queue(sqs)
            await sqs.send_message(QueueUrl=url, MessageBody="x", DelaySeconds=60)
            assert await take(sqs, url, wait=1) == []
            traveller.shift(60)
            assert await take(sqs, url) == ["x"]


@pytest.mark.asyncio
async def test_a_wait_over_frozen_time_is_not_a_busy_one(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message that is due in a moment that never comes."""
    from aiomoto_sqs.rooms import Rooms

    time_machine = pytest.importorskip("time_machine")
    looks = []
    until_due = Rooms.until_due

    def counted(self: Rooms, waiter: Any) -> float | None:
        looks.append(waiter)
        return until_due(self, waiter)

    monkeypatch.setattr(Rooms, "until_due", counted)
    with time_machine.travel(at(2030, 1, 1), tick=False) as traveller:
        async with mock_aws(), connect("sqs") as sqs:
            url = await queue(sqs)
            await sqs.send_message(QueueUrl=url, MessageBody="x", DelaySeconds=1)
            traveller.shift(0.9999)
            assert await take(sqs, url, wait=1) == []
    assert len(looks) < 50


def test_clocks_move_across_threads(connect: Connect) -> None:
    """A consumer in a loop of another thread hears of time that is moved here."""
    received: list[str] = []
    ready = threading.Event()

    async def consume(url: str) -> None:
        async with connect("sqs") as sqs:
            await sqs.list_queues()
            ready.set()
            received.extend(await take(sqs, url))

    async def main() -> None:
        mock = mock_aws(clock="virtual")
        async with mock, connect("sqs") as sqs:
            url = await queue(sqs)
            await sqs.send_message(QueueUrl=url, MessageBody="x", DelaySeconds=5)
            thread = threading.Thread(target=lambda: asyncio.run(consume(url)))
            thread.start()
            await asyncio.to_thread(ready.wait, 20)
            await asyncio.sleep(0.1)
            await mock.clock.advance(5)
            await asyncio.to_thread(thread.join, 20)

    asyncio.run(main())
    assert received == ["x"]
