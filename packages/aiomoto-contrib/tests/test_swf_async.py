"""SWF: polls that wait for tasks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
import trio

from aiomoto import MockAWS, mock_aws
from aiomoto_contrib.swf.plugin import plugin

if TYPE_CHECKING:
    from aiomoto.testing.clients import Connect

Boto = Callable[..., Any]
TASKS = {"name": "tasks"}


@pytest.fixture
def mock() -> Iterator[MockAWS]:
    with mock_aws(clock="virtual") as running:
        yield running


@asynccontextmanager
async def opened(connect: Connect, backend: str = "aiohttp") -> AsyncIterator[Any]:
    """A client, with a domain and types."""
    async with connect("swf", backend) as swf:
        await swf.register_domain(name="d", workflowExecutionRetentionPeriodInDays="1")
        await swf.register_workflow_type(domain="d", name="w", version="1")
        await swf.register_activity_type(domain="d", name="a", version="1")
        yield swf


async def start(swf: Any) -> None:
    await swf.start_workflow_execution(
        domain="d",
        workflowId="id",
        workflowType={"name": "w", "version": "1"},
        taskList=TASKS,
        taskStartToCloseTimeout="100",
        executionStartToCloseTimeout="10000",
        childPolicy="TERMINATE",
    )


def decision(swf: Any) -> Any:
    return swf.poll_for_decision_task(domain="d", taskList=TASKS)


def activity(swf: Any) -> Any:
    return swf.poll_for_activity_task(domain="d", taskList=TASKS)


SCHEDULE = {
    "decisionType": "ScheduleActivityTask",
    "scheduleActivityTaskDecisionAttributes": {
        "activityId": "1",
        "activityType": {"name": "a", "version": "1"},
        "taskList": TASKS,
        "scheduleToStartTimeout": "1000",
        "scheduleToCloseTimeout": "1000",
        "startToCloseTimeout": "1000",
        "heartbeatTimeout": "1000",
    },
}


@pytest.mark.asyncio
@pytest.mark.parametrize("clock", ["real", "virtual"])
async def test_a_poll_is_woken_by_a_task(connect: Connect, backend: str, clock: Any) -> None:
    with mock_aws(clock=clock):
        async with opened(connect, backend) as swf:
            deciding = asyncio.create_task(decision(swf))
            acting = asyncio.create_task(activity(swf))
            await asyncio.sleep(0.02)
            assert not deciding.done()
            await start(swf)
            task = await asyncio.wait_for(deciding, 0.9)  # before it would look again
            assert task["workflowExecution"]["workflowId"] == "id"
            assert not acting.done()
            await swf.respond_decision_task_completed(
                taskToken=task["taskToken"], decisions=[SCHEDULE]
            )
            assert (await asyncio.wait_for(acting, 0.9))["activityId"] == "1"


@pytest.mark.asyncio
async def test_boto3_wakes_it_too(connect: Connect, boto: Boto) -> None:
    with mock_aws():
        async with opened(connect) as swf:
            deciding = asyncio.create_task(decision(swf))
            await asyncio.sleep(0.01)
            boto("swf").start_workflow_execution(
                domain="d",
                workflowId="id",
                workflowType={"name": "w", "version": "1"},
                taskList=TASKS,
                taskStartToCloseTimeout="100",
                executionStartToCloseTimeout="100",
                childPolicy="TERMINATE",
            )
            assert (await asyncio.wait_for(deciding, 0.9))["taskToken"]


@pytest.mark.asyncio
async def test_after_a_minute_the_answer_is_empty(
    mock: MockAWS, connect: Connect, backend: str
) -> None:
    async with opened(connect, backend) as swf:
        polls = [asyncio.create_task(poll(swf)) for poll in (decision, activity)]
        await mock.clock.advance(59.9)
        assert not any(poll.done() for poll in polls)
        await mock.clock.advance(0.1)
        for poll in polls:
            assert not (await poll).get("taskToken")


@pytest.mark.asyncio
async def test_one_task_is_for_one_poll(mock: MockAWS, connect: Connect) -> None:
    async with opened(connect) as swf:
        polls = [asyncio.create_task(decision(swf)) for _ in range(3)]
        await mock.clock.advance(1)
        await start(swf)
        await mock.clock.advance(60)
        answers = await asyncio.gather(*polls)
    assert [bool(answer.get("taskToken")) for answer in answers].count(True) == 1


@pytest.mark.asyncio
async def test_a_cancelled_poll_takes_no_task(connect: Connect, backend: str) -> None:
    with mock_aws():
        async with opened(connect, backend) as swf:
            poll = asyncio.create_task(decision(swf))
            await asyncio.sleep(0.01)
            poll.cancel()
            with pytest.raises(asyncio.CancelledError):
                await poll
            await start(swf)
            assert (await decision(swf))["taskToken"]


@pytest.mark.asyncio
async def test_errors_come_at_once(connect: Connect) -> None:
    with mock_aws():
        async with connect("swf") as swf:
            with pytest.raises(swf.exceptions.UnknownResourceFault, match="Unknown domain"):
                await decision(swf)


@pytest.mark.asyncio
async def test_time_outs_and_timers_follow_the_clock(mock: MockAWS, connect: Connect) -> None:
    timer = {
        "decisionType": "StartTimer",
        "startTimerDecisionAttributes": {"timerId": "t", "startToFireTimeout": "30"},
    }
    async with opened(connect) as swf:
        await start(swf)
        first = await decision(swf)
        await swf.respond_decision_task_completed(taskToken=first["taskToken"], decisions=[timer])
        poll = asyncio.create_task(decision(swf))
        await mock.clock.advance(29)
        assert not poll.done()
        await mock.clock.advance(1)
        task = await asyncio.wait_for(poll, 1)
        assert "TimerFired" in [event["eventType"] for event in task["events"]]
        await mock.clock.advance(101)  # its own time-out
        again = await decision(swf)
        assert "DecisionTaskTimedOut" in [event["eventType"] for event in again["events"]]


@pytest.mark.asyncio
async def test_polls_and_timers_end_with_the_mock(connect: Connect) -> None:
    mock = mock_aws()
    async with AsyncExitStack() as clients:
        with mock:
            swf = await clients.enter_async_context(opened(connect))
            poll = asyncio.create_task(decision(swf))
            while not (plugin.now and plugin.now._bells):  # noqa: ASYNC110
                await asyncio.sleep(0)
        assert not (await asyncio.wait_for(poll, 0.9)).get("taskToken")


def test_on_trio(connect: Connect) -> None:
    tokens = []

    async def main() -> None:
        async with opened(connect, "httpx") as swf:

            async def poll() -> None:
                tokens.append((await decision(swf)).get("taskToken"))

            with trio.fail_after(5):
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(poll)
                    await trio.sleep(0.01)
                    assert tokens == []
                    await start(swf)
            with trio.move_on_after(0.01) as scope:
                await decision(swf)
            assert scope.cancelled_caught

    with mock_aws():
        trio.run(main)
    assert len(tokens) == 1
    assert tokens[0]


def test_boto3_gets_motos_answer(boto: Boto, monkeypatch: pytest.MonkeyPatch) -> None:
    import moto.swf.models

    slept: list[float] = []
    monkeypatch.setattr(moto.swf.models, "sleep", slept.append)
    with mock_aws():
        swf = boto("swf")
        swf.register_domain(name="d", workflowExecutionRetentionPeriodInDays="1")
        before = time.monotonic()
        assert "taskToken" not in swf.poll_for_decision_task(domain="d", taskList=TASKS)
        assert time.monotonic() - before < 1
    assert slept == [1]
