"""``aiomoto.clock``: time that a test moves, and which clock a mock has."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import pytest

from aiomoto import AiomotoWarning, InvalidOption, mock_aws
from aiomoto.bells import async_bell
from aiomoto.clock import Clock, RealClock, VirtualClock
from aiomoto.engine import engine

if TYPE_CHECKING:
    from types import ModuleType


@pytest.mark.asyncio
async def test_sleepers_wake_in_the_order_of_time() -> None:
    clock = VirtualClock(start=1000)
    woken: list[tuple[int, float]] = []

    async def sleeper(seconds: int) -> None:
        await clock.sleep(seconds)
        woken.append((seconds, clock.time()))

    tasks = [asyncio.create_task(sleeper(seconds)) for seconds in (5, 1, 3, 9)]
    await clock.advance(5)
    assert woken == [(1, 1001), (3, 1003), (5, 1005)]
    assert clock.time() == 1005
    tasks[-1].cancel()


@pytest.mark.asyncio
async def test_what_is_begun_on_the_way_is_due_on_the_way() -> None:
    clock = VirtualClock(start=0)
    beats: list[float] = []

    async def heart() -> None:
        while True:
            await clock.sleep(1)
            beats.append(clock.time())

    task = asyncio.create_task(heart())
    await clock.advance(3.5)
    assert beats == [1, 2, 3]
    task.cancel()


@pytest.mark.asyncio
async def test_a_cancelled_sleep_leaves_no_timer() -> None:
    clock = VirtualClock(start=0)
    task = asyncio.create_task(clock.sleep(1))
    await clock.advance(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await clock.advance(2)
    assert not clock._timers


@pytest.mark.asyncio
async def test_a_task_that_never_rests_does_not_stop_time() -> None:
    clock = VirtualClock(start=0)

    async def busy() -> None:
        while True:
            clock.time()
            await asyncio.sleep(0)

    task = asyncio.create_task(busy())
    await clock.advance(1)
    assert clock.time() == 1
    task.cancel()


def test_tick_moves_at_once() -> None:
    clock = VirtualClock(start=0)
    calls: list[float] = []
    clock.call_later(2, lambda: calls.append(clock.time()))
    clock.call_later(1, lambda: calls.append(clock.time()))
    clock.call_later(1.5, lambda: calls.append(0)).cancel()
    clock.tick(2)
    assert calls == [1, 2]


def test_trio() -> None:
    trio = pytest.importorskip("trio")

    async def main() -> float:
        clock = VirtualClock(start=0)
        woken = []

        async def sleeper() -> None:
            await clock.sleep(2)
            woken.append(clock.time())

        async with trio.open_nursery() as nursery:
            nursery.start_soon(sleeper)
            await clock.advance(3)
        return woken[0]

    assert trio.run(main) == 2


@pytest.mark.parametrize("seconds", [-1, float("nan")])
def test_time_moves_forward_only(seconds: float) -> None:
    with pytest.raises(InvalidOption, match="forward only"):
        VirtualClock().tick(seconds)


@pytest.mark.asyncio
async def test_real_time_is_not_moved() -> None:
    with pytest.raises(InvalidOption, match=r"advance\(\) needs .*clock='virtual'"):
        await RealClock().advance(1)
    with pytest.raises(InvalidOption, match=r"tick\(\) needs .*clock='virtual'"):
        RealClock().tick(1)


def test_real_time_is_the_default_and_comes_back() -> None:
    mock = mock_aws(clock="virtual")
    with mock:
        assert mock.clock.virtual
    assert not mock.clock.virtual
    with mock_aws() as other:
        assert not other.clock.virtual


def test_each_outermost_start_has_a_new_virtual_clock() -> None:
    mock = mock_aws(clock="virtual")
    with mock:
        first = mock.clock
    with mock:
        assert mock.clock is not first


def test_a_clock_of_ones_own() -> None:
    clock = VirtualClock(start=42)
    with mock_aws(clock=clock) as mock:
        assert mock.clock is clock


def test_an_inner_mock_has_the_outer_ones() -> None:
    with mock_aws(clock="virtual") as outer:
        with mock_aws() as inner:
            assert inner.clock is outer.clock
        with mock_aws(clock="virtual") as inner:
            assert inner.clock is outer.clock
    with mock_aws(), mock_aws(clock="real") as inner:
        assert not inner.clock.virtual


@pytest.mark.parametrize(
    ("outer", "inner"), [("virtual", "real"), (None, "virtual"), ("virtual", VirtualClock())]
)
def test_two_clocks_at_once_are_refused(outer: str | None, inner: str | VirtualClock) -> None:
    with mock_aws(clock=outer) as running:
        before = running.clock
        with pytest.raises(InvalidOption, match="so one clock"):
            mock_aws(clock=inner).start()
        assert running.clock is before


def test_what_is_no_clock_is_refused() -> None:
    with pytest.raises(InvalidOption, match="'real', 'virtual' or a clock object"):
        mock_aws(clock="frozen").start()


@pytest.mark.asyncio
@pytest.mark.parametrize("clock", [RealClock(), VirtualClock()])
async def test_a_wait_ends_with_the_bell(clock: Clock) -> None:
    for until in (None, clock.time() + 1000):
        bell = async_bell()
        asyncio.get_running_loop().call_soon(bell.ring)
        await asyncio.wait_for(clock.wait(bell, until), 10)
        assert not clock.reached(clock.time() + 1000)


@pytest.mark.asyncio
async def test_a_wait_ends_at_its_moment() -> None:
    clock = VirtualClock(start=0)
    task = asyncio.create_task(clock.wait(async_bell(), 2))
    await clock.advance(1)
    assert not task.done()
    await clock.advance(1)
    assert task.done()
    assert clock.reached(2)
    real = RealClock()
    moment = real.time() + 0.01
    await asyncio.wait_for(real.wait(async_bell(), moment), 10)
    assert real.reached(moment)


# -- services that follow no clock -------------------------------------------------------


@pytest.mark.asyncio
async def test_a_long_poll_in_real_time_names_the_package_that_is_missing(
    clients: ModuleType, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (
        "sqs ReceiveMessage waits in real time: nothing that is installed has SQS follow the "
        "mock's virtual clock. aiomoto-sqs does: pip install aiomoto-sqs."
    )
    async with mock_aws(clock="virtual"), clients.aio("sqs", backend) as sqs:
        monkeypatch.setattr(engine._plugins, "_owners", {})  # core alone
        url = (await sqs.create_queue(QueueName="orders"))["QueueUrl"]
        await sqs.receive_message(QueueUrl=url)  # does not wait
        await sqs.send_message(QueueUrl=url, MessageBody="x")
        with pytest.warns(AiomotoWarning, match=f"^{re.escape(text)}$") as caught:
            answer = await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)
        assert [one["Body"] for one in answer["Messages"]] == ["x"]
        assert caught[0].filename == __file__
        # As an error it is the client's.
        with pytest.raises(AiomotoWarning, match="waits in real time"):
            await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)


@pytest.mark.asyncio
async def test_on_real_time_no_package_is_missing(
    clients: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with mock_aws(), clients.aio("sqs") as sqs:
        monkeypatch.setattr(engine._plugins, "_owners", {})
        url = (await sqs.create_queue(QueueName="orders"))["QueueUrl"]
        await sqs.send_message(QueueUrl=url, MessageBody="x")
        await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)
