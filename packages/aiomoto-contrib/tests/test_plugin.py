from __future__ import annotations

import boto3
import pytest
from aiobotocore.session import get_session
from moto.backend_index import backend_url_patterns

from aiomoto import mock_aws

REGION = "eu-west-1"


def test_the_engine_loads_the_plugin_for_its_services() -> None:
    with mock_aws() as mock:
        owned = sorted(service for service, owner in mock.owners.items() if owner == "contrib")
    known = {name for name, _ in backend_url_patterns}  # an older moto has fewer
    services = [
        "awslambda",
        "batch",
        "bedrockruntime",
        "events",
        "firehose",
        "iotdata",
        "kinesis",
        "kinesisvideoarchivedmedia",
        "logs",
        "mediastoredata",
        "polly",
        "sns",
        "stepfunctions",
        "swf",
        "transcribe",
    ]
    assert owned == [name for name in services if name in known]


@pytest.mark.asyncio
async def test_async_and_sync_clients_share_a_stream() -> None:
    async with mock_aws(), get_session().create_client("kinesis", region_name=REGION) as kinesis:
        sync = boto3.client("kinesis", region_name=REGION)
        await kinesis.create_stream(StreamName="clicks", ShardCount=1)
        await kinesis.put_record(StreamName="clicks", Data=b"from async", PartitionKey="1")
        sync.put_record(StreamName="clicks", Data=b"from sync", PartitionKey="1")

        [shard] = (await kinesis.list_shards(StreamName="clicks"))["Shards"]
        start = {
            "StreamName": "clicks",
            "ShardId": shard["ShardId"],
            "ShardIteratorType": "TRIM_HORIZON",
        }
        iterator = (await kinesis.get_shard_iterator(**start))["ShardIterator"]
        seen = (await kinesis.get_records(ShardIterator=iterator))["Records"]
        assert [record["Data"] for record in seen] == [b"from async", b"from sync"]

        iterator = sync.get_shard_iterator(**start)["ShardIterator"]
        assert sync.get_records(ShardIterator=iterator)["Records"] == seen

        with pytest.raises(kinesis.exceptions.ResourceNotFoundException):
            await kinesis.describe_stream(StreamName="nowhere")
