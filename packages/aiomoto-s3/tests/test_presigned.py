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
    return ask_requests(method, url, data, **kwargs)


def ask_requests(method: str, url: str, data: Any = None, **kwargs: Any) -> Answer:
    with requests.request(method, url, data=data, timeout=5, **kwargs) as answer:
        return answer.status_code, answer.content


def with_httpx(name: str) -> Fetch:
    async def fetch(method: str, url: str, data: Any = None, **kwargs: Any) -> Answer:
        module = pytest.importorskip(name, reason=f"{name} is not installed")
        async with module.AsyncClient() as client:
            answer = await client.request(method, url, **_body(data), **kwargs)
            return answer.status_code, answer.content

    return fetch


def with_sync_httpx(name: str) -> Fetch:
    async def fetch(method: str, url: str, data: Any = None, **kwargs: Any) -> Answer:
        module = pytest.importorskip(name, reason=f"{name} is not installed")
        with module.Client() as client:
            answer = client.request(method, url, **_body(data), **kwargs)
            return answer.status_code, answer.content

    return fetch


def _body(data: Any) -> dict[str, Any]:
    return {"data": data} if isinstance(data, dict) else {"content": data}


CLIENTS: dict[str, Fetch] = {
    "aiohttp": with_aiohttp,
    "requests": with_requests,
    "httpx": with_httpx("httpx"),
    "httpx2": with_httpx("httpx2"),
    "httpx sync": with_sync_httpx("httpx"),
    "httpx2 sync": with_sync_httpx("httpx2"),
}


@pytest.fixture(params=list(CLIENTS))
def fetch(request: pytest.FixtureRequest) -> Fetch:
    return CLIENTS[request.param]


async def url_for(s3: Any, operation: str, key: str = "k", expires: int = 600, **more: Any) -> str:
    url: str = await s3.generate_presigned_url(
        operation, Params={"Bucket": "bucket", "Key": key, **more}, ExpiresIn=expires
    )
    return url


@pytest.mark.asyncio
async def test_put_head_get_delete(aio_s3: Any, fetch: Fetch) -> None:
    assert await fetch("PUT", await url_for(aio_s3, "put_object"), b"data") == (200, b"")
    assert await fetch("HEAD", await url_for(aio_s3, "head_object")) == (200, b"")
    assert await fetch("GET", await url_for(aio_s3, "get_object")) == (200, b"data")
    status, body = await fetch(
        "GET", await url_for(aio_s3, "get_object"), headers={"Range": "bytes=1-2"}
    )
    assert (status, body) == (206, b"at")
    assert await fetch("DELETE", await url_for(aio_s3, "delete_object")) == (204, b"")
    status, body = await fetch("GET", await url_for(aio_s3, "get_object"))
    assert status == 404
    assert b"<Code>NoSuchKey</Code>" in body


@pytest.mark.asyncio
@pytest.mark.parametrize("key", ["a b", "a+b", "ä/ö", "50%", "a//b", "a?b=c&d", "~'()*!"])
async def test_unusual_keys(aio_s3: Any, fetch: Fetch, key: str) -> None:
    assert await fetch("PUT", await url_for(aio_s3, "put_object", key), b"data") == (200, b"")
    listed = await aio_s3.list_objects_v2(Bucket="bucket")
    assert [item["Key"] for item in listed["Contents"]] == [key]
    assert await fetch("GET", await url_for(aio_s3, "get_object", key)) == (200, b"data")


@pytest.mark.asyncio
async def test_upload_part(aio_s3: Any, fetch: Fetch) -> None:
    upload = await aio_s3.create_multipart_upload(Bucket="bucket", Key="k")
    where = {"UploadId": upload["UploadId"]}
    url = await url_for(aio_s3, "upload_part", PartNumber=1, **where)
    assert (await fetch("PUT", url, b"part"))[0] == 200
    parts = (await aio_s3.list_parts(Bucket="bucket", Key="k", **where))["Parts"]
    chosen = {"Parts": [{"PartNumber": 1, "ETag": parts[0]["ETag"]}]}
    await aio_s3.complete_multipart_upload(
        Bucket="bucket", Key="k", MultipartUpload=chosen, **where
    )
    assert await fetch("GET", await url_for(aio_s3, "get_object")) == (200, b"part")


