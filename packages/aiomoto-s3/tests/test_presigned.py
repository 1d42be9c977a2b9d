"""Presigned URLs through clients that know nothing of AWS, beside other HTTP mocks."""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from typing import Any

import aiohttp
import pytest
import requests

from aiomoto import mock_aws

Answer = tuple[int, bytes]
Fetch = Callable[..., Awaitable[Answer]]


async def with_aiohttp(method: str, url: str, data: Any = None, **kwargs: Any) -> Answer:
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, url, data=data, **kwargs) as answer,
    ):
        return answer.status, await answer.read()


async def with_requests(method: str, url: str, data: Any = None, **kwargs: Any) -> Answer:
    with requests.request(method, url, data=data, **kwargs) as answer:  # noqa: ASYNC210 - in memory
        return answer.status_code, answer.content


async def url_for(s3: Any, operation: str, key: str = "k", expires: int = 600, **more: Any) -> str:
    url: str = await s3.generate_presigned_url(
        operation, Params={"Bucket": "bucket", "Key": key, **more}, ExpiresIn=expires
    )
    return url


@pytest.mark.asyncio
@pytest.mark.parametrize("style", ["path", "virtual"])
@pytest.mark.parametrize("version", ["s3", "s3v4"])
@pytest.mark.parametrize("fetch", [with_aiohttp, with_requests])
async def test_styles(connect: Callable[..., Any], style: str, version: str, fetch: Fetch) -> None:
    config = {"signature_version": version, "s3": {"addressing_style": style}}
    async with mock_aws(), connect("s3", **config) as s3:
        await s3.create_bucket(Bucket="bucket")
        url = await url_for(s3, "put_object")
        assert ("//bucket." in url) == (style == "virtual")
        assert await fetch("PUT", url, b"data") == (200, b"")
        assert await fetch("GET", await url_for(s3, "get_object")) == (200, b"data")


# -- beside other HTTP mocks --------------------------------------------------------


@pytest.mark.asyncio
async def test_beside_responses(aio_s3: Any) -> None:
    import responses

    await aio_s3.put_object(Bucket="bucket", Key="k", Body=b"data")
    url = await url_for(aio_s3, "get_object")
    assert await with_requests("GET", url) == (200, b"data")
    with responses.RequestsMock() as others:
        others.get("https://example.com/", body="theirs")
        assert await with_requests("GET", "https://example.com/") == (200, b"theirs")
        found = await aio_s3.get_object(Bucket="bucket", Key="k")
        assert await found["Body"].read() == b"data"
        assert await with_aiohttp("GET", url) == (200, b"data")
    assert await with_requests("GET", url) == (200, b"data")


@pytest.mark.asyncio
@pytest.mark.parametrize("ours_first", [True, False])
async def test_beside_respx(connect: Callable[..., Any], backend: str, ours_first: bool) -> None:
    respx = pytest.importorskip("respx", reason="respx is not installed")
    httpx = importlib.import_module("httpx")
    mock, others = mock_aws(), respx.mock(assert_all_called=False, using="httpx")
    first, second = (mock, others) if ours_first else (others, mock)
    with first, second:
        others.get("https://example.com/").respond(text="theirs")
        # respx answers for every host; AWS's has to be let through to aiomoto.
        others.route(host__regex=r".*\.amazonaws\.com").pass_through()
        async with connect("s3", backend) as s3, httpx.AsyncClient() as plain:
            await s3.create_bucket(Bucket="bucket")
            await s3.put_object(Bucket="bucket", Key="k", Body=b"data")
            assert (await plain.get("https://example.com/")).text == "theirs"
            answer = await plain.get(await url_for(s3, "get_object"))
            assert answer.content == b"data"


@pytest.mark.asyncio
async def test_beside_aioresponses(connect: Callable[..., Any]) -> None:
    aioresponses = pytest.importorskip("aioresponses", reason="aioresponses is not installed")
    with aioresponses.aioresponses(passthrough=["https://bucket.s3"]) as others:
        others.get("https://example.com/", body="theirs")
        try:
            assert await with_aiohttp("GET", "https://example.com/") == (200, b"theirs")
        except TypeError as error:
            pytest.skip(f"aioresponses breaks on aiohttp {version('aiohttp')}: {error}")
    async with mock_aws(), connect("s3") as s3:
        with aioresponses.aioresponses(passthrough=["https://bucket.s3"]) as others:
            others.get("https://example.com/", body="theirs")
            await s3.create_bucket(Bucket="bucket")
            await s3.put_object(Bucket="bucket", Key="k", Body=b"data")
            assert await with_aiohttp("GET", "https://example.com/") == (200, b"theirs")
            assert await with_aiohttp("GET", await url_for(s3, "get_object")) == (200, b"data")


@pytest.mark.asyncio
async def test_other_hosts_are_untouched(aio_s3: Any) -> None:
    """They go to the network, here to a server of this machine."""
    from aiohttp import web

    async def hello(request: web.Request) -> web.Response:
        return web.Response(text=f"hello {request.path}")

    application = web.Application()
    application.router.add_get("/{tail:.*}", hello)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        port = runner.addresses[0][1]
        url = f"http://127.0.0.1:{port}/bucket/k"
        assert await with_aiohttp("GET", url) == (200, b"hello /bucket/k")
    finally:
        await runner.cleanup()
