"""The rules of the wire: AWS addresses and declared ones never reach a socket.

The fixture `sockets` sees every connection and look-up of a test and refuses all
that would leave the machine; `nothing_opened` says that there was none at all.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import botocore.loaders
import pytest

from aiomoto import mock_aws

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from aiomoto.testing.network import Sockets


@pytest.fixture(autouse=True)
def nothing_opened(sockets: Sockets) -> Iterator[None]:
    yield
    assert sockets.attempts == []


# -- rule 1: AWS addresses, whatever the partition and the kind of endpoint -------------

REGIONS = [
    "us-east-1",
    "eu-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "us-gov-west-1",
    "us-iso-east-1",
    "us-isob-east-1",
    "us-isof-south-1",
    "eu-isoe-west-1",
    "eusc-de-east-1",
]
#: moto has the regions that the installed botocore has.
KNOWN = {
    region
    for partition in botocore.loaders.create_loader().load_data("endpoints")["partitions"]
    for region in partition["services"].get("sqs", {}).get("endpoints", ())
}
CALLS = [("s3", "list_buckets", "Buckets"), ("sqs", "list_queues", ""),
         ("dynamodb", "list_tables", "TableNames"), ("sts", "get_caller_identity", "Arn"),
         ("kms", "list_keys", "Keys")]  # fmt: skip


@pytest.mark.asyncio
@pytest.mark.parametrize("region", [one for one in REGIONS if one in KNOWN])
@pytest.mark.parametrize(("service", "operation", "key"), CALLS, ids=[one[0] for one in CALLS])
async def test_partitions(
    clients: ModuleType, backend: str, region: str, service: str, operation: str, key: str
) -> None:
    with mock_aws():
        async with clients.aio(service, backend, region_name=region) as client:
            answer = await getattr(client, operation)()
        with clients.sync(service, region_name=region) as client:
            expected = getattr(client, operation)()
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert answer.get(key) == expected.get(key)


VARIANTS: list[tuple[str, dict[str, Any], str]] = [
    ("s3", {"use_dualstack_endpoint": True}, "s3.dualstack.us-east-1.amazonaws.com"),
    ("s3", {"use_fips_endpoint": True}, "s3-fips.us-east-1.amazonaws.com"),
    ("s3", {"use_fips_endpoint": True, "use_dualstack_endpoint": True},
     "s3-fips.dualstack.us-east-1.amazonaws.com"),
    ("sqs", {"use_dualstack_endpoint": True}, "sqs.us-east-1.api.aws"),
    ("sqs", {"use_fips_endpoint": True}, "sqs-fips.us-east-1.amazonaws.com"),
    ("sts", {"use_fips_endpoint": True}, "sts-fips.us-east-1.amazonaws.com"),
    ("sts", {"use_dualstack_endpoint": True}, "sts.us-east-1.api.aws"),
    ("dynamodb", {"use_dualstack_endpoint": True}, "dynamodb.us-east-1.api.aws"),
    ("dynamodb", {"use_fips_endpoint": True}, "dynamodb-fips.us-east-1.amazonaws.com"),
    ("dynamodb", {"account_id_endpoint_mode": "preferred"},
     "123456789012.ddb.us-east-1.amazonaws.com"),
    ("kms", {"use_fips_endpoint": True}, "kms-fips.us-east-1.amazonaws.com"),
    ("kms", {"use_dualstack_endpoint": True}, "kms.us-east-1.api.aws"),
]  # fmt: skip


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("service", "config", "host"), VARIANTS, ids=[f"{one[0]}-{one[2]}" for one in VARIANTS]
)
async def test_variants_of_endpoints(
    clients: ModuleType, backend: str, service: str, config: dict[str, Any], host: str
) -> None:
    operation, key = {one[0]: one[1:] for one in CALLS}[service]
    asked = []
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        if "account_id_endpoint_mode" in config:
            patch.setenv("AWS_ACCOUNT_ID", "123456789012")
        async with clients.aio(service, backend, config=config) as client:
            client.meta.events.register(
                "before-send", lambda request, **_: asked.append(request.url)
            )
            answer = await getattr(client, operation)()
        with clients.sync(service, config=config) as client:
            expected = getattr(client, operation)()
    assert [url.split("/")[2].split("?")[0] for url in asked] == [host]
    assert answer.get(key) == expected.get(key)


@pytest.mark.asyncio
async def test_bucket_in_the_host_of_a_variant(clients: ModuleType, backend: str) -> None:
    with mock_aws(), clients.sync("s3") as boto3_s3:
        boto3_s3.create_bucket(Bucket="bucket")
        for config in (
            {"s3": {"addressing_style": "virtual"}},
            {"s3": {"addressing_style": "path"}},
            {"s3": {"use_accelerate_endpoint": True}},
            {"use_dualstack_endpoint": True, "s3": {"addressing_style": "virtual"}},
            {"use_fips_endpoint": True},
        ):
            async with clients.aio("s3", backend, config=config) as s3:
                await s3.put_object(Bucket="bucket", Key="a/b", Body=b"x")
            answer = boto3_s3.get_object(Bucket="bucket", Key="a/b")
            assert answer["Body"].read() == b"x", config
            boto3_s3.delete_object(Bucket="bucket", Key="a/b")


@pytest.mark.asyncio
async def test_account_in_the_host_of_s3_control(clients: ModuleType, backend: str) -> None:
    with mock_aws():
        async with clients.aio("s3control", backend) as control:
            block = {"BlockPublicAcls": True}
            await control.put_public_access_block(
                AccountId="123456789012", PublicAccessBlockConfiguration=block
            )
            answer = await control.get_public_access_block(AccountId="123456789012")
    assert answer["PublicAccessBlockConfiguration"]["BlockPublicAcls"] is True


# -- rule 2: declared addresses ----------------------------------------------------------

ENDPOINTS = ["https://minio.local:9000", "http://localhost:4566", "http://10.1.2.3/aws"]


@pytest.mark.asyncio
@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("style", ["path", "virtual"])
async def test_declared_endpoint_of_s3(
    clients: ModuleType, backend: str, endpoint: str, style: str
) -> None:
    if style == "virtual" and "10.1.2.3" in endpoint:
        pytest.skip("a bucket can't stand before an IP address")
    config = {"s3": {"addressing_style": style}}
    with mock_aws(endpoints=[endpoint]):
        async with clients.aio("s3", backend, endpoint_url=endpoint, config=config) as s3:
            await s3.create_bucket(Bucket="bucket")
            await s3.put_object(Bucket="bucket", Key="a b/c%2Fd", Body=b"x")
            listed = await s3.list_objects_v2(Bucket="bucket")
        with clients.sync("s3") as plain:
            assert plain.get_object(Bucket="bucket", Key="a b/c%2Fd")["Body"].read() == b"x"
    assert [one["Key"] for one in listed["Contents"]] == ["a b/c%2Fd"]


@pytest.mark.asyncio
@pytest.mark.parametrize(("service", "operation", "key"), CALLS, ids=[one[0] for one in CALLS])
async def test_service_by_credential_scope(
    clients: ModuleType, backend: str, service: str, operation: str, key: str
) -> None:
    endpoint = "http://localhost:4566"
    with mock_aws(endpoints=[endpoint]):
        async with clients.aio(service, backend, endpoint_url=endpoint) as client:
            answer = await getattr(client, operation)()
        with clients.sync(service) as client:
            expected = getattr(client, operation)()
    assert answer.get(key) == expected.get(key)


@pytest.mark.asyncio
async def test_service_of_an_unsigned_request_by_the_client(
    clients: ModuleType, backend: str
) -> None:
    """AssumeRoleWithWebIdentity is never signed."""
    endpoint = "http://localhost:4566"
    with mock_aws(endpoints=[endpoint]):
        async with clients.aio("sts", backend, endpoint_url=endpoint) as sts:
            answer = await sts.assume_role_with_web_identity(
                RoleArn="arn:aws:iam::123456789012:role/r",
                RoleSessionName="mine",
                WebIdentityToken="a.web.token",
            )
    assert answer["AssumedRoleUser"]["Arn"].endswith("role/r/mine")


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("variable", "services"),
    [
        ("AWS_ENDPOINT_URL", ["s3", "sqs", "dynamodb"]),
        ("AWS_ENDPOINT_URL_S3", ["s3"]),
        ("AWS_ENDPOINT_URL_SQS", ["sqs"]),
        ("AWS_ENDPOINT_URL_DYNAMODB", ["dynamodb"]),
    ],
)
async def test_endpoint_of_the_environment(
    clients: ModuleType,
    backend: str,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    services: list[str],
) -> None:
    monkeypatch.setenv(variable, "http://localhost:4566")
    operations = {one[0]: one[1:] for one in CALLS}
    for service in services:
        operation, key = operations[service]
        with mock_aws():
            assert os.environ[variable] == "http://localhost:4566"
            async with clients.aio(service, backend) as client:
                assert client.meta.endpoint_url == "http://localhost:4566"
                answer = await getattr(client, operation)()
            with clients.sync(service) as client:
                assert client.meta.endpoint_url == "http://localhost:4566"
                assert getattr(client, operation)().get(key) == answer.get(key)


@pytest.mark.asyncio
async def test_queue_url_under_a_declared_endpoint(clients: ModuleType, backend: str) -> None:
    """moto's queue URLs carry the host that was asked."""
    endpoint = "http://localhost:4566"
    with mock_aws(endpoints=[endpoint]):
        async with clients.aio("sqs", backend, endpoint_url=endpoint) as sqs:
            url = (await sqs.create_queue(QueueName="q"))["QueueUrl"]
            await sqs.send_message(QueueUrl=url, MessageBody="text")
            [message] = (await sqs.receive_message(QueueUrl=url))["Messages"]
    assert message["Body"] == "text"


@pytest.mark.asyncio
async def test_custom_s3_endpoints_of_moto(
    clients: ModuleType, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_S3_CUSTOM_ENDPOINTS", "https://ceph.local,http://minio.local:9000")
    with mock_aws():
        for endpoint in ("https://ceph.local", "http://minio.local:9000"):
            bucket = endpoint.split("/")[2].split(".")[0]
            config = {"s3": {"addressing_style": "path"}}
            async with clients.aio("s3", backend, endpoint_url=endpoint, config=config) as s3:
                await s3.create_bucket(Bucket=bucket)
                await s3.put_object(Bucket=bucket, Key="key", Body=b"x")
            with clients.sync("s3") as plain:
                assert plain.get_object(Bucket=bucket, Key="key")["Body"].read() == b"x"
