"""Clients, connections and events, in process as over the wire."""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING, Any

import pytest
from botocore.awsrequest import AWSResponse

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiomoto.testing.outcome import Outcome
    from aiomoto.testing.worlds import World

    Compare = Callable[..., Awaitable[Outcome]]

# Above what aiohttp reads ahead (128 KiB) and what a loopback socket buffers.
BIG = bytes(8 * 1024 * 1024)


@pytest.mark.asyncio
async def test_a_call_after_the_client_was_closed(compare: Compare) -> None:
    async def body(world: World) -> Any:
        config = {"retries": {"max_attempts": 0}}
        async with world.client("s3", config=config) as s3:
            await s3.list_buckets()
        try:
            return await s3.list_buckets()
        finally:
            # aiobotocore 2.25 opens a new session and never closes it.
            await world.attempt(s3.close)

    await compare(body)


@pytest.mark.asyncio
async def test_closing_twice(compare: Compare) -> None:
    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            await s3.list_buckets()
            first = await world.attempt(s3.close)
        return first, await world.attempt(s3.close)

    await compare(body)


@pytest.mark.asyncio
async def test_paginators_and_waiters(compare: Compare) -> None:
    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            await s3.get_waiter("bucket_exists").wait(Bucket="bucket")
            for number in range(5):
                await s3.put_object(Bucket="bucket", Key=f"key {number}", Body=b"")
            pages = s3.get_paginator("list_objects_v2").paginate(
                Bucket="bucket", PaginationConfig={"PageSize": 2}
            )
            found = [[item["Key"] for item in page["Contents"]] async for page in pages]
            waiter = s3.get_waiter("object_exists")
            failed = await world.attempt(
                lambda: waiter.wait(
                    Bucket="bucket", Key="none", WaiterConfig={"Delay": 0, "MaxAttempts": 2}
                )
            )
            return found, failed

    outcome = await compare(body)
    assert outcome.value[0] == [["key 0", "key 1"], ["key 2", "key 3"], ["key 4"]]


