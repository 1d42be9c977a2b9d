"""What is special about SQS in async code: waiting, waking, fairness, delivery."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiobotocore.config import AioConfig
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError, ReadTimeoutError

from aiomoto import mock_aws

if TYPE_CHECKING:
    from aiomoto.testing.clients import Connect

pytestmark = pytest.mark.asyncio

Boto = Callable[[str], Any]
#: Long enough for a waiter to have come to rest; what follows never depends on it being so.
SETTLE = 0.05


async def queue(sqs: Any, name: str = "orders", **attributes: str) -> str:
    url: str = (await sqs.create_queue(QueueName=name, Attributes=attributes))["QueueUrl"]
    return url


async def arn_of(sqs: Any, url: str) -> str:
    answer = await sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    arn: str = answer["Attributes"]["QueueArn"]
    return arn


async def take(sqs: Any, url: str, wait: int = 20, **more: Any) -> list[str]:
    answer = await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=wait, **more)
    return [message["Body"] for message in answer.get("Messages", [])]


async def waiting(sqs: Any, url: str, **more: Any) -> asyncio.Task[list[str]]:
    """A task that is in a long poll."""
    task = asyncio.create_task(take(sqs, url, **more))
    await asyncio.sleep(SETTLE)
    assert not task.done()
    return task


# -- waiting ---------------------------------------------------------------


async def test_an_empty_queue_is_waited_at_for_as_long_as_asked(
    connect: Connect, backend: str
) -> None:
    async with mock_aws(), connect("sqs", backend=backend) as sqs:
        url = await queue(sqs)
        start = time.monotonic()
        answer = await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)
        assert time.monotonic() - start >= 0.99
        assert "Messages" not in answer


async def test_the_queues_own_wait_is_as_good_as_the_requests(connect: Connect) -> None:
    mock = mock_aws(clock="virtual")
    async with mock, connect("sqs") as sqs:
        url = await queue(sqs, ReceiveMessageWaitTimeSeconds="7")
        task = asyncio.create_task(sqs.receive_message(QueueUrl=url))
        await mock.clock.advance(6.9)
        assert not task.done()
        await mock.clock.advance(0.1)
        assert "Messages" not in task.result()


async def test_a_wait_of_zero_in_the_request_overrides_the_queues(connect: Connect) -> None:
    async with mock_aws(clock="virtual"), connect("sqs") as sqs:
        url = await queue(sqs, ReceiveMessageWaitTimeSeconds="20")
        assert await take(sqs, url, wait=0) == []


@pytest.mark.parametrize("wait", [-1, 21])
async def test_a_wait_out_of_range_is_refused_as_moto_refuses_it(
    connect: Connect, wait: int
) -> None:
    async with mock_aws(), connect("sqs") as sqs:
        url = await queue(sqs)
        with pytest.raises(ClientError, match="WaitTimeSeconds is invalid"):
            await take(sqs, url, wait=wait)


async def test_a_missing_queue_is_an_error_at_once(connect: Connect) -> None:
    async with mock_aws(), connect("sqs") as sqs:
        url = await queue(sqs)
        with pytest.raises(sqs.exceptions.QueueDoesNotExist):
            await take(sqs, url + "-other")


async def test_the_loop_is_free_while_many_wait(connect: Connect, backend: str) -> None:
    """The producer sends after a number of beats, which all come before any poll ends."""
    async with mock_aws(), connect("sqs", backend=backend) as sqs:
        url = await queue(sqs)
        events: list[str] = []

        async def consumer() -> None:
            events.append("received" if await take(sqs, url) else "nothing")

        async def producer() -> None:
            for _ in range(20):
                await asyncio.sleep(0.01)
                events.append("beat")
            for number in range(20):
                await sqs.send_message(QueueUrl=url, MessageBody=str(number))

        await asyncio.gather(producer(), *(consumer() for _ in range(20)))
        assert events == ["beat"] * 20 + ["received"] * 20


async def test_the_clients_read_timeout_bounds_the_wait(connect: Connect) -> None:
    once = {"retries": {"total_max_attempts": 1}, "read_timeout": 0.2}
    async with mock_aws(), connect("sqs", **once) as sqs:
        url = await queue(sqs)
        with pytest.raises(ReadTimeoutError):
            await take(sqs, url)
        await sqs.send_message(QueueUrl=url, MessageBody="later")
        assert await take(sqs, url) == ["later"]


async def test_the_query_protocol_waits_too(connect: Connect, boto: Boto) -> None:
    """Clients that don't speak JSON, signing their own requests."""
    async with mock_aws(), connect("sqs") as sqs, aiohttp.ClientSession() as session:
        url = await queue(sqs)
        form = {"Action": "ReceiveMessage", "QueueUrl": url, "WaitTimeSeconds": "20"}
        signed = AWSRequest(
            "POST",
            "https://sqs.us-east-1.amazonaws.com/",
            headers={"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
            data=form,
        )
        SigV4Auth(Credentials("key", "secret"), "sqs", "us-east-1").add_auth(signed)
        prepared = signed.prepare()

        async def receive() -> str:
            async with session.post(
                prepared.url, data=prepared.body, headers=dict(prepared.headers)
            ) as answer:
                return await answer.text()

        task = asyncio.create_task(receive())
        await asyncio.sleep(SETTLE)
        assert not task.done()
        boto("sqs").send_message(QueueUrl=url, MessageBody="in XML")
        assert "<Body>in XML</Body>" in await task


# -- waking ------------------------------------------------------------------


async def test_a_send_wakes(connect: Connect, backend: str) -> None:
    async with mock_aws(), connect("sqs", backend=backend) as sqs:
        url = await queue(sqs)
        task = await waiting(sqs, url)
        await sqs.send_message(QueueUrl=url, MessageBody="1001")
        assert await task == ["1001"]


async def test_a_sync_send_from_another_thread_wakes(connect: Connect, boto: Boto) -> None:
    async with mock_aws(), connect("sqs") as sqs:
        url = await queue(sqs)
        task = await waiting(sqs, url)
        send = boto("sqs").send_message
        await asyncio.to_thread(send, QueueUrl=url, MessageBody="from a thread")
        assert await task == ["from a thread"]


async def test_a_sync_send_in_the_same_thread_wakes(connect: Connect, boto: Boto) -> None:
    async with mock_aws(), connect("sqs") as sqs:
        url = await queue(sqs)
        task = await waiting(sqs, url)
        boto("sqs").send_message(QueueUrl=url, MessageBody="from boto3")
        assert await task == ["from boto3"]


async def test_a_batch_wakes_as_many_as_it_has_messages(connect: Connect) -> None:
    async with mock_aws(), connect("sqs") as sqs:
        url = await queue(sqs)
        tasks = [await waiting(sqs, url) for _ in range(4)]
        entries = [{"Id": str(n), "MessageBody": str(n)} for n in range(3)]
        await sqs.send_message_batch(QueueUrl=url, Entries=entries)
        assert await asyncio.gather(*tasks[:3]) == [["0"], ["1"], ["2"]]
        assert not tasks[3].done()
        await sqs.send_message(QueueUrl=url, MessageBody="3")
        assert await tasks[3] == ["3"]


async def test_sns_wakes(connect: Connect) -> None:
    async with mock_aws(), connect("sqs") as sqs, connect("sns") as sns:
        url = await queue(sqs)
        topic = (await sns.create_topic(Name="news"))["TopicArn"]
        endpoint = await arn_of(sqs, url)
        await sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=endpoint)
        task = await waiting(sqs, url)
        await sns.publish(TopicArn=topic, Message="published")
        [body] = await task
        assert json.loads(body)["Message"] == "published"