@pytest.mark.asyncio
@pytest.mark.parametrize("name", ["aiohttp", "requests", "httpx", "httpx2"])
async def test_post(aio_s3: Any, name: str) -> None:
    post = await aio_s3.generate_presigned_post(
        "bucket", "folder/${filename}", Fields={"x-amz-meta-a": "b"}, ExpiresIn=60
    )
    if name == "aiohttp":
        form = aiohttp.FormData(post["fields"])
        form.add_field("file", b"data", filename="name.txt")
        status, _ = await with_aiohttp("POST", post["url"], form)
    else:
        files = {"file": ("name.txt", b"data")}
        if name == "requests":
            status, _ = ask_requests("POST", post["url"], post["fields"], files=files)
        else:
            module = pytest.importorskip(name, reason=f"{name} is not installed")
            async with module.AsyncClient() as client:
                answer = await client.post(post["url"], data=post["fields"], files=files)
            status = answer.status_code
    assert status == 204
    found = await aio_s3.get_object(Bucket="bucket", Key="folder/name.txt")
    assert await found["Body"].read() == b"data"
    assert found["Metadata"] == {"a": "b"}


@pytest.mark.asyncio
async def test_errors_are_motos(aio_s3: Any, fetch: Fetch) -> None:
    """Whatever moto makes of a URL, every client gets what `requests` gets."""
    await aio_s3.put_object(Bucket="bucket", Key="k", Body=b"data")
    good = await url_for(aio_s3, "get_object")
    typed = await url_for(aio_s3, "put_object", "new", ContentType="text/x-test")
    for method, url, status in (
        ("GET", good.replace("Signature=", "Signature=0"), None),
        ("GET", await url_for(aio_s3, "get_object", expires=-5), None),
        ("PUT", typed, 403),  # a signed header is missing
    ):
        wanted = await with_requests(method, url, b"" if method == "PUT" else None)
        given = await fetch(method, url, b"" if method == "PUT" else None)
        assert given[0] == wanted[0] == (status or wanted[0])
        assert (b"SignatureDoesNotMatch" in given[1]) == (status == 403)


@pytest.mark.asyncio
@pytest.mark.parametrize("style", ["path", "virtual"])
@pytest.mark.parametrize("version", ["s3", "s3v4"])
async def test_styles(client: Callable[..., Any], style: str, version: str, fetch: Fetch) -> None:
    config = {"signature_version": version, "s3": {"addressing_style": style}}
    async with mock_aws(), client("s3", config=config) as s3:
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
async def test_beside_respx(client: Callable[..., Any], backend: str, ours_first: bool) -> None:
    respx = pytest.importorskip("respx", reason="respx is not installed")
    httpx = importlib.import_module("httpx")
    mock, others = mock_aws(), respx.mock(assert_all_called=False, using="httpx")
    first, second = (mock, others) if ours_first else (others, mock)
    with first, second:
        others.get("https://example.com/").respond(text="theirs")
        # respx answers for every host; AWS's has to be let through to aiomoto.
        others.route(host__regex=r".*\.amazonaws\.com").pass_through()
        async with client("s3", backend) as s3, httpx.AsyncClient() as plain:
            await s3.create_bucket(Bucket="bucket")
            await s3.put_object(Bucket="bucket", Key="k", Body=b"data")
            assert (await plain.get("https://example.com/")).text == "theirs"
            answer = await plain.get(await url_for(s3, "get_object"))
            assert answer.content == b"data"


@pytest.mark.asyncio
async def test_beside_aioresponses(client: Callable[..., Any]) -> None:
    aioresponses = pytest.importorskip("aioresponses", reason="aioresponses is not installed")
    with aioresponses.aioresponses(passthrough=["https://bucket.s3"]) as others:
        others.get("https://example.com/", body="theirs")
        try:
            assert await with_aiohttp("GET", "https://example.com/") == (200, b"theirs")
        except TypeError as error:
            pytest.skip(f"aioresponses breaks on aiohttp {version('aiohttp')}: {error}")
    async with mock_aws(), client("s3") as s3:
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
