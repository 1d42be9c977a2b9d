"""Glue: a catalog that tasks fill at once, job runs that move on, and its pages."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

pytest.importorskip("pyparsing", reason="moto's Glue wants moto[glue]")
pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("aws")]

SHOP = {"DatabaseName": "shop"}
TABLE: dict[str, Any] = {
    "Name": "orders",
    "StorageDescriptor": {"Columns": [{"Name": "id", "Type": "string"}]},
    "PartitionKeys": [{"Name": "day", "Type": "string"}],
}


async def make_table(glue: Any, **more: Any) -> None:
    await glue.create_table(**SHOP, TableInput={**TABLE, **more})


async def test_partitions_that_tasks_add_at_once(connect: Any, boto: Any, backend: str) -> None:
    days = [f"2024-01-{day:02}" for day in range(1, 21)]
    async with connect("glue", backend) as glue:
        await glue.create_database(DatabaseInput={"Name": "shop"})
        await make_table(glue)
        await asyncio.gather(
            *(
                glue.create_partition(**SHOP, TableName="orders", PartitionInput={"Values": [day]})
                for day in days
            )
        )
        paginator = glue.get_paginator("get_partitions")
        filtered = paginator.paginate(**SHOP, TableName="orders", Expression="day > '2024-01-15'")
        found = [value async for value in filtered.search("Partitions[].Values[0]")]
        assert sorted(found) == days[15:]
        batch = await glue.batch_create_partition(
            **SHOP,
            TableName="orders",
            PartitionInputList=[{"Values": ["2024-02-01"]}, {"Values": days[:1]}],
        )
        [error] = batch["Errors"]
        assert error["PartitionValues"] == days[:1]
        assert error["ErrorDetail"]["ErrorCode"] == "AlreadyExistsException"
    theirs = boto("glue").get_partitions(**SHOP, TableName="orders")["Partitions"]
    assert len(theirs) == 21


@pytest.mark.since_moto("5.2", "all runs of a job had one ID")
async def test_a_job_run_that_is_polled(connect: Any, backend: str) -> None:
    """Glue has no waiters: this is the loop that programs write. moto moves on as it is asked."""
    async with connect("glue", backend) as glue:
        await glue.create_job(
            Name="nightly", Role="r", Command={"Name": "glueetl", "ScriptLocation": "s3://b/k"}
        )
        started = await asyncio.gather(*(glue.start_job_run(JobName="nightly") for _ in range(3)))
        ids = [answer["JobRunId"] for answer in started]
        assert len(set(ids)) == 3

        async def finished(run_id: str) -> list[str]:
            states: list[str] = []
            while not states or states[-1] != "SUCCEEDED":
                run = await glue.get_job_run(JobName="nightly", RunId=run_id)
                states.append(run["JobRun"]["JobRunState"])
                await asyncio.sleep(0)
            return states

        all_states = await asyncio.gather(*map(finished, ids))
        assert all(states[-1] == "SUCCEEDED" for states in all_states)


async def test_a_slower_job_is_a_setting_of_moto(connect: Any, boto: Any, backend: str) -> None:
    """moto's state manager holds for async clients as for sync ones."""
    from moto.moto_api import state_manager

    transition = {"progression": "manual", "times": 3}
    state_manager.set_transition("glue::job_run", transition)
    try:
        async with connect("glue", backend) as glue:
            await glue.create_job(Name="j", Role="r", Command={"Name": "glueetl"})
            run = (await glue.start_job_run(JobName="j"))["JobRunId"]
            states = []
            for _ in range(3):
                answer = await glue.get_job_run(JobName="j", RunId=run)
                states.append(answer["JobRun"]["JobRunState"])
                theirs = boto("glue").get_job_run(JobName="j", RunId=run)
                states.append(theirs["JobRun"]["JobRunState"])
    finally:
        state_manager.unset_transition("glue::job_run")
    assert states == ["STARTING"] * 2 + ["RUNNING"] * 3 + ["SUCCEEDED"]


async def test_all_pages_of_jobs(connect: Any, backend: str) -> None:
    names = [f"job{n:02}" for n in range(25)]
    async with connect("glue", backend) as glue:
        await asyncio.gather(
            *(glue.create_job(Name=n, Role="r", Command={"Name": "glueetl"}) for n in names)
        )
        paginator = glue.get_paginator("get_jobs")
        pages = paginator.paginate(PaginationConfig={"PageSize": 10})
        assert [len(page["Jobs"]) async for page in pages] == [10, 10, 5]
        assert sorted([n async for n in paginator.paginate().search("Jobs[].Name")]) == names
        result = await paginator.paginate(PaginationConfig={"MaxItems": 12}).build_full_result()
        assert len(result["Jobs"]) == 12
        assert result["NextToken"]


async def test_errors_are_typed(connect: Any, backend: str) -> None:
    async with connect("glue", backend) as glue:
        with pytest.raises(glue.exceptions.EntityNotFoundException, match="shop"):
            await glue.get_database(Name="shop")
        await glue.create_database(DatabaseInput={"Name": "shop"})
        results = await asyncio.gather(
            *(make_table(glue) for _ in range(4)), return_exceptions=True
        )
        refused = [type(one) for one in results if isinstance(one, Exception)]
        assert refused == [glue.exceptions.AlreadyExistsException] * 3
        answer = await glue.batch_delete_table(**SHOP, TablesToDelete=["orders", "nowhere"])
        assert [error["TableName"] for error in answer["Errors"]] == ["nowhere"]