async def test_eventbridge_wakes(connect: Connect) -> None:
    pytest.importorskip("jsonpath_ng", reason="moto[events] is not installed")
    async with mock_aws(), connect("sqs") as sqs, connect("events") as events:
        url = await queue(sqs)
        pattern = json.dumps({"source": ["shop"]})
        await events.put_rule(Name="orders", EventPattern=pattern)
        targets = [{"Id": "1", "Arn": await arn_of(sqs, url)}]
        await events.put_targets(Rule="orders", Targets=targets)
        task = await waiting(sqs, url)
        entry = {"Source": "shop", "DetailType": "order", "Detail": json.dumps({"id": 1})}
        await events.put_events(Entries=[entry])
        [body] = await task
        assert json.loads(body)["detail"] == {"id": 1}


async def test_an_s3_notification_wakes(connect: Connect) -> None:
    async with mock_aws(), connect("sqs") as sqs, connect("s3") as s3:
        url = await queue(sqs)
        await s3.create_bucket(Bucket="documents")
        configuration = {
            "QueueConfigurations": [
                {"QueueArn": await arn_of(sqs, url), "Events": ["s3:ObjectCreated:*"]}
            ]
        }
        await s3.put_bucket_notification_configuration(
            Bucket="documents", NotificationConfiguration=configuration
        )
        await take(sqs, url, wait=0)  # the test event
        task = await waiting(sqs, url)
        await s3.put_object(Bucket="documents", Key="a.json", Body=b"{}")
        [body] = await task
        assert json.loads(body)["Records"][0]["s3"]["object"]["key"] == "a.json"


