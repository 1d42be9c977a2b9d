"""What S3 does, asked for with coroutines: by hand after moto's own tests/test_s3."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from botocore.exceptions import ClientError

from aiomoto import mock_aws

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.asyncio

ACCOUNT = "123456789012"


async def put(s3: Any, key: str = "k", body: bytes = b"data", **kwargs: Any) -> Any:
    return await s3.put_object(Bucket="bucket", Key=key, Body=body, **kwargs)


async def read(s3: Any, key: str = "k", **kwargs: Any) -> bytes:
    answer = await s3.get_object(Bucket="bucket", Key=key, **kwargs)
    data: bytes = await answer["Body"].read()
    return data


async def test_many_calls_at_once(s3: Any) -> None:
    await asyncio.gather(*(put(s3, f"k{n}", b"%d" % n) for n in range(50)))
    found = await asyncio.gather(*(read(s3, f"k{n}") for n in range(50)))
    assert found == [b"%d" % n for n in range(50)]


async def test_a_cancelled_call_leaves_the_client_usable(s3: Any) -> None:
    task = asyncio.ensure_future(put(s3, body=bytes(5 * 2**20)))
    await asyncio.sleep(0)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):  # it may have been quicker
        await task
    await put(s3)
    assert await read(s3) == b"data"


async def test_paginators_and_waiters(s3: Any) -> None:
    await asyncio.gather(*(put(s3, f"{n:02}/k") for n in range(25)))
    paginate = s3.get_paginator("list_objects_v2").paginate
    pages = paginate(Bucket="bucket", PaginationConfig={"PageSize": 10})
    assert [len(page["Contents"]) async for page in pages] == [10, 10, 5]
    found = await paginate(Bucket="bucket").build_full_result()
    assert len(found["Contents"]) == 25
    prefixes = await s3.list_objects_v2(Bucket="bucket", Delimiter="/", Prefix="0")
    assert prefixes["CommonPrefixes"][0] == {"Prefix": "00/"}
    await s3.get_waiter("bucket_exists").wait(Bucket="bucket")
    await s3.get_waiter("object_exists").wait(Bucket="bucket", Key="00/k")
    await s3.get_waiter("object_not_exists").wait(Bucket="bucket", Key="nowhere")


async def test_multipart(s3: Any) -> None:
    parts = [bytes([n]) * 5 * 2**20 for n in range(2)] + [b"end"]
    upload = await s3.create_multipart_upload(Bucket="bucket", Key="k", Metadata={"a": "b"})
    where = {"Bucket": "bucket", "Key": "k", "UploadId": upload["UploadId"]}
    done = await asyncio.gather(
        *(s3.upload_part(PartNumber=n, Body=part, **where) for n, part in enumerate(parts, 1))
    )
    chosen = [{"PartNumber": n, "ETag": part["ETag"]} for n, part in enumerate(done, 1)]
    listed = await s3.list_parts(**where)
    assert [part["Size"] for part in listed["Parts"]] == [len(part) for part in parts]
    await s3.complete_multipart_upload(MultipartUpload={"Parts": chosen}, **where)
    assert await read(s3) == b"".join(parts)
    head = await s3.head_object(Bucket="bucket", Key="k")
    assert head["ETag"].endswith('-3"')
    assert head["Metadata"] == {"a": "b"}


@pytest.mark.parametrize(
    "key",
    [
        "a b",
        "a+b",
        "a//b",
        "/leading",
        "trailing/",
        "dot/./dot",
        "ä ö/\N{SNOWMAN}",
        "100%",
        "%41",
        "a?b=c&d=e",
        "#hash",
        "q'u\"o<t>e&",
        "~tilde*(1)!",
        "x" * 1024,
    ],
)
async def test_unusual_keys(s3: Any, key: str) -> None:
    await put(s3, key)
    assert await read(s3, key) == b"data"
    listed = await s3.list_objects_v2(Bucket="bucket")
    assert [item["Key"] for item in listed["Contents"]] == [key]
    done = await s3.delete_objects(Bucket="bucket", Delete={"Objects": [{"Key": key}]})
    assert [item["Key"] for item in done["Deleted"]] == [key]


@pytest.mark.parametrize("style", ["path", "virtual", "auto"])
@pytest.mark.parametrize("bucket", ["bucket", "bucket.with.dots", "bucket-9"])
async def test_addressing(
    connect: Callable[..., Any], backend: str, style: str, bucket: str
) -> None:
    config = {"s3": {"addressing_style": style}}
    async with mock_aws(), connect("s3", backend, **config) as s3:
        await s3.create_bucket(Bucket=bucket)
        await s3.put_object(Bucket=bucket, Key="a/b", Body=b"data")
        answer = await s3.get_object(Bucket=bucket, Key="a/b")
        assert await answer["Body"].read() == b"data"
        listed = await s3.list_objects_v2(Bucket=bucket)
        assert [item["Key"] for item in listed["Contents"]] == ["a/b"]


@pytest.mark.parametrize(
    "options",
    [{"use_dualstack_endpoint": True}, {"use_accelerate_endpoint": True}],
    ids=["dualstack", "accelerate"],
)
async def test_other_endpoints(connect: Callable[..., Any], options: dict[str, Any]) -> None:
    async with mock_aws():
        async with connect("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
        async with connect("s3", s3=options) as s3:
            await put(s3)
            assert await read(s3) == b"data"


@pytest.mark.since_moto("5.2", "it lacked some regions")
@pytest.mark.parametrize(
    "region",
    [
        "us-east-1",
        "eu-west-1",
        "ap-south-1",
        "cn-north-1",
        "us-gov-west-1",
        "us-iso-east-1",
        "us-isob-east-1",
        "eu-isoe-west-1",
        "us-isof-south-1",
        "eusc-de-east-1",
    ],
)
async def test_partitions(connect: Callable[..., Any], backend: str, region: str) -> None:
    async with mock_aws(), connect("s3", backend, client={"region_name": region}) as s3:
        where = {"CreateBucketConfiguration": {"LocationConstraint": region}}
        await s3.create_bucket(Bucket="bucket", **({} if region == "us-east-1" else where))
        await put(s3)
        assert await read(s3) == b"data"
        assert [one["Name"] for one in (await s3.list_buckets())["Buckets"]] == ["bucket"]
        url = await s3.generate_presigned_url("get_object", {"Bucket": "bucket", "Key": "k"})
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            assert await answer.read() == b"data"


@pytest.mark.since_moto("5.2", "it lacked some listings")
async def test_an_access_point(connect: Callable[..., Any], s3: Any, backend: str) -> None:
    async with connect("s3control", backend) as control:
        made = await control.create_access_point(AccountId=ACCOUNT, Name="point", Bucket="bucket")
        arn = made["AccessPointArn"]
        await s3.put_object(Bucket=arn, Key="k", Body=b"data")
        assert await read(s3) == b"data"
        answer = await s3.get_object(Bucket=arn, Key="k")
        assert await answer["Body"].read() == b"data"
        listed = await control.list_access_points(AccountId=ACCOUNT, Bucket="bucket")
        assert [point["Name"] for point in listed["AccessPointList"]] == ["point"]


async def test_s3_control(connect: Callable[..., Any], backend: str) -> None:
    async with mock_aws(), connect("s3control", backend) as control:
        blocked = {
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": False,
        }
        await control.put_public_access_block(
            AccountId=ACCOUNT, PublicAccessBlockConfiguration=blocked
        )
        found = await control.get_public_access_block(AccountId=ACCOUNT)
        assert found["PublicAccessBlockConfiguration"] == blocked


async def test_errors_are_the_clients_own(s3: Any) -> None:
    with pytest.raises(s3.exceptions.NoSuchBucket, match="does not exist"):
        await s3.get_object(Bucket="nowhere", Key="k")
    with pytest.raises(ClientError, match="404") as caught:
        await s3.head_object(Bucket="bucket", Key="k")
    assert caught.value.response["Error"]["Code"] == "404"
    with pytest.raises(ClientError, match="BucketNotEmpty"):
        await put(s3)
        await s3.delete_bucket(Bucket="bucket")


async def test_sync_and_async_see_one_another(aio_s3: Any, boto: Callable[..., Any]) -> None:
    s3 = boto("s3")
    s3.put_object(Bucket="bucket", Key="k", Body=b"from sync")
    assert await read(aio_s3) == b"from sync"
    await put(aio_s3, body=b"from async")
    assert s3.get_object(Bucket="bucket", Key="k")["Body"].read() == b"from async"


@pytest.mark.parametrize("host", ["s3-website-us-east-1", "s3-website.us-east-1"])
async def test_the_address_of_a_website(aio_s3: Any, host: str) -> None:
    await put(aio_s3, "page.html", b"<p>page", ACL="public-read", ContentType="text/html")
    async with aiohttp.ClientSession() as session:
        async with session.get(f"http://bucket.{host}.amazonaws.com/page.html") as answer:
            assert (answer.status, answer.content_type) == (200, "text/html")
            assert await answer.read() == b"<p>page"
