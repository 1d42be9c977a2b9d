"""Asking moto for another service, and giving a record to a resource by its ARN."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from aiomoto import mock_aws
from aiomoto.asking import Arn, Asker, Place, Refused
from aiomoto.delivering import deliver, offer, takers
from aiomoto.engine import engine
from aiomoto.testing import clients

PLACE = Place("123456789012", "us-east-1")
PREFIX = "us-east-1:123456789012"


@pytest.fixture
def ask() -> Iterator[Asker]:
    with mock_aws():
        yield Asker(engine)


def test_an_arn_is_taken_apart() -> None:
    arn = Arn.of("arn:aws-cn:sns:cn-north-1:123456789012:orders:1")
    assert arn == ("aws-cn", "sns", "cn-north-1", "123456789012", "orders:1")
    assert arn.place == ("123456789012", "cn-north-1", "aws-cn")
    for text in ("orders", "aws:arn:sns:us-east-1:123456789012:orders"):
        with pytest.raises(ValueError, match="is no ARN; they look like arn:aws:"):
            Arn.of(text)


def test_each_protocol(ask: Asker) -> None:
    assert ask.json("dynamodb", PLACE, "DynamoDB_20120810.ListTables", {}, "1.0") == {
        "TableNames": []
    }
    ask.query("sns", PLACE, "CreateTopic", Name="orders")
    with clients.sync("sns") as sns:
        assert len(sns.list_topics()["Topics"]) == 1
    assert ask.rest("awslambda", PLACE, "GET", "/2015-03-31/functions")["Functions"] == []


def test_whose_resources_are_meant(ask: Asker) -> None:
    ask.query("sns", Place("999999999999", "eu-west-1"), "CreateTopic", Name="orders")
    with clients.sync("sns") as sns:
        assert sns.list_topics()["Topics"] == []


def test_what_is_refused_has_the_answer(ask: Asker) -> None:
    with pytest.raises(Refused, match=r"404 .*Function not found") as caught:
        ask.rest("awslambda", PLACE, "GET", "/2015-03-31/functions/orders")
    assert caught.value.status == caught.value.response.status == 404
    assert b"Function not found" in caught.value.body


@pytest.mark.parametrize("service", ["sns", "sqs", "events", "kinesis"])
def test_a_record_arrives(ask: Asker, service: str) -> None:
    record = {"id": 1}
    with clients.sync("sqs") as sqs, clients.sync(service) as client:
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        queue = f"arn:aws:sqs:{PREFIX}:q"
        if service == "sns":
            target = client.create_topic(Name="t")["TopicArn"]
            raw = {"RawMessageDelivery": "true"}
            client.subscribe(TopicArn=target, Protocol="sqs", Endpoint=queue, Attributes=raw)
        elif service == "events":
            target = f"arn:aws:events:{PREFIX}:event-bus/default"
            client.put_rule(Name="r", EventPattern='{"detail-type": ["An order"]}')
            client.put_targets(
                Rule="r", Targets=[{"Id": "1", "Arn": queue, "InputPath": "$.detail"}]
            )
        elif service == "kinesis":
            client.create_stream(StreamName="s", ShardCount=1)
            target = f"arn:aws:kinesis:{PREFIX}:stream/s"
        else:
            target = queue
        deliver(ask, target, record, "An order", "shop")
        if service == "kinesis":
            [shard] = client.list_shards(StreamName="s")["Shards"]
            start = {"ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
            iterator = client.get_shard_iterator(StreamName="s", **start)["ShardIterator"]
            [got] = [one["Data"] for one in client.get_records(ShardIterator=iterator)["Records"]]
        else:
            [got] = [one["Body"] for one in sqs.receive_message(QueueUrl=url)["Messages"]]
    found = json.loads(got)
    assert found == record or found["detail"] == record


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("arn:aws:s3:::bucket", "is not delivered: arn:aws:s3:::bucket is no target here"),
        (f"arn:aws:lambda:{PREFIX}:function:f", "is no target here"),
        (f"arn:aws:sqs:{PREFIX}:nowhere", "could not be delivered to .*nowhere: 400"),
    ],
)
def test_what_is_not_delivered_is_logged(
    ask: Asker,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    target: str,
    said: str,
) -> None:
    monkeypatch.delitem(takers, "lambda", raising=False)  # of a package that is installed
    deliver(ask, target, {}, "An order", "shop")
    [line] = caplog.messages
    assert re.search(said, line)


def test_who_serves_a_service_is_offered_first(ask: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    target, taken = f"arn:aws:sqs:{PREFIX}:q", list[Any]()
    assert not offer(target, {})

    def take(arn: str, record: Any) -> bool:
        taken.append((arn, record))
        return bool(record)

    monkeypatch.setitem(takers, "sqs", take)
    with clients.sync("sqs") as sqs:
        url = sqs.create_queue(QueueName="q")["QueueUrl"]
        deliver(ask, target, {"id": 1}, "An order", "shop")
        deliver(ask, target, {}, "An order", "shop")
        assert taken == [(target, {"id": 1}), (target, {})]
        [message] = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
        assert message["Body"] == "{}"