async def test_a_redrive_wakes_who_waits_at_the_dead_letter_queue(connect: Connect) -> None:
    async with mock_aws(), connect("sqs") as sqs:
        dead = await queue(sqs, "dead")
        policy = {"deadLetterTargetArn": await arn_of(sqs, dead), "maxReceiveCount": 1}
        url = await queue(sqs, RedrivePolicy=json.dumps(policy), VisibilityTimeout="0")
        await sqs.send_message(QueueUrl=url, MessageBody="poison")
        task = await waiting(sqs, dead)
        assert await take(sqs, url, wait=0) == ["poison"]
        assert await take(sqs, url, wait=0) == []
        assert await task == ["poison"]


async def test_a_delay_that_runs_out_wakes(connect: Connect) -> None:
    async with mock_aws(), connect("sqs") as sqs:
        url = await queue(sqs)
        task = await waiting(sqs, url)
        await sqs.send_message(QueueUrl=url, MessageBody="late", DelaySeconds=1)
        assert await take(sqs, url, wait=0) == []
        assert await task == ["late"]


async def test_a_visibility_timeout_that_runs_out_wakes(connect: Connect) -> None:
    async with mock_aws(), connect("sqs") as sqs:
        url = await queue(sqs)
        await sqs.send_message(QueueUrl=url, MessageBody="again")
        assert await take(sqs, url, VisibilityTimeout=1) == ["again"]
        assert await take(sqs, url) == ["again"]


async def test_making_a_message_visible_wakes(connect: Connect) -> None:
    async with mock_aws(), connect("sqs") as sqs:
        url = await queue(sqs)
        await sqs.send_message(QueueUrl=url, MessageBody="given back")
        answer = await sqs.receive_message(QueueUrl=url)
        task = await waiting(sqs, url)
        await sqs.change_message_visibility(
            QueueUrl=url,
            ReceiptHandle=answer["Messages"][0]["ReceiptHandle"],
            VisibilityTimeout=0,
        )
        assert await task == ["given back"]


async def test_a_shorter_visibility_timeout_moves_the_alarm(connect: Connect) -> None:
    mock = mock_aws(clock="virtual")
    async with mock, connect("sqs") as sqs:
        url = await queue(sqs)
        await sqs.send_message(QueueUrl=url, MessageBody="sooner")
        answer = await sqs.receive_message(QueueUrl=url, VisibilityTimeout=19)
        task = asyncio.create_task(take(sqs, url))
        await mock.clock.advance(1)
        await sqs.change_message_visibility(
            QueueUrl=url,
            ReceiptHandle=answer["Messages"][0]["ReceiptHandle"],
            VisibilityTimeout=3,
        )
        await mock.clock.advance(2)
        assert not task.done()
        await mock.clock.advance(1)
        assert task.result() == ["sooner"]


async def test_deleting_the_queue_ends_the_wait(connect: Connect) -> None:
    async with mock_aws(), connect("sqs") as sqs:
        url = await queue(sqs)
        task = await waiting(sqs, url)
        await sqs.delete_queue(QueueUrl=url)
        with pytest.raises(sqs.exceptions.QueueDoesNotExist):
            await task


async def test_a_queue_that_is_made_anew_is_waited_at(connect: Connect, boto: Boto) -> None:
    async with mock_aws(), connect("sqs") as sqs:
        url = await queue(sqs)
        task = await waiting(sqs, url)
        boto("sqs").delete_queue(QueueUrl=url)
        boto("sqs").create_queue(QueueName="orders")
        await asyncio.sleep(SETTLE)
        assert not task.done()
        await sqs.send_message(QueueUrl=url, MessageBody="new")
        assert await task == ["new"]


