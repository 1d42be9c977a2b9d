"""A receive that is cancelled, wherever it stands, neither loses nor hides a message."""

from __future__ import annotations

import asyncio
import types
from collections.abc import Callable, Coroutine, Generator
from typing import TYPE_CHECKING, Any

import pytest

from aiomoto import mock_aws

if TYPE_CHECKING:
    from aiomoto.testing.clients import Connect

#: More suspensions than any receive has.
MANY = 200


@types.coroutine
def stepped(
    coroutine: Coroutine[Any, Any, Any], at_suspension: Callable[[int, Any], None]
) -> Generator[Any, Any, Any]:
    """Run a coroutine step by step.

    ``at_suspension(n, awaited)`` is called each time it waits, for the n-th time.
    """
    count = 0
    step: Callable[[Any], Any] = coroutine.send
    value: Any = None
    while True:
        try:
            awaited = step(value)
        except StopIteration as done:
            return done.value
        at_suspension(count, awaited)
        count += 1
        try:
            value = yield awaited
            step = coroutine.send
        except BaseException as error:
            value, step = error, coroutine.throw


async def bodies(sqs: Any, url: str) -> list[tuple[str, str]]:
    """What can be received now, and how often it was received before, this time included."""
    answer = await sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, AttributeNames=["ApproximateReceiveCount"]
    )
    return [
        (message["Body"], message["Attributes"]["ApproximateReceiveCount"])
        for message in answer.get("Messages", [])
    ]


async def cancelled_at(nth: int, sqs: Any, url: str, *, sent: str, cancel: str) -> bool:
    """Cancel a receive at its n-th suspension; False if it has fewer.

    A message is sent before it or while it waits. It is cancelled when it comes
    to wait, or in the turn of the loop in which that wait would have ended.
    """
    if sent == "before":
        await sqs.send_message(QueueUrl=url, MessageBody="kept")
    reached = False

    def at_suspension(count: int, awaited: Any) -> None:
        nonlocal reached
        if count == nth:
            reached = True
            task = asyncio.current_task()
            assert task is not None
            if cancel == "as it ends" and asyncio.isfuture(awaited):
                awaited.add_done_callback(lambda _: task.cancel())
            else:
                task.cancel()

    async def receive() -> Any:
        poll = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
        return await stepped(poll, at_suspension)

    task = asyncio.create_task(receive())
    await asyncio.sleep(0.02)
    if sent != "before":
        await sqs.send_message(QueueUrl=url, MessageBody="kept")
    [outcome] = await asyncio.gather(task, return_exceptions=True)
    if not reached:
        assert [message["Body"] for message in outcome["Messages"]] == ["kept"]
        return False
    assert isinstance(outcome, asyncio.CancelledError)
    return True


@pytest.mark.asyncio
@pytest.mark.parametrize("cancel", ["at once", "as it ends"])
@pytest.mark.parametrize("sent", ["before", "meanwhile"])
async def test_cancelled_at_every_await(
    connect: Connect, backend: str, sent: str, cancel: str
) -> None:
    async with connect("sqs", backend=backend) as sqs:
        for nth in range(MANY):
            async with mock_aws():
                url = (await sqs.create_queue(QueueName="orders"))["QueueUrl"]
                if not await cancelled_at(nth, sqs, url, sent=sent, cancel=cancel):
                    break
                assert await bodies(sqs, url) == [("kept", "1")]
        else:
            pytest.fail("a receive without an end")
    # On httpx2 a receive that finds a message doesn't wait for anything.
    assert nth >= (1 if sent == "meanwhile" or backend == "aiohttp" else 0)


