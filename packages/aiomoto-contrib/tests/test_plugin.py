"""The entry points: one a service that has a quirk, each an owner of just that service."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from importlib.metadata import EntryPoint, distribution
from types import ModuleType
from typing import Any

import boto3
import pytest
from aiobotocore.session import get_session
from moto.backend_index import backend_url_patterns

from aiomoto import IncompatibleLibrary, mock_aws

REGION = "eu-west-1"
POINTS = sorted(
    (point for point in distribution("aiomoto-contrib").entry_points if point.group == "aiomoto"),
    key=lambda point: point.name,
)
KNOWN = {name for name, _ in backend_url_patterns}  # an older moto has fewer


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.name)
def test_each_owns_the_service_of_its_name(point: EntryPoint) -> None:
    module = f"aiomoto_contrib.{point.name}"
    assert point.value in (f"{module}:plugin", f"{module}.plugin:plugin")
    with mock_aws() as mock:
        owned = [service for service, owner in mock.owners.items() if owner == point.name]
    assert owned == [name for name in [point.name] if name in KNOWN]


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.name)
def test_each_is_light_to_import(point: EntryPoint) -> None:
    """moto, the clients and their models come with the first mock."""
    heavy = {"moto", "boto3", "botocore", "aiobotocore", "aiohttp", "httpx", "httpx2"}
    code = f"import sys, {point.module}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    assert heavy.intersection(done.stdout.split()) == set()


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.name)
def test_nothing_is_left_in_moto(point: EntryPoint) -> None:
    """What a mock puts into moto's modules for a service is taken out again."""
    if point.name not in KNOWN:
        pytest.skip(f"this moto has no {point.name}")
    importlib.import_module(f"moto.{point.name}.models")
    with mock_aws():
        pass
    before = seen(point.name)
    with mock_aws():
        pass
    after = seen(point.name)
    assert [name for name in before if after.get(name) is not before[name]] == []
    assert after.keys() == before.keys()
    with mock_aws() as mock:
        assert {"kms", "sts", "ec2"}.isdisjoint(mock.owners)


@pytest.mark.parametrize(
    "name",
    [
        "batch_simple.models.sleep",
        "events.models.Rule.send_to_targets",
        "kinesis.models.Shard.get_max_sequence_number",
        "logs.utils.EventMessageFilter.matches",
        "sns.models.Subscription.get_post_data",
        "stepfunctions.parser.asl.eval.callback.callback.Event",
        "swf.models.workflow_execution.ThreadingTimer",
    ],
)
def test_a_moto_that_changed_is_refused_by_name(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    service = re.split("[._]", name)[0]
    plugin = importlib.import_module(f"aiomoto_contrib.{service}.plugin").plugin
    importlib.import_module(plugin.module)
    plugin._shared.forget()  # else what was looked up is kept
    monkeypatch.delattr(f"moto.{name}")
    before = seen(service)
    with pytest.raises(IncompatibleLibrary, match=re.escape(f"aiomoto needs moto.{name}, which")):
        mock_aws().start()
    assert plugin.now is None
    assert seen(service) == before
    monkeypatch.undo()
    with mock_aws():
        assert plugin.now is not None


def seen(service: str) -> dict[str, object]:
    """What moto's modules of a service have, and the classes in them."""
    modules = [one for name, one in sys.modules.items() if name.startswith(f"moto.{service}")]
    places: list[Any] = [*modules]
    places += [value for one in modules for value in vars(one).values() if isinstance(value, type)]
    return {
        f"{place.__name__}.{name}": value
        for place in places
        for name, value in vars(place).items()
        if callable(value) or isinstance(value, (property, ModuleType))
    }


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
