"""Objects, versions, copies, parts, conditions, and S3's sister services: as over the wire.

Not S3 Control and access points: their addresses begin with an account or a name,
which nobody resolves before ``localhost``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from moto.backend_index import backend_url_patterns

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiomoto.testing.outcome import Outcome
    from aiomoto.testing.worlds import World

    Compare = Callable[..., Awaitable[Outcome]]

pytestmark = pytest.mark.asyncio

SERVICES = {name for name, _ in backend_url_patterns}
BUCKET = {"Bucket": "bucket"}
WHERE = {**BUCKET, "Key": "k"}


async def put(s3: Any, key: str = "k", body: bytes = b"data", **kwargs: Any) -> Any:
    return await s3.put_object(Bucket="bucket", Key=key, Body=body, **kwargs)


async def get(s3: Any, key: str = "k", **kwargs: Any) -> Any:
    """The whole answer, its body read."""
    answer = await s3.get_object(Bucket="bucket", Key=key, **kwargs)
    return {**answer, "Body": await answer["Body"].read()}


@pytest.mark.since_moto("5.2", "it lacked some conditions")
async def test_conditional_reads_and_writes(compare: Compare) -> None:
    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            await s3.create_bucket(**BUCKET)
            new = await put(s3, IfNoneMatch="*")
            tag = new["ETag"]
            old, future = "2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z"
            return [
                new,
                await world.attempt(lambda: put(s3, IfNoneMatch="*")),
                await world.attempt(lambda: put(s3, IfMatch='"other"')),
                await world.attempt(lambda: put(s3, "nowhere", IfMatch=tag)),
                await put(s3, body=b"data", IfMatch=tag),
                await get(s3, IfMatch=tag),
                await world.attempt(lambda: get(s3, IfMatch='"other"')),
                await world.attempt(lambda: get(s3, IfNoneMatch=tag)),
                await get(s3, IfNoneMatch='"other"'),
                await get(s3, IfModifiedSince=old),
                await world.attempt(lambda: get(s3, IfModifiedSince=future)),
                await world.attempt(lambda: get(s3, IfUnmodifiedSince=old)),
                await get(s3, IfUnmodifiedSince=future),
                await world.attempt(lambda: s3.head_object(**WHERE, IfNoneMatch=tag)),
                await world.attempt(lambda: s3.head_object(**WHERE, IfMatch='"other"')),
                await world.attempt(
                    lambda: s3.copy_object(**WHERE, CopySource=WHERE, CopySourceIfMatch='"other"')
                ),
            ]

    outcome = await compare(body)
    refused = [one for one in outcome.value if isinstance(one, list)]
    assert len(refused) == 10
    codes = [text.partition("(")[2].partition(")")[0] for _, _, text in refused]
    assert codes.count("PreconditionFailed") >= 4
    assert codes.count("304") == 3


async def test_versions(compare: Compare) -> None:
    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            await s3.create_bucket(**BUCKET)
            await s3.put_bucket_versioning(**BUCKET, VersioningConfiguration={"Status": "Enabled"})
            one, two = await put(s3, body=b"one"), await put(s3, body=b"two")
            found = [one, await get(s3), await get(s3, VersionId=one["VersionId"])]
            marker = await s3.delete_object(**WHERE)
            found += [marker, await world.attempt(lambda: get(s3))]
            listed = await s3.list_object_versions(**BUCKET)
            numbers = {one["VersionId"]: "one", two["VersionId"]: "two"}
            found.append([numbers[version["VersionId"]] for version in listed["Versions"]])
            found.append(await s3.delete_object(**WHERE, VersionId=marker["VersionId"]))
            return [*found, await get(s3)]

    outcome = await compare(body)
    _, newest, oldest, marker, gone, listed, _, again = outcome.value
    assert (newest["Body"], oldest["Body"], again["Body"]) == (b"two", b"one", b"two")
    assert marker["DeleteMarker"]
    assert gone[1] == "botocore.errorfactory.NoSuchKey"
    assert sorted(listed) == ["one", "two"]


async def test_copies(compare: Compare) -> None:
    source = {"Bucket": "bucket", "Key": "from \N{LATIN SMALL LETTER A WITH DIAERESIS}+/%"}

    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            await s3.create_bucket(**BUCKET)
            await put(s3, source["Key"], ContentType="text/a", Metadata={"a": "b"})
            kept = await s3.copy_object(**WHERE, CopySource=source)
            found = [kept, await get(s3)]
            replaced = {"MetadataDirective": "REPLACE", "Metadata": {"c": "d"}}
            await s3.copy_object(**WHERE, CopySource=source, **replaced)
            upload = (await s3.create_multipart_upload(**BUCKET, Key="part"))["UploadId"]
            part = await s3.upload_part_copy(
                **BUCKET,
                Key="part",
                UploadId=upload,
                PartNumber=1,
                CopySource=source,
                CopySourceRange="bytes=1-2",
            )
            tag = part["CopyPartResult"]["ETag"]
            await s3.complete_multipart_upload(
                **BUCKET,
                Key="part",
                UploadId=upload,
                MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": tag}]},
            )
            nowhere = {"Bucket": "bucket", "Key": "nowhere"}
            found += [await get(s3), await get(s3, "part")]
            refused = await world.attempt(lambda: s3.copy_object(**WHERE, CopySource=nowhere))
            return [*found, refused]

    outcome = await compare(body)
    _, kept, replaced, part, refused = outcome.value
    assert (kept["ContentType"], kept["Metadata"]) == ("text/a", {"a": "b"})
    assert (replaced["Metadata"], replaced["Body"]) == ({"c": "d"}, b"data")
    assert part["Body"] == b"at"
    assert "NoSuchKey" in refused[2]


async def test_multipart_and_its_refusals(compare: Compare) -> None:
    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            await s3.create_bucket(**BUCKET)
            upload = (await s3.create_multipart_upload(**WHERE))["UploadId"]
            where = {**WHERE, "UploadId": upload}
            done = [await s3.upload_part(PartNumber=n, Body=b"small", **where) for n in (1, 2)]
            parts = [{"PartNumber": n, "ETag": part["ETag"]} for n, part in enumerate(done, 1)]
            other = [{"PartNumber": 1, "ETag": '"other"'}]

            async def complete(chosen: list[Any]) -> Any:
                return await s3.complete_multipart_upload(
                    MultipartUpload={"Parts": chosen}, **where
                )

            found = [
                done,
                [part["Size"] for part in (await s3.list_parts(**where))["Parts"]],
                await world.attempt(complete, parts),
                await world.attempt(complete, parts[::-1]),
                await world.attempt(complete, other),
                await world.attempt(complete, []),
                await world.attempt(lambda: s3.upload_part(**{**where, "PartNumber": 0})),
                await s3.abort_multipart_upload(**where),
                await world.attempt(lambda: s3.abort_multipart_upload(**where)),
            ]
            return found, "Uploads" in await s3.list_multipart_uploads(**BUCKET)

    outcome = await compare(body)
    found, left = outcome.value
    assert found[1] == [5, 5]
    assert "EntityTooSmall" in found[2][2]
    assert "NoSuchUpload" in found[-1][2]
    assert not left


async def test_tags_acl_lifecycle_policy_website(compare: Compare) -> None:
    rule = {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "a/"}, "Expiration": {"Days": 3}}
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    site = {"IndexDocument": {"Suffix": "index.html"}, "ErrorDocument": {"Key": "no.html"}}

    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            await s3.create_bucket(**BUCKET)
            await put(s3, Tagging="a=b&c=d%20e", WebsiteRedirectLocation="/elsewhere")
            await s3.put_object_acl(**WHERE, ACL="public-read")
            await s3.put_bucket_lifecycle_configuration(
                **BUCKET, LifecycleConfiguration={"Rules": [rule]}
            )
            await s3.put_bucket_policy(**BUCKET, Policy=policy)
            await s3.put_bucket_website(**BUCKET, WebsiteConfiguration=site)
            return [
                await s3.get_object_tagging(**WHERE),
                await s3.get_object_acl(**WHERE),
                await s3.get_bucket_lifecycle_configuration(**BUCKET),
                await s3.get_bucket_policy(**BUCKET),
                await s3.get_bucket_website(**BUCKET),
                await s3.head_object(**WHERE),
                await s3.delete_bucket_website(**BUCKET),
                await world.attempt(lambda: s3.get_bucket_website(**BUCKET)),
            ]

    outcome = await compare(body)
    tags, acl, lifecycle, found, website, head, _, gone = outcome.value
    assert tags["TagSet"] == [{"Key": "a", "Value": "b"}, {"Key": "c", "Value": "d e"}]
    assert "READ" in {grant["Permission"] for grant in acl["Grants"]}
    assert lifecycle["Rules"][0]["Expiration"] == {"Days": 3}
    assert found["Policy"] == policy
    assert website["ErrorDocument"] == {"Key": "no.html"}
    assert head["WebsiteRedirectLocation"] == "/elsewhere"
    assert "NoSuchWebsiteConfiguration" in gone[2]


async def test_lists_and_deletes(compare: Compare) -> None:
    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            await s3.create_bucket(**BUCKET)
            for number in range(12):
                await put(s3, f"{number // 4}/k{number:02}")
            paginate = s3.get_paginator("list_objects_v2").paginate
            pages = paginate(**BUCKET, PaginationConfig={"PageSize": 5})
            sizes = [len(page["Contents"]) async for page in pages]
            prefixes = await s3.list_objects_v2(**BUCKET, Delimiter="/")
            keys = [{"Key": "0/k00"}, {"Key": "nowhere"}]
            return [
                sizes,
                prefixes,
                await s3.list_objects(**BUCKET, MaxKeys=2, Prefix="1/"),
                await s3.delete_objects(**BUCKET, Delete={"Objects": keys}),
                await s3.delete_objects(**BUCKET, Delete={"Objects": keys[:1], "Quiet": True}),
                await world.attempt(lambda: s3.delete_bucket(**BUCKET)),
            ]

    outcome = await compare(body)
    sizes, prefixes, *_, refused = outcome.value
    assert sizes == [5, 5, 2]
    assert [one["Prefix"] for one in prefixes["CommonPrefixes"]] == ["0/", "1/", "2/"]
    assert "BucketNotEmpty" in refused[2]


async def test_without_a_signature(compare: Compare) -> None:
    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            await s3.create_bucket(**BUCKET)
            await put(s3, "open", ACL="public-read")
            await put(s3, "closed")
        found = []
        async with world.plain_aiohttp() as session:
            for key in ("open", "closed", "nowhere"):
                async with session.get(world.url(f"/bucket/{key}")) as answer:
                    found.append([answer.status, await answer.text()])
        return found

    outcome = await compare(body)
    assert outcome.value[0] == [200, "data"]
    assert [status for status, _ in outcome.value[1:]] == [403, 404]


@pytest.mark.since_moto("5.2", "it lacked some listings")
@pytest.mark.skipif("s3tables" not in SERVICES, reason="this moto has no S3 Tables")
async def test_s3_tables(compare: Compare) -> None:
    async def body(world: World) -> Any:
        async with world.client("s3tables") as tables:
            arn = (await tables.create_table_bucket(name="tables"))["arn"]
            where = {"tableBucketARN": arn, "namespace": "space"}
            await tables.create_namespace(tableBucketARN=arn, namespace=["space"])
            await tables.create_table(**where, name="table", format="ICEBERG")
            listed = await tables.list_tables(tableBucketARN=arn)
            found = await tables.get_table(**where, name="table")
            await tables.delete_table(**where, name="table")
            return [
                [table["name"] for table in listed["tables"]],
                found["format"],
                await world.attempt(lambda: tables.get_table(**where, name="table")),
            ]

    outcome = await compare(body)
    names, kind, gone = outcome.value
    assert (names, kind) == (["table"], "ICEBERG")
    assert gone[1] == "botocore.errorfactory.NotFoundException"


@pytest.mark.skipif("s3vectors" not in SERVICES, reason="this moto has no S3 Vectors")
async def test_s3_vectors(compare: Compare) -> None:
    async def body(world: World) -> Any:
        async with world.client("s3vectors") as vectors:
            where = {"vectorBucketName": "vectors"}
            await vectors.create_vector_bucket(**where)
            index = {"dataType": "float32", "dimension": 2, "distanceMetric": "cosine"}
            await vectors.create_index(**where, indexName="index", **index)
            found = [
                await vectors.list_vector_buckets(),
                await vectors.get_index(**where, indexName="index"),
                await world.attempt(lambda: vectors.delete_vector_bucket(**where)),
            ]
            await vectors.delete_index(**where, indexName="index")
            await vectors.delete_vector_bucket(**where)
            return [*found, await world.attempt(lambda: vectors.get_vector_bucket(**where))]

    outcome = await compare(body)
    listed, index, _, gone = outcome.value
    assert [one["vectorBucketName"] for one in listed["vectorBuckets"]] == ["vectors"]
    assert index["index"]["dimension"] == 2
    assert gone[1] == "botocore.errorfactory.NotFoundException"
