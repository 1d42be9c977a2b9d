"""Names that URLs have to be careful with, in process as over the wire."""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING, Any

import pytest
from yarl import URL

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import ModuleType

    from aiomoto.testing.outcome import Outcome
    from aiomoto.testing.worlds import World

    Compare = Callable[..., Awaitable[Outcome]]

KEYS = [
    "plain",
    "with space",
    " leading and trailing ",
    "plus+plus",
    "per%cent",
    "%2Fescaped slash",
    "%25%32%46",
    "question?mark",
    "hash#mark",
    "amp&er=sand",
    "semi;colon:colon",
    "quote'\"quote",
    "<tag>",
    "back\\slash",
    "tilde~star*(paren)!",
    "at@comma,dollar$",
    "snow\N{SNOWMAN}man",
    "e\N{COMBINING ACUTE ACCENT} and \N{LATIN SMALL LETTER E WITH ACUTE}",
    "\N{GRINNING FACE}",
    "a/b/c",
    "trailing/",
    "double//slash",
    "/leading slash",
    "//two leading",
    ".",
    "..",
    "a/../b",
    "./a",
    "a/./b",
    # No newline: the routes of moto's server stop at one, S3 and moto's mock do not.
    "tab\tinside",
    "x" * 1024,
]


# A dot segment in a URL that is not marked as encoded is taken out by yarl and httpx.
# What is left means the bucket on the wire and all buckets under the bucket's own host.
NOT_SHORTENED = [key for key in KEYS if key not in (".", "..")]
if tuple(int(part) for part in metadata.version("moto").split(".")[:3]) <= (5, 2, 0):
    # yarl also sends a semicolon as it is, where moto's server cut the path.
    NOT_SHORTENED.remove("semi;colon:colon")


async def listed(s3: Any) -> list[str]:
    answer = await s3.list_objects_v2(Bucket="bucket")
    return [item["Key"] for item in answer.get("Contents", [])]


@pytest.mark.asyncio
async def test_keys(compare: Compare) -> None:
    async def body(world: World) -> Any:
        async def got(key: str) -> Any:
            answer = await s3.get_object(Bucket="bucket", Key=key)
            return await answer["Body"].read()

        async def story(key: str) -> Any:
            where = {"Bucket": "bucket", "Key": key}
            await s3.put_object(**where, Body=b"body", Tagging="a=b")
            return [
                await listed(s3),
                await world.attempt(got, key),
                (await s3.get_object_tagging(**where))["TagSet"],
                (await s3.delete_object(**where))["ResponseMetadata"]["HTTPStatusCode"],
                await listed(s3),
            ]

        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            return {key: await world.attempt(story, key) for key in KEYS}

    outcome = await compare(body)
    assert outcome.value["plain"] == [["plain"], b"body", [{"Key": "a", "Value": "b"}], 204, []]


@pytest.mark.asyncio
async def test_presigned_urls_on_aiohttp(compare: Compare, backend: str) -> None:
    """aiohttp must be told that a URL is encoded, else it writes it as it likes."""
    if backend != "aiohttp":
        pytest.skip("the backend of the client that signs makes no difference")

    async def body(world: World) -> Any:
        async def story(key: str, wrap: Callable[[str], URL]) -> Any:
            params = {"Bucket": "bucket", "Key": key}
            put = wrap(await s3.generate_presigned_url("put_object", Params=params))
            get = wrap(await s3.generate_presigned_url("get_object", Params=params))
            async with session.put(put, data=b"body") as answer:
                status = answer.status
            async with session.get(get) as answer:
                text = await answer.text()
                names = await listed(s3)
            for name in names:
                await s3.delete_object(Bucket="bucket", Key=name)
            return [status, answer.status, text, names]

        async with world.client("s3") as s3, world.plain_aiohttp() as session:
            await s3.create_bucket(Bucket="bucket")
            encoded = {key: await story(key, lambda url: URL(url, encoded=True)) for key in KEYS}
            return encoded, {key: await story(key, URL) for key in NOT_SHORTENED}

    outcome = await compare(body)
    assert outcome.value[0]["snow\N{SNOWMAN}man"] == [200, 200, "body", ["snow\N{SNOWMAN}man"]]


@pytest.mark.asyncio
async def test_presigned_urls_on_httpx(
    compare: Compare, backend: str, httpx_module: ModuleType
) -> None:
    if backend != "aiohttp":
        pytest.skip("the backend of the client that signs makes no difference")

    async def body(world: World) -> Any:
        async def story(key: str) -> Any:
            params = {"Bucket": "bucket", "Key": key}
            put = await s3.generate_presigned_url("put_object", Params=params)
            get = await s3.generate_presigned_url("get_object", Params=params)
            answers = [await client.put(put, content=b"body"), await client.get(get)]
            names = await listed(s3)
            for name in names:
                await s3.delete_object(Bucket="bucket", Key=name)
            return [answer.status_code for answer in answers], answers[1].text, names

        async with world.client("s3") as s3, world.plain_httpx(httpx_module) as client:
            await s3.create_bucket(Bucket="bucket")
            return {key: await story(key) for key in NOT_SHORTENED}

    outcome = await compare(body)
    assert outcome.value["plain"] == [[200, 200], "body", ["plain"]]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "bucket", ["bucket", "with-dash", "with.dots.inside", "UpperCase", "under_score", "a" * 63]
)
async def test_buckets(compare: Compare, bucket: str) -> None:
    """Names that can and that can't be a host."""

    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            made = await world.attempt(lambda: s3.create_bucket(Bucket=bucket))
            await world.attempt(lambda: s3.put_object(Bucket=bucket, Key="key", Body=b"body"))
            return made, await world.attempt(lambda: s3.list_objects_v2(Bucket=bucket))

    outcome = await compare(body)
    if bucket in ("bucket", "with-dash", "with.dots.inside"):
        assert outcome.value[1]["KeyCount"] == 1


@pytest.mark.asyncio
@pytest.mark.parametrize("name", ["with space", "per%cent", "plus+plus", "colon:colon"])
async def test_names_in_rest_paths(compare: Compare, name: str) -> None:
    """No slash and nothing beyond ASCII: moto's server decodes a path before it routes it."""

    async def body(world: World) -> Any:
        async with world.client("apigateway") as gateway:
            return await gateway.get_rest_api(restApiId=name)

    outcome = await compare(body)
    assert outcome.response["Error"]["Code"] == "NotFoundException"
