"""Does this interpreter run it at all: three services, two kinds of client, one state."""

from __future__ import annotations

import boto3
import pytest
from aiobotocore.session import get_session

from aiomoto import mock_aws

REGION = "us-east-1"


@pytest.mark.asyncio
async def test_s3_object_written_async_is_read_by_boto3() -> None:
    async with mock_aws(), get_session().create_client("s3", region_name=REGION) as s3:
        await s3.create_bucket(Bucket="orders")
        await s3.put_object(Bucket="orders", Key="1.json", Body=b'{"total": 3}')

        sync = boto3.client("s3", region_name=REGION)
        assert sync.get_object(Bucket="orders", Key="1.json")["Body"].read() == b'{"total": 3}'
        sync.put_object(Bucket="orders", Key="2.json", Body=b"{}")

        async with (await s3.get_object(Bucket="orders", Key="2.json"))["Body"] as body:
            assert await body.read() == b"{}"
        listed = await s3.list_objects_v2(Bucket="orders")
        assert [entry["Key"] for entry in listed["Contents"]] == ["1.json", "2.json"]
        sync.close()


@pytest.mark.asyncio
async def test_sqs_message_sent_by_boto3_is_received_async() -> None:
    async with mock_aws(), get_session().create_client("sqs", region_name=REGION) as sqs:
        sync = boto3.client("sqs", region_name=REGION)
        url = sync.create_queue(QueueName="orders")["QueueUrl"]
        sync.send_message(QueueUrl=url, MessageBody="order 1")

        [message] = (await sqs.receive_message(QueueUrl=url))["Messages"]
        assert message["Body"] == "order 1"
        await sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        left = sync.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        assert left == dict.fromkeys(names, "0")
        sync.close()


@pytest.mark.asyncio
async def test_dynamodb_item_put_async_is_found_by_boto3() -> None:
    async with mock_aws(), get_session().create_client("dynamodb", region_name=REGION) as dynamodb:
        sync = boto3.client("dynamodb", region_name=REGION)
        sync.create_table(
            TableName="orders",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        item = {"id": {"S": "1"}, "total": {"N": "3"}}
        await dynamodb.put_item(TableName="orders", Item=item)

        assert sync.get_item(TableName="orders", Key={"id": {"S": "1"}})["Item"] == item
        sync.delete_item(TableName="orders", Key={"id": {"S": "1"}})
        assert "Item" not in await dynamodb.get_item(TableName="orders", Key={"id": {"S": "1"}})
        sync.close()


def test_nothing_outlives_the_mock() -> None:
    with mock_aws():
        sync = boto3.client("s3", region_name=REGION)
        sync.create_bucket(Bucket="orders")
    with mock_aws():
        assert sync.list_buckets()["Buckets"] == []
    sync.close()
