from __future__ import annotations

import boto3
import pytest
from aiobotocore.session import get_session

from aiomoto import mock_aws

REGION = "eu-west-1"


def test_the_engine_loads_the_plugin_for_its_services() -> None:
    with mock_aws() as mock:
        owned = sorted(service for service, owner in mock.owners.items() if owner == "dynamodb")
    assert owned == ["dax", "dynamodb", "dynamodbstreams"]


@pytest.mark.asyncio
async def test_async_and_sync_clients_share_a_table() -> None:
    async with mock_aws(), get_session().create_client("dynamodb", region_name=REGION) as ddb:
        sync = boto3.client("dynamodb", region_name=REGION)
        await ddb.create_table(
            TableName="orders",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        await ddb.put_item(TableName="orders", Item={"id": {"S": "1"}, "total": {"N": "12.50"}})

        assert sync.get_item(TableName="orders", Key={"id": {"S": "1"}})["Item"] == {
            "id": {"S": "1"},
            "total": {"N": "12.50"},
        }

        sync.put_item(TableName="orders", Item={"id": {"S": "2"}})
        found = [
            item["id"]["S"]
            async for page in ddb.get_paginator("scan").paginate(TableName="orders")
            for item in page["Items"]
        ]
        assert sorted(found) == ["1", "2"]

        with pytest.raises(ddb.exceptions.ConditionalCheckFailedException):
            await ddb.put_item(
                TableName="orders",
                Item={"id": {"S": "1"}},
                ConditionExpression="attribute_not_exists(id)",
            )
