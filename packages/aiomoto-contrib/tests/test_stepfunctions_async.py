"""State machines, whose threads go by the mock's clock and call functions of the test's loop."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from aiomoto import MockAWS, mock_aws

if TYPE_CHECKING:
    from aiomoto.testing.clients import Connect

Boto = Callable[..., Any]
ROLE = "arn:aws:iam::123456789012:role/r"
RUNS = {"stepfunctions": {"execute_state_machine": True}}


@pytest.fixture
def mock() -> Iterator[MockAWS]:
    """A running mock on virtual time, in which state machines run."""
    with mock_aws(clock="virtual", config=RUNS) as running:
        yield running


def wait(seconds: int, follower: str | None = None) -> dict[str, Any]:
    return {"Type": "Wait", "Seconds": seconds, **after(follower)}


def after(follower: str | None) -> dict[str, Any]:
    return {"Next": follower} if follower else {"End": True}


def task(function: str, follower: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": function, "Payload.$": "$"},
        "OutputPath": "$.Payload",
        **after(follower),
        **more,
    }


async def started(client: Any, states: dict[str, Any], event: Any = None, **more: Any) -> str:
    """The ARN of an execution of a new state machine, which begins with the first state."""
    definition = json.dumps({"StartAt": next(iter(states)), "States": states, **more})
    made = await client.create_state_machine(
        name=f"m{len((await client.list_state_machines())['stateMachines'])}",
        definition=definition,
        roleArn=ROLE,
    )
    execution = await client.start_execution(
        stateMachineArn=made["stateMachineArn"], name="e", input=json.dumps(event or {})
    )
    arn: str = execution["executionArn"]
    return arn


async def status(client: Any, execution: str) -> str:
    state: str = (await client.describe_execution(executionArn=execution))["status"]
    return state


async def output(client: Any, execution: str) -> Any:
    """What an execution comes to, when it is over; waits in real time for its threads."""
    while True:
        about = await client.describe_execution(executionArn=execution)
        if about["status"] != "RUNNING":
            return json.loads(about["output"]) if about["status"] == "SUCCEEDED" else about
        await asyncio.sleep(0.005)


# -- the clock ----------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_wait_follows_the_clock(mock: MockAWS, connect: Connect, backend: str) -> None:
    async with connect("stepfunctions", backend) as client:
        execution = await started(client, {"A": wait(10, "B"), "B": wait(86_400)})
        await mock.clock.advance(10 + 86_399.9)
        assert await status(client, execution) == "RUNNING"
        await mock.clock.advance(0.1)
        assert await status(client, execution) == "SUCCEEDED"


@pytest.mark.asyncio
async def test_branches_wait_side_by_side(mock: MockAWS, connect: Connect) -> None:
    branches = [{"StartAt": "W", "States": {"W": wait(seconds)}} for seconds in (5, 20)]
    states = {"P": {"Type": "Parallel", "Branches": branches, "Next": "W"}, "W": wait(5)}
    async with connect("stepfunctions") as client:
        execution = await started(client, states)
        await mock.clock.advance(24.9)
        assert await status(client, execution) == "RUNNING"
        await mock.clock.advance(0.1)
        assert await status(client, execution) == "SUCCEEDED"


@pytest.mark.asyncio
async def test_retries_follow_the_clock(handlers: Any, mock: MockAWS, connect: Connect) -> None:
    times: list[float] = []
    start = mock.clock.time()

    async def flaky(event: Any, context: Any) -> Any:
        times.append(mock.clock.time() - start)
        if len(times) < 3:
            raise LookupError("not yet")
        return {"tries": len(times)}

    handlers.create("flaky", flaky)
    retry = {
        "ErrorEquals": ["LookupError"],
        "IntervalSeconds": 10,
        "BackoffRate": 2,
        "MaxAttempts": 2,
    }
    async with connect("stepfunctions") as client:
        execution = await started(client, {"T": task("flaky", Retry=[retry])})
        await mock.clock.advance(100)
        assert await output(client, execution) == {"tries": 3}
    assert times == [0, 10, 30]


@pytest.mark.asyncio
async def test_a_task_that_nobody_answers_times_out(
    handlers: Any, mock: MockAWS, connect: Connect
) -> None:
    def nothing(event: Any, context: Any) -> None:
        """Answer later, or never."""

    handlers.create("ask", nothing)
    asked = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {"FunctionName": "ask", "Payload": {"token.$": "$$.Task.Token"}},
        "TimeoutSeconds": 3600,
        "End": True,
    }
    async with connect("stepfunctions") as client:
        execution = await started(client, {"Ask": asked})
        await mock.clock.advance(3599)
        assert await status(client, execution) == "RUNNING"
        await mock.clock.advance(2)
        about = await output(client, execution)
    assert about["status"] in ("FAILED", "TIMED_OUT")
    assert about.get("error", "States.Timeout") == "States.Timeout"


# -- callbacks -------------------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.parametrize("clock", ["real", "virtual"])
async def test_a_function_of_this_loop_calls_aws(
    handlers: Any, connect: Connect, backend: str, clock: Any
) -> None:
    loop = asyncio.get_running_loop()
    with mock_aws(config=RUNS, clock=clock):
        async with connect("stepfunctions", backend) as client, connect("sqs", backend) as sqs:

            async def handler(event: Any, context: Any) -> Any:
                assert asyncio.get_running_loop() is loop
                await sqs.create_queue(QueueName=event["name"])
                return {"made": event["name"]}

            handlers.create("make", handler)
            execution = await started(client, {"T": task("make")}, {"name": "q"})
            assert await asyncio.wait_for(output(client, execution), 10) == {"made": "q"}
            await sqs.get_queue_url(QueueName="q")


@pytest.mark.asyncio
async def test_a_task_token_comes_back(handlers: Any, connect: Connect, backend: str) -> None:
    tokens: asyncio.Queue[str] = asyncio.Queue()

    async def ask(event: Any, context: Any) -> None:
        tokens.put_nowait(event["token"])

    asked = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {"FunctionName": "ask", "Payload": {"token.$": "$$.Task.Token"}},
        "End": True,
    }
    with mock_aws(config=RUNS):
        handlers.create("ask", ask)
        async with connect("stepfunctions", backend) as client:
            execution = await started(client, {"Ask": asked})
            token = await asyncio.wait_for(tokens.get(), 10)
            assert await status(client, execution) == "RUNNING"
            await client.send_task_success(taskToken=token, output='{"by": "human"}')
            assert await output(client, execution) == {"by": "human"}


# -- the end ------------------------------------------------------------------------------------


@pytest.mark.parametrize("clock", ["real", "virtual"])
def test_threads_end_with_the_mock(boto: Boto, clock: Any) -> None:
    before = set(threading.enumerate())  # one of another test may end meanwhile
    branches = [{"StartAt": "W", "States": {"W": wait(3600)}} for _ in range(2)]
    definition = {
        "StartAt": "P",
        "States": {"P": {"Type": "Parallel", "Branches": branches, "End": True}},
    }
    with mock_aws(config=RUNS, clock=clock):
        client = boto("stepfunctions")
        made = client.create_state_machine(
            name="m", definition=json.dumps(definition), roleArn=ROLE
        )
        client.start_execution(stateMachineArn=made["stateMachineArn"], name="e")
        assert set(threading.enumerate()) - before
    assert set(threading.enumerate()) <= before


@pytest.mark.asyncio
async def test_a_stopped_execution_ends_its_wait(mock: MockAWS, connect: Connect) -> None:
    async with connect("stepfunctions") as client:
        execution = await started(client, {"W": wait(3600)})
        await mock.clock.advance(1)
        await client.stop_execution(executionArn=execution)
        about = await output(client, execution)
        assert about["status"] == "ABORTED"


@pytest.mark.asyncio
async def test_without_execution_moto_says_it_has_run(connect: Connect, aws: MockAWS) -> None:
    async with connect("stepfunctions") as client:
        execution = await started(client, {"W": wait(3600)})
        assert await status(client, execution) in ("RUNNING", "SUCCEEDED")
