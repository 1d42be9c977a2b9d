"""Public async DynamoDB libraries, unchanged: on aiobotocore, on aiohttp, on httpx.

aiodynamo and the AWS SDK for Python v4 sign their requests themselves, without botocore.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
import pytest_asyncio

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("aws")]

REGION = "us-east-1"


def simple_table(boto: Any, key: str = "id") -> None:
    boto("dynamodb").create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


class TestAiodynamo:
    """On aiohttp or httpx, with a sigv4 of its own; credentials are looked up in the mock."""

    @pytest_asyncio.fixture(params=["aiohttp", "httpx"])
    async def client(self, request: pytest.FixtureRequest) -> AsyncIterator[Any]:
        pytest.importorskip("aiodynamo", reason="aiodynamo is not installed")
        from aiodynamo.client import Client
        from aiodynamo.credentials import Credentials

        async with AsyncExitStack() as stack:
            http: Any
            if request.param == "httpx":
                httpx = pytest.importorskip("httpx")
                from aiodynamo.http.httpx import HTTPX

                http = HTTPX(await stack.enter_async_context(httpx.AsyncClient()))
            else:
                import aiohttp
                from aiodynamo.http.aiohttp import AIOHTTP

                http = AIOHTTP(await stack.enter_async_context(aiohttp.ClientSession()))
            yield Client(http, Credentials.auto(), REGION)

    @pytest_asyncio.fixture
    async def table(self, client: Any) -> Any:
        from aiodynamo.models import KeySchema, KeySpec, KeyType, PayPerRequest

        table = client.table("orders")
        keys = KeySchema(KeySpec("id", KeyType.string), KeySpec("at", KeyType.number))
        await table.create(PayPerRequest(), keys, wait_for_active=True)
        return table

    async def test_items(self, table: Any, boto: Any) -> None:
        from aiodynamo.errors import ItemNotFound
        from aiodynamo.expressions import F

        assert await table.exists()
        await table.put_item({"id": "a", "at": 1, "state": "new", "blob": b"\x00"})
        found = await table.get_item({"id": "a", "at": 1})
        assert found == {"id": "a", "at": 1, "state": "new", "blob": b"\x00"}
        await table.update_item({"id": "a", "at": 1}, F("state").set("paid"))
        [stored] = boto("dynamodb").scan(TableName="orders")["Items"]
        assert stored["state"] == {"S": "paid"}
        await table.delete_item({"id": "a", "at": 1})
        with pytest.raises(ItemNotFound):
            await table.get_item({"id": "a", "at": 1})

    async def test_query_and_scan_go_through_pages(self, table: Any) -> None:
        from aiodynamo.expressions import HashKey, RangeKey

        for at in range(5):
            await table.put_item({"id": "a", "at": at, "text": "x" * 300_000})
        condition = HashKey("id", "a") & RangeKey("at").gte(1)
        assert [item["at"] async for item in table.query(condition)] == [1, 2, 3, 4]
        assert len([item async for item in table.scan()]) == 5
        assert await table.count(condition) == 4

    async def test_errors_are_its_own(self, client: Any, table: Any) -> None:
        from aiodynamo.errors import ConditionalCheckFailed, TableNotFound, TransactionCanceled
        from aiodynamo.expressions import F
        from aiodynamo.operations import Put

        with pytest.raises(TableNotFound):
            await client.get_item("missing", {"id": "a"})
        missing = F("id").exists()
        with pytest.raises(ConditionalCheckFailed):
            await table.put_item({"id": "a", "at": 1}, condition=missing)
        with pytest.raises(TransactionCanceled) as caught:
            await client.transact_write_items(
                [
                    Put("orders", {"id": "b", "at": 1}),
                    Put("orders", {"id": "a", "at": 1}, condition=missing),
                ]
            )
        reasons = caught.value.cancellation_reasons
        assert [one and one.code for one in reasons] == [None, "ConditionalCheckFailed"]
        assert [item async for item in table.scan()] == []

    async def test_time_to_live(self, table: Any) -> None:
        from aiodynamo.models import TimeToLiveStatus

        await table.time_to_live.enable("until")
        described = await table.time_to_live.describe()
        assert (described.attribute, described.status) == ("until", TimeToLiveStatus.enabled)


class TestAiopynamodb:
    """PynamoDB's models, on aiobotocore."""

    @pytest_asyncio.fixture
    async def model(self) -> AsyncIterator[Any]:
        pytest.importorskip("aiopynamodb", reason="aiopynamodb is not installed")
        from aiopynamodb.attributes import (
            MapAttribute,
            NumberAttribute,
            UnicodeAttribute,
            VersionAttribute,
        )
        from aiopynamodb.models import Model

        class Order(Model):  # type: ignore[misc]
            class Meta:
                table_name = "orders"
                region = REGION
                billing_mode = "PAY_PER_REQUEST"

            id = UnicodeAttribute(hash_key=True)
            at = NumberAttribute(range_key=True)
            state = UnicodeAttribute(null=True)
            details: Any = MapAttribute(null=True)
            version = VersionAttribute()

        await Order.create_table(wait=True)
        yield Order
        await Order.close_connection()

    async def test_items(self, model: Any, boto: Any) -> None:
        order = model("a", 1, state="new", details={"bell": "brass"})
        await order.save()
        found = await model.get("a", 1)
        assert (found.state, found.details.as_dict()) == ("new", {"bell": "brass"})
        await found.update(actions=[model.state.set("paid")])
        [stored] = boto("dynamodb").scan(TableName="orders")["Items"]
        assert stored["state"] == {"S": "paid"}
        await found.delete()
        with pytest.raises(model.DoesNotExist):
            await model.get("a", 1)

    async def test_query_and_batches(self, model: Any) -> None:
        async with model.batch_write() as batch:
            for at in range(30):
                await batch.save(model("a", at, state="new"))
        assert [one.at async for one in model.query("a", model.at > 26)] == [27, 28, 29]
        assert len([one async for one in model.scan()]) == 30
        keys = [("a", at) for at in range(3)]
        assert sorted([one.at async for one in model.batch_get(keys)]) == [0, 1, 2]

    async def test_versions_lock(self, model: Any) -> None:
        from aiopynamodb.exceptions import PutError

        await model("a", 1).save()
        first, second = await model.get("a", 1), await model.get("a", 1)
        await first.save()
        with pytest.raises(PutError) as caught:
            await second.save()
        assert caught.value.cause_response_code == "ConditionalCheckFailedException"