@pytest.mark.asyncio
async def test_concurrent_calls(compare: Compare) -> None:
    async def body(world: World) -> Any:
        async def put_and_get(number: int) -> bytes:
            key, file = f"key {number}", io.BytesIO(bytes([number]) * 50_000)
            await s3.put_object(Bucket="bucket", Key=key, Body=file)
            answer = await s3.get_object(Bucket="bucket", Key=key)
            data: bytes = await answer["Body"].read()
            return data[:1] * (len(data) // 50_000)

        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            return await asyncio.gather(*(put_and_get(number) for number in range(15)))

    outcome = await compare(body)
    assert outcome.value == [bytes([number]) for number in range(15)]


@pytest.mark.asyncio
@pytest.mark.parametrize("how", ["read", "close"])
async def test_an_unread_body_holds_its_connection(world: World, how: str) -> None:
    """Code that forgets a body runs out of connections, in a test as in production."""
    async with world.client("s3", config={"max_pool_connections": 1}) as s3:
        await s3.create_bucket(Bucket="bucket")
        await s3.put_object(Bucket="bucket", Key="key", Body=BIG)
        held = (await s3.get_object(Bucket="bucket", Key="key"))["Body"]

        second = asyncio.ensure_future(s3.head_object(Bucket="bucket", Key="key"))
        done, _ = await asyncio.wait([second], timeout=0.5)
        assert not done

        if how == "read":
            assert len(await held.read()) == len(BIG)
        elif world.backend == "aiohttp":
            held.close()
        else:
            await held.aclose()
        answer = await asyncio.wait_for(second, timeout=5)
        assert answer["ContentLength"] == len(BIG)


@pytest.mark.asyncio
async def test_a_small_unread_body_does_not_hold_its_connection_on_aiohttp(
    world: World,
) -> None:
    """aiohttp gives a connection back when the answer is here; httpx when it was read."""
    async with world.client("s3", config={"max_pool_connections": 1}) as s3:
        await s3.create_bucket(Bucket="bucket")
        await s3.put_object(Bucket="bucket", Key="key", Body=b"small")
        held = (await s3.get_object(Bucket="bucket", Key="key"))["Body"]
        second = asyncio.ensure_future(s3.head_object(Bucket="bucket", Key="key"))
        if world.backend == "httpx":
            done, _ = await asyncio.wait([second], timeout=0.5)
            assert not done
            assert await held.read() == b"small"
        await asyncio.wait_for(second, timeout=5)
        if world.backend == "aiohttp":
            assert await held.read() == b"small"


@pytest.mark.asyncio
async def test_a_cancelled_call_gives_its_connection_back(world: World) -> None:
    async with world.client("s3", config={"max_pool_connections": 1}) as s3:
        await s3.create_bucket(Bucket="bucket")
        for _ in range(3):
            call = asyncio.ensure_future(s3.list_buckets())
            await asyncio.sleep(0)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
        answer = await asyncio.wait_for(s3.list_buckets(), timeout=5)
        assert [bucket["Name"] for bucket in answer["Buckets"]] == ["bucket"]


@pytest.mark.asyncio
async def test_other_tasks_run_during_calls(world: World) -> None:
    """A loop that polls without a pause starves nobody: each call waits for something."""
    beats = 0

    async def heart() -> None:
        nonlocal beats
        while True:
            beats += 1
            await asyncio.sleep(0)

    async with world.client("s3") as s3:
        await s3.list_buckets()
        task = asyncio.ensure_future(heart())
        for _ in range(10):
            before = beats
            await s3.list_buckets()
            assert beats > before
        task.cancel()


class Raw:
    """The body of an answer that a handler gives instead of the network."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def read(self) -> bytes:
        return self._content


@pytest.mark.asyncio
async def test_a_users_before_send_handler_wins(compare: Compare) -> None:
    from aiobotocore.awsrequest import AioAWSResponse

    async def body(world: World) -> Any:
        seen: list[str] = []

        def answer(request: Any, **_: Any) -> AWSResponse | None:
            seen.append(f"{request.method} {request.url.partition('?')[0]}")
            if request.method != "HEAD":
                return None
            headers = {"content-length": "4711", "x-amz-meta-from": "the handler"}
            return AioAWSResponse(request.url, 200, headers, Raw(b""))

        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            s3.meta.events.register_first("before-send.s3", answer)
            await s3.put_object(Bucket="bucket", Key="key", Body=b"x")
            return await s3.head_object(Bucket="bucket", Key="key"), seen

    outcome = await compare(body)
    answer, seen = outcome.value
    assert answer["ContentLength"] == 4711
    assert len(seen) == 2


@pytest.mark.asyncio
async def test_events_of_a_call(compare: Compare) -> None:
    """The same events in the same order, with the same status."""

    async def body(world: World) -> Any:
        seen: list[Any] = []

        def note(event_name: str, **kwargs: Any) -> None:
            status = getattr(kwargs.get("http_response"), "status_code", None)
            seen.append([event_name, status])

        async with world.client("s3") as s3:
            s3.meta.events.register_first("*", note)
            await s3.create_bucket(Bucket="bucket")
            await world.attempt(lambda: s3.head_object(Bucket="bucket", Key="none"))
        return seen

    outcome = await compare(body)
    assert ["after-call.s3.HeadObject", 404] in outcome.value


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", ["file", "bytes"])
async def test_expect_100_continue(compare: Compare, kind: str) -> None:
    """botocore asks before it sends a body; the HTTP client waits for leave, and gets it."""

    async def body(world: World) -> Any:
        asked: list[Any] = []

        def note(request: Any, **_: Any) -> None:
            asked.append(request.headers.get("Expect"))

        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            s3.meta.events.register("before-send.s3.PutObject", note)
            data = b"x" * 300_000
            await s3.put_object(
                Bucket="bucket", Key="key", Body=io.BytesIO(data) if kind == "file" else data
            )
            answer = await s3.get_object(Bucket="bucket", Key="key")
            return asked, len(await answer["Body"].read())

    outcome = await compare(body)
    asked, length = outcome.value
    assert length == 300_000
    assert [value if isinstance(value, str) else value.decode() for value in asked] == [
        "100-continue"
    ]
