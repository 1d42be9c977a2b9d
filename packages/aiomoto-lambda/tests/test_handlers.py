"""Callables as the code of Lambda functions."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import botocore.exceptions
import pytest
import trio
import trio.lowlevel
from botocore.eventstream import EventStreamBuffer
from support import streams

from aiomoto import InvalidOption, MockAWS
from aiomoto_lambda import Context, handlers

if TYPE_CHECKING:
    from aiomoto.testing.clients import Connect

Boto = Callable[..., Any]

pytestmark = pytest.mark.usefixtures("aws")


async def call(client: Any, name: str, event: Any = None, **more: Any) -> Any:
    """The decoded payload of a function that returned."""
    answer = await client.invoke(FunctionName=name, Payload=json.dumps(event), **more)
    payload = await answer["Payload"].read()
    assert "FunctionError" not in answer, payload
    return json.loads(payload)


async def fail(client: Any, name: str, event: Any = None, **more: Any) -> Any:
    """The decoded payload of a function that failed."""
    answer = await client.invoke(FunctionName=name, Payload=json.dumps(event), **more)
    assert (answer["StatusCode"], answer["FunctionError"]) == (200, "Unhandled")
    return json.loads(await answer["Payload"].read())


# -- how it is called ------------------------------------------------------------


@pytest.mark.asyncio
async def test_an_async_handler_runs_in_the_callers_loop(connect: Connect, backend: str) -> None:
    loop = asyncio.get_running_loop()
    entered, goes_on = asyncio.Event(), asyncio.Event()

    async def orders(event: Any, context: Context) -> Any:
        assert asyncio.get_running_loop() is loop
        entered.set()
        await goes_on.wait()
        return {"seen": event}

    handlers.create("orders", orders)
    async with connect("lambda", backend) as client:
        task = asyncio.create_task(call(client, "orders", {"id": 1}))
        await entered.wait()
        assert not task.done()
        goes_on.set()
        assert await task == {"seen": {"id": 1}}


@pytest.mark.asyncio
async def test_a_handler_that_is_not_async_leaves_the_loop_free(
    connect: Connect, backend: str
) -> None:
    goes_on = threading.Event()

    @handlers.register("orders")
    def orders(event: Any, context: Context) -> Any:
        assert goes_on.wait(5)
        return threading.current_thread() is threading.main_thread()

    handlers.create("orders", orders)
    async with connect("lambda", backend) as client:
        task = asyncio.create_task(call(client, "orders"))
        await asyncio.sleep(0.01)
        goes_on.set()
        assert await task is False


@pytest.mark.asyncio
async def test_a_handler_calls_aws_itself(connect: Connect, boto: Boto, backend: str) -> None:
    async with connect("lambda", backend) as client, connect("sqs", backend) as sqs:

        async def with_async(event: Any, context: Context) -> Any:
            return (await sqs.create_queue(QueueName=event))["QueueUrl"]

        def with_boto(event: Any, context: Context) -> Any:
            return boto("sqs").get_queue_url(QueueName=event)["QueueUrl"]

        handlers.create("make", with_async)
        handlers.create("look", with_boto)
        assert await call(client, "make", "q") == await call(client, "look", "q")


def test_boto3_runs_both_kinds(boto: Boto) -> None:
    async def late(event: Any, context: Context) -> Any:
        await asyncio.sleep(0)
        return [event, "async"]

    handlers.create("late", late)
    handlers.create("plain", lambda event, context: [event, "plain"])
    client = boto("lambda")
    for name, kind in (("late", "async"), ("plain", "plain")):
        answer = client.invoke(FunctionName=name, Payload=b"1")
        assert json.loads(answer["Payload"].read()) == [1, kind]


@pytest.mark.asyncio
async def test_boto3_in_a_thread_uses_the_loop_of_the_test(connect: Connect, boto: Boto) -> None:
    loop = asyncio.get_running_loop()

    async def here(event: Any, context: Context) -> Any:
        return asyncio.get_running_loop() is loop

    handlers.create("here", here)
    client = boto("lambda")
    async with connect("lambda") as connected:
        assert await call(connected, "here")
        answer = await asyncio.to_thread(client.invoke, FunctionName="here")
        assert json.loads(answer["Payload"].read()) is True


@pytest.mark.asyncio
@pytest.mark.holds_up_the_loop("a synchronous client does, whatever it waits for")
async def test_boto3_on_the_loop_does_not_wait_for_it_for_ever(
    connect: Connect, boto: Boto
) -> None:
    async def late(event: Any, context: Context) -> Any:
        await asyncio.sleep(0)
        return json.loads(boto("lambda").invoke(FunctionName="inner")["Payload"].read())

    async def inner(event: Any, context: Context) -> Any:
        await asyncio.sleep(0)
        return "done"

    handlers.create("late", late)
    handlers.create("inner", inner)
    async with connect("lambda") as client:
        assert await call(client, "inner") == "done"
    answer = boto("lambda").invoke(FunctionName="late")
    assert json.loads(answer["Payload"].read()) == "done"


def test_on_trio(connect: Connect, boto: Boto) -> None:
    seen = []

    async def handler(event: Any, context: Context) -> Any:
        await trio.lowlevel.checkpoint()
        seen.append(trio.lowlevel.in_trio_run())
        return event

    async def main() -> None:
        handlers.create("both", handler)
        handlers.create("plain", lambda event, context: [event])
        handlers.create("slow", slow)
        async with connect("lambda", "httpx") as client:
            assert await call(client, "both", 1) == 1
            assert await call(client, "plain", 1) == [1]
            await client.invoke(FunctionName="both", InvocationType="Event", Payload=b"2")
            with trio.fail_after(5):
                await handlers.idle()
            with trio.move_on_after(0.05) as scope:
                await client.invoke(FunctionName="slow")
            assert scope.cancelled_caught

    async def slow(event: Any, context: Context) -> None:
        await trio.sleep_forever()

    trio.run(main)
    assert seen == [True, True]


def test_a_stream_on_trio() -> None:
    goes_on = trio.Event()

    async def chunks(event: Any, context: Context) -> AsyncIterator[str]:
        yield "one"
        await goes_on.wait()
        yield "two"

    async def main() -> None:
        handlers.create("chunks", chunks)
        url = "https://lambda.us-east-1.amazonaws.com/2021-11-15/functions/chunks"
        buffer, seen = EventStreamBuffer(), []
        async with (
            streams.httpx_module().AsyncClient() as client,
            client.stream("POST", f"{url}/response-streaming-invocations") as response,
        ):
            async for piece in response.aiter_bytes():
                goes_on.set()
                buffer.add_data(piece)
                seen += [message.payload for message in buffer]
        assert seen == [b"one", b"two", b"{}"]

    trio.run(main)


# -- what it is told, and what it says -----------------------------------------------


@pytest.mark.asyncio
async def test_the_context(connect: Connect) -> None:
    contexts: list[Context] = []

    async def handler(event: Any, context: Context) -> Any:
        contexts.append(context)
        return context.get_remaining_time_in_millis()

    arn = handlers.create("orders", handler, timeout=30, memory_size=256)
    about = base64.b64encode(b'{"custom": {"a": "1"}}').decode()
    async with connect("lambda") as client:
        left = await call(client, "orders", ClientContext=about)
    [context] = contexts
    assert 29_000 < left <= 30_000
    assert context.function_name == "orders"
    assert context.function_version == "$LATEST"
    assert context.invoked_function_arn == arn
    assert context.memory_limit_in_mb == "256"
    assert context.log_group_name == "/aws/lambda/orders"
    assert context.log_stream_name.startswith(f"{datetime.now(timezone.utc):%Y/%m/%d}/[$LATEST]")
    assert len(context.aws_request_id) == 36
    assert context.client_context.custom == {"a": "1"}
    assert context.identity.cognito_identity_id is None


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", ["async", "plain"])
async def test_an_error_is_the_functions(
    connect: Connect, backend: str, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    def plain(event: Any, context: Context) -> Any:
        raise LookupError(f"no order {event}")

    async def late(event: Any, context: Context) -> Any:
        await asyncio.sleep(0)
        plain(event, context)

    handlers.create("orders", plain if kind == "plain" else late)
    async with connect("lambda", backend) as client:
        error = await fail(client, "orders", 7)
    assert (error["errorType"], error["errorMessage"]) == ("LookupError", "no order 7")
    assert error["stackTrace"][-1].splitlines()[0].endswith("in plain")
    assert len(error["stackTrace"]) == (1 if kind == "plain" else 2)
    assert "raised LookupError('no order 7')" in caplog.text


@pytest.mark.asyncio
async def test_a_result_that_is_no_json(connect: Connect) -> None:
    handlers.create("orders", lambda event, context: {"at": datetime.now(timezone.utc)})
    async with connect("lambda") as client:
        error = await fail(client, "orders")
    assert error["errorType"] == "Runtime.MarshalError"
    assert "datetime is not JSON serializable" in error["errorMessage"]


@pytest.mark.asyncio
async def test_a_result_that_is_too_large(connect: Connect) -> None:
    handlers.create("orders", lambda event, context: "x" * 6_300_000)
    async with connect("lambda") as client:
        assert (await fail(client, "orders"))["errorType"] == "Function.ResponseSizeTooLarge"


@pytest.mark.asyncio
async def test_an_event_that_is_no_json(connect: Connect) -> None:
    handlers.create("orders", lambda event, context: event)
    async with connect("lambda") as client:
        with pytest.raises(client.exceptions.InvalidRequestContentException, match="parse"):
            await client.invoke(FunctionName="orders", Payload=b"{")


@pytest.mark.asyncio
async def test_the_log(connect: Connect, capsys: pytest.CaptureFixture[str]) -> None:
    def plain(event: Any, context: Context) -> None:
        print("printed", event)  # noqa: T201
        logging.getLogger("orders").warning("warned")

    async def late(event: Any, context: Context) -> None:
        plain(event, context)

    handlers.create("plain", plain)
    handlers.create("late", late)
    async with connect("lambda") as client, connect("logs") as logs:
        for name in ("plain", "late"):
            answer = await client.invoke(FunctionName=name, Payload=b"1", LogType="Tail")
            tail = base64.b64decode(answer["LogResult"]).decode().splitlines()
            assert tail[0].startswith("START RequestId: ")
            assert tail[1] == "printed 1"
            assert tail[2].startswith("[WARNING]\t")
            assert tail[2].endswith("\twarned")
            assert tail[3].startswith("END RequestId: ")
            assert tail[4].startswith("REPORT RequestId: ")
            group = f"/aws/lambda/{name}"
            [stream] = (await logs.describe_log_streams(logGroupName=group))["logStreams"]
            events = await logs.get_log_events(
                logGroupName=group, logStreamName=stream["logStreamName"]
            )
            assert [one["message"] for one in events["events"]] == tail
        answer = await client.invoke(FunctionName="plain", Payload=b"1")
        assert "LogResult" not in answer
    assert capsys.readouterr().out == "printed 1\n" * 3


@pytest.mark.asyncio
async def test_what_runs_beside_it_is_not_in_its_log(connect: Connect) -> None:
    ready, goes_on = asyncio.Event(), asyncio.Event()

    async def handler(event: Any, context: Context) -> None:
        ready.set()
        await goes_on.wait()

    handlers.create("orders", handler)
    async with connect("lambda") as client:
        task = asyncio.create_task(client.invoke(FunctionName="orders", LogType="Tail"))
        await ready.wait()
        print("from the test")  # noqa: T201
        goes_on.set()
        assert b"from the test" not in base64.b64decode((await task)["LogResult"])


# -- which one ---------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_versions_and_aliases(connect: Connect) -> None:
    def says(word: str) -> Any:
        return lambda event, context: [
            word,
            context.function_version,
            context.invoked_function_arn.split(":")[7:],
        ]

    handlers.create("orders", says("any"))
    async with connect("lambda") as client:
        await client.publish_version(FunctionName="orders")
        await client.create_alias(FunctionName="orders", Name="live", FunctionVersion="1")
        handlers.register("orders:1", says("one"))
        assert await call(client, "orders") == ["any", "$LATEST", []]
        assert await call(client, "orders", Qualifier="1") == ["one", "1", ["1"]]
        assert await call(client, "orders:live") == ["one", "1", ["live"]]
        handlers.register("orders:live", says("alias"))
        assert await call(client, "orders", Qualifier="live") == ["alias", "1", ["live"]]
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            await client.invoke(FunctionName="orders", Qualifier="2")


@pytest.mark.asyncio
async def test_arns_and_regions(connect: Connect) -> None:
    here = handlers.create("orders", lambda event, context: "any")
    there = handlers.create("orders", lambda event, context: "west", region="eu-west-1")
    assert (here.split(":")[3], there.split(":")[3]) == ("us-east-1", "eu-west-1")
    west = {"region_name": "eu-west-1"}
    async with connect("lambda") as client, connect("lambda", client=west) as other:
        assert await call(client, here) == "any"
        assert await call(other, there) == "west"
        assert await call(other, "orders") == "west"


@pytest.mark.asyncio
async def test_the_function_is_made_by_the_code_under_test(connect: Connect) -> None:
    handlers.register("orders", lambda event, context: "registered")
    async with connect("lambda") as client, connect("iam") as iam:
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            await client.invoke(FunctionName="orders")
        role = await iam.create_role(RoleName="r", AssumeRolePolicyDocument="{}")
        await client.create_function(
            FunctionName="orders",
            Runtime="python3.13",
            Role=role["Role"]["Arn"],
            Handler="orders.handler",
            Code={"ZipFile": b"any"},
        )
        assert await call(client, "orders") == "registered"
        handlers.register("orders", lambda event, context: "replaced")
        assert await call(client, "orders") == "replaced"
        assert handlers.names == ["orders"]


def test_what_is_refused(boto: Boto) -> None:
    for name in ("", "a b", "arn:aws:sqs:us-east-1:123456789012:q", None, "orders:li/ve"):
        with pytest.raises(InvalidOption, match="A Lambda function is named by"):
            handlers.register(name, print)  # type: ignore[type-var]
    with pytest.raises(InvalidOption, match=r"callable handler\(event, context\), got 3"):
        handlers.register("orders", 3)  # type: ignore[type-var]
    handlers.create("orders", print)
    with pytest.raises(InvalidOption, match="already exist"):
        handlers.create("orders", print)
    handlers.unregister("orders")
    with pytest.raises(InvalidOption, match="Registered are: none"):
        handlers.unregister("orders")


# -- asynchronous invocation -----------------------------------------------------------------


@pytest.mark.asyncio
async def test_event_and_dry_run(connect: Connect, backend: str) -> None:
    seen = []
    goes_on = asyncio.Event()

    async def handler(event: Any, context: Context) -> None:
        await goes_on.wait()
        seen.append(event)

    handlers.create("orders", handler)
    async with connect("lambda", backend) as client:
        answer = await client.invoke(FunctionName="orders", InvocationType="DryRun")
        assert answer["StatusCode"] == 204
        answer = await client.invoke(
            FunctionName="orders", InvocationType="Event", Payload=b'"late"'
        )
        assert answer["StatusCode"] == 202
        assert await answer["Payload"].read() == b""
        assert seen == []
        goes_on.set()
        await handlers.idle()
        assert seen == ["late"]


def test_event_with_boto3(boto: Boto) -> None:
    seen = []

    async def late(event: Any, context: Context) -> None:
        await asyncio.sleep(0)
        seen.append(event)

    handlers.create("late", late)
    boto("lambda").invoke(FunctionName="late", InvocationType="Event", Payload=b"1")
    handlers.wait_idle()
    assert seen == [1]


# -- streams: aiobotocore reads them on aiohttp only, see docs/event-streams.md ----------------


@pytest.mark.asyncio
async def test_a_streamed_response_comes_in_pieces(connect: Connect) -> None:
    goes_on = asyncio.Event()

    async def chunks(event: Any, context: Context) -> AsyncIterator[Any]:
        yield "one"
        await goes_on.wait()
        yield b"two"

    handlers.create("chunks", chunks)
    async with connect("lambda") as client:
        answer = await client.invoke_with_response_stream(FunctionName="chunks", LogType="Tail")
        stream = answer["EventStream"].__aiter__()
        assert (await stream.__anext__())["PayloadChunk"]["Payload"] == b"one"
        goes_on.set()
        assert (await stream.__anext__())["PayloadChunk"]["Payload"] == b"two"
        complete = (await stream.__anext__())["InvokeComplete"]
        assert b"END RequestId" in base64.b64decode(complete["LogResult"])
        assert "ErrorCode" not in complete
        answer = await client.invoke(FunctionName="chunks")
        assert await answer["Payload"].read() == b"onetwo"


@pytest.mark.asyncio
async def test_a_stream_that_fails_half_way(connect: Connect) -> None:
    def chunks(event: Any, context: Context) -> Iterator[Any]:
        yield "one"
        raise ValueError("no more")

    handlers.create("chunks", chunks)
    async with connect("lambda") as client:
        answer = await client.invoke_with_response_stream(FunctionName="chunks")
        events = [event async for event in answer["EventStream"]]
    assert events[0] == {"PayloadChunk": {"Payload": b"one"}}
    assert events[1]["InvokeComplete"]["ErrorCode"] == "Unhandled"
    assert "no more" in events[1]["InvokeComplete"]["ErrorDetails"]


def test_a_streamed_response_with_boto3(boto: Boto) -> None:
    def chunks(event: Any, context: Context) -> Iterator[Any]:
        yield from ("one", "two")

    handlers.create("chunks", chunks)
    answer = boto("lambda").invoke_with_response_stream(FunctionName="chunks")
    [chunk, complete] = list(answer["EventStream"])
    assert chunk["PayloadChunk"]["Payload"] == b"onetwo"
    assert complete == {"InvokeComplete": {}}


# -- the end -----------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_a_cancelled_client_cancels_its_handler(connect: Connect, backend: str) -> None:
    entered, cancelled = asyncio.Event(), asyncio.Event()

    async def handler(event: Any, context: Context) -> None:
        entered.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    handlers.create("orders", handler)
    async with connect("lambda", backend) as client:
        task = asyncio.create_task(client.invoke(FunctionName="orders"))
        await entered.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(cancelled.wait(), 5)


@pytest.mark.asyncio
async def test_nothing_outlives_the_mock(aws: MockAWS, connect: Connect) -> None:
    entered = asyncio.Semaphore(0)

    async def handler(event: Any, context: Context) -> None:
        entered.release()
        await asyncio.Event().wait()

    async def chunks(event: Any, context: Context) -> AsyncIterator[str]:
        yield "one"
        await asyncio.Event().wait()

    before = asyncio.all_tasks()
    handlers.create("orders", handler)
    handlers.create("chunks", chunks)
    async with connect("lambda") as client:
        await client.invoke(FunctionName="orders", InvocationType="Event")
        waits = asyncio.create_task(client.invoke(FunctionName="orders"))
        await entered.acquire()
        await entered.acquire()
        answer = await client.invoke_with_response_stream(FunctionName="chunks")
        stream = answer["EventStream"].__aiter__()
        await stream.__anext__()
        aws.stop()
        try:
            with pytest.raises(Exception, match="mock has ended"):
                await asyncio.wait_for(waits, 5)
            with pytest.raises((StopAsyncIteration, botocore.exceptions.BotoCoreError)):
                await asyncio.wait_for(stream.__anext__(), 5)
        finally:
            aws.start()
        with pytest.raises(InvalidOption, match="Registered are: none"):
            handlers.unregister("orders")
    for _ in range(10):
        await asyncio.sleep(0)
    assert asyncio.all_tasks() == before


def test_threads_end_with_the_mock(aws: MockAWS, boto: Boto) -> None:
    entered = threading.Event()

    async def handler(event: Any, context: Context) -> None:
        entered.set()
        await asyncio.Event().wait()

    before = set(threading.enumerate())  # one of another test may end meanwhile
    handlers.create("orders", handler)
    boto("lambda").invoke(FunctionName="orders", InvocationType="Event")
    assert entered.wait(5)
    assert set(threading.enumerate()) - before
    aws.stop()
    assert set(threading.enumerate()) <= before
    with pytest.raises(InvalidOption, match="needs a running mock"):
        handlers.register("orders", handler)
    aws.start()
