"""Keys of S3 made of what URLs keep for themselves, through every client, in process.

What a client writes into its request line is its own doing: a dot segment in a URL is taken
out by yarl, httpx and urllib3, as on the wire. The object is then the one that is left.
"""

from __future__ import annotations

import asyncio
from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import aiohttp
import httpx
import pytest
import requests
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from moto.s3.models import s3_backends
from yarl import URL

from aiomoto import mock_aws

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

ACCOUNT = "123456789012"
PIECES = [*";?#%+.:@&=\\ '\"<>[]{}|^`~*()!,$", "a", "/", "..", "//", "%2F", "%3B", "?acl", ";a=b",
          "\x01", "\t", "\n", "\x7f", "\N{LATIN SMALL LETTER E WITH ACUTE}", "\N{SNOWMAN}",
          "\N{GRINNING FACE}"]  # fmt: skip
FEW = settings(
    max_examples=20,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def keys_of_bucket() -> list[str]:
    """The keys as moto has them, past all HTTP."""
    buckets = s3_backends[ACCOUNT]["aws"].buckets
    assert list(buckets) == ["bucket"]
    return list(buckets["bucket"].keys)


def for_keys(test: Callable[..., None]) -> Callable[..., None]:
    """Run with made-up keys, and with some that went wrong once."""
    for key in (";x", ";", "a;b", "?", "?acl", "#", "%", "+", "/x", "//", "a//b", ".", "..",
                "a/../b", "a/./b", "@", ":", "\\", " ", "\n"):  # fmt: skip
        test = example(key)(test)
    keys = st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map("".join)
    return FEW(given(keys)(test))


def written_by_yarl(url: str) -> str:
    return str(URL(url))


def written_by_httpx(url: str) -> str:
    return str(httpx.URL(url))


def written_by_requests(url: str) -> str:
    return str(requests.Request("GET", url).prepare().url)


def key_in(url: str, style: str) -> str:
    """The key that a URL asks for; empty if it asks for the bucket, or for all buckets.

    Source: Amazon S3 User Guide, "Virtual hosting of buckets".
    """
    path, before = urlsplit(url).path, "/bucket/" if style == "path" else "/"
    return unquote(path.removeprefix(before)) if path.startswith(before) else ""


async def with_aiohttp(method: str, url: str, body: bytes | None) -> tuple[int, bytes]:
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, url, data=body) as answer,
    ):
        return answer.status, await answer.read()


async def with_encoded(method: str, url: str, body: bytes | None) -> tuple[int, bytes]:
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, URL(url, encoded=True), data=body) as answer,
    ):
        return answer.status, await answer.read()


async def with_httpx(method: str, url: str, body: bytes | None) -> tuple[int, bytes]:
    async with httpx.AsyncClient(verify=False) as client:
        answer = await client.request(method, url, content=body)
        return answer.status_code, answer.content


async def with_requests(method: str, url: str, body: bytes | None) -> tuple[int, bytes]:
    answer = requests.request(method, url, data=body)  # noqa: ASYNC210 - nothing waits in process
    return answer.status_code, answer.content


PLAIN: list[tuple[Any, Callable[[str], str]]] = [
    (with_aiohttp, written_by_yarl),
    (with_encoded, str),
    (with_httpx, written_by_httpx),
    (with_requests, written_by_requests),
]


@pytest.mark.parametrize("style", ["path", "virtual"])
@pytest.mark.parametrize(("send", "written"), PLAIN, ids=lambda one: one.__name__)
def test_presigned_urls_of_plain_clients(
    clients: ModuleType, send: Any, written: Callable[[str], str], style: str
) -> None:
    config = {"s3": {"addressing_style": style}, "signature_version": "s3v4"}

    async def story(s3: Any, key: str) -> None:
        def url(operation: str) -> str:
            where = {"Bucket": "bucket", "Key": key}
            return str(s3.generate_presigned_url(operation, where))

        expected = key_in(written(url("get_object")), style)
        if not expected:
            return
        assert (await send("PUT", url("put_object"), b"body"))[0] == 200
        assert keys_of_bucket() == [expected]
        assert await send("GET", url("get_object"), None) == (200, b"body")
        assert await send("HEAD", url("head_object"), None) == (200, b"")
        assert (await send("DELETE", url("delete_object"), None))[0] == 204
        assert keys_of_bucket() == []

    with mock_aws() as mock, clients.sync("s3", config=config) as s3:
        s3.create_bucket(Bucket="bucket")

        @for_keys
        def run(key: str) -> None:
            mock.calls.clear()
            asyncio.run(story(s3, key))
            assert [call.operation for call in mock.calls] in (
                [],
                ["PutObject", "GetObject", "HeadObject", "DeleteObject"],
            )
            assert len({call.parameters["Key"] for call in mock.calls}) <= 1

        run()


@pytest.mark.parametrize("style", ["path", "virtual"])
def test_aiobotocore(clients: ModuleType, backend: str, style: str) -> None:
    config = {"s3": {"addressing_style": style}}

    async def story(s3: Any, key: str) -> None:
        where = {"Bucket": "bucket", "Key": key}
        await s3.put_object(**where, Body=b"body")
        assert keys_of_bucket() == [key]
        answer = await s3.get_object(**where)
        assert await answer["Body"].read() == b"body"
        assert (await s3.head_object(**where))["ContentLength"] == 4
        await s3.delete_object(**where)
        assert keys_of_bucket() == []

    loop = asyncio.new_event_loop()
    connected = clients.aio("s3", backend, config=config)
    with closing(loop), mock_aws():
        s3 = loop.run_until_complete(connected.__aenter__())
        try:
            loop.run_until_complete(s3.create_bucket(Bucket="bucket"))
            for_keys(lambda key: loop.run_until_complete(story(s3, key)))()
        finally:
            loop.run_until_complete(connected.__aexit__(None, None, None))


@pytest.mark.parametrize("style", ["path", "virtual"])
def test_boto3(clients: ModuleType, style: str) -> None:
    with (
        mock_aws(),
        clients.sync("s3", config={"s3": {"addressing_style": style}}) as s3,
    ):
        s3.create_bucket(Bucket="bucket")

        @for_keys
        def run(key: str) -> None:
            where = {"Bucket": "bucket", "Key": key}
            s3.put_object(**where, Body=b"body")
            assert keys_of_bucket() == [key]
            assert s3.get_object(**where)["Body"].read() == b"body"
            assert s3.head_object(**where)["ContentLength"] == 4
            s3.delete_object(**where)
            assert keys_of_bucket() == []

        run()
