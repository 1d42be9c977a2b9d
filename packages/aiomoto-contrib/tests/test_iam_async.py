"""IAM: a global service of the Query protocol with waiters, documents and many pages."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from botocore.exceptions import WaiterError

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("aws")]

QUICK = {"Delay": 0.01, "MaxAttempts": 100}
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "ec2.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
ALLOW = {"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::a+b/${aws:username}/*"}


@pytest.mark.parametrize(
    ("waiter", "arguments"),
    [
        ("user_exists", {"UserName": "ada"}),
        ("role_exists", {"RoleName": "ada"}),
        ("instance_profile_exists", {"InstanceProfileName": "ada"}),
    ],
)
async def test_a_waiter_waits_for_another_task(
    connect: Any, backend: str, waiter: str, arguments: dict[str, str]
) -> None:
    async with connect("iam", backend) as iam:
        with pytest.raises(WaiterError, match="Max attempts exceeded"):
            await iam.get_waiter(waiter).wait(
                **arguments, WaiterConfig={"Delay": 0, "MaxAttempts": 2}
            )
        waiting = asyncio.create_task(iam.get_waiter(waiter).wait(**arguments, WaiterConfig=QUICK))
        await asyncio.sleep(0.01)
        assert not waiting.done()
        await iam.create_user(UserName="ada")
        await iam.create_role(RoleName="ada", AssumeRolePolicyDocument=json.dumps(POLICY))
        await iam.create_instance_profile(InstanceProfileName="ada")
        await waiting


async def test_a_cancelled_waiter_asks_no_more(connect: Any, backend: str) -> None:
    async with connect("iam", backend) as iam:
        asked: list[str] = []
        twice = asyncio.Event()

        def before_call(model: Any, **_: Any) -> None:
            asked.append(model.name)
            if len(asked) == 2:
                twice.set()

        iam.meta.events.register("before-call.iam", before_call)
        waiter = iam.get_waiter("user_exists")
        waiting = asyncio.create_task(waiter.wait(UserName="ada", WaiterConfig=QUICK))
        await twice.wait()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        del asked[:]
        await asyncio.sleep(0.03)
        assert asked == []


async def test_documents_come_back_as_dictionaries(connect: Any, boto: Any, backend: str) -> None:
    """IAM quotes them as in a URL; botocore's handler undoes that, in async clients too."""
    async with connect("iam", backend) as iam:
        await iam.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(POLICY))
        role = (await iam.get_role(RoleName="r"))["Role"]
        assert role["AssumeRolePolicyDocument"] == POLICY
        allowed = {**POLICY, "Statement": [ALLOW]}
        await iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=json.dumps(allowed))
        inline = await iam.get_role_policy(RoleName="r", PolicyName="p")
        assert inline["PolicyDocument"] == allowed
    assert boto("iam").get_role(RoleName="r")["Role"] == role


async def test_all_pages_of_policies(connect: Any, backend: str) -> None:
    names = [f"policy{n:02}" for n in range(25)]
    document = json.dumps({**POLICY, "Statement": [ALLOW]})
    async with connect("iam", backend) as iam:
        await asyncio.gather(
            *(iam.create_policy(PolicyName=name, PolicyDocument=document) for name in names)
        )
        paginator = iam.get_paginator("list_policies")
        pages = paginator.paginate(Scope="Local", PaginationConfig={"PageSize": 10})
        assert [len(page["Policies"]) async for page in pages] == [10, 10, 5]
        found = paginator.paginate(Scope="Local").search(
            "Policies[?contains(PolicyName, 'y2')].PolicyName"
        )
        assert sorted([name async for name in found]) == names[20:]
        some = paginator.paginate(Scope="Local", PaginationConfig={"MaxItems": 12})
        result = await some.build_full_result()
        assert len(result["Policies"]) == 12
        rest = paginator.paginate(
            Scope="Local", PaginationConfig={"StartingToken": result["NextToken"]}
        )
        others = (await rest.build_full_result())["Policies"]
        assert sorted(one["PolicyName"] for one in result["Policies"] + others) == names


async def test_clients_of_all_regions_see_one_state(connect: Any, boto: Any) -> None:
    regions = ["us-east-1", "eu-west-1", "ap-southeast-2"]

    async def create(region: str) -> None:
        async with connect("iam", client={"region_name": region}) as iam:
            await iam.create_group(GroupName=region)

    await asyncio.gather(*map(create, regions))
    assert sorted(g["GroupName"] for g in boto("iam").list_groups()["Groups"]) == sorted(regions)


async def test_errors_are_typed(connect: Any, boto: Any, backend: str) -> None:
    async with connect("iam", backend) as iam:
        with pytest.raises(iam.exceptions.NoSuchEntityException) as caught:
            await iam.get_user(UserName="nobody")
        with pytest.raises(boto("iam").exceptions.NoSuchEntityException) as expected:
            boto("iam").get_user(UserName="nobody")
        assert str(caught.value) == str(expected.value)
        with pytest.raises(iam.exceptions.MalformedPolicyDocumentException):
            await iam.create_policy(PolicyName="p", PolicyDocument="{")
        results = await asyncio.gather(
            *(iam.create_user(UserName="ada") for _ in range(4)), return_exceptions=True
        )
        refused = [type(one) for one in results if isinstance(one, Exception)]
        assert refused == [iam.exceptions.EntityAlreadyExistsException] * 3
