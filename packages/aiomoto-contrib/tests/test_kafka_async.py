"""MSK: ARNs in paths, which each HTTP client quotes in its own way, and the two APIs' state."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("aws")]

NODES = {
    "InstanceType": "kafka.m5.large",
    "ClientSubnets": ["subnet-0123456789abcdef0"],
    "SecurityGroups": ["sg-0123456789abcdef0"],
}
PROVISIONED = {
    "BrokerNodeGroupInfo": NODES,
    "KafkaVersion": "2.8.1",
    "NumberOfBrokerNodes": 1,
}


async def make_cluster(kafka: Any, name: str = "orders", **arguments: Any) -> str:
    answer = await kafka.create_cluster_v2(ClusterName=name, Provisioned=PROVISIONED, **arguments)
    arn: str = answer["ClusterArn"]
    return arn


async def test_an_arn_in_the_path(connect: Any, boto: Any, backend: str) -> None:
    """Sent as ``arn%3Aaws...%2F``, which aiohttp's URLs must not unquote."""
    async with connect("kafka", backend) as kafka:
        arn = await make_cluster(kafka)
        found = (await kafka.describe_cluster_v2(ClusterArn=arn))["ClusterInfo"]
        assert found["ClusterArn"] == arn
        expected = boto("kafka").describe_cluster_v2(ClusterArn=arn)["ClusterInfo"]
        assert found == expected
        assert (
            found["Provisioned"]["BrokerNodeGroupInfo"]["ClientSubnets"] == NODES["ClientSubnets"]
        )


async def test_tags_with_characters_that_are_quoted(connect: Any, backend: str) -> None:
    """TagKeys go in the query, several of one name."""
    tags = {"a b": "1+1", "c&d": "=", "e/f": "\N{SNOWMAN}", "stays": ""}
    async with connect("kafka", backend) as kafka:
        arn = await make_cluster(kafka)
        await kafka.tag_resource(ResourceArn=arn, Tags=tags)
        assert (await kafka.list_tags_for_resource(ResourceArn=arn))["Tags"] == tags
        await kafka.untag_resource(ResourceArn=arn, TagKeys=["a b", "c&d", "e/f"])
        assert (await kafka.list_tags_for_resource(ResourceArn=arn))["Tags"] == {"stays": ""}


async def test_clusters_that_tasks_make_at_once(connect: Any, boto: Any, backend: str) -> None:
    async with connect("kafka", backend) as kafka:
        names = [f"cluster-{n}" for n in range(10)]
        arns = await asyncio.gather(*(make_cluster(kafka, name) for name in names))
        assert len(set(arns)) == 10
        v2 = await kafka.get_paginator("list_clusters_v2").paginate().build_full_result()
        assert {one["ClusterArn"] for one in v2["ClusterInfoList"]} == set(arns)
        search = kafka.get_paginator("list_clusters").paginate()
        assert sorted([n async for n in search.search("ClusterInfoList[].ClusterName")]) == names
    v1 = boto("kafka").list_clusters()["ClusterInfoList"]
    assert {one["ClusterArn"] for one in v1} == set(arns)


async def test_both_apis_see_one_state(connect: Any, backend: str) -> None:
    async with connect("kafka", backend) as kafka:
        made = await kafka.create_cluster(
            ClusterName="old",
            BrokerNodeGroupInfo=NODES,
            KafkaVersion="2.8.1",
            NumberOfBrokerNodes=1,
        )
        arn = made["ClusterArn"]
        assert made["State"] == "CREATING"
        new = (await kafka.describe_cluster_v2(ClusterArn=arn))["ClusterInfo"]
        assert (new["ClusterName"], new["ClusterType"]) == ("old", "PROVISIONED")
        await kafka.delete_cluster(ClusterArn=arn, CurrentVersion=new["CurrentVersion"])
        assert (await kafka.list_clusters_v2())["ClusterInfoList"] == []