def test_cancelled_at_every_checkpoint_of_trio(connect: Connect) -> None:
    trio = pytest.importorskip("trio")
    pytest.importorskip("httpx2", reason="aiobotocore runs on trio over httpx2, from 3.x on")

    async def main(nth: int, sent: str) -> bool:
        reached = False
        scope = trio.CancelScope()

        def at_suspension(count: int, awaited: Any) -> None:
            nonlocal reached
            if count == nth:
                reached = True
                scope.cancel()

        async with mock_aws(), connect("sqs", backend="httpx") as sqs:
            url = (await sqs.create_queue(QueueName="orders"))["QueueUrl"]
            got: list[Any] = []

            async def receive() -> None:
                with scope:
                    poll = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
                    got.extend((await stepped(poll, at_suspension))["Messages"])

            async with trio.open_nursery() as nursery:
                if sent == "before":
                    await sqs.send_message(QueueUrl=url, MessageBody="kept")
                nursery.start_soon(receive)
                await trio.sleep(0.02)
                if sent != "before":
                    await sqs.send_message(QueueUrl=url, MessageBody="kept")
            # A cancellation that comes too late, at a shielded checkpoint, changes nothing.
            assert len(got) == 1 or await bodies(sqs, url) == [("kept", "1")]
        return reached

    for sent in ("before", "meanwhile"):
        for nth in range(MANY):
            if not trio.run(main, nth, sent):
                break
        assert nth >= 1


@pytest.mark.asyncio
async def test_cancelled_in_the_turn_in_which_it_is_woken(connect: Connect, boto: Any) -> None:
    async with mock_aws(), connect("sqs") as sqs:
        url = (await sqs.create_queue(QueueName="orders"))["QueueUrl"]
        tasks = [
            asyncio.create_task(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20))
            for _ in range(3)
        ]
        await asyncio.sleep(0.05)
        boto("sqs").send_message(QueueUrl=url, MessageBody="passed on")
        tasks[0].cancel()
        tasks[1].cancel()
        assert (await tasks[2])["Messages"][0]["Body"] == "passed on"


@pytest.mark.asyncio
async def test_wait_for_ends_at_once(connect: Connect, backend: str) -> None:
    async with mock_aws(), connect("sqs", backend=backend) as sqs:
        url = (await sqs.create_queue(QueueName="orders"))["QueueUrl"]
        events: list[str] = []

        async def poll() -> None:
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20), 0.05)
            events.append("timed out")

        async def later() -> None:
            await asyncio.sleep(2)
            events.append("later")

        await asyncio.gather(poll(), later())
        assert events == ["timed out", "later"]
        await sqs.send_message(QueueUrl=url, MessageBody="kept")
        assert await bodies(sqs, url) == [("kept", "1")]


@pytest.mark.asyncio
async def test_timing_out_just_as_messages_come(connect: Connect, backend: str) -> None:
    """Whatever wins, the message is either in the answer or still in the queue."""
    async with mock_aws(), connect("sqs", backend=backend) as sqs:
        url = (await sqs.create_queue(QueueName="orders"))["QueueUrl"]
        received = 0
        for number in range(30):
            poll = asyncio.create_task(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20))
            send = asyncio.create_task(sqs.send_message(QueueUrl=url, MessageBody=str(number)))
            for _ in range(number):
                await asyncio.sleep(0)
            poll.cancel()
            [answer, _] = await asyncio.gather(poll, send, return_exceptions=True)
            if isinstance(answer, dict):
                received += len(answer["Messages"])
        left = []
        while found := await bodies(sqs, url):
            left += found
        assert received + len(left) == 30
        assert {count for _, count in left} <= {"1"}


@pytest.mark.asyncio
async def test_a_cancelled_receive_leaves_no_waiter_behind(connect: Connect) -> None:
    from aiomoto_sqs.plugin import plugin

    async with mock_aws(), connect("sqs") as sqs:
        url = (await sqs.create_queue(QueueName="orders"))["QueueUrl"]
        task = asyncio.create_task(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20))
        await asyncio.sleep(0.05)
        assert plugin._part.now is not None
        assert plugin._part.now.rooms._rooms
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert not plugin._part.now.rooms._rooms
