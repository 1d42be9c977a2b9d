"""Errors and retries, in process as over the wire."""

from __future__ import annotations

import asyncio
import io
import time
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from moto.kms.models import KmsBackend
from moto.s3.exceptions import S3ClientError
from moto.s3.models import S3Backend

from aiomoto import hookimpl

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiomoto.testing.outcome import Outcome
    from aiomoto.testing.worlds import World

    Compare = Callable[..., Awaitable[Outcome]]

# service, operation, arguments, the code of the error
CALLS: list[tuple[str, str, dict[str, Any], str]] = [
    ("s3", "get_object", {"Bucket": "nobucket", "Key": "key"}, "NoSuchBucket"),
    ("s3", "get_object", {"Bucket": "bucket", "Key": "nokey"}, "NoSuchKey"),
    ("s3", "head_object", {"Bucket": "bucket", "Key": "nokey"}, "404"),
    ("s3", "head_bucket", {"Bucket": "nobucket"}, "404"),
    ("s3", "delete_bucket", {"Bucket": "nobucket"}, "NoSuchBucket"),
    ("s3", "create_bucket", {"Bucket": "a"}, "InvalidBucketName"),
    ("s3", "get_bucket_policy", {"Bucket": "bucket"}, "NoSuchBucketPolicy"),
    ("s3", "get_object", {"Bucket": "bucket", "Key": "nokey", "VersionId": "x"}, "NoSuchVersion"),
    ("dynamodb", "describe_table", {"TableName": "none"}, "ResourceNotFoundException"),
    ("dynamodb", "get_item", {"TableName": "none", "Key": {"id": {"S": "1"}}}, ""),
    ("sqs", "get_queue_url", {"QueueName": "none"}, "AWS.SimpleQueueService.NonExistentQueue"),
    ("sqs", "delete_queue", {"QueueUrl": "https://queue.amazonaws.com/1/none"}, ""),
    ("kms", "describe_key", {"KeyId": "none"}, "NotFoundException"),
    ("sts", "decode_authorization_message", {"EncodedMessage": ""}, ""),
    ("iam", "get_user", {"UserName": "none"}, "NoSuchEntity"),
    ("sns", "get_topic_attributes", {"TopicArn": "arn:aws:sns:us-east-1:1:none"}, "NotFound"),
    ("ssm", "get_parameter", {"Name": "none"}, "ParameterNotFound"),
    ("lambda", "get_function", {"FunctionName": "none"}, "ResourceNotFoundException"),
    ("secretsmanager", "get_secret_value", {"SecretId": "none"}, "ResourceNotFoundException"),
    ("logs", "get_log_events", {"logGroupName": "a", "logStreamName": "b"}, ""),
]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("service", "operation", "arguments", "code"),
    CALLS,
    ids=[f"{service}-{operation}-{code}" for service, operation, _, code in CALLS],
)
async def test_error(
    compare: Compare, service: str, operation: str, arguments: dict[str, Any], code: str
) -> None:
    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
        async with world.client(service) as client:
            return await getattr(client, operation)(**arguments)

    outcome = await compare(body)
    if isinstance(outcome.raw, ClientError) and code:
        assert outcome.response["Error"]["Code"] == code


@pytest.mark.asyncio
async def test_conditions(compare: Compare) -> None:
    """304 and 412 carry headers and no modeled error."""

    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            where = {"Bucket": "bucket", "Key": "key"}
            tag = (await s3.put_object(**where, Body=b"body"))["ETag"]
            return [
                await world.attempt(lambda: s3.get_object(**where, IfNoneMatch=tag)),
                await world.attempt(lambda: s3.head_object(**where, IfNoneMatch=tag)),
                await world.attempt(lambda: s3.get_object(**where, IfMatch='"other"')),
                await world.attempt(lambda: s3.put_object(**where, Body=b"", IfNoneMatch="*")),
            ]

    outcome = await compare(body)
    codes = [text.partition("(")[2].partition(")")[0] for _, _, text in outcome.value]
    assert codes == ["304", "304", "PreconditionFailed", "PreconditionFailed"]


