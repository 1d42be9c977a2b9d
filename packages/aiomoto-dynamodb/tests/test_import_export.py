"""Exports to S3 and imports from it: done by the request that asks, under core's lock."""

from __future__ import annotations

import asyncio
import gzip
import json
import threading
from typing import Any

import pytest

from aiomoto import IncompatibleLibrary, MockAWS, mock_aws
from aiomoto_dynamodb.compat import patches

pytestmark = pytest.mark.asyncio

TABLE = {
    "TableName": "imported",
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


async def recoverable(client: Any, make_table: Any, items: int) -> str:
    """The ARN of a new table that can be exported."""
    arn = (await make_table(client))["TableDescription"]["TableArn"]
    await client.update_continuous_backups(
        TableName="orders",
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
    )
    for number in range(items):
        await client.put_item(TableName="orders", Item={"id": {"S": str(number)}})
    return str(arn)


def source(prefix: str = "in/") -> dict[str, Any]:
    return {
        "S3BucketSource": {"S3Bucket": "bucket", "S3KeyPrefix": prefix},
        "InputFormat": "DYNAMODB_JSON",
        "TableCreationParameters": TABLE,
    }


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The type of each thread that is started from now on."""
    started: list[str] = []
    original = threading.Thread.start

    def start(thread: threading.Thread) -> None:
        started.append(type(thread).__name__)
        original(thread)

    monkeypatch.setattr(threading.Thread, "start", start)
    return started


async def test_an_export_is_complete_at_the_first_look(
    aws: MockAWS, connect: Any, make_table: Any, boto: Any, backend: str
) -> None:
    boto("s3").create_bucket(Bucket="bucket")
    async with connect("dynamodb", backend=backend) as client:
        arn = await recoverable(client, make_table, 3)
        begun = await client.export_table_to_point_in_time(
            TableArn=arn, S3Bucket="bucket", S3Prefix="out"
        )
        export = begun["ExportDescription"]
        assert export["ExportStatus"] == "IN_PROGRESS"

        found = await client.describe_export(ExportArn=export["ExportArn"])
        assert found["ExportDescription"]["ExportStatus"] == "COMPLETED"
        assert found["ExportDescription"]["ItemCount"] == 3
        listed = await client.list_exports(TableArn=arn)
        assert [one["ExportStatus"] for one in listed["ExportSummaries"]] == ["COMPLETED"]

        [stored] = boto("s3").list_objects_v2(Bucket="bucket")["Contents"]
        body = boto("s3").get_object(Bucket="bucket", Key=stored["Key"])["Body"].read()
        lines = [json.loads(line) for line in gzip.decompress(body).splitlines()]
        assert [line["Item"]["id"]["S"] for line in lines] == ["0", "1", "2"]


async def test_an_export_to_a_missing_bucket_fails(
    aws: MockAWS, connect: Any, make_table: Any
) -> None:
    async with connect("dynamodb") as client:
        arn = await recoverable(client, make_table, 1)
        begun = await client.export_table_to_point_in_time(
            TableArn=arn, S3Bucket="missing", S3Prefix="out"
        )
        found = await client.describe_export(ExportArn=begun["ExportDescription"]["ExportArn"])
        assert found["ExportDescription"]["ExportStatus"] == "FAILED"
        assert found["ExportDescription"]["FailureCode"] == "S3NoSuchBucket"


async def test_an_import_makes_and_fills_the_table(
    aws: MockAWS, connect: Any, boto: Any, backend: str
) -> None:
    boto("s3").create_bucket(Bucket="bucket")
    async with connect("dynamodb", backend=backend) as client, connect("s3", backend) as s3:
        lines = "\n".join(json.dumps({"Item": {"id": {"S": str(n)}}}) for n in range(4))
        await s3.put_object(Bucket="bucket", Key="in/1.json", Body=lines.encode())
        begun = await client.import_table(**source())
        assert begun["ImportTableDescription"]["ImportStatus"] == "IN_PROGRESS"

        arn = begun["ImportTableDescription"]["ImportArn"]
        found = (await client.describe_import(ImportArn=arn))["ImportTableDescription"]
        assert (found["ImportStatus"], found["ImportedItemCount"]) == ("COMPLETED", 4)
        assert (await client.scan(TableName="imported"))["Count"] == 4


async def test_waiters_for_both_are_instant(
    aws: MockAWS, connect: Any, make_table: Any, boto: Any, slept: list[float]
) -> None:
    boto("s3").create_bucket(Bucket="bucket")
    async with connect("dynamodb") as client:
        if "export_completed" not in client.waiter_names:
            pytest.skip("this botocore has no waiters for exports and imports")
        arn = await recoverable(client, make_table, 1)
        export = await client.export_table_to_point_in_time(
            TableArn=arn, S3Bucket="bucket", S3Prefix="in"
        )
        await client.get_waiter("export_completed").wait(
            ExportArn=export["ExportDescription"]["ExportArn"]
        )
        begun = await client.import_table(**source(), InputCompressionType="GZIP")
        await client.get_waiter("import_completed").wait(
            ImportArn=begun["ImportTableDescription"]["ImportArn"]
        )
        assert slept == []
        assert (await client.scan(TableName="imported"))["Items"] == [{"id": {"S": "0"}}]


async def test_exports_and_writes_at_once(
    aws: MockAWS, connect: Any, make_table: Any, boto: Any, threads: list[str]
) -> None:
    """Each export holds the table as it was between two writes; moto's threads would not."""
    boto("s3").create_bucket(Bucket="bucket")
    async with connect("dynamodb") as client:
        arn = await recoverable(client, make_table, 20)

        async def write(number: int) -> None:
            await client.put_item(TableName="orders", Item={"id": {"S": f"new-{number}"}})

        async def export() -> str:
            begun = await client.export_table_to_point_in_time(
                TableArn=arn, S3Bucket="bucket", S3Prefix="out"
            )
            return str(begun["ExportDescription"]["ExportArn"])

        arns = await asyncio.gather(
            *(work for number in range(10) for work in (export(), write(number)))
        )
        assert "TableExport" not in threads
        counts = []
        for export_arn in filter(None, arns):
            found = await client.describe_export(ExportArn=export_arn)
            assert found["ExportDescription"]["ExportStatus"] == "COMPLETED"
            counts.append(found["ExportDescription"]["ItemCount"])
        assert len(counts) == 10
        assert min(counts) >= 20
        assert max(counts) <= 30


async def test_an_import_that_nobody_waits_for_ends_with_its_mock(
    connect: Any, boto: Any, threads: list[str]
) -> None:
    with mock_aws():
        boto("s3").create_bucket(Bucket="bucket")
        async with connect("dynamodb") as client:
            await client.import_table(**source())
            assert (await client.list_tables())["TableNames"] == ["imported"]
    assert "TableImport" not in threads
    with mock_aws():
        assert boto("dynamodb").list_tables()["TableNames"] == []


async def test_moto_is_left_as_it_was() -> None:
    from moto.dynamodb.models.table_export import TableExport
    from moto.dynamodb.models.table_import import TableImport

    def seen() -> list[dict[str, Any]]:
        return [dict(vars(cls)) for cls in (TableExport, TableImport)]

    before = seen()
    with mock_aws():
        assert seen() != before
    assert seen() == before
    assert "start" not in vars(TableExport)


async def test_a_moto_that_changed_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    from moto.dynamodb.models.table_export import TableExport

    monkeypatch.delattr(TableExport, "response")
    with pytest.raises(IncompatibleLibrary, match=r"TableExport\.response"):
        patches()