async def test_resetting_the_mock_ends_the_wait(connect: Connect) -> None:
    mock = mock_aws()
    async with mock, connect("sqs") as sqs:
        url = await queue(sqs)
        task = await waiting(sqs, url)
        mock.reset()
        with pytest.raises(sqs.exceptions.QueueDoesNotExist):
            await task


async def test_the_end_of_the_mock_ends_the_wait(connect: Connect, backend: str) -> None:
    async with connect("sqs", backend=backend) as sqs:
        async with mock_aws():
            url = await queue(sqs)
            tasks = [await waiting(sqs, url) for _ in range(3)]
        assert await asyncio.wait_for(asyncio.gather(*tasks), 10) == [[], [], []]


async def test_nothing_of_moto_stays_changed(connect: Connect) -> None:
    from moto.sqs import models

    def members() -> list[dict[str, Any]]:
        classes = (models, models.Queue, models.Message, models.SQSBackend)
        return [
            {
                name: value
                for name, value in vars(one).items()
                if callable(value) or isinstance(value, property)
            }
            for one in classes
        ]

    before = members()
    async with mock_aws(clock="virtual"), connect("sqs") as sqs:
        await queue(sqs)
        assert members() != before
    assert members() == before


# -- fairness and limits -------------------------------------------------------


async def test_those_who_wait_are_served_in_the_order_of_arrival(connect: Connect) -> None:
    async with mock_aws(), connect("sqs") as sqs:
        url = await queue(sqs)
        served: list[int] = []

        async def consumer(number: int) -> None:
            await take(sqs, url)
            served.append(number)

        tasks = []
        for number in range(6):
            tasks.append(asyncio.create_task(consumer(number)))
            await asyncio.sleep(0.02)
        for number in range(6):
            await sqs.send_message(QueueUrl=url, MessageBody=str(number))
        await asyncio.gather(*tasks)
        assert served == list(range(6))


async def test_a_newcomer_does_not_overtake(connect: Connect, boto: Boto) -> None:
    async with mock_aws(), connect("sqs") as sqs:
        url = await queue(sqs)
        first = await waiting(sqs, url)
        boto("sqs").send_message(QueueUrl=url, MessageBody="for the first")
        second = asyncio.create_task(take(sqs, url))
        assert await first == ["for the first"]
        await asyncio.sleep(SETTLE)
        assert not second.done()
        await sqs.send_message(QueueUrl=url, MessageBody="for the second")
        assert await second == ["for the second"]


