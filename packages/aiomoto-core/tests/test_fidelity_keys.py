"""Names that URLs have to be careful with, in process as over the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import ModuleType

    from outcome import Outcome
    from twin import World

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


@pytest.mark.asyncio
@pytest.mark.parametrize("key", KEYS, ids=[key.strip()[:20] for key in KEYS])
async def test_keys(compare: Compare, key: str) -> None:
    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            put = await world.attempt(
                lambda: s3.put_object(Bucket="bucket", Key=key, Body=b"body", Tagging="a=b")
            )
            listed = await s3.list_objects_v2(Bucket="bucket")

            async def got() -> Any:
                answer = await s3.get_object(Bucket="bucket", Key=key)
                return await answer["Body"].read()

            return [
                put[0] if isinstance(put, tuple) else put["ResponseMetadata"]["HTTPStatusCode"],
                [item["Key"] for item in listed.get("Contents", [])],
                await world.attempt(got),
                (await world.attempt(lambda: s3.get_object_tagging(Bucket="bucket", Key=key))),
                await world.attempt(lambda: s3.delete_object(Bucket="bucket", Key=key)),
            ]

    await compare(body)


@pytest.mark.asyncio
@pytest.mark.parametrize("key", KEYS, ids=[key.strip()[:20] for key in KEYS])
async def test_presigned_urls(compare: Compare, backend: str, key: str) -> None:
    """aiohttp must be told that a URL is encoded; httpx leaves it as it is."""
    if backend != "aiohttp":
        pytest.skip("the backend of the client that signs makes no difference")
    from yarl import URL

    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            params = {"Bucket": "bucket", "Key": key}
            put = await s3.generate_presigned_url("put_object", Params=params)
            get = await s3.generate_presigned_url("get_object", Params=params)
            found: list[Any] = []
            wraps = [lambda url: URL(url, encoded=True)]
            if key not in (".", ".."):
                # As text yarl would shorten it to another path, which is the bucket's
                # on the wire and all buckets' under the bucket's own host.
                wraps.append(str)
            async with world.plain_aiohttp() as session:
                for wrap in wraps:
                    async with session.put(wrap(put), data=b"body") as answer:
                        found.append(answer.status)
                    async with session.get(wrap(get)) as answer:
                        found.append([answer.status, await answer.text()])
            listed = await s3.list_objects_v2(Bucket="bucket")
            return found, [item["Key"] for item in listed.get("Contents", [])]

    outcome = await compare(body)
    if key == "plain":
        assert outcome.value == [[200, [200, "body"], 200, [200, "body"]], ["plain"]]


@pytest.mark.asyncio
@pytest.mark.parametrize("key", KEYS, ids=[key.strip()[:20] for key in KEYS])
async def test_presigned_urls_on_httpx(
    compare: Compare, backend: str, httpx_module: ModuleType, key: str
) -> None:
    if backend != "aiohttp":
        pytest.skip("the backend of the client that signs makes no difference")

    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            params = {"Bucket": "bucket", "Key": key}
            put = await s3.generate_presigned_url("put_object", Params=params)
            get = await s3.generate_presigned_url("get_object", Params=params)
            async with world.plain_httpx(httpx_module) as client:
                found = [
                    (await client.put(put, content=b"body")).status_code,
                    (await client.get(get)).text,
                ]
            listed = await s3.list_objects_v2(Bucket="bucket")
            return found, [item["Key"] for item in listed.get("Contents", [])]

    await compare(body)


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
@pytest.mark.parametrize("name", ["slash/in/name", "per%cent", "snow\N{SNOWMAN}man"])
async def test_names_in_rest_paths(compare: Compare, name: str) -> None:
    async def body(world: World) -> Any:
        async with world.client("lambda") as functions:
            found = [await world.attempt(lambda: functions.get_function(FunctionName=name))]
        async with world.client("apigateway") as gateway:
            api = (await gateway.create_rest_api(name=name))["name"]
            found.append(await world.attempt(lambda: gateway.get_rest_api(restApiId=name)))
        return api, found

    await compare(body)
