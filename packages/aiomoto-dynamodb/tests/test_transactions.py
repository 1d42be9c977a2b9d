"""Transactions: reasons of a cancellation, all or nothing, also between awaits."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from botocore.exceptions import ClientError

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("aws")]


def account(name: str, balance: int) -> dict[str, Any]:
    return {"id": {"S": name}, "balance": {"N": str(balance)}}


def add(name: str, amount: int, **more: Any) -> dict[str, Any]:
    return {
        "Update": {
            "TableName": "orders",
            "Key": {"id": {"S": name}},
            "UpdateExpression": "SET balance = balance + :amount",
            "ExpressionAttributeValues": {":amount": {"N": str(amount)}},
            **more,
        }
    }


def take(name: str, amount: int, **more: Any) -> dict[str, Any]:
    """Only if there is enough."""
    taking = add(name, -amount, ConditionExpression="balance >= :least", **more)
    taking["Update"]["ExpressionAttributeValues"][":least"] = {"N": str(amount)}
    return taking


async def test_a_cancellation_says_why_for_each_item(
    connect: Any, make_table: Any, backend: str
) -> None:
    async with connect("dynamodb", backend=backend) as client:
        await make_table(client)
        await client.put_item(TableName="orders", Item=account("a", 5))
        await client.put_item(TableName="orders", Item=account("b", 0))

        with pytest.raises(client.exceptions.TransactionCanceledException) as caught:
            await client.transact_write_items(
                TransactItems=[
                    add("b", 10),
                    take("a", 10, ReturnValuesOnConditionCheckFailure="ALL_OLD"),
                ]
            )
        assert caught.value.response["Error"]["Code"] == "TransactionCanceledException"
        assert "[None, ConditionalCheckFailed]" in caught.value.response["Error"]["Message"]
        reasons = caught.value.response["CancellationReasons"]
        assert reasons[0] == {"Code": "None"}
        assert reasons[1]["Code"] == "ConditionalCheckFailed"
        assert reasons[1]["Message"] == "The conditional request failed"
        assert reasons[1]["Item"] == account("a", 5)

        unchanged = await client.get_item(TableName="orders", Key={"id": {"S": "b"}})
        assert unchanged["Item"] == account("b", 0)


async def test_a_condition_check_guards_the_others(connect: Any, make_table: Any) -> None:
    async with connect("dynamodb") as client:
        await make_table(client)
        check = {
            "ConditionCheck": {
                "TableName": "orders",
                "Key": {"id": {"S": "gate"}},
                "ConditionExpression": "attribute_exists(id)",
            }
        }
        put = {"Put": {"TableName": "orders", "Item": account("a", 1)}}
        with pytest.raises(client.exceptions.TransactionCanceledException) as caught:
            await client.transact_write_items(TransactItems=[put, check])
        codes = [reason["Code"] for reason in caught.value.response["CancellationReasons"]]
        assert codes == ["None", "ConditionalCheckFailed"]
        assert (await client.scan(TableName="orders"))["Count"] == 0

        await client.put_item(TableName="orders", Item={"id": {"S": "gate"}})
        await client.transact_write_items(TransactItems=[put, check])
        assert (await client.scan(TableName="orders"))["Count"] == 2


async def test_get_reads_over_tables(connect: Any, make_table: Any, backend: str) -> None:
    async with connect("dynamodb", backend=backend) as client:
        await make_table(client)
        await make_table(client, "other")
        await client.put_item(TableName="orders", Item=account("a", 1))
        await client.put_item(TableName="other", Item=account("a", 2))
        gets = [
            {"Get": {"TableName": table, "Key": {"id": {"S": name}}}}
            for table, name in (("orders", "a"), ("other", "a"), ("other", "missing"))
        ]
        answer = await client.transact_get_items(TransactItems=gets)
        found = [one.get("Item") for one in answer["Responses"]]
        assert found == [account("a", 1), account("a", 2), None]


async def test_more_than_100_items_are_refused(connect: Any, make_table: Any) -> None:
    """DynamoDB API Reference, TransactWriteItems: "up to 100"."""
    async with connect("dynamodb") as client:
        await make_table(client)
        puts = [{"Put": {"TableName": "orders", "Item": account(str(n), n)}} for n in range(101)]
        with pytest.raises(ClientError) as caught:
            await client.transact_write_items(TransactItems=puts)
        assert caught.value.response["Error"]["Code"] == "ValidationException"
        assert (await client.scan(TableName="orders"))["Count"] == 0


async def test_partiql_transactions_write_and_read(connect: Any, make_table: Any) -> None:
    async with connect("dynamodb") as client:
        await make_table(client)
        insert = "INSERT INTO \"orders\" value {'id': '%s'}"
        await client.execute_transaction(
            TransactStatements=[{"Statement": insert % name} for name in ("a", "b")]
        )
        select = 'SELECT * FROM "orders" WHERE id = ?'
        answer = await client.execute_transaction(
            TransactStatements=[
                {"Statement": select, "Parameters": [{"S": name}]} for name in ("b", "a")
            ]
        )
        assert [one["Item"]["id"]["S"] for one in answer["Responses"]] == ["b", "a"]


@pytest.mark.xfail(
    reason="moto runs the statements of ExecuteTransaction one by one and takes none back",
    raises=AssertionError,
)
async def test_partiql_transactions_are_all_or_nothing(connect: Any, make_table: Any) -> None:
    async with connect("dynamodb") as client:
        await make_table(client)
        tables = ("orders", "missing")
        statements = [f"INSERT INTO \"{table}\" value {{'id': 'a'}}" for table in tables]
        with pytest.raises(Exception, match="missing"):
            await client.execute_transaction(
                TransactStatements=[{"Statement": one} for one in statements]
            )
        assert (await client.scan(TableName="orders"))["Count"] == 0


async def test_transfers_and_reads_at_once_keep_the_sum(
    connect: Any, make_table: Any, backend: str
) -> None:
    """No read between the awaits of a transfer sees one half of it."""
    async with connect("dynamodb", backend=backend) as client:
        await make_table(client)
        names = ["a", "b", "c", "d"]
        for name in names:
            await client.put_item(TableName="orders", Item=account(name, 10))

        sums = []
        refused = 0

        async def transfer(number: int) -> None:
            nonlocal refused
            source, target = names[number % 2], names[2 + number % 2]
            try:
                await client.transact_write_items(TransactItems=[add(target, 7), take(source, 7)])
            except client.exceptions.TransactionCanceledException:
                refused += 1

        async def read() -> None:
            gets = [{"Get": {"TableName": "orders", "Key": {"id": {"S": one}}}} for one in names]
            answer = await client.transact_get_items(TransactItems=gets)
            balances = [int(one["Item"]["balance"]["N"]) for one in answer["Responses"]]
            assert min(balances) >= 0
            sums.append(sum(balances))

        await asyncio.gather(*(work for number in range(24) for work in (transfer(number), read())))
        assert set(sums) == {40}
        assert len(sums) == 24
        assert refused == 22  # each of the two sources has enough for one transfer