async def test_one_message_wakes_one_waiter(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    from aiomoto_sqs.polling import Polling

    asked = []
    ask = Polling.ask

    def counted(self: Polling, request: Any, note: Any) -> Any:
        asked.append(note)
        return ask(self, request, note)

    async with mock_aws(), connect("sqs") as sqs:
        url = await queue(sqs)
        tasks = [await waiting(sqs, url) for _ in range(10)]
        monkeypatch.setattr(Polling, "ask", counted)
        for number in range(10):
            await sqs.send_message(QueueUrl=url, MessageBody=str(number))
        await asyncio.gather(*tasks)
        assert len(asked) == 10


async def test_no_more_than_asked_for(connect: Connect) -> None:
    async with mock_aws(), connect("sqs") as sqs:
        url = await queue(sqs)
        first, second = await waiting(sqs, url, MaxNumberOfMessages=3), await waiting(sqs, url)
        entries = [{"Id": str(n), "MessageBody": str(n)} for n in range(5)]
        await sqs.send_message_batch(QueueUrl=url, Entries=entries)
        assert await first == ["0", "1", "2"]
        assert await second == ["3"]
        assert await take(sqs, url, MaxNumberOfMessages=10) == ["4"]


async def test_a_receive_that_ends_leaves_nothing_to_those_who_wait(connect: Connect) -> None:
    """The first to wait ends with its wait, and the next in line takes its alarm over."""
    mock = mock_aws(clock="virtual")
    async with mock, connect("sqs") as sqs:
        url = await queue(sqs)
        await sqs.send_message(QueueUrl=url, MessageBody="at ten", DelaySeconds=10)
        first = asyncio.create_task(take(sqs, url, wait=5))
        await mock.clock.advance(0)
        second = asyncio.create_task(take(sqs, url, wait=20))
        await mock.clock.advance(9.999)
        assert first.result() == []
        assert not second.done()
        await mock.clock.advance(0.001)
        assert second.result() == ["at ten"]


async def test_long_polls_of_several_loops_and_threads_share_a_queue(
    connect: Connect, boto: Boto
) -> None:
    count, loops = 30, 3
    received: list[str] = []
    ready = threading.Barrier(loops + 2)

    async def consume(url: str) -> None:
        async with connect("sqs") as sqs:
            await sqs.list_queues()
            await asyncio.to_thread(ready.wait, 30)
            while len(received) < count:
                received.extend(await take(sqs, url, wait=1))

    def consume_sync(url: str) -> None:
        client = boto("sqs")
        ready.wait(30)
        while len(received) < count:
            answer = client.receive_message(QueueUrl=url, WaitTimeSeconds=1)
            received.extend(message["Body"] for message in answer.get("Messages", []))

    async with mock_aws(), connect("sqs") as sqs:
        url = await queue(sqs)
        boto("sqs")
        threads = [threading.Thread(target=lambda: asyncio.run(consume(url))) for _ in range(loops)]
        threads.append(threading.Thread(target=consume_sync, args=(url,)))
        for thread in threads:
            thread.start()
        await asyncio.to_thread(ready.wait, 30)
        for number in range(count):
            await sqs.send_message(QueueUrl=url, MessageBody=str(number))
        for thread in threads:
            await asyncio.to_thread(thread.join, 30)
    assert sorted(received, key=int) == [str(number) for number in range(count)]


async def test_a_sync_long_poll_in_a_thread_is_woken(connect: Connect, boto: Boto) -> None:
    async with mock_aws(), connect("sqs") as sqs:
        url = await queue(sqs)
        receive = boto("sqs").receive_message
        task = asyncio.create_task(asyncio.to_thread(receive, QueueUrl=url, WaitTimeSeconds=20))
        await asyncio.sleep(SETTLE)
        await sqs.send_message(QueueUrl=url, MessageBody="to a thread")
        assert (await task)["Messages"][0]["Body"] == "to a thread"


async def test_the_queues_own_wait_in_a_thread_blocks_nobody(connect: Connect, boto: Boto) -> None:
    async with mock_aws(), connect("sqs") as sqs:
        url = await queue(sqs, ReceiveMessageWaitTimeSeconds="20")
        receive = boto("sqs").receive_message
        task = asyncio.create_task(asyncio.to_thread(receive, QueueUrl=url))
        await asyncio.sleep(SETTLE)
        await sqs.send_message(QueueUrl=url, MessageBody="to a thread")
        assert (await task)["Messages"][0]["Body"] == "to a thread"


async def test_the_end_of_the_mock_ends_a_sync_wait(connect: Connect, boto: Boto) -> None:
    async with connect("sqs") as sqs:
        async with mock_aws():
            url = await queue(sqs)
            receive = boto("sqs").receive_message
            task = asyncio.create_task(asyncio.to_thread(receive, QueueUrl=url, WaitTimeSeconds=20))
            await asyncio.sleep(SETTLE)
        assert "Messages" not in await asyncio.wait_for(task, 10)


async def test_a_loop_that_has_stopped_keeps_no_message_back(connect: Connect) -> None:
    """A long poll left behind in a loop that nobody runs is called, but not relied on."""
    async with mock_aws(), connect("sqs") as sqs:
        url = await queue(sqs)
        loop = asyncio.new_event_loop()
        left: list[Any] = []

        async def leave_behind() -> None:
            client = connect("sqs")
            left.extend((client, asyncio.create_task(take(await client.__aenter__(), url))))
            await asyncio.sleep(SETTLE)

        async def clean_up() -> None:
            left[1].cancel()
            await asyncio.gather(left[1], return_exceptions=True)
            await left[0].__aexit__(None, None, None)

        try:
            await asyncio.to_thread(loop.run_until_complete, leave_behind())
            task = await waiting(sqs, url)
            await sqs.send_message(QueueUrl=url, MessageBody="for whoever runs")
            assert await task == ["for whoever runs"]
        finally:
            await asyncio.to_thread(loop.run_until_complete, clean_up())
            loop.close()


# -- delivery ------------------------------------------------------------------


async def test_producer_and_consumer_in_one_loop(connect: Connect, backend: str) -> None:
    async with mock_aws(), connect("sqs", backend=backend) as sqs:
        url = await queue(sqs)
        done: list[str] = []

        async def producer() -> None:
            for number in range(20):
                await sqs.send_message(QueueUrl=url, MessageBody=str(number))
                await asyncio.sleep(0)

        async def consumer() -> None:
            while len(done) < 20:
                answer = await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)
                for message in answer["Messages"]:
                    done.append(message["Body"])
                    await sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

        await asyncio.wait_for(asyncio.gather(consumer(), producer()), 60)
        assert done == [str(number) for number in range(20)]
        assert await take(sqs, url, wait=0) == []


