"""SSM: parameters that many tasks write, pages of a tree, a waiter and its failure."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from botocore.exceptions import WaiterError

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("aws")]


async def put(ssm: Any, name: str, value: str, **more: Any) -> int:
    answer = await ssm.put_parameter(Name=name, Value=value, **{"Type": "String", **more})
    version: int = answer["Version"]
    return version


async def test_each_write_gets_a_version_of_its_own(connect: Any, boto: Any, backend: str) -> None:
    async with connect("ssm", backend) as ssm:
        versions = await asyncio.gather(
            *(put(ssm, "/app/size", str(n), Overwrite=True) for n in range(20))
        )
        assert sorted(versions) == list(range(1, 21))
        history = ssm.get_paginator("get_parameter_history").paginate(Name="/app/size")
        found = [(one["Version"], one["Value"]) async for one in history.search("Parameters[]")]
        assert found == sorted((version, str(n)) for n, version in enumerate(versions))
    last = str(versions.index(20))
    assert boto("ssm").get_parameter(Name="/app/size")["Parameter"]["Value"] == last


async def test_the_pages_of_a_tree(connect: Any, backend: str) -> None:
    names = [f"/app/{n // 5}/{n:02}" for n in range(25)]
    async with connect("ssm", backend) as ssm:
        await asyncio.gather(*(put(ssm, name, name) for name in names))
        await put(ssm, "/application", "not below /app")
        paginator = ssm.get_paginator("get_parameters_by_path")
        pages = paginator.paginate(Path="/app", Recursive=True)
        assert [len(page["Parameters"]) async for page in pages] == [10, 10, 5]
        assert (
            sorted(
                [
                    n
                    async for n in paginator.paginate(Path="/app", Recursive=True).search(
                        "Parameters[].Name"
                    )
                ]
            )
            == names
        )
        result = await paginator.paginate(Path="/app/1").build_full_result()
        assert sorted(one["Value"] for one in result["Parameters"]) == names[5:10]
        # More than ten at once aren't allowed, so this is how programs read them.
        parts = await asyncio.gather(
            *(ssm.get_parameters(Names=names[n : n + 10]) for n in range(0, 25, 10))
        )
        assert sorted(one["Name"] for part in parts for one in part["Parameters"]) == names


async def test_a_secret_is_sealed_unless_asked_for(connect: Any, boto: Any, backend: str) -> None:
    async with connect("ssm", backend) as ssm:
        await put(ssm, "password", "\N{SNOWMAN} & =", Type="SecureString")
        sealed = await ssm.get_parameter(Name="password")
        assert sealed["Parameter"]["Value"] != "\N{SNOWMAN} & ="
        opened = await ssm.get_parameter(Name="password", WithDecryption=True)
        assert opened["Parameter"]["Value"] == "\N{SNOWMAN} & ="
    theirs = boto("ssm").get_parameter(Name="password", WithDecryption=True)
    assert theirs["Parameter"] == opened["Parameter"]


@pytest.mark.since_moto("5.2", "the error for an unknown invocation had no code")
async def test_a_waiter_for_a_command_and_for_one_that_is_not_there(
    connect: Any, boto: Any, backend: str
) -> None:
    quick = {"Delay": 0.01, "MaxAttempts": 50}
    async with connect("ssm", backend) as ssm:
        sent = await ssm.send_command(
            InstanceIds=["i-0123456789abcdef0"],
            DocumentName="AWS-RunShellScript",
            Parameters={"commands": ["uptime"]},
        )
        command = {
            "CommandId": sent["Command"]["CommandId"],
            "InstanceId": "i-0123456789abcdef0",
        }
        await ssm.get_waiter("command_executed").wait(**command, WaiterConfig=quick)
        assert (await ssm.get_command_invocation(**command))["Status"] == "Success"
        command["InstanceId"] = "i-other"
        quick["MaxAttempts"] = 2
        with pytest.raises(WaiterError, match="Max attempts exceeded") as caught:
            await ssm.get_waiter("command_executed").wait(**command, WaiterConfig=quick)
        assert caught.value.last_response["Error"]["Code"] == "InvocationDoesNotExist"
    assert boto("ssm").list_commands()["Commands"][0]["CommandId"] == command["CommandId"]


async def test_errors_are_typed(connect: Any, backend: str) -> None:
    async with connect("ssm", backend) as ssm:
        with pytest.raises(ssm.exceptions.ParameterNotFound):
            await ssm.get_parameter(Name="nowhere")
        results = await asyncio.gather(
            *(put(ssm, "once", str(n)) for n in range(4)), return_exceptions=True
        )
        refused = [type(one) for one in results if isinstance(one, Exception)]
        assert refused == [ssm.exceptions.ParameterAlreadyExists] * 3
