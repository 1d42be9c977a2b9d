"""EC2: its own dialect of the Query protocol, waiters, pages, and a presigned URL inside a call."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import pytest
from botocore.exceptions import ClientError

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("aws")]

QUICK = {"Delay": 0.01, "MaxAttempts": 100}
IMAGE = "ami-12c6146b"  # one that moto knows from the start


async def run(ec2: Any, count: int = 1, **more: Any) -> list[str]:
    answer = await ec2.run_instances(ImageId=IMAGE, MinCount=count, MaxCount=count, **more)
    return [instance["InstanceId"] for instance in answer["Instances"]]


async def test_waiters_follow_an_instance(connect: Any, boto: Any, backend: str) -> None:
    async with connect("ec2", backend) as ec2:
        ids = await run(ec2, 2)
        await ec2.get_waiter("instance_running").wait(InstanceIds=ids, WaiterConfig=QUICK)
        stopped = ec2.get_waiter("instance_stopped").wait(InstanceIds=ids, WaiterConfig=QUICK)
        waiting = asyncio.create_task(stopped)
        await asyncio.sleep(0.01)
        assert not waiting.done()
        await asyncio.to_thread(boto("ec2").stop_instances, InstanceIds=ids)
        await waiting
        await ec2.terminate_instances(InstanceIds=ids)
        await ec2.get_waiter("instance_terminated").wait(InstanceIds=ids, WaiterConfig=QUICK)


async def test_all_pages_of_instances(connect: Any, backend: str) -> None:
    async with connect("ec2", backend) as ec2:
        ids = [instance for [instance] in await asyncio.gather(*(run(ec2) for _ in range(12)))]
        for instance in ids[:3]:
            tags = [{"Key": "a&b", "Value": "\N{SNOWMAN}=<x>"}]
            await ec2.create_tags(Resources=[instance], Tags=tags)
        paginator = ec2.get_paginator("describe_instances")
        tagged = paginator.paginate(Filters=[{"Name": "tag:a&b", "Values": ["\N{SNOWMAN}=<x>"]}])
        found = [
            instance async for instance in tagged.search("Reservations[].Instances[].InstanceId")
        ]
        assert sorted(found) == sorted(ids[:3])
        result = await paginator.paginate().build_full_result()
        everyone = [one["InstanceId"] for r in result["Reservations"] for one in r["Instances"]]
        assert sorted(everyone) == sorted(ids)
        pages = paginator.paginate(PaginationConfig={"PageSize": 5})
        assert [len(page["Reservations"]) async for page in pages] == [5, 5, 2]


async def test_the_client_signs_a_url_inside_a_copy(connect: Any, backend: str) -> None:
    """botocore puts one to the source region into CopySnapshot, which has to be awaited."""
    async with (
        connect("ec2", backend) as source,
        connect("ec2", backend, client={"region_name": "eu-west-1"}) as target,
    ):
        volume = await source.create_volume(AvailabilityZone="us-east-1a", Size=1)
        snapshot = await source.create_snapshot(VolumeId=volume["VolumeId"])
        sent: list[Any] = []
        target.meta.events.register(
            "before-call.ec2.CopySnapshot", lambda params, **_: sent.append(params["body"])
        )
        copied = await target.copy_snapshot(
            SourceRegion="us-east-1", SourceSnapshotId=snapshot["SnapshotId"]
        )
        [body] = sent
        assert body["PresignedUrl"].startswith("https://ec2.us-east-1.amazonaws.com/?")
        assert "X-Amz-Signature=" in body["PresignedUrl"]
        assert body["DestinationRegion"] == "eu-west-1"
        found = await target.describe_snapshots(SnapshotIds=[copied["SnapshotId"]])
        assert found["Snapshots"][0]["VolumeSize"] == 1


async def test_user_data_and_console_output_are_base64(connect: Any, backend: str) -> None:
    data = "#!/bin/sh\necho \N{SNOWMAN}"
    async with connect("ec2", backend) as ec2:
        [instance] = await run(ec2, UserData=data)
        answer = await ec2.describe_instance_attribute(InstanceId=instance, Attribute="userData")
        assert base64.b64decode(answer["UserData"]["Value"]).decode() == data
        output = await ec2.get_console_output(InstanceId=instance)
        assert output["Output"]  # decoded by the client


async def test_instances_that_tasks_start_at_once(connect: Any, backend: str) -> None:
    async with connect("ec2", backend) as ec2:
        answers = await asyncio.gather(*(run(ec2) for _ in range(10)))
        ids = {instance for [instance] in answers}
        assert len(ids) == 10
        addresses = [
            one["PrivateIpAddress"]
            async for page in ec2.get_paginator("describe_instances").paginate()
            for reservation in page["Reservations"]
            for one in reservation["Instances"]
        ]
        assert len(set(addresses)) == 10


async def test_errors_have_ec2s_shape(connect: Any, boto: Any, backend: str) -> None:
    """``<Response><Errors><Error>``, and codes with a dot, which have no class of their own."""
    unknown = {"InstanceIds": ["i-0123456789abcdef0"]}
    async with connect("ec2", backend) as ec2:
        with pytest.raises(ClientError) as caught:
            await ec2.describe_instances(**unknown)
        with pytest.raises(ClientError) as expected:
            boto("ec2").describe_instances(**unknown)
        assert str(caught.value) == str(expected.value)
        assert caught.value.response["Error"]["Code"] == "InvalidInstanceID.NotFound"
        with pytest.raises(ClientError, match="DryRunOperation") as caught:
            await run(ec2, DryRun=True)
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 412
        assert (await ec2.describe_instances())["Reservations"] == []