async def test_at_least_once_a_failing_consumer_gets_it_again(connect: Connect) -> None:
    mock = mock_aws(clock="virtual")
    async with mock, connect("sqs") as sqs:
        url = await queue(sqs, VisibilityTimeout="30")
        tries: list[str] = []

        async def consumer() -> None:
            while True:
                answer = await sqs.receive_message(
                    QueueUrl=url, WaitTimeSeconds=20, AttributeNames=["ApproximateReceiveCount"]
                )
                for message in answer.get("Messages", []):
                    tries.append(message["Attributes"]["ApproximateReceiveCount"])
                    if len(tries) == 3:
                        handle = message["ReceiptHandle"]
                        await sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)

        task = asyncio.create_task(consumer())
        await sqs.send_message(QueueUrl=url, MessageBody="fails twice")
        await mock.clock.advance(59)
        assert tries == ["1", "2"]
        await mock.clock.advance(300)
        assert tries == ["1", "2", "3"]
        task.cancel()


async def test_dead_letters_after_the_last_receive(connect: Connect) -> None:
    mock = mock_aws(clock="virtual")
    async with mock, connect("sqs") as sqs:
        dead = await queue(sqs, "dead")
        policy = {"deadLetterTargetArn": await arn_of(sqs, dead), "maxReceiveCount": 3}
        url = await queue(sqs, RedrivePolicy=json.dumps(policy), VisibilityTimeout="10")
        received: list[tuple[str, int]] = []
        start = mock.clock.time()

        async def consumer(where: str, url: str) -> None:
            while True:
                if await take(sqs, url):
                    received.append((where, round(mock.clock.time() - start)))

        tasks = [
            asyncio.create_task(consumer("orders", url)),
            asyncio.create_task(consumer("dead", dead)),
        ]
        await sqs.send_message(QueueUrl=url, MessageBody="poison")
        await mock.clock.advance(31)
        assert received == [("orders", 0), ("orders", 10), ("orders", 20), ("dead", 30)]
        for task in tasks:
            task.cancel()


async def test_fifo_groups_stay_in_order_with_several_consumers(connect: Connect) -> None:
    async with mock_aws(), connect("sqs") as sqs:
        url = await queue(sqs, "orders.fifo", FifoQueue="true", ContentBasedDeduplication="true")
        groups, each = 4, 6
        done: dict[str, list[int]] = {str(group): [] for group in range(groups)}
        busy: set[str] = set()

        async def consumer() -> None:
            while sum(map(len, done.values())) < groups * each:
                answer = await sqs.receive_message(
                    QueueUrl=url, WaitTimeSeconds=1, AttributeNames=["MessageGroupId"]
                )
                for message in answer.get("Messages", []):
                    group = message["Attributes"]["MessageGroupId"]
                    assert group not in busy
                    busy.add(group)
                    await asyncio.sleep(0.002)
                    done[group].append(int(message["Body"].split()[1]))
                    busy.discard(group)
                    handle = message["ReceiptHandle"]
                    await sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)

        async def producer(group: str) -> None:
            for number in range(each):
                await sqs.send_message(
                    QueueUrl=url, MessageBody=f"{group} {number}", MessageGroupId=group
                )

        await asyncio.gather(*(consumer() for _ in range(8)), *map(producer, done))
        assert done == {group: list(range(each)) for group in done}


