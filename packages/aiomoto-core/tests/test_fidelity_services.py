"""Small stories with other services and with sync clients, in process as over the wire."""

from __future__ import annotations

import asyncio
import base64
from typing import TYPE_CHECKING, Any

import aiobotocore
import pytest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiomoto.testing.outcome import Outcome
    from aiomoto.testing.worlds import World

    Compare = Callable[..., Awaitable[Outcome]]

TABLE: dict[str, Any] = {
    "TableName": "orders",
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


@pytest.mark.asyncio
async def test_dynamodb(compare: Compare) -> None:
    async def body(world: World) -> Any:
        async with world.client("dynamodb") as dynamodb:
            await dynamodb.create_table(**TABLE)
            item = {
                "id": {"S": "1"},
                "n": {"N": "3.50"},
                "b": {"B": b"\x00\xff"},
                "s": {"SS": ["x"]},
            }
            missing = {"ConditionExpression": "attribute_not_exists(id)"}
            return [
                await dynamodb.put_item(TableName="orders", Item=item, **missing),
                await world.attempt(
                    lambda: dynamodb.put_item(TableName="orders", Item=item, **missing)
                ),
                await dynamodb.get_item(TableName="orders", Key={"id": {"S": "1"}}),
                await dynamodb.scan(TableName="orders"),
                await world.attempt(lambda: dynamodb.put_item(TableName="orders", Item={})),
            ]

    outcome = await compare(body)
    _, refused, got, scanned, invalid = outcome.value
    assert refused[1] == "botocore.errorfactory.ConditionalCheckFailedException"
    assert got["Item"]["b"] == {"B": b"\x00\xff"}
    assert scanned["Count"] == 1
    assert "ValidationException" in invalid[2]


@pytest.mark.asyncio
async def test_sqs(compare: Compare) -> None:
    async def body(world: World) -> Any:
        async with world.client("sqs") as sqs:
            queue = {"QueueUrl": (await sqs.create_queue(QueueName="orders"))["QueueUrl"]}
            sent = await sqs.send_message(**queue, MessageBody="body \N{SNOWMAN} & <x>")
            got = await sqs.receive_message(**queue)
            [message] = got["Messages"]
            await sqs.delete_message(**queue, ReceiptHandle=message["ReceiptHandle"])
            empty = await sqs.receive_message(**queue)
            wrong = await world.attempt(
                lambda: sqs.delete_message(**queue, ReceiptHandle="no such handle")
            )
            return sent["MD5OfMessageBody"], message["Body"], empty, wrong

    outcome = await compare(body)
    assert outcome.value[1] == "body \N{SNOWMAN} & <x>"
    assert "Messages" not in outcome.value[2]
    assert outcome.value[3][1] == "botocore.errorfactory.ReceiptHandleIsInvalid"


@pytest.mark.asyncio
async def test_kms(compare: Compare) -> None:
    async def body(world: World) -> Any:
        async with world.client("kms") as kms:
            key = (await kms.create_key())["KeyMetadata"]["KeyId"]
            cipher = (await kms.encrypt(KeyId=key, Plaintext=b"secret"))["CiphertextBlob"]
            plain = await kms.decrypt(CiphertextBlob=cipher)
            return plain["Plaintext"], await world.attempt(
                lambda: kms.decrypt(CiphertextBlob=base64.b64encode(b"nonsense"))
            )

    outcome = await compare(body)
    assert outcome.value[0] == b"secret"
    assert outcome.value[1][0] == "raised"


@pytest.mark.asyncio
async def test_event_stream(compare: Compare) -> None:
    """S3 Select answers with an event stream, which the client parses from the raw response."""

    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            await s3.put_object(Bucket="bucket", Key="key", Body=b'{"a": 1}\n{"a": 2}')
            answer = await s3.select_object_content(
                Bucket="bucket",
                Key="key",
                Expression="SELECT * FROM S3Object",
                ExpressionType="SQL",
                InputSerialization={"JSON": {"Type": "LINES"}},
                OutputSerialization={"JSON": {"RecordDelimiter": ";"}},
            )
            return await world.attempt(collected, answer["Payload"])

    async def collected(stream: Any) -> list[Any]:
        return [event async for event in stream]

    outcome = await compare(body)
    if outcome.value[0] != "raised":
        assert any(
            b'"a"' in event.get("Records", {}).get("Payload", b"") for event in outcome.value
        )


@pytest.mark.asyncio
async def test_sts(compare: Compare) -> None:
    async def body(world: World) -> Any:
        async with world.client("sts") as sts:
            role = {"RoleArn": "arn:aws:iam::123456789012:role/it", "RoleSessionName": "session"}
            assumed = await sts.assume_role(**role)
            credentials = assumed["Credentials"]
            async with world.client(
                "sts",
                aws_access_key_id=credentials["AccessKeyId"],
                aws_secret_access_key=credentials["SecretAccessKey"],
                aws_session_token=credentials["SessionToken"],
            ) as other:
                return [
                    await sts.get_caller_identity(),
                    (await other.get_caller_identity())["Arn"],
                    await world.attempt(lambda: sts.assume_role(**{**role, "RoleArn": "short"})),
                ]

    outcome = await compare(body)
    assert outcome.value[0]["Account"] == "123456789012"
    assert outcome.value[1].endswith("assumed-role/it/session")


@pytest.mark.asyncio
async def test_another_region(compare: Compare) -> None:
    """State is per region, and the region comes from the client."""

    async def body(world: World) -> Any:
        found = []
        async with world.client("sqs", region_name="eu-central-1") as sqs:
            await sqs.create_queue(QueueName="there")
        for region in ("us-east-1", "eu-central-1", "cn-north-1"):
            async with world.client("sqs", region_name=region) as sqs:
                urls = (await sqs.list_queues()).get("QueueUrls", [])
                found.append([url.rpartition("/")[2] for url in urls])
        return found

    outcome = await compare(body)
    assert outcome.value == [[], ["there"], []]


@pytest.mark.asyncio
async def test_sync_and_async_clients_share_state(world: World) -> None:
    sync = world.boto3("s3")
    sync.create_bucket(Bucket="bucket")
    async with world.client("s3") as s3:
        await s3.put_object(Bucket="bucket", Key="key", Body=b"from async")
        assert sync.get_object(Bucket="bucket", Key="key")["Body"].read() == b"from async"
        sync.put_object(Bucket="bucket", Key="key", Body=b"from sync")
        answer = await s3.get_object(Bucket="bucket", Key="key")
        assert await answer["Body"].read() == b"from sync"
        world.reset()
        assert (await s3.list_buckets())["Buckets"] == []


@pytest.mark.asyncio
async def test_sync_clients(compare: Compare, backend: str) -> None:
    if backend != "aiohttp":
        pytest.skip("sync clients have one backend")

    async def body(world: World) -> Any:
        # In the loop's own thread: the twin answers in another one.
        s3 = world.boto3("s3")
        s3.create_bucket(Bucket="bucket")
        put = s3.put_object(Bucket="bucket", Key="key", Body=b"line 1\nline 2", Metadata={"A": "b"})
        answer = s3.get_object(Bucket="bucket", Key="key")
        raw = answer["Body"]._raw_stream
        return [
            put,
            answer["Metadata"],
            answer["ResponseMetadata"],
            answer["Body"].read(4),
            list(answer["Body"].iter_lines()),
            f"{type(raw).__module__}.{type(raw).__qualname__}",
            await world.attempt(lambda: s3.head_object(Bucket="bucket", Key="none")),
            await world.attempt(lambda: s3.get_object(Bucket="none", Key="none")),
        ]

    outcome = await compare(body)
    assert outcome.value[3:5] == [b"line", [b" 1", b"line 2"]]


@pytest.mark.asyncio
async def test_sync_client_in_a_thread(world: World) -> None:
    sync = world.boto3("sqs")
    async with world.client("sqs") as sqs:
        made = await asyncio.gather(
            *(asyncio.to_thread(sync.create_queue, QueueName=f"sync-{n}") for n in range(4)),
            *(sqs.create_queue(QueueName=f"async-{n}") for n in range(4)),
        )
        assert len({one["QueueUrl"] for one in made}) == 8
        assert len((await sqs.list_queues())["QueueUrls"]) == 8


@pytest.mark.parametrize("world_kind", ["wire", "in-process"])
def test_trio(request: pytest.FixtureRequest, make_world: Any, world_kind: str) -> None:
    """aiobotocore 3 on httpx runs on trio as well."""
    if int(aiobotocore.__version__.partition(".")[0]) < 3:
        pytest.skip("aiobotocore 2 is for asyncio alone")
    trio = pytest.importorskip("trio")

    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            await s3.put_object(Bucket="bucket", Key="key", Body=b"on trio")
            answer = await s3.get_object(Bucket="bucket", Key="key")
            data = await answer["Body"].read()
            missing = await world.attempt(lambda: s3.get_object(Bucket="bucket", Key="none"))
            return data, missing[1]

    with make_world(world_kind, "httpx").active() as world:
        assert trio.run(body, world) == (b"on trio", "botocore.errorfactory.NoSuchKey")