async def test_aiocache_keeps_values_in_a_table(boto: Any) -> None:
    """On aiobotocore, with a client of its own."""
    library = pytest.importorskip("aiocache_dynamodb", reason="aiocache-dynamodb is not installed")
    simple_table(boto, key=library.constants.DEFAULT_KEY_COLUMN)
    async with library.DynamoDBCache(table_name="orders", region_name=REGION) as cache:
        await cache.set("greeting", "hello")
        assert await cache.get("greeting") == "hello"
        assert await cache.exists("greeting")
        await cache.delete("greeting")
        assert await cache.get("greeting") is None


async def test_aiodynamodb_on_aioboto3(boto: Any) -> None:
    """Pydantic models on aioboto3."""
    library = pytest.importorskip(
        "aiodynamodb", reason="aiodynamodb is not installed; it needs Python 3.12 and aioboto3"
    )

    @library.table("orders")
    class Order(library.DynamoModel):  # type: ignore[misc, name-defined]
        id: library.HashKey[str]  # type: ignore[name-defined]
        state: str

    async with library.DynamoDB() as database:
        await database.create_table(Order)
        await database.put(Order(id="a", state="new"))
        assert (await database.get(Order, hash_key="a")).state == "new"
    [stored] = boto("dynamodb").scan(TableName="orders")["Items"]
    assert stored == {"id": {"S": "a"}, "state": {"S": "new"}}


async def test_aws_sdk_for_python_v4(boto: Any) -> None:
    """AWS's own async SDK: no botocore, signing and parsing of its own, on aiohttp."""
    pytest.importorskip(
        "aws_sdk_dynamodb", reason="aws-sdk-dynamodb is not installed; it needs Python 3.12"
    )
    from aws_sdk_dynamodb import models
    from aws_sdk_dynamodb.client import AsyncDynamoDBClient
    from aws_sdk_dynamodb.config import AsyncDynamoDBConfig

    simple_table(boto)
    item = {"id": models.AttributeValueS("1")}
    async with AsyncDynamoDBClient(config=await AsyncDynamoDBConfig.resolve()) as client:
        await client.put_item(models.PutItemInput(table_name="orders", item=item))
        found = await client.get_item(models.GetItemInput(table_name="orders", key=item))
        assert found.item == item
        with pytest.raises(models.ConditionalCheckFailedException):
            await client.put_item(
                models.PutItemInput(
                    table_name="orders",
                    item=item,
                    condition_expression="attribute_not_exists(id)",
                )
            )
