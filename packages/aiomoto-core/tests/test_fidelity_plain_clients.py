"""aiohttp and httpx without aiobotocore: presigned URLs, in process as over the wire."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

if TYPE_CHECKING:
    from types import ModuleType

    from aiomoto.testing.worlds import World

DATA = b"some bytes\x00\xff and more"
BIG = bytes(range(256)) * 4 * 1024 * 2


async def presigned(world: World, operation: str, body: bytes | None = DATA, **params: Any) -> str:
    """A URL for `operation` on bucket/key, where `body` is stored unless it is None."""
    async with world.client("s3") as s3:
        await s3.create_bucket(Bucket="bucket")
        if body is not None:
            await s3.put_object(Bucket="bucket", Key="key", Body=body, ContentType="text/x-it")
        params = {"Bucket": "bucket", "Key": "key", **params}
        return str(await s3.generate_presigned_url(operation, Params=params))


async def held(world: World) -> bytes:
    async with world.client("s3") as s3:
        answer = await s3.get_object(Bucket="bucket", Key="key")
        return bytes(await answer["Body"].read())


@pytest.mark.asyncio
@pytest.mark.parametrize("data", [DATA, BIG, b""], ids=["small", "big", "empty"])
async def test_aiohttp_get(plain_world: World, data: bytes) -> None:
    url = await presigned(plain_world, "get_object", data)
    async with plain_world.plain_aiohttp() as session:
        async with session.get(url) as answer:
            assert type(answer) is aiohttp.ClientResponse
            assert answer.status == 200
            assert answer.reason == "OK"
            assert answer.headers["Content-Length"] == str(len(data))
            assert answer.headers["content-type"] == answer.content_type == "text/x-it"
            assert answer.headers["ETag"].startswith('"')
            assert str(answer.url).partition("?")[0].endswith("/key")
            answer.raise_for_status()
            assert await answer.read() == data
        async with session.get(url) as answer:
            assert b"".join([part async for part in answer.content.iter_chunked(1000)]) == data
        async with session.get(url, headers={"Range": "bytes=0-3"}) as answer:
            if data:
                assert (answer.status, await answer.read()) == (206, data[:4])


@pytest.mark.asyncio
async def test_aiohttp_get_of_what_is_not_there(plain_world: World) -> None:
    url = await presigned(plain_world, "get_object", None)
    async with plain_world.plain_aiohttp(raise_for_status=True) as session:
        with pytest.raises(aiohttp.ClientResponseError) as raised:
            await session.get(url)
        assert raised.value.status == 404
        # werkzeug shouts the reason phrase.
        assert raised.value.message.title() == "Not Found"
    async with plain_world.plain_aiohttp() as session, session.get(url) as answer:
        assert "<Code>NoSuchKey</Code>" in await answer.text()


@pytest.mark.asyncio
@pytest.mark.parametrize("data", [DATA, BIG, b""], ids=["small", "big", "empty"])
async def test_aiohttp_put(plain_world: World, data: bytes) -> None:
    async def parts() -> Any:
        for start in range(0, len(data), 100_000):
            yield data[start : start + 100_000]

    url = await presigned(plain_world, "put_object", None)
    async with plain_world.plain_aiohttp() as session:
        for payload in (io.BytesIO(data), parts()):
            async with session.put(url, data=payload, headers={"x-amz-meta-a": "b"}) as answer:
                assert answer.status == 200, await answer.text()
                assert answer.headers["ETag"]
                assert await answer.read() == b""
            assert await held(plain_world) == data
        async with session.put(url, data=io.BytesIO(data), expect100=True) as answer:
            assert answer.status == 200
    assert await held(plain_world) == data


@pytest.mark.asyncio
async def test_aiohttp_other_methods(plain_world: World) -> None:
    url = await presigned(plain_world, "head_object")
    async with plain_world.plain_aiohttp() as session:
        async with session.head(url) as answer:
            assert answer.headers["Content-Length"] == str(len(DATA))
            assert await answer.read() == b""
        url = await presigned(plain_world, "delete_object")
        async with session.delete(url) as answer:
            assert answer.status == 204
            assert await answer.read() == b""


@pytest.mark.asyncio
async def test_aiohttp_presigned_post(plain_world: World) -> None:
    async with plain_world.client("s3") as s3:
        await s3.create_bucket(Bucket="bucket")
        post = await s3.generate_presigned_post("bucket", "key")
    form = aiohttp.FormData(post["fields"])
    form.add_field("file", DATA, filename="name.bin")
    async with plain_world.plain_aiohttp() as session:
        async with session.post(post["url"], data=form) as answer:
            assert answer.status == 204, await answer.text()
    assert await held(plain_world) == DATA


@pytest.mark.asyncio
async def test_aiohttp_closed_session(plain_world: World) -> None:
    url = await presigned(plain_world, "get_object")
    async with plain_world.plain_aiohttp() as session:
        pass
    with pytest.raises(RuntimeError, match="Session is closed"):
        await session.get(url)


@pytest.mark.asyncio
async def test_aiohttp_client_features(plain_world: World) -> None:
    """Traces, cookies and automatic headers are aiohttp's own doing."""
    seen: list[str] = []
    trace = aiohttp.TraceConfig()

    async def started(*_: Any) -> None:
        seen.append("start")

    async def ended(_session: Any, _context: Any, params: aiohttp.TraceRequestEndParams) -> None:
        seen.append(f"end {params.response.status}")

    trace.on_request_start.append(started)
    trace.on_request_end.append(ended)
    url = await presigned(plain_world, "get_object")
    async with plain_world.plain_aiohttp(trace_configs=[trace]) as session:
        async with session.get(url) as answer:
            assert answer.request_info.headers["User-Agent"].startswith("Python/")
            await answer.read()
    assert seen == ["start", "end 200"]


