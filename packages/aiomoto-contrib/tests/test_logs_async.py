"""CloudWatch Logs: a live tail goes on, where moto's ends with what was logged before."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from botocore.exceptions import EventStreamError
from moto.logs.models import LogsBackend
from support import streams

from aiomoto import mock_aws
from aiomoto_contrib.logs.plugin import plugin

if TYPE_CHECKING:
    from aiomoto.testing.clients import Connect

pytestmark = pytest.mark.skipif(
    not hasattr(LogsBackend, "start_live_tail"), reason="this moto has no live tail"
)

Boto = Callable[[str], Any]
GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:{}"
APP = GROUP.format("app")


async def logged(logs: Any, *messages: str, group: str = "app", stream: str = "web-1") -> None:
    now = int(time.time() * 1000)
    await logs.put_log_events(
        logGroupName=group,
        logStreamName=stream,
        logEvents=[{"timestamp": now, "message": message} for message in messages],
    )


async def groups(logs: Any, *names: str) -> None:
    for name in names or ("app",):
        await logs.create_log_group(logGroupName=name)
        for stream in ("web-1", "web-2", "job"):
            await logs.create_log_stream(logGroupName=name, logStreamName=stream)


async def tail(logs: Any, **wanted: Any) -> Any:
    answer = await logs.start_live_tail(**{"logGroupIdentifiers": [APP], **wanted})
    return answer["responseStream"]


async def updates(stream: Any) -> AsyncIterator[list[dict[str, Any]]]:
    """The results of each update; the stream is closed with this."""
    try:
        async for event in stream:
            if "sessionUpdate" in event:
                yield event["sessionUpdate"]["sessionResults"]
    finally:
        stream.close()


async def all_of(stream: Any) -> list[list[dict[str, Any]]]:
    return [results async for results in updates(stream)]


async def messages(reading: AsyncIterator[list[dict[str, Any]]], count: int) -> list[str]:
    found: list[str] = []
    while len(found) < count:
        results = await asyncio.wait_for(anext(reading), 5)
        found += [result["message"] for result in results]
    return found


@pytest.mark.asyncio
async def test_what_is_logged_later_arrives(connect: Connect, boto: Boto) -> None:
    async with mock_aws(clock="virtual"), connect("logs") as logs:
        await groups(logs)
        await logged(logs, "before")
        stream = await tail(logs)
        await logged(logs, "after the call")
        async with aclosing(updates(stream)) as reading:
            assert await messages(reading, 2) == ["before", "after the call"]
            waiting = asyncio.create_task(messages(reading, 1))
            await asyncio.sleep(0)
            boto("logs").put_log_events(
                logGroupName="app",
                logStreamName="job",
                logEvents=[{"timestamp": int(time.time() * 1000), "message": "of boto3"}],
            )
            assert await waiting == ["of boto3"]


@pytest.mark.asyncio
async def test_a_session_says_what_it_follows(connect: Connect) -> None:
    async with mock_aws(), connect("logs") as logs:
        await groups(logs)
        stream = await tail(logs, logStreamNames=["job"], logEventFilterPattern="error")
        start = (await anext(stream.__aiter__()))["sessionStart"]
        stream.close()
    assert start["logGroupIdentifiers"] == [APP]
    assert start["logStreamNames"] == ["job"]
    assert start["logEventFilterPattern"] == "error"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ["app/web-1", "app/web-2", "app/job"]),
        ({"logStreamNames": ["job", "web-2"]}, ["app/web-2", "app/job"]),
        ({"logStreamNamePrefixes": ["web"]}, ["app/web-1", "app/web-2"]),
        ({"logEventFilterPattern": "web"}, ["app/web-1", "app/web-2"]),
        (
            {"logGroupIdentifiers": [APP, GROUP.format("other")]},
            [f"{group}/{name}" for group in ("app", "other") for name in ("web-1", "web-2", "job")],
        ),
    ],
)
async def test_only_what_was_asked_for(connect: Connect, wanted: Any, found: list[str]) -> None:
    mock = mock_aws(clock="virtual")
    async with mock, connect("logs") as logs:
        await groups(logs, "app", "other")
        results: list[dict[str, Any]] = []

        async def follow(stream: Any) -> None:
            async for update in updates(stream):
                results.extend(update)

        following = asyncio.create_task(follow(await tail(logs, **wanted)))
        for group in ("app", "other"):
            for name in ("web-1", "web-2", "job"):
                await logged(logs, f"of {name.replace('-', ' ')}", group=group, stream=name)
        await mock.clock.advance(0.5)
        following.cancel()
    assert [
        f"{one['logGroupIdentifier'].rpartition(':')[2]}/{one['logStreamName']}" for one in results
    ] == found


@pytest.mark.asyncio
async def test_an_update_a_second_and_a_time_out_after_three_hours(connect: Connect) -> None:
    mock = mock_aws(clock="virtual")
    async with mock, connect("logs") as logs:
        await groups(logs)
        start = mock.clock.time()
        seen: list[tuple[float, list[str]]] = []

        async def follow(stream: Any) -> None:
            async for results in updates(stream):
                at = round(mock.clock.time() - start, 3)
                seen.append((at, [one["message"] for one in results]))

        following = asyncio.create_task(follow(await tail(logs)))
        await mock.clock.advance(2.5)
        assert seen == [(0, []), (1, []), (2, [])]
        await logged(logs, "x")
        await mock.clock.advance(2)
        assert seen[3:] == [(2.5, ["x"]), (3.5, []), (4.5, [])]
        mock.clock.tick(3 * 3600 - 4.5)
        with pytest.raises(EventStreamError, match=r"SessionTimeout.*three hours"):
            await asyncio.wait_for(following, 5)


@pytest.mark.asyncio
async def test_many_events_come_500_at_a_time_and_the_oldest_are_dropped(
    connect: Connect,
) -> None:
    async with mock_aws(), connect("logs") as logs:
        await groups(logs)
        stream = await tail(logs)
        await logged(logs, *(f"{number}" for number in range(5200)))
        sizes, found = [], []
        async with aclosing(updates(stream)) as reading:
            assert await anext(reading) == []
            while not found or found[-1] != "5199":
                results = await asyncio.wait_for(anext(reading), 5)
                sizes.append(len(results))
                found += [result["message"] for result in results]
    assert sizes == [500] * 10
    assert found == [f"{number}" for number in range(200, 5200)]


@pytest.mark.asyncio
async def test_a_refused_tail_is_an_error_of_the_call(connect: Connect) -> None:
    async with mock_aws(), connect("logs") as logs:
        with pytest.raises(logs.exceptions.ResourceNotFoundException):
            await tail(logs)
        await groups(logs, "other")
        with pytest.raises(logs.exceptions.ResourceNotFoundException):
            await tail(logs)
        with pytest.raises(logs.exceptions.InvalidParameterException):
            await tail(logs, logGroupIdentifiers=[APP] * 11)


def open_sessions() -> int:
    state = plugin.now
    return 0 if state is None else len(list(state.bodies)) + len(state._sessions)


@pytest.mark.asyncio
async def test_a_client_that_goes_leaves_nothing(connect: Connect) -> None:
    async with mock_aws(), connect("logs") as logs:
        await groups(logs)
        streams = [await tail(logs) for _ in range(2)]
        assert open_sessions() == 4
        await anext(streams[0].__aiter__())
        for stream in streams:
            stream.close()
        for _ in range(20):
            await asyncio.sleep(0)
        assert open_sessions() == 0
        assert len(asyncio.all_tasks()) == 1


@pytest.mark.asyncio
async def test_the_end_of_the_mock_ends_it(connect: Connect) -> None:
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
    async with connect("logs", client=keys) as logs:
        with mock_aws():
            await groups(logs)
            reading = asyncio.create_task(all_of(await tail(logs)))
            await asyncio.sleep(0.01)
        assert await asyncio.wait_for(reading, 5) == [[]]
        assert open_sessions() == 0


def test_a_synchronous_client_gets_motos_answer(boto: Boto) -> None:
    with mock_aws():
        logs = boto("logs")
        logs.create_log_group(logGroupName="app")
        answer = logs.start_live_tail(logGroupIdentifiers=[APP])
        kinds = [next(iter(event)) for event in answer["responseStream"]]
        assert kinds == ["sessionStart", "sessionUpdate"]


@pytest.mark.parametrize("library", ["asyncio", "trio"])
def test_plain_httpx_gets_it_piece_by_piece(library: str, boto: Boto) -> None:
    async def main() -> None:
        mock = mock_aws(clock="virtual")
        async with mock:
            logs = boto("logs")
            logs.create_log_group(logGroupName="app")
            logs.create_log_stream(logGroupName="app", logStreamName="one")
            url, target = "https://logs.us-east-1.amazonaws.com/", "Logs_20140328.StartLiveTail"
            async with streams.opened(url, target, logGroupIdentifiers=[APP]) as reading:
                kinds = [(await anext(reading))[0] for _ in range(3)]
                assert kinds == ["initial-response", "sessionStart", "sessionUpdate"]
                for text in ("a", "b"):
                    logs.put_log_events(
                        logGroupName="app",
                        logStreamName="one",
                        logEvents=[{"timestamp": int(time.time() * 1000), "message": text}],
                    )
                    _, update = await anext(reading)
                    assert [one["message"] for one in update["sessionResults"]] == [text]
                mock.clock.tick(3 * 3600)
                assert (await anext(reading))[0] == "SessionTimeoutException"
                with pytest.raises(StopAsyncIteration):
                    await anext(reading)

    pytest.importorskip(library)
    anyio.run(main, backend=library)


@pytest.mark.asyncio
async def test_aiobotocore_on_httpx(connect: Connect) -> None:
    async with mock_aws(), connect("logs", backend="httpx") as logs:
        await groups(logs)
        if streams.aiobotocore_reads_httpx():
            await logged(logs, "x")
            async with aclosing(updates(await tail(logs))) as reading:
                assert await messages(reading, 1) == ["x"]
        else:
            # As over a socket: see docs/event-streams.md.
            with pytest.raises(Exception, match="streaming response content"):
                await tail(logs)
