"""Items and tables through aiobotocore: what is async-relevant of moto's test_dynamodb."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from botocore.exceptions import ClientError

from aiomoto import UnsupportedOperation

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("aws")]

KEY = {"id": {"S": "1"}}


async def test_an_item_lives_through_all_calls(
    connect: Any, make_table: Any, boto: Any, backend: str
) -> None:
    async with connect("dynamodb", backend=backend) as client:
        await make_table(client)
        item = {**KEY, "body": {"B": b"\x00\xff"}, "tags": {"SS": ["a", "b"]}, "n": {"N": "1.50"}}
        await client.put_item(TableName="orders", Item=item)
        assert (await client.get_item(TableName="orders", Key=KEY))["Item"] == item
        assert boto("dynamodb").get_item(TableName="orders", Key=KEY)["Item"] == item

        updated = await client.update_item(
            TableName="orders",
            Key=KEY,
            UpdateExpression="SET n = n + :one REMOVE body",
            ExpressionAttributeValues={":one": {"N": "1"}},
            ReturnValues="ALL_NEW",
        )
        assert updated["Attributes"] == {**KEY, "tags": {"SS": ["a", "b"]}, "n": {"N": "2.50"}}
        gone = await client.delete_item(TableName="orders", Key=KEY, ReturnValues="ALL_OLD")
        assert gone["Attributes"] == updated["Attributes"]
        assert "Item" not in await client.get_item(TableName="orders", Key=KEY)


async def test_a_checksum_of_the_body_is_verified(connect: Any, make_table: Any) -> None:
    """DynamoDB sends ``x-amz-crc32``, which botocore compares (botocore.retryhandler)."""
    async with connect("dynamodb") as client:
        await make_table(client)
        answer = await client.get_item(TableName="orders", Key=KEY)
        assert int(answer["ResponseMetadata"]["HTTPHeaders"]["x-amz-crc32"]) > 0
        assert answer["ResponseMetadata"]["RetryAttempts"] == 0


async def test_an_unknown_table_is_a_typed_error(connect: Any, backend: str) -> None:
    async with connect("dynamodb", backend=backend) as client:
        with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
            await client.get_item(TableName="orders", Key=KEY)
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


async def test_a_failed_condition_returns_the_old_item(
    connect: Any, make_table: Any, backend: str
) -> None:
    async with connect("dynamodb", backend=backend) as client:
        await make_table(client)
        await client.put_item(TableName="orders", Item={**KEY, "n": {"N": "1"}})
        failing: dict[str, Any] = {
            "TableName": "orders",
            "ConditionExpression": "n = :two",
            "ExpressionAttributeValues": {":two": {"N": "2"}},
        }
        update = {"UpdateExpression": "SET m = :two", "Key": KEY}
        for call, arguments in (
            (client.put_item, {"Item": KEY}),
            (client.update_item, update),
            (client.delete_item, {"Key": KEY}),
        ):
            with pytest.raises(client.exceptions.ConditionalCheckFailedException) as caught:
                await call(**failing, **arguments, ReturnValuesOnConditionCheckFailure="ALL_OLD")
            assert caught.value.response["Item"] == {**KEY, "n": {"N": "1"}}

            with pytest.raises(client.exceptions.ConditionalCheckFailedException) as caught:
                await call(**failing, **arguments)
            assert "Item" not in caught.value.response


async def test_batch_write_leaves_nothing_unprocessed(connect: Any, make_table: Any) -> None:
    """moto never throttles; it also takes more than the 25 requests that AWS does."""
    async with connect("dynamodb") as client:
        await make_table(client)
        puts = [{"PutRequest": {"Item": {"id": {"S": str(n)}}}} for n in range(25)]
        answer = await client.batch_write_item(RequestItems={"orders": puts})
        assert answer["UnprocessedItems"] == {}
        with pytest.raises(ClientError, match="contains duplicates"):
            await client.batch_write_item(RequestItems={"orders": puts[:1] * 2})
        assert (await client.scan(TableName="orders"))["Count"] == 25


async def test_batch_get_refuses_more_than_100_keys(connect: Any, make_table: Any) -> None:
    async with connect("dynamodb") as client:
        await make_table(client)
        keys = [{"id": {"S": str(n)}} for n in range(101)]
        with pytest.raises(ClientError, match="length less than or equal to 100"):
            await client.batch_get_item(RequestItems={"orders": {"Keys": keys}})


async def test_unprocessed_keys_are_asked_for_again(
    connect: Any, make_table: Any, backend: str
) -> None:
    """An answer holds 16 MB (DynamoDB API Reference, BatchGetItem); the rest comes back."""
    async with connect("dynamodb", backend=backend) as client:
        await make_table(client)
        keys = [{"id": {"S": str(n)}} for n in range(50)]

        async def put(key: dict[str, Any]) -> None:
            await client.put_item(TableName="orders", Item={**key, "x": {"S": "x" * 390_000}})

        await asyncio.gather(*map(put, keys))
        found: list[str] = []
        rounds = 0
        wanted: dict[str, Any] = {"orders": {"Keys": keys}}
        while wanted:
            answer = await client.batch_get_item(RequestItems=wanted)
            found += [item["id"]["S"] for item in answer["Responses"]["orders"]]
            wanted = answer["UnprocessedKeys"]
            rounds += 1
        assert rounds > 1
        assert sorted(found, key=int) == [str(n) for n in range(50)]


async def test_partiql_statements(connect: Any, make_table: Any, backend: str) -> None:
    async with connect("dynamodb", backend=backend) as client:
        await make_table(client)
        await client.execute_statement(
            Statement="INSERT INTO \"orders\" value {'id': '1', 'state': 'new'}"
        )
        await client.execute_statement(
            Statement='UPDATE "orders" SET state = ? WHERE id = ?',
            Parameters=[{"S": "paid"}, {"S": "1"}],
        )
        answer = await client.execute_statement(
            Statement='SELECT state FROM "orders" WHERE id = ?', Parameters=[{"S": "1"}]
        )
        assert answer["Items"] == [{"state": {"S": "paid"}}]

        batch = await client.batch_execute_statement(
            Statements=[
                {"Statement": f"SELECT * FROM {table} WHERE id = ?", "Parameters": [{"S": "1"}]}
                for table in ("orders", "missing")
            ]
        )
        assert batch["Responses"][0]["Item"] == {**KEY, "state": {"S": "paid"}}
        assert batch["Responses"][1]["Error"]["Code"] == "ResourceNotFound"


async def test_time_to_live_is_kept_but_deletes_nothing(connect: Any, make_table: Any) -> None:
    """moto stores the setting; it has no process that deletes what has expired."""
    async with connect("dynamodb") as client:
        await make_table(client)
        setting = {"Enabled": True, "AttributeName": "until"}
        await client.update_time_to_live(TableName="orders", TimeToLiveSpecification=setting)
        described = await client.describe_time_to_live(TableName="orders")
        assert described["TimeToLiveDescription"] == {
            "TimeToLiveStatus": "ENABLED",
            "AttributeName": "until",
        }
        await client.put_item(TableName="orders", Item={**KEY, "until": {"N": "1"}})
        assert "Item" in await client.get_item(TableName="orders", Key=KEY)


async def test_a_backup_is_restored_beside_the_table(connect: Any, make_table: Any) -> None:
    async with connect("dynamodb") as client:
        await make_table(client)
        await client.put_item(TableName="orders", Item=KEY)
        backup = await client.create_backup(TableName="orders", BackupName="nightly")
        arn = backup["BackupDetails"]["BackupArn"]
        await client.delete_item(TableName="orders", Key=KEY)

        await client.restore_table_from_backup(TargetTableName="restored", BackupArn=arn)
        assert (await client.scan(TableName="restored"))["Items"] == [KEY]
        described = await client.describe_backup(BackupArn=arn)
        assert described["BackupDescription"]["BackupDetails"]["BackupName"] == "nightly"
        await client.delete_backup(BackupArn=arn)
        assert (await client.list_backups())["BackupSummaries"] == []
        with pytest.raises(client.exceptions.BackupNotFoundException):
            await client.describe_backup(BackupArn=arn)


async def test_a_table_is_restored_to_a_point_in_time(connect: Any, make_table: Any) -> None:
    async with connect("dynamodb") as client:
        await make_table(client)
        await client.put_item(TableName="orders", Item=KEY)
        await client.restore_table_to_point_in_time(
            SourceTableName="orders", TargetTableName="restored", UseLatestRestorableTime=True
        )
        assert (await client.scan(TableName="restored"))["Items"] == [KEY]


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        (
            "create_global_table",
            {"GlobalTableName": "orders", "ReplicationGroup": [{"RegionName": "eu-west-1"}]},
        ),
        ("list_global_tables", {}),
        ("describe_kinesis_streaming_destination", {"TableName": "orders"}),
        (
            "enable_kinesis_streaming_destination",
            {
                "TableName": "orders",
                "StreamArn": "arn:aws:kinesis:us-east-1:1:stream/orders-stream",
            },
        ),
        ("describe_contributor_insights", {"TableName": "orders"}),
        ("list_imports", {}),
    ],
)
async def test_what_moto_lacks_is_said(
    connect: Any, backend: str, operation: str, arguments: dict[str, Any]
) -> None:
    """Should moto get one of these, it deserves a test of its own here."""
    async with connect("dynamodb", backend=backend) as client:
        with pytest.raises(UnsupportedOperation) as caught:
            await getattr(client, operation)(**arguments)
        name = "".join(word.capitalize() for word in operation.split("_"))
        assert (caught.value.service, caught.value.operation) == ("dynamodb", name)
