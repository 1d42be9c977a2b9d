"""Firehose: blobs that end up in S3, where they are read as a stream."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("aws")]

BLOB = bytes(range(256))
ROLE = "arn:aws:iam::123456789012:role/firehose"


async def make_stream(firehose: Any, s3: Any, name: str = "clicks") -> None:
    await s3.create_bucket(Bucket=name)
    await firehose.create_delivery_stream(
        DeliveryStreamName=name,
        ExtendedS3DestinationConfiguration={
            "RoleARN": ROLE,
            "BucketARN": f"arn:aws:s3:::{name}",
            "Prefix": "in/",
        },
    )


async def delivered(s3: Any, bucket: str = "clicks") -> list[bytes]:
    """The bodies of all objects, read at once."""
    found = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="in/")
    keys = [key async for key in found.search("Contents[].Key")]

    async def read(key: str) -> bytes:
        answer = await s3.get_object(Bucket=bucket, Key=key)
        async with answer["Body"] as body:
            return bytes(await body.read())

    return await asyncio.gather(*map(read, keys))


async def test_records_of_many_tasks_are_delivered(connect: Any, backend: str) -> None:
    records = [BLOB + b"%d" % n for n in range(20)]
    async with connect("firehose", backend) as firehose, connect("s3", backend) as s3:
        await make_stream(firehose, s3)
        answers = await asyncio.gather(
            *(
                firehose.put_record(DeliveryStreamName="clicks", Record={"Data": record})
                for record in records
            )
        )
        assert len({answer["RecordId"] for answer in answers}) == 20
        assert sorted(await delivered(s3)) == sorted(records)


@pytest.mark.parametrize("kind", [bytes, bytearray, str])
async def test_kinds_of_data(connect: Any, boto: Any, kind: Any) -> None:
    data = kind("clicks", *(["utf-8"] if kind is not str else []))
    async with connect("firehose") as firehose, connect("s3") as s3:
        await make_stream(firehose, s3)
        await firehose.put_record(DeliveryStreamName="clicks", Record={"Data": data})
        boto("firehose").put_record(DeliveryStreamName="clicks", Record={"Data": data})
        assert await delivered(s3) == [b"clicks"] * 2


async def test_a_batch_is_one_object(connect: Any, backend: str) -> None:
    lines = [json.dumps({"n": n}).encode() + b"\n" for n in range(100)]
    async with connect("firehose", backend) as firehose, connect("s3", backend) as s3:
        await make_stream(firehose, s3)
        answer = await firehose.put_record_batch(
            DeliveryStreamName="clicks", Records=[{"Data": line} for line in lines]
        )
        assert answer["FailedPutCount"] == 0
        assert len({one["RecordId"] for one in answer["RequestResponses"]}) == 100
        [body] = await delivered(s3)
        assert body == b"".join(lines)


async def test_errors_are_typed(connect: Any, backend: str) -> None:
    async with connect("firehose", backend) as firehose, connect("s3", backend) as s3:
        with pytest.raises(firehose.exceptions.ResourceNotFoundException, match="nowhere"):
            await firehose.put_record(DeliveryStreamName="nowhere", Record={"Data": b"x"})
        await make_stream(firehose, s3)
        with pytest.raises(firehose.exceptions.ResourceInUseException):
            await make_stream(firehose, s3)
