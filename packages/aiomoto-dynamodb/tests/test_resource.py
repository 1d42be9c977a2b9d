"""aioboto3's resource layer for DynamoDB, which has async parts of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import boto3.dynamodb.table
import pytest
import pytest_asyncio
from boto3.dynamodb.conditions import Attr, Key
from boto3.dynamodb.types import Binary

aioboto3 = pytest.importorskip(
    "aioboto3", reason="aioboto3 is not installed; it pins aiobotocore, here the old line's 2.25.1"
)

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def resource(aws: Any) -> AsyncIterator[Any]:
    async with aioboto3.Session().resource("dynamodb", region_name="us-east-1") as opened:
        yield opened


@pytest_asyncio.fixture
async def table(resource: Any) -> Any:
    """A table whose keys are a string ``id`` and a number ``at``."""
    made = await resource.create_table(
        TableName="orders",
        KeySchema=[
            {"AttributeName": "id", "KeyType": "HASH"},
            {"AttributeName": "at", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "id", "AttributeType": "S"},
            {"AttributeName": "at", "AttributeType": "N"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    await made.wait_until_exists()
    return made


async def all_items(table: Any) -> list[Any]:
    return list((await table.scan())["Items"])


@pytest.fixture
def batches(table: Any) -> list[int]:
    """The number of requests in each BatchWriteItem from now on."""
    sizes: list[int] = []
    table.meta.client.meta.events.register(
        "provide-client-params.dynamodb.BatchWriteItem",
        lambda params, **_: sizes.append(len(params["RequestItems"]["orders"])),
    )
    return sizes


async def test_a_table_is_made_loaded_and_deleted(resource: Any, table: Any) -> None:
    same = await resource.Table("orders")
    await same.load()
    assert await same.table_status == "ACTIVE"
    assert (await same.table_arn).endswith(":table/orders")
    assert await same.item_count == 0
    await same.put_item(Item={"id": "a", "at": 1})
    await same.reload()
    assert await same.item_count == 1

    await table.delete()
    await table.wait_until_not_exists()
    assert [one async for one in resource.tables.all()] == []


async def test_an_item_lives_through_all_calls(table: Any) -> None:
    key = {"id": "a", "at": 1}
    await table.put_item(Item={**key, "state": "new"})
    assert (await table.get_item(Key=key))["Item"] == {"id": "a", "at": Decimal(1), "state": "new"}
    updated = await table.update_item(
        Key=key,
        UpdateExpression="SET #state = :paid",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues={":paid": "paid"},
        ReturnValues="UPDATED_NEW",
    )
    assert updated["Attributes"] == {"state": "paid"}
    await table.delete_item(Key=key)
    assert "Item" not in await table.get_item(Key=key)


async def test_numbers_bytes_and_collections_come_back_as_they_were(table: Any) -> None:
    item = {
        "id": "a",
        "at": Decimal(1),
        "price": Decimal("12345678901234567890.12345678901234567"),
        "small": Decimal("1E-130"),
        "blob": Binary(b"\x00\xff"),
        "numbers": {Decimal(1), Decimal("2.5")},
        "blobs": {Binary(b"a"), Binary(b"b")},
        "nested": {"list": [True, None, "x", Decimal(3)], "empty": {}},
    }
    await table.put_item(Item=item)
    found = (await table.get_item(Key={"id": "a", "at": 1}))["Item"]
    assert found == item
    assert isinstance(found["blob"], Binary)
    assert isinstance(found["price"], Decimal)


async def test_a_float_is_refused_before_it_is_sent(table: Any) -> None:
    with pytest.raises(TypeError, match="Float types are not supported"):
        await table.put_item(Item={"id": "a", "at": 1, "price": 1.5})


async def test_conditions_become_expressions(table: Any) -> None:
    for at in range(10):
        await table.put_item(Item={"id": "a", "at": at, "state": "odd" if at % 2 else "even"})
    answer = await table.query(
        KeyConditionExpression=Key("id").eq("a") & Key("at").between(2, 8),
        FilterExpression=Attr("state").eq("odd") | Attr("at").eq(4),
    )
    assert [int(one["at"]) for one in answer["Items"]] == [3, 4, 5, 7]
    with pytest.raises(table.meta.client.exceptions.ConditionalCheckFailedException):
        await table.put_item(Item={"id": "a", "at": 1}, ConditionExpression=Attr("id").not_exists())


@pytest.mark.parametrize("call", ["query", "scan"])
async def test_paging(table: Any, call: str) -> None:
    for at in range(7):
        await table.put_item(Item={"id": "a", "at": at})
    arguments: dict[str, Any] = {"Limit": 3}
    if call == "query":
        arguments["KeyConditionExpression"] = Key("id").eq("a")
    pages = []
    while True:
        answer = await getattr(table, call)(**arguments)
        pages.append([int(one["at"]) for one in answer["Items"]])
        if "LastEvaluatedKey" not in answer:
            break
        arguments["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
    assert pages == [[0, 1, 2], [3, 4, 5], [6]]


async def test_collections(resource: Any, table: Any) -> None:
    for name in ("table-b", "table-c"):
        await resource.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    # In the order in which they were made, as moto lists them.
    assert [one.name async for one in resource.tables.all()] == ["orders", "table-b", "table-c"]
    assert [one.name async for one in resource.tables.limit(2)] == ["orders", "table-b"]
    pages = [[one.name for one in page] async for page in resource.tables.page_size(2).pages()]
    assert pages == [["orders", "table-b"], ["table-c"]]
    started = resource.tables.filter(ExclusiveStartTableName="orders")
    assert [one.name async for one in started] == ["table-b", "table-c"]


async def test_batch_get_over_the_resource(resource: Any, table: Any) -> None:
    await table.put_item(Item={"id": "a", "at": 1, "price": Decimal("1.10")})
    answer = await resource.batch_get_item(
        RequestItems={"orders": {"Keys": [{"id": "a", "at": 1}, {"id": "missing", "at": 1}]}}
    )
    assert answer["Responses"]["orders"] == [{"id": "a", "at": 1, "price": Decimal("1.10")}]


async def test_batch_writer_sends_25_at_once_and_the_rest_on_exit(
    table: Any, batches: list[int]
) -> None:
    async with table.batch_writer() as batch:
        for at in range(60):
            await batch.put_item(Item={"id": "a", "at": at})
        assert batches == [25, 25]
        assert len(await all_items(table)) == 50
    assert batches == [25, 25, 10]
    assert len(await all_items(table)) == 60


async def test_batch_writer_overwrites_by_keys(table: Any, batches: list[int]) -> None:
    async with table.batch_writer(overwrite_by_pkeys=["id", "at"]) as batch:
        for price in range(3):
            await batch.put_item(Item={"id": "a", "at": 1, "price": price})
        await batch.put_item(Item={"id": "a", "at": 2, "price": 9})
        await batch.delete_item(Key={"id": "a", "at": 2})
    assert batches == [2]
    assert await all_items(table) == [{"id": "a", "at": 1, "price": 2}]


async def test_batch_writer_with_the_same_key_twice_is_refused(table: Any) -> None:
    with pytest.raises(table.meta.client.exceptions.ClientError, match="duplicates"):
        async with table.batch_writer() as batch:
            await batch.put_item(Item={"id": "a", "at": 1})
            await batch.put_item(Item={"id": "a", "at": 1})


async def test_batch_writer_flushes_though_its_block_raises(table: Any, batches: list[int]) -> None:
    """As aioboto3's __aexit__ does; boto3's does so too."""
    with pytest.raises(ZeroDivisionError):
        async with table.batch_writer() as batch:
            await batch.put_item(Item={"id": "a", "at": 1})
            raise ZeroDivisionError
    assert batches == [1]
    assert len(await all_items(table)) == 1


async def test_batch_writer_flushes_at_another_amount(table: Any, batches: list[int]) -> None:
    async with table.batch_writer(flush_amount=2) as batch:
        for at in range(5):
            await batch.put_item(Item={"id": "a", "at": at})
    assert batches == [2, 2, 1]


async def test_tables_have_aioboto3s_batch_writer_not_boto3s(table: Any) -> None:
    assert isinstance(table, boto3.dynamodb.table.TableResource)
    assert type(table.batch_writer()).__module__.startswith("aioboto3.")


async def test_a_resource_made_before_the_mock(boto: Any) -> None:
    from aiomoto import mock_aws

    session = aioboto3.Session(aws_access_key_id="key", aws_secret_access_key="secret")
    async with session.resource("dynamodb", region_name="us-east-1") as resource:
        with mock_aws():
            assert [one async for one in resource.tables.all()] == []
            boto("dynamodb").create_table(
                TableName="orders",
                KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
            )
            assert [one.name async for one in resource.tables.all()] == ["orders"]
