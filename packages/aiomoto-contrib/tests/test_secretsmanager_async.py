"""Secrets Manager: tokens that the client makes for each call, versions under concurrency."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("aws")]

BLOB = bytes(range(256))


async def test_bytes_stay_bytes_on_both_sides(connect: Any, boto: Any, backend: str) -> None:
    async with connect("secretsmanager", backend) as secrets:
        await secrets.create_secret(Name="app/key", SecretBinary=BLOB)
        assert (await secrets.get_secret_value(SecretId="app/key"))["SecretBinary"] == BLOB
        assert boto("secretsmanager").get_secret_value(SecretId="app/key")["SecretBinary"] == BLOB
        boto("secretsmanager").put_secret_value(SecretId="app/key", SecretBinary=BLOB[::-1])
        answer = await secrets.get_secret_value(SecretId="app/key")
        assert answer["SecretBinary"] == BLOB[::-1]
        assert "SecretString" not in answer


async def test_each_call_has_a_token_of_its_own(connect: Any, backend: str) -> None:
    """The client fills in ClientRequestToken, which becomes the version's ID."""
    async with connect("secretsmanager", backend) as secrets:
        await secrets.create_secret(Name="key", SecretString="0")
        answers = await asyncio.gather(
            *(secrets.put_secret_value(SecretId="key", SecretString=str(n)) for n in range(20))
        )
        assert len({answer["VersionId"] for answer in answers}) == 20
        now = await secrets.get_secret_value(SecretId="key", VersionStage="AWSCURRENT")
        before = await secrets.get_secret_value(SecretId="key", VersionStage="AWSPREVIOUS")
        versions = {answer["VersionId"] for answer in answers}
        assert now["VersionId"] in versions
        assert before["VersionId"] in versions
        assert now["SecretString"] != before["SecretString"]


async def test_a_token_that_comes_again_makes_no_version(connect: Any, backend: str) -> None:
    token = "0" * 32
    async with connect("secretsmanager", backend) as secrets:
        await secrets.create_secret(Name="key", SecretString="0")
        same = {"SecretId": "key", "SecretString": "1", "ClientRequestToken": token}
        answers = await asyncio.gather(*(secrets.put_secret_value(**same) for _ in range(3)))
        assert {answer["VersionId"] for answer in answers} == {token}
        versions = (await secrets.list_secret_version_ids(SecretId="key"))["Versions"]
        assert len(versions) == 2


async def test_all_pages_of_secrets(connect: Any, boto: Any, backend: str) -> None:
    """A secret of a service has ``!`` and ``/`` in its name."""
    names = [f"app/{n:02}!x@y.z" for n in range(25)]
    async with connect("secretsmanager", backend) as secrets:
        await asyncio.gather(
            *(secrets.create_secret(Name=name, SecretString=name) for name in names)
        )
        paginator = secrets.get_paginator("list_secrets")
        pages = paginator.paginate(PaginationConfig={"PageSize": 10})
        assert [len(page["SecretList"]) async for page in pages] == [10, 10, 5]
        assert sorted([n async for n in paginator.paginate().search("SecretList[].Name")]) == names
        filtered = paginator.paginate(Filters=[{"Key": "name", "Values": ["app/1"]}])
        found = await filtered.build_full_result()
        assert sorted(one["Name"] for one in found["SecretList"]) == names[10:20]
        several = await secrets.batch_get_secret_value(SecretIdList=names[:3])
        assert [one["SecretString"] for one in several["SecretValues"]] == names[:3]
    assert len(boto("secretsmanager").list_secrets(MaxResults=100)["SecretList"]) == 25


async def test_errors_are_typed(connect: Any, backend: str) -> None:
    async with connect("secretsmanager", backend) as secrets:
        with pytest.raises(secrets.exceptions.ResourceNotFoundException):
            await secrets.get_secret_value(SecretId="nowhere")
        results = await asyncio.gather(
            *(secrets.create_secret(Name="one", SecretString=str(n)) for n in range(5)),
            return_exceptions=True,
        )
        refused = [one for one in results if isinstance(one, Exception)]
        assert len(refused) == 4
        assert {type(one) for one in refused} == {secrets.exceptions.ResourceExistsException}
        await secrets.delete_secret(SecretId="one")
        with pytest.raises(secrets.exceptions.InvalidRequestException):
            await secrets.get_secret_value(SecretId="one")
        await secrets.restore_secret(SecretId="one")
        winner = next(n for n, one in enumerate(results) if one not in refused)
        assert (await secrets.get_secret_value(SecretId="one"))["SecretString"] == str(winner)
