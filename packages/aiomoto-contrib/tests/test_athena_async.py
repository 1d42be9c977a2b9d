"""Athena: queries that are polled, results that the test supplies, and the file in S3."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("aws")]

OUTPUT = {"ResultConfiguration": {"OutputLocation": "s3://results/out/"}}


def rows(*values: str) -> dict[str, Any]:
    """A result of one column, as moto's own API wants it."""
    column = {"Name": "n", "Type": "varchar", "Nullable": "UNKNOWN", "CaseSensitive": True}
    return {
        "rows": [{"Data": [{"VarCharValue": value}]} for value in values],
        "column_info": [{"CatalogName": "hive", "TableName": "", "Precision": 0} | column],
    }


async def supply(*results: dict[str, Any]) -> None:
    """By moto's documented API, which an aiohttp client reaches in process as well."""
    address = "http://motoapi.amazonaws.com/moto-api/static/athena/query-results"
    async with (
        aiohttp.ClientSession() as session,
        session.post(address, json={"results": list(results)}) as response,
    ):
        assert response.status == 201


async def finished(athena: Any, query: str) -> str:
    """Start and poll, as programs do: Athena has no waiters."""
    started = await athena.start_query_execution(QueryString=query, **OUTPUT)
    execution: str = started["QueryExecutionId"]
    while True:
        answer = await athena.get_query_execution(QueryExecutionId=execution)
        if answer["QueryExecution"]["Status"]["State"] == "SUCCEEDED":
            return execution
        await asyncio.sleep(0)


async def test_results_that_the_test_supplies(connect: Any, boto: Any, backend: str) -> None:
    await supply(rows("n", "1", "\N{SNOWMAN}"))
    async with connect("athena", backend) as athena, connect("s3", backend) as s3:
        await s3.create_bucket(Bucket="results")
        execution = await finished(athena, "SELECT n FROM orders")
        results = athena.get_paginator("get_query_results").paginate(QueryExecutionId=execution)
        found = [value async for value in results.search("ResultSet.Rows[].Data[].VarCharValue")]
        assert found == ["n", "1", "\N{SNOWMAN}"]
        detail = await athena.get_query_execution(QueryExecutionId=execution)
        location = detail["QueryExecution"]["ResultConfiguration"]["OutputLocation"]
        assert location == f"s3://results/out/{execution}.csv"
        answer = await s3.get_object(Bucket="results", Key=f"out/{execution}.csv")
        async with answer["Body"] as body:
            lines = (await body.read()).decode().splitlines()
        assert lines == ['"n"', '"1"', '"\N{SNOWMAN}"']
    theirs = boto("athena").get_query_results(QueryExecutionId=execution)
    assert len(theirs["ResultSet"]["Rows"]) == 3


async def test_each_query_takes_one_result(connect: Any, backend: str) -> None:
    await supply(*(rows(str(n)) for n in range(5)))
    async with connect("athena", backend) as athena, connect("s3", backend) as s3:
        await s3.create_bucket(Bucket="results")
        ids = await asyncio.gather(*(finished(athena, f"SELECT {n}") for n in range(5)))

        async def value(execution: str) -> str:
            answer = await athena.get_query_results(QueryExecutionId=execution)
            [row] = answer["ResultSet"]["Rows"]
            text: str = row["Data"][0]["VarCharValue"]
            return text

        assert sorted(await asyncio.gather(*map(value, ids))) == list("01234")
        assert await value(ids[0]) == await value(ids[0])


@pytest.mark.since_moto("5.2", "results were there at once")
async def test_a_query_that_is_still_running(connect: Any, backend: str) -> None:
    from moto.moto_api import state_manager

    state_manager.set_transition("athena::execution", {"progression": "manual", "times": 2})
    try:
        async with connect("athena", backend) as athena:
            started = await athena.start_query_execution(QueryString="SELECT 1", **OUTPUT)
            query = {"QueryExecutionId": started["QueryExecutionId"]}
            with pytest.raises(athena.exceptions.InvalidRequestException, match="not yet finished"):
                await athena.get_query_results(**query)
            states = []
            for _ in range(5):
                answer = await athena.get_query_execution(**query)
                states.append(answer["QueryExecution"]["Status"]["State"])
    finally:
        state_manager.unset_transition("athena::execution")
    assert states == sorted(states, key=["QUEUED", "RUNNING", "SUCCEEDED"].index)
    assert states[-1] == "SUCCEEDED"


async def test_a_call_that_is_cancelled_leaves_the_client_whole(connect: Any, backend: str) -> None:
    # With httpcore 1.0 a pool of one stays taken, over the wire too (tried with 1.0.9).
    pool = 1 if backend == "aiohttp" else 10
    async with connect("athena", backend, max_pool_connections=pool) as athena:
        tasks = [asyncio.create_task(athena.list_work_groups()) for _ in range(5)]
        await asyncio.sleep(0)
        for task in tasks[:4]:
            task.cancel()
        done = await asyncio.gather(*tasks, return_exceptions=True)
        assert [isinstance(one, asyncio.CancelledError) for one in done[:4]] == [True] * 4
        assert isinstance(done[4], dict)
        assert [group["Name"] for group in done[4]["WorkGroups"]] == ["primary"]


@pytest.mark.since_moto("5.2.4", "a second page was an AttributeError")
async def test_pages_of_named_queries(connect: Any, boto: Any, backend: str) -> None:
    async with connect("athena", backend) as athena:
        made = await asyncio.gather(
            *(
                athena.create_named_query(Name=f"q{n}", Database="d", QueryString="SELECT 1")
                for n in range(12)
            )
        )
        paginator = athena.get_paginator("list_named_queries")
        pages = paginator.paginate(PaginationConfig={"PageSize": 5})
        assert [len(page["NamedQueryIds"]) async for page in pages] == [5, 5, 2]
        found = [one async for one in paginator.paginate().search("NamedQueryIds[]")]
        assert set(found) == {answer["NamedQueryId"] for answer in made}
    assert set(boto("athena").list_named_queries()["NamedQueryIds"]) == set(found)