async def test_a_fifo_group_is_held_until_its_message_is_deleted(connect: Connect) -> None:
    async with mock_aws(), connect("sqs") as sqs:
        url = await queue(sqs, "orders.fifo", FifoQueue="true", ContentBasedDeduplication="true")
        for body in ("first", "second"):
            await sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId="one")
        answer = await sqs.receive_message(QueueUrl=url)
        task = await waiting(sqs, url)
        await sqs.send_message(QueueUrl=url, MessageBody="other", MessageGroupId="two")
        assert await task == ["other"]
        task = await waiting(sqs, url)
        handle = answer["Messages"][0]["ReceiptHandle"]
        await sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)
        assert await task == ["second"]


async def test_a_fifo_group_is_freed_when_its_message_becomes_visible(connect: Connect) -> None:
    mock = mock_aws(clock="virtual")
    async with mock, connect("sqs") as sqs:
        url = await queue(sqs, "orders.fifo", FifoQueue="true", ContentBasedDeduplication="true")
        for body in ("first", "second"):
            await sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId="one")
        assert await take(sqs, url, VisibilityTimeout=5) == ["first"]
        task = asyncio.create_task(take(sqs, url, MaxNumberOfMessages=10))
        await mock.clock.advance(4)
        assert not task.done()
        await mock.clock.advance(1)
        assert task.result() == ["first", "second"]


async def test_batches_of_everything(connect: Connect) -> None:
    async with mock_aws(), connect("sqs") as sqs:
        url = await queue(sqs)
        entries = [{"Id": f"m{n}", "MessageBody": str(n)} for n in range(10)]
        sent = await sqs.send_message_batch(QueueUrl=url, Entries=entries)
        assert [one["Id"] for one in sent["Successful"]] == [one["Id"] for one in entries]
        answer = await sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20, MaxNumberOfMessages=10)
        handles = [
            {"Id": f"m{n}", "ReceiptHandle": message["ReceiptHandle"]}
            for n, message in enumerate(answer["Messages"])
        ]
        assert len(handles) == 10
        task = await waiting(sqs, url, MaxNumberOfMessages=10)
        shown = [{**one, "VisibilityTimeout": 0} for one in handles[:4]]
        changed = await sqs.change_message_visibility_batch(QueueUrl=url, Entries=shown)
        assert len(changed["Successful"]) == 4
        assert await task == ["0", "1", "2", "3"]
        deleted = await sqs.delete_message_batch(QueueUrl=url, Entries=handles)
        assert len(deleted["Successful"]) == 10


async def test_message_attributes_are_filtered_as_asked_after_a_wait(connect: Connect) -> None:
    async with mock_aws(), connect("sqs") as sqs:
        url = await queue(sqs)
        task = asyncio.create_task(
            sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20, MessageAttributeNames=["kind"])
        )
        await asyncio.sleep(SETTLE)
        await sqs.send_message(
            QueueUrl=url,
            MessageBody="x",
            MessageAttributes={
                "kind": {"DataType": "String", "StringValue": "order"},
                "other": {"DataType": "Number", "StringValue": "1"},
            },
        )
        [message] = (await task)["Messages"]
        assert list(message["MessageAttributes"]) == ["kind"]


async def test_a_purge_leaves_the_wait_alone(connect: Connect) -> None:
    async with mock_aws(), connect("sqs") as sqs:
        url = await queue(sqs)
        await sqs.send_message(QueueUrl=url, MessageBody="purged", DelaySeconds=900)
        task = await waiting(sqs, url)
        await sqs.purge_queue(QueueUrl=url)
        await sqs.send_message(QueueUrl=url, MessageBody="after")
        assert await task == ["after"]


async def test_a_small_pool_of_connections_is_waited_for(connect: Connect) -> None:
    """As for real: a client's long polls take its connections."""
    async with mock_aws(clock="virtual") as mock, connect("sqs", max_pool_connections=1) as sqs:
        assert isinstance(sqs.meta.config, AioConfig)
        url = await queue(sqs)
        poll = asyncio.create_task(take(sqs, url))
        await mock.clock.advance(1)
        send = asyncio.create_task(sqs.send_message(QueueUrl=url, MessageBody="x"))
        await mock.clock.advance(1)
        assert not poll.done()
        assert not send.done()
        await mock.clock.advance(18)
        assert poll.result() == []
        await send
