"""EventBridge: events that tasks put at once, and the queue where they arrive."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("aws")]

QUEUE = "arn:aws:sqs:us-east-1:123456789012:orders"


def entry(detail: object, source: str = "shop") -> dict[str, str]:
    return {"Source": source, "DetailType": "order", "Detail": json.dumps(detail)}


async def make_rule(events: Any, **target: Any) -> None:
    await events.put_rule(Name="orders", EventPattern=json.dumps({"source": ["shop"]}))
    await events.put_targets(Rule="orders", Targets=[{"Id": "queue", "Arn": QUEUE, **target}])


async def received(sqs: Any, url: str) -> list[Any]:
    bodies: list[Any] = []
    while found := (await sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)).get(
        "Messages"
    ):
        bodies += [json.loads(message["Body"]) for message in found]
    return bodies


async def test_events_of_many_tasks_arrive_once_each(connect: Any, backend: str) -> None:
    async with connect("events", backend) as events, connect("sqs", backend) as sqs:
        url = (await sqs.create_queue(QueueName="orders"))["QueueUrl"]
        await make_rule(events)
        answers = await asyncio.gather(
            *(events.put_events(Entries=[entry({"n": n}), entry({}, "else")]) for n in range(15))
        )
        ids = [answer["Entries"][0]["EventId"] for answer in answers]
        arrived = await received(sqs, url)
    assert sorted(event["detail"]["n"] for event in arrived) == list(range(15))
    assert {event["id"] for event in arrived} == set(ids)


async def test_one_bad_entry_fails_alone(connect: Any, boto: Any, backend: str) -> None:
    """The answer has status 200, so no client retries or raises."""
    async with connect("events", backend) as events, connect("sqs", backend) as sqs:
        url = (await sqs.create_queue(QueueName="orders"))["QueueUrl"]
        await make_rule(events)
        bad = {**entry({}), "Detail": "not JSON"}
        answer = await events.put_events(Entries=[entry({"n": 1}), bad, entry({"n": 2})])
        assert answer["FailedEntryCount"] == 1
        assert [sorted(one) for one in answer["Entries"]] == [
            ["EventId"],
            ["ErrorCode", "ErrorMessage"],
            ["EventId"],
        ]
        assert [event["detail"]["n"] for event in await received(sqs, url)] == [1, 2]
    assert boto("events").put_events(Entries=[bad])["Entries"] == answer["Entries"][1:2]


@pytest.mark.since_moto("5.2", "a transformer wanted the event's time in its paths")
async def test_an_input_transformer_makes_the_message(connect: Any) -> None:
    async with connect("events") as events, connect("sqs") as sqs:
        url = (await sqs.create_queue(QueueName="orders"))["QueueUrl"]
        await make_rule(
            events,
            InputTransformer={
                "InputPathsMap": {"n": "$.detail.n"},
                "InputTemplate": '{"order": <n>}',
            },
        )
        await events.put_events(Entries=[entry({"n": 7})])
        assert await received(sqs, url) == [{"order": 7}]


async def test_an_archive_is_replayed(connect: Any, backend: str) -> None:
    import datetime

    now = datetime.datetime.now(datetime.timezone.utc)
    async with connect("events", backend) as events, connect("sqs", backend) as sqs:
        url = (await sqs.create_queue(QueueName="orders"))["QueueUrl"]
        bus = (await events.describe_event_bus())["Arn"]
        archive = (await events.create_archive(ArchiveName="all", EventSourceArn=bus))["ArchiveArn"]
        await make_rule(events)
        await asyncio.gather(*(events.put_events(Entries=[entry({"n": n})]) for n in range(3)))
        first = await received(sqs, url)
        await events.start_replay(
            ReplayName="again",
            EventSourceArn=archive,
            EventStartTime=now - datetime.timedelta(hours=1),
            EventEndTime=now + datetime.timedelta(hours=1),
            Destination={"Arn": bus},
        )
        assert (await events.describe_replay(ReplayName="again"))["State"] == "COMPLETED"
        again = await received(sqs, url)
    assert {event["replay-name"] for event in again} == {"again"}
    assert sorted(event["detail"]["n"] for event in again) == [0, 1, 2]
    assert len(first) == 3


async def test_all_pages_of_rules(connect: Any, backend: str) -> None:
    pattern = json.dumps({"source": ["shop"]})
    async with connect("events", backend) as events:
        await asyncio.gather(
            *(events.put_rule(Name=f"rule-{n:02}", EventPattern=pattern) for n in range(60))
        )
        paginator = events.get_paginator("list_rules")
        sizes = [len(page["Rules"]) async for page in paginator.paginate()]
        assert sizes == [50, 10]
        names = [name async for name in paginator.paginate().search("Rules[].Name")]
        assert sorted(names) == [f"rule-{n:02}" for n in range(60)]


async def test_errors_are_typed(connect: Any, backend: str) -> None:
    async with connect("events", backend) as events:
        with pytest.raises(events.exceptions.ResourceNotFoundException, match="nowhere"):
            await events.describe_rule(Name="nowhere")
        with pytest.raises(events.exceptions.InvalidEventPatternException):
            await events.put_rule(Name="bad", EventPattern="{")