@pytest.mark.asyncio
async def test_modeled_exceptions(world: World) -> None:
    async with world.client("s3") as s3:
        await s3.create_bucket(Bucket="bucket")
        with pytest.raises(s3.exceptions.NoSuchKey):
            await s3.get_object(Bucket="bucket", Key="nokey")
        with pytest.raises(s3.exceptions.NoSuchBucket):
            await s3.list_objects_v2(Bucket="nobucket")
    async with world.client("s3", region_name="eu-west-1") as s3:
        with pytest.raises(s3.exceptions.BucketAlreadyOwnedByYou):
            await s3.create_bucket(
                Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
            )
    async with world.client("sqs") as sqs:
        with pytest.raises(sqs.exceptions.QueueDoesNotExist):
            await sqs.get_queue_url(QueueName="none")


@pytest.mark.asyncio
async def test_validation_errors(compare: Compare) -> None:
    """These never leave the client; a mock must not get in their way."""

    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            return [
                await world.attempt(lambda: s3.get_object(Bucket="bucket")),
                await world.attempt(lambda: s3.get_object(Bucket="bu/cket", Key="key")),
                await world.attempt(lambda: s3.get_object(Bucket=1, Key="key")),
                await world.attempt(lambda: s3.get_object(Bucket="b", Key="k", Wrong=1)),
                await world.attempt(lambda: s3.no_such_operation()),
            ]

    outcome = await compare(body)
    assert all(one[0] == "raised" for one in outcome.value)


def failing(times: int, real: Callable[..., Any]) -> Callable[..., Any]:
    """`real`, but throttled the first `times` times, with a code that each mode retries."""
    left = [times]

    def answer(*args: Any, **kwargs: Any) -> Any:
        if left[0]:
            left[0] -= 1
            raise S3ClientError("ThrottlingException", "Rate exceeded")
        return real(*args, **kwargs)

    return answer


@pytest.mark.asyncio
@pytest.mark.parametrize("mode", ["legacy", "standard"])
@pytest.mark.parametrize("times", [1, 9])
async def test_retries(
    compare: Compare, monkeypatch: pytest.MonkeyPatch, mode: str, times: int
) -> None:
    """A throttled call is sent again, as often as the client says, and counted."""
    real = S3Backend.list_buckets

    async def body(world: World) -> Any:
        monkeypatch.setattr(S3Backend, "list_buckets", failing(times, real))
        config = {"retries": {"mode": mode, "total_max_attempts": 2}}
        async with world.client("s3", config=config) as s3:
            return await s3.list_buckets()

    outcome = await compare(body)
    answer = outcome.value if times == 1 else outcome.response
    assert answer["ResponseMetadata"]["RetryAttempts"] == 1


@pytest.mark.asyncio
async def test_retries_send_the_body_again(
    compare: Compare, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = S3Backend.put_object

    async def body(world: World) -> Any:
        monkeypatch.setattr(S3Backend, "put_object", failing(1, real))
        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            put = await s3.put_object(Bucket="bucket", Key="key", Body=io.BytesIO(b"again"))
            answer = await s3.get_object(Bucket="bucket", Key="key")
            return put, await answer["Body"].read()

    outcome = await compare(body)
    put, held = outcome.value
    assert put["ResponseMetadata"]["RetryAttempts"] == 1
    assert held == b"again"


class Slow:
    """Says of KMS what it is here: a backend that waits."""

    @hookimpl
    def aiomoto_services(self) -> list[str]:
        return ["kms"]

    @hookimpl
    def aiomoto_blocks(self) -> bool:
        return True


@pytest.mark.asyncio
async def test_read_timeout(compare: Compare, monkeypatch: pytest.MonkeyPatch) -> None:
    """A backend that takes longer than the client waits."""
    real = KmsBackend.list_keys

    def slow(*args: Any, **kwargs: Any) -> Any:
        time.sleep(0.6)
        return real(*args, **kwargs)

    monkeypatch.setattr(KmsBackend, "list_keys", slow)

    async def body(world: World) -> Any:
        config = {"read_timeout": 0.2, "retries": {"max_attempts": 0}}
        try:
            async with world.client("kms", config=config) as kms:
                return await kms.list_keys()
        finally:
            # aiohttp's TLS transport is gone when the far end has answered its goodbye.
            await asyncio.sleep(0.6)

    outcome = await compare(body, plugins=[Slow()])
    assert outcome.error
    assert outcome.error[0] == "botocore.exceptions.ReadTimeoutError"
