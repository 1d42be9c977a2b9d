"""SNS: Query protocol with lists and blobs in it, and what arrives in a queue."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("aws")]

REGION = "us-east-1"


async def subscribe_queue(sns: Any, sqs: Any, **attributes: str) -> tuple[str, str]:
    """The ARN of a new topic and the URL of a queue that gets its messages raw."""
    topic = (await sns.create_topic(Name="orders"))["TopicArn"]
    url = (await sqs.create_queue(QueueName="orders"))["QueueUrl"]
    await sns.subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=f"arn:aws:sqs:{REGION}:123456789012:orders",
        Attributes={"RawMessageDelivery": "true", **attributes},
    )
    return topic, url


async def test_messages_of_many_tasks_arrive_once_each(connect: Any, backend: str) -> None:
    async with connect("sns", backend) as sns, connect("sqs", backend) as sqs:
        topic, url = await subscribe_queue(sns, sqs)
        sent = await asyncio.gather(
            *(sns.publish(TopicArn=topic, Message=f"order {n}") for n in range(30))
        )
        assert len({answer["MessageId"] for answer in sent}) == 30
        seen: list[str] = []
        while found := (await sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)).get(
            "Messages"
        ):
            seen += [message["Body"] for message in found]
        assert sorted(seen) == sorted(f"order {n}" for n in range(30))


async def test_a_binary_attribute_arrives_as_it_was(connect: Any, boto: Any, backend: str) -> None:
    """It is Base64 in the form of the Query protocol, and in the envelope of a message."""
    blob = b"\x00\xff\r\n&="
    attributes = {
        "image": {"DataType": "Binary", "BinaryValue": blob},
        "size": {"DataType": "Number", "StringValue": "3"},
    }
    async with connect("sns", backend) as sns, connect("sqs", backend) as sqs:
        topic, url = await subscribe_queue(sns, sqs, RawMessageDelivery="false")
        await sns.publish(TopicArn=topic, Message="\N{SNOWMAN}&=%", MessageAttributes=attributes)
        [message] = boto("sqs").receive_message(QueueUrl=url)["Messages"]
    envelope = json.loads(message["Body"])
    assert envelope["Message"] == "\N{SNOWMAN}&=%"
    assert envelope["MessageAttributes"] == {
        "image": {"Type": "Binary", "Value": base64.b64encode(blob).decode()},
        "size": {"Type": "Number", "Value": "3"},
    }


async def test_a_filter_lets_only_its_messages_through(connect: Any) -> None:
    policy = json.dumps({"size": [{"numeric": [">", 2]}]})
    async with connect("sns") as sns, connect("sqs") as sqs:
        topic, url = await subscribe_queue(sns, sqs, FilterPolicy=policy)

        async def publish(size: int) -> None:
            attribute = {"DataType": "Number", "StringValue": str(size)}
            await sns.publish(
                TopicArn=topic, Message=str(size), MessageAttributes={"size": attribute}
            )

        await asyncio.gather(*map(publish, range(5)))
        answer = await sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        assert {message["Body"] for message in answer["Messages"]} == {"3", "4"}


async def test_a_batch_of_many_and_one_with_the_same_ids(connect: Any, backend: str) -> None:
    """Lists of structures are ``member.1.Id=...`` in the form."""
    entries = [{"Id": str(n), "Message": f"order {n}"} for n in range(10)]
    async with connect("sns", backend) as sns, connect("sqs", backend) as sqs:
        topic, url = await subscribe_queue(sns, sqs)
        answer = await sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)
        assert [entry["Id"] for entry in answer["Successful"]] == [str(n) for n in range(10)]
        found = await sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        assert [one["Body"] for one in found["Messages"]] == [one["Message"] for one in entries]
        with pytest.raises(sns.exceptions.BatchEntryIdsNotDistinctException):
            await sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries[:1] * 2)


async def test_all_pages_of_topics(connect: Any, backend: str) -> None:
    """moto's pages have 100."""
    async with connect("sns", backend) as sns:
        made = await asyncio.gather(*(sns.create_topic(Name=f"t{n}") for n in range(120)))
        arns = {answer["TopicArn"] for answer in made}
        pages = [page async for page in sns.get_paginator("list_topics").paginate()]
        assert [len(page["Topics"]) for page in pages] == [100, 20]
        found = sns.get_paginator("list_topics").paginate().search("Topics[].TopicArn")
        assert {arn async for arn in found} == arns
        some = sns.get_paginator("list_topics").paginate(PaginationConfig={"MaxItems": 110})
        result = await some.build_full_result()
        assert len(result["Topics"]) == 110
        assert result["NextToken"]


async def test_errors_are_typed(connect: Any, boto: Any, backend: str) -> None:
    unknown = f"arn:aws:sns:{REGION}:123456789012:nowhere"
    async with connect("sns", backend) as sns:
        with pytest.raises(sns.exceptions.NotFoundException) as caught:
            await sns.publish(TopicArn=unknown, Message="x")
        with pytest.raises(boto("sns").exceptions.NotFoundException) as expected:
            boto("sns").publish(TopicArn=unknown, Message="x")
        assert str(caught.value) == str(expected.value)

        with pytest.raises(ClientError, match="InvalidParameter"):
            await sns.publish(TopicArn=unknown, Message="x" * 300_000)
