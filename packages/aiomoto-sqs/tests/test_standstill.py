"""Long polls on virtual time that nobody moves say so, and end where warnings are errors."""

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ReadTimeoutError
from support.standstill import STANDS_STILL

from aiomoto import AiomotoWarning, mock_aws

if TYPE_CHECKING:
    from aiomoto.testing.clients import Connect

Boto = Callable[[str], Any]
WAITS = (
    "sqs ReceiveMessage of queue 'orders' {} 1 s of the mock's virtual clock, which "
    "only the test moves. Call `await mock.clock.advance(1)` in another task"
)
SAYS = re.escape(WAITS.format(STANDS_STILL))


async def consume(sqs: Any, url: str) -> list[Any]:
    answer = await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)
    return answer.get("Messages", [])  # type: ignore[no-any-return]


@pytest.mark.asyncio
@pytest.mark.usefixtures("impatient")
async def test_a_plain_long_poll(connect: Connect, backend: str) -> None:
    mock = mock_aws(clock="virtual")
    async with mock, connect("sqs", backend=backend) as sqs:
        url = (await sqs.create_queue(QueueName="orders"))["QueueUrl"]
        poll = asyncio.create_task(consume(sqs, url))
        with pytest.warns(AiomotoWarning, match=SAYS) as caught:
            await asyncio.sleep(0.5)
        assert len(caught) == 1
        place = inspect.getsourcelines(consume)
        assert (caught[0].filename, caught[0].lineno) == (__file__, place[1] + 1)
        assert not poll.done()
        await mock.clock.advance(1)
        assert poll.result() == []


@pytest.mark.asyncio
@pytest.mark.usefixtures("impatient")
async def test_as_an_error_it_is_what_the_client_gets(connect: Connect, backend: str) -> None:
    mock = mock_aws(clock="virtual")
    retries = {"retries": {"max_attempts": 3, "mode": "standard"}}
    async with mock, connect("sqs", backend=backend, **retries) as sqs:
        url = (await sqs.create_queue(QueueName="orders"))["QueueUrl"]
        with pytest.raises(AiomotoWarning, match=SAYS):
            await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)
        # Tried once, and nobody waits at the queue any more.
        mock.calls.assert_called_once("sqs", "ReceiveMessage")
        await sqs.send_message(QueueUrl=url, MessageBody="x")
        [message] = (await sqs.receive_message(QueueUrl=url))["Messages"]
        assert message["Body"] == "x"


@pytest.mark.asyncio
@pytest.mark.usefixtures("impatient")
async def test_a_thread(connect: Connect, boto: Boto) -> None:
    async with mock_aws(clock="virtual"), connect("sqs") as sqs:
        url = (await sqs.create_queue(QueueName="orders"))["QueueUrl"]
        receive = boto("sqs").receive_message
        with pytest.raises(AiomotoWarning, match=SAYS):
            await asyncio.to_thread(receive, QueueUrl=url, WaitTimeSeconds=1)


@pytest.mark.usefixtures("impatient")
def test_trio(connect: Connect) -> None:
    trio = pytest.importorskip("trio")
    pytest.importorskip("httpx2", reason="aiobotocore runs on trio over httpx2, from 3.x on")

    async def main() -> None:
        async with mock_aws(clock="virtual"), connect("sqs", backend="httpx") as sqs:
            url = (await sqs.create_queue(QueueName="orders"))["QueueUrl"]
            with pytest.raises(AiomotoWarning, match=SAYS):
                await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)

    trio.run(main)


@pytest.mark.asyncio
async def test_a_read_time_out_says_whose_time_stands_still(connect: Connect, backend: str) -> None:
    settings = {"read_timeout": 0.2, "retries": {"max_attempts": 0}}
    async with mock_aws(clock="virtual"), connect("sqs", backend=backend, **settings) as sqs:
        url = (await sqs.create_queue(QueueName="orders"))["QueueUrl"]
        with pytest.raises(ReadTimeoutError) as caught:
            await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)
    [note] = caught.value.__notes__  # type: ignore[attr-defined, unused-ignore]
    assert note.startswith(WAITS.format("was waiting: it waits for"))


@pytest.mark.asyncio
async def test_real_time_has_nothing_to_say(connect: Connect, backend: str) -> None:
    settings = {"read_timeout": 0.2, "retries": {"max_attempts": 0}}
    async with mock_aws(), connect("sqs", backend=backend, **settings) as sqs:
        url = (await sqs.create_queue(QueueName="orders"))["QueueUrl"]
        with pytest.raises(ReadTimeoutError) as caught:
            await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)
    assert not hasattr(caught.value, "__notes__")
