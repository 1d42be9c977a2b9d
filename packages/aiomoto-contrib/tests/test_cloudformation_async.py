"""CloudFormation: stacks that moto makes in a worker thread, waiters, and what is in them."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError

pytest.importorskip(
    "openapi_spec_validator", reason="moto's CloudFormation wants moto[cloudformation]"
)
pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("aws")]

QUICK = {"Delay": 0.01, "MaxAttempts": 50}
QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Ref": "AWS::StackName"}}}
TEMPLATE = json.dumps(
    {
        "Resources": {"Queue": QUEUE},
        "Outputs": {"Url": {"Value": {"Ref": "Queue"}}},
    }
)


async def make_stack(cloudformation: Any, name: str, **more: Any) -> str:
    """The URL of the queue in it."""
    arguments = {"StackName": name, "TemplateBody": TEMPLATE, **more}
    await cloudformation.create_stack(**arguments)
    waiter = cloudformation.get_waiter("stack_create_complete")
    await waiter.wait(StackName=name, WaiterConfig=QUICK)
    [stack] = (await cloudformation.describe_stacks(StackName=name))["Stacks"]
    url: str = stack["Outputs"][0]["OutputValue"]
    return url


async def test_stacks_that_tasks_make_at_once(connect: Any, boto: Any, backend: str) -> None:
    names = [f"stack{n}" for n in range(6)]
    async with connect("cloudformation", backend) as cloudformation, connect("sqs") as sqs:
        urls = await asyncio.gather(*(make_stack(cloudformation, name) for name in names))
        assert [url.rsplit("/", 1)[-1] for url in urls] == names
        await asyncio.gather(*(sqs.send_message(QueueUrl=url, MessageBody="x") for url in urls))
        pages = cloudformation.get_paginator("describe_stacks").paginate()
        assert sorted([n async for n in pages.search("Stacks[].StackName")]) == names
    assert sorted(boto("sqs").list_queues()["QueueUrls"]) == sorted(urls)


async def test_a_stack_is_gone_when_the_waiter_says_so(connect: Any, backend: str) -> None:
    async with connect("cloudformation", backend) as cloudformation, connect("sqs") as sqs:
        await make_stack(cloudformation, "shop")
        [stack] = (await cloudformation.describe_stacks(StackName="shop"))["Stacks"]
        await cloudformation.delete_stack(StackName="shop")
        gone = cloudformation.get_waiter("stack_delete_complete")
        await gone.wait(StackName=stack["StackId"], WaiterConfig=QUICK)
        assert (await sqs.list_queues()).get("QueueUrls", []) == []
        with pytest.raises(WaiterError, match="ValidationError"):
            await cloudformation.get_waiter("stack_create_complete").wait(
                StackName="shop", WaiterConfig=QUICK
            )


async def test_a_template_in_a_bucket(connect: Any, backend: str) -> None:
    """moto reads it from its own S3 meanwhile; no second request is made."""
    async with (
        connect("cloudformation", backend) as cloudformation,
        connect("s3", backend) as s3,
    ):
        await s3.create_bucket(Bucket="templates")
        await s3.put_object(Bucket="templates", Key="shop.json", Body=TEMPLATE.encode())
        where = {"Bucket": "templates", "Key": "shop.json"}
        address = await s3.generate_presigned_url("get_object", Params=where)
        await cloudformation.create_stack(StackName="shop", TemplateURL=address)
        answer = await cloudformation.describe_stack_resources(StackName="shop")
        assert [one["ResourceType"] for one in answer["StackResources"]] == ["AWS::SQS::Queue"]
        template = await cloudformation.get_template(StackName="shop")
        assert template["TemplateBody"] == json.loads(TEMPLATE)


async def test_a_change_set(connect: Any, backend: str) -> None:
    async with connect("cloudformation", backend) as cloudformation:
        await make_stack(cloudformation, "shop")
        resources = {"Queue": QUEUE, "Topic": {"Type": "AWS::SNS::Topic"}}
        change = {"StackName": "shop", "ChangeSetName": "more"}
        await cloudformation.create_change_set(
            **change, ChangeSetType="UPDATE", TemplateBody=json.dumps({"Resources": resources})
        )
        created = cloudformation.get_waiter("change_set_create_complete")
        await created.wait(**change, WaiterConfig=QUICK)
        await cloudformation.execute_change_set(**change)
        updated = cloudformation.get_waiter("stack_update_complete")
        await updated.wait(StackName="shop", WaiterConfig=QUICK)
        listed = cloudformation.get_paginator("list_stack_resources").paginate(StackName="shop")
        kinds = [kind async for kind in listed.search("StackResourceSummaries[].ResourceType")]
        assert sorted(kinds) == ["AWS::SNS::Topic", "AWS::SQS::Queue"]


async def test_errors_are_those_of_sync_clients(connect: Any, boto: Any, backend: str) -> None:
    async with connect("cloudformation", backend) as cloudformation:
        with pytest.raises(ClientError) as caught:
            await cloudformation.describe_stacks(StackName="nowhere")
        with pytest.raises(ClientError) as expected:
            boto("cloudformation").describe_stacks(StackName="nowhere")
        assert str(caught.value) == str(expected.value)
        assert caught.value.response["Error"]["Code"] == "ValidationError"
        with pytest.raises(cloudformation.exceptions.AlreadyExistsException):
            for _ in range(2):
                await cloudformation.create_stack(StackName="shop", TemplateBody=TEMPLATE)
