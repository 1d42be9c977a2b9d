from __future__ import annotations

import boto3
import pytest
from aiobotocore.session import get_session

from aiomoto import mock_aws

REGION = "eu-west-1"


def test_the_engine_loads_the_plugin_for_its_services() -> None:
    with mock_aws() as mock:
        owned = sorted(service for service, owner in mock.owners.items() if owner == "sqs")
    assert owned == ["sqs"]


@pytest.mark.asyncio
async def test_async_and_sync_clients_share_a_queue() -> None:
    async with mock_aws(), get_session().create_client("sqs", region_name=REGION) as sqs:
        sync = boto3.client("sqs", region_name=REGION)
        url = (await sqs.create_queue(QueueName="orders"))["QueueUrl"]
        assert sync.get_queue_url(QueueName="orders")["QueueUrl"] == url

        sent = await sqs.send_message(QueueUrl=url, MessageBody="from async")
        [message] = sync.receive_message(QueueUrl=url)["Messages"]
        assert message["Body"] == "from async"
        assert message["MessageId"] == sent["MessageId"]
        sync.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

        sync.send_message(QueueUrl=url, MessageBody="from sync")
        [message] = (await sqs.receive_message(QueueUrl=url))["Messages"]
        assert message["Body"] == "from sync"
        await sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        assert "Messages" not in await sqs.receive_message(QueueUrl=url)

        with pytest.raises(sqs.exceptions.QueueDoesNotExist):
            await sqs.get_queue_url(QueueName="nowhere")
