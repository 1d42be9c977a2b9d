"""The parameters of endpoint rules are the same in a mock as outside."""

from __future__ import annotations

from typing import Any

import pytest
from aiobotocore.session import AioSession
from botocore.config import Config
from botocore.exceptions import UnknownEndpointResolutionBuiltInName

from aiomoto import mock_aws

CALLS: list[tuple[str, str, dict[str, Any], Config]] = [
    ("s3", "GetObject", {"Bucket": "b", "Key": "k"}, Config()),
    ("s3", "PutObject", {"Bucket": "b", "Key": "k"}, Config(s3={"use_accelerate_endpoint": True})),
    ("s3", "DeleteObjects", {"Bucket": "b"}, Config(use_dualstack_endpoint=True)),
    ("s3", "ListBuckets", {}, Config(s3={"addressing_style": "path"})),
    ("s3control", "GetAccessPoint", {"AccountId": "123456789012", "Name": "a"}, Config()),
    ("dynamodb", "PutItem", {"TableName": "t"}, Config(account_id_endpoint_mode="disabled")),
    (
        "dynamodb",
        "BatchGetItem",
        {"RequestItems": {"arn:aws:dynamodb:us-east-1:123456789012:table/t": {}}},
        Config(),
    ),
    ("events", "PutEvents", {"Entries": [], "EndpointId": "abc.def"}, Config()),
    ("sqs", "SendMessage", {"QueueUrl": "https://q"}, Config(use_fips_endpoint=True)),
]


async def parameters(service: str, operation: str, arguments: Any, config: Config) -> list[Any]:
    session = AioSession()
    async with session.create_client(service, region_name="us-east-1", config=config) as client:
        resolver = client._ruleset_resolver
        model = client.meta.service_model.operation_model(operation)
        return [await resolver._get_provider_params(model, arguments, {}) for _ in range(2)]


@pytest.mark.asyncio
@pytest.mark.parametrize("call", CALLS, ids=[f"{one[0]} {one[1]}" for one in CALLS])
async def test_they_are_the_same(call: tuple[str, str, dict[str, Any], Config]) -> None:
    with mock_aws(optimise=False):
        expected = await parameters(*call)
    assert expected[0]["Region"] == "us-east-1"
    with mock_aws():
        assert await parameters(*call) == expected


@pytest.mark.asyncio
async def test_an_unknown_builtin_is_refused() -> None:
    async with (
        mock_aws(),
        AioSession().create_client("sqs", region_name="us-east-1") as client,
    ):
        with pytest.raises(UnknownEndpointResolutionBuiltInName, match="AWS::Nothing"):
            client._ruleset_resolver._resolve_param_as_builtin("AWS::Nothing", {})