@pytest.mark.asyncio
@pytest.mark.parametrize("data", [DATA, BIG, b""], ids=["small", "big", "empty"])
async def test_httpx_get(plain_world: World, httpx_module: ModuleType, data: bytes) -> None:
    url = await presigned(plain_world, "get_object", data)
    async with plain_world.plain_httpx(httpx_module) as client:
        answer = await client.get(url)
        assert type(answer) is httpx_module.Response
        assert (answer.status_code, answer.reason_phrase) == (200, "OK")
        assert answer.http_version == "HTTP/1.1"
        assert answer.headers["content-length"] == str(len(data))
        assert answer.headers["Content-Type"] == "text/x-it"
        assert answer.raise_for_status().content == data
        assert answer.elapsed.total_seconds() > 0
        async with client.stream("GET", url) as answer:
            assert not answer.is_closed
            assert b"".join([part async for part in answer.aiter_bytes(1000)]) == data
        assert answer.is_closed


@pytest.mark.asyncio
@pytest.mark.parametrize("data", [DATA, BIG, b""], ids=["small", "big", "empty"])
async def test_httpx_put(plain_world: World, httpx_module: ModuleType, data: bytes) -> None:
    async def parts() -> Any:
        yield data[:5]
        yield data[5:]

    url = await presigned(plain_world, "put_object", None)
    async with plain_world.plain_httpx(httpx_module) as client:
        for content in (data, parts()):
            answer = await client.put(url, content=content)
            assert (answer.status_code, answer.content) == (200, b"")
            assert await held(plain_world) == data


@pytest.mark.asyncio
async def test_httpx_errors(plain_world: World, httpx_module: ModuleType) -> None:
    url = await presigned(plain_world, "get_object", None)
    async with plain_world.plain_httpx(httpx_module) as client:
        answer = await client.get(url)
        assert "<Code>NoSuchKey</Code>" in answer.text
        with pytest.raises(httpx_module.HTTPStatusError):
            answer.raise_for_status()
    with pytest.raises(RuntimeError, match="client has been closed"):
        await client.get(url)


@pytest.mark.asyncio
async def test_httpx_event_hooks(plain_world: World, httpx_module: ModuleType) -> None:
    seen: list[Any] = []

    async def request(request: Any) -> None:
        seen.append(request.method)

    async def response(response: Any) -> None:
        seen.append(response.status_code)

    url = await presigned(plain_world, "head_object")
    hooks = {"request": [request], "response": [response]}
    async with plain_world.plain_httpx(httpx_module, event_hooks=hooks) as client:
        answer = await client.head(url)
        assert answer.headers["content-length"] == str(len(DATA))
        assert answer.content == b""
    assert seen == ["HEAD", 200]


@pytest.mark.asyncio
async def test_httpx_sync(plain_world: World, httpx_module: ModuleType) -> None:
    get = await presigned(plain_world, "get_object")
    put = await presigned(plain_world, "put_object")
    with plain_world.plain_httpx_sync(httpx_module) as client:
        assert client.get(get).content == DATA
        assert client.put(put, content=BIG).status_code == 200
        with client.stream("GET", get) as answer:
            assert b"".join(answer.iter_bytes(1000)) == BIG
    with pytest.raises(RuntimeError, match="client has been closed"):
        client.get(get)
