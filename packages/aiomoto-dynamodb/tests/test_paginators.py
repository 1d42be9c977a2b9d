"""Paginators: pages, items by a JMESPath search, one result of all, and going on later."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("aws")]


def item(number: int, **more: Any) -> dict[str, Any]:
    return {"id": {"S": "customer"}, "at": {"N": str(number)}, **more}


@pytest.fixture
def fill(make_table: Any) -> Any:
    async def filled(client: Any, count: int) -> None:
        await make_table(client, sort="at")
        for first in range(0, count, 25):
            puts = [{"PutRequest": {"Item": item(n)}} for n in range(first, min(first + 25, count))]
            await client.batch_write_item(RequestItems={"orders": puts})

    return filled


def query(client: Any, **more: Any) -> Any:
    return client.get_paginator("query").paginate(
        TableName="orders",
        KeyConditionExpression="id = :id",
        ExpressionAttributeValues={":id": {"S": "customer"}},
        **more,
    )


async def test_async_for_goes_through_all_pages(connect: Any, fill: Any, backend: str) -> None:
    async with connect("dynamodb", backend=backend) as client:
        await fill(client, 60)

        sizes = []
        numbers = []
        async for page in query(client, PaginationConfig={"PageSize": 25}):
            sizes.append(len(page["Items"]))
            numbers += [int(one["at"]["N"]) for one in page["Items"]]
        assert sizes == [25, 25, 10]
        assert numbers == list(range(60))


async def test_a_megabyte_ends_a_page(connect: Any, make_table: Any) -> None:
    """DynamoDB Developer Guide, "Paginating table query results"."""
    async with connect("dynamodb") as client:
        await make_table(client, sort="at")
        for number in range(6):
            big = item(number, text={"S": "x" * 300_000})
            await client.put_item(TableName="orders", Item=big)

        sizes = [len(page["Items"]) async for page in query(client)]
        assert len(sizes) > 1
        assert sum(sizes) == 6


async def test_scan_sees_what_is_put_while_it_goes_on(connect: Any, fill: Any) -> None:
    async with connect("dynamodb") as client:
        await fill(client, 4)
        numbers = []
        pages = client.get_paginator("scan").paginate(
            TableName="orders", PaginationConfig={"PageSize": 2}
        )
        async for page in pages:
            if not numbers:
                await client.put_item(TableName="orders", Item=item(100))
            numbers += [int(one["at"]["N"]) for one in page["Items"]]
        assert numbers == [0, 1, 2, 3, 100]


async def test_search_gives_what_a_jmespath_expression_finds(
    connect: Any, fill: Any, backend: str
) -> None:
    async with connect("dynamodb", backend=backend) as client:
        await fill(client, 7)
        pages = query(client, PaginationConfig={"PageSize": 3})
        assert [one async for one in pages.search("Items[].at.N")] == list("0123456")


async def test_build_full_result_joins_the_pages(connect: Any, fill: Any, backend: str) -> None:
    async with connect("dynamodb", backend=backend) as client:
        await fill(client, 7)
        whole = await query(client, PaginationConfig={"PageSize": 3}).build_full_result()
        assert [int(one["at"]["N"]) for one in whole["Items"]] == list(range(7))
        assert whole["Count"] == whole["ScannedCount"] == 7
        assert "NextToken" not in whole


async def test_a_resume_token_goes_on_inside_a_page(connect: Any, fill: Any) -> None:
    async with connect("dynamodb") as client:
        await fill(client, 10)
        numbers = []
        token = None
        rounds = 0
        while rounds == 0 or token:
            config = {"MaxItems": 4, "PageSize": 3, "StartingToken": token}
            part = await query(client, PaginationConfig=config).build_full_result()
            numbers += [int(one["at"]["N"]) for one in part["Items"]]
            token = part.get("NextToken")
            rounds += 1
        assert rounds == 3
        assert numbers == list(range(10))


async def test_resume_token_is_also_an_attribute_of_the_pages(connect: Any, fill: Any) -> None:
    async with connect("dynamodb") as client:
        await fill(client, 10)
        pages = query(client, PaginationConfig={"MaxItems": 4, "PageSize": 4})
        assert [len(page["Items"]) async for page in pages] == [4]
        rest = query(client, PaginationConfig={"StartingToken": pages.resume_token})
        assert [one async for one in rest.search("Items[].at.N")] == list("456789")


async def test_two_paginators_take_turns(connect: Any, fill: Any, backend: str) -> None:
    async with connect("dynamodb", backend=backend) as client:
        await fill(client, 6)
        upward = query(client, PaginationConfig={"PageSize": 2}).__aiter__()
        downward = query(
            client, ScanIndexForward=False, PaginationConfig={"PageSize": 2}
        ).__aiter__()
        seen = []
        for _ in range(3):
            for pages in (upward, downward):
                page = await pages.__anext__()
                seen.append([int(one["at"]["N"]) for one in page["Items"]])
        assert seen == [[0, 1], [5, 4], [2, 3], [3, 2], [4, 5], [1, 0]]


async def test_tables_tags_and_backups_have_paginators(connect: Any, make_table: Any) -> None:
    async with connect("dynamodb") as client:
        names = [f"table-{number}" for number in range(5)]
        for name in names:
            made = await make_table(client, name)
        arn = made["TableDescription"]["TableArn"]
        await client.tag_resource(
            ResourceArn=arn, Tags=[{"Key": f"key-{n}", "Value": str(n)} for n in range(12)]
        )
        for name in names[:2]:
            await client.create_backup(TableName=name, BackupName=f"backup-of-{name}")

        pages = client.get_paginator("list_tables").paginate(PaginationConfig={"PageSize": 2})
        assert [page["TableNames"] async for page in pages] == [names[:2], names[2:4], names[4:]]
        tags = client.get_paginator("list_tags_of_resource").paginate(ResourceArn=arn)
        assert len([one async for one in tags.search("Tags[]")]) == 12
        backups = client.get_paginator("list_backups").paginate()
        found = [one async for one in backups.search("BackupSummaries[].TableName")]
        assert sorted(found) == names[:2]
