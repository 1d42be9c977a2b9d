from __future__ import annotations

import boto3
import pytest
from aiobotocore.session import get_session
from moto.backend_index import backend_url_patterns

from aiomoto import mock_aws

REGION = "eu-west-1"


def test_the_engine_loads_the_plugin_for_its_services() -> None:
    with mock_aws() as mock:
        owned = sorted(service for service, owner in mock.owners.items() if owner == "s3")
    known = {name for name, _ in backend_url_patterns}  # an older moto has fewer
    services = ["s3", "s3control", "s3tables", "s3vectors"]
    assert owned == [name for name in services if name in known]


@pytest.mark.asyncio
async def test_async_and_sync_clients_share_a_bucket() -> None:
    async with mock_aws(), get_session().create_client("s3", region_name=REGION) as s3:
        sync = boto3.client("s3", region_name=REGION)
        await s3.create_bucket(
            Bucket="docs", CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        await s3.put_object(Bucket="docs", Key="from-async", Body=b"a\x00b", Metadata={"k": "v"})

        answer = sync.get_object(Bucket="docs", Key="from-async")
        assert answer["Body"].read() == b"a\x00b"
        assert answer["Metadata"] == {"k": "v"}

        sync.put_object(Bucket="docs", Key="from-sync", Body=b"c")
        answer = await s3.get_object(Bucket="docs", Key="from-sync")
        async with answer["Body"] as body:
            assert await body.read() == b"c"
        listed = await s3.list_objects_v2(Bucket="docs")
        assert [item["Key"] for item in listed["Contents"]] == ["from-async", "from-sync"]

        with pytest.raises(s3.exceptions.NoSuchKey):
            await s3.get_object(Bucket="docs", Key="nowhere")
