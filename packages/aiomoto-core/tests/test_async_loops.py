"""Other event loops and stricter interpreters."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import HTTPClientError

from aiomoto import mock_aws

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType


def test_trio(clients: ModuleType) -> None:
    """aiobotocore's httpx backend runs on trio from 3.9 on."""
    trio = pytest.importorskip("trio")
    pytest.importorskip("aiobotocore._async_primitives", reason="asyncio only")
    ticks = []

    async def beside() -> None:
        while True:
            await trio.sleep(0.02)
            ticks.append(1)

    async def main() -> Any:
        async with mock_aws(), clients.aio("s3", "httpx") as s3:
            await s3.create_bucket(Bucket="bucket")
            await s3.put_object(Bucket="bucket", Key="key", Body=b"x" * 300_000)
            async with (await s3.get_object(Bucket="bucket", Key="key"))["Body"] as body:
                read = await body.read()
            async with clients.aio("sqs", "httpx") as sqs, trio.open_nursery() as nursery:
                nursery.start_soon(beside)
                url = (await sqs.create_queue(QueueName="q"))["QueueUrl"]
                await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)
                with trio.move_on_after(0.1) as scope:
                    await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=2)
                nursery.cancel_scope.cancel()
            return len(read), scope.cancelled_caught

    assert trio.run(main) == (300_000, True)
    assert len(ticks) > 10


def test_trio_without_httpx(clients: ModuleType) -> None:
    trio = pytest.importorskip("trio")

    async def main() -> list[str]:
        async with mock_aws(), clients.aio("sqs", "aiohttp") as sqs:
            # Which of the two depends on what aiobotocore comes to first.
            message = "no running event loop|unrecognized yield message"
            with pytest.raises(Exception, match=message) as raised:
                await sqs.list_queues()
        return raised.value.__notes__  # type: ignore[attr-defined,no-any-return]

    (note,) = trio.run(main)
    assert "aiohttp's, which runs on asyncio alone, and this is trio" in note
    assert "AioConfig(http_session_cls=HttpxSession)" in note


@pytest.mark.asyncio
async def test_asyncio_without_httpx(clients: ModuleType) -> None:
    async with mock_aws(), clients.aio("sqs", config={"proxies": {"https": "http://[bad"}}) as sqs:
        with pytest.raises(HTTPClientError) as raised:
            await sqs.list_queues()
    assert not hasattr(raised.value, "__notes__")


STRICT = """
import asyncio, gc, sys
from aiobotocore.config import AioConfig
from aiobotocore.httpsession import AIOHTTPSession
from aiobotocore.httpxsession import HttpxSession
from aiobotocore.session import get_session
from aiomoto import mock_aws

unraisable = []
sys.unraisablehook = unraisable.append

async def main(kind):
    config = AioConfig(http_session_cls=kind)
    async with mock_aws():
        async with get_session().create_client("s3", "us-east-1", config=config) as s3:
            await s3.create_bucket(Bucket="bucket")
            await s3.put_object(Bucket="bucket", Key="key", Body=b"x" * 1_000_000)
            async with (await s3.get_object(Bucket="bucket", Key="key"))["Body"] as body:
                print(len(await body.read()))
            if kind is AIOHTTPSession:  # close() on httpx fails or is a coroutine, by version
                (await s3.get_object(Bucket="bucket", Key="key"))["Body"].close()
            task = asyncio.create_task(s3.list_buckets())
            await asyncio.sleep(0)
            task.cancel()
            try:
                await task
            except asyncio.CancelledError:
                pass

for kind in (AIOHTTPSession, HttpxSession):
    asyncio.run(main(kind), debug=DEBUG)
    gc.collect()
assert not unraisable, unraisable
"""


@pytest.mark.parametrize("debug", [True, False])
def test_warnings_as_errors(run_program: Callable[..., str], debug: bool) -> None:
    """``python -W error -X dev`` sees no unclosed transport and no forgotten coroutine.

    Only warnings of others' imports are let through: they are none of ours.
    """
    options = ["-X", "dev", "-W", "error", "-W", "ignore::DeprecationWarning"]
    program = STRICT.replace("DEBUG", str(debug))
    assert run_program(program, *options).split() == ["1000000", "1000000"]


PLAIN = """
import asyncio, gc, sys
import aiohttp
from aiomoto import mock_aws

unraisable = []
sys.unraisablehook = unraisable.append

async def main():
    with mock_aws():
        async with aiohttp.ClientSession() as session:
            async with session.put("https://s3.amazonaws.com/bucket") as response:
                assert response.status == 200
            big = b"x" * 1_000_000
            url = "https://bucket.s3.amazonaws.com/key"
            public = {"x-amz-acl": "public-read"}
            async with session.put(url, data=big, headers=public) as response:
                assert response.status == 200
            # Left unread.
            async with session.get(url) as response:
                assert response.connection is not None
            for _ in range(5):  # aiohttp gives connections back in callbacks of its writers
                await asyncio.sleep(0)
            assert not session.connector._acquired

asyncio.run(main())
gc.collect()
assert not unraisable, unraisable
print("done")
"""


def test_plain_session_with_warnings_as_errors(run_program: Callable[..., str]) -> None:
    options = ["-X", "dev", "-W", "error", "-W", "ignore::DeprecationWarning"]
    assert run_program(PLAIN, *options) == "done\n"


def test_a_task_that_polls_lets_others_run(clients: ModuleType, backend: str) -> None:
    """A real request takes a turn of the loop; one that took none would starve its producer."""

    async def main() -> None:
        turns = 0

        async def other() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        async with mock_aws(), clients.aio("kms", backend) as kms:
            await kms.list_keys()
            task = asyncio.create_task(other())
            for wanted in range(1, 11):
                await kms.list_keys()
                assert turns >= wanted
            task.cancel()

    asyncio.run(main())
