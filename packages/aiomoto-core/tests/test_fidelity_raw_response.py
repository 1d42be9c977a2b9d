"""The HTTP client's own response object under a streaming body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiomoto.testing.outcome import Outcome
    from aiomoto.testing.worlds import World

    Compare = Callable[..., Awaitable[Outcome]]

TEXT = b"first line\nsecond line\nlast line"


def raw_of(stream: Any) -> Any:
    """The response object: `raw_stream` in aiobotocore 3, the wrapped object before."""
    return stream.raw_stream if hasattr(stream, "raw_stream") else stream.__wrapped__


async def fetched(s3: Any, **kwargs: Any) -> Any:
    await s3.create_bucket(Bucket="bucket")
    await s3.put_object(Bucket="bucket", Key="key", Body=TEXT, Metadata={"Case": "Kept"})
    return raw_of((await s3.get_object(Bucket="bucket", Key="key", **kwargs))["Body"])


def multi(pairs: Any) -> dict[str, list[str]]:
    """Headers with all their values, by lower case name; order between names is free."""
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        name, value = (x.decode() if isinstance(x, bytes) else x for x in (name, value))
        found.setdefault(name.lower(), []).append(value)
    return found


@pytest.fixture
def only_aiohttp(backend: str) -> None:
    if backend != "aiohttp":
        pytest.skip("about aiohttp's response")


@pytest.fixture
def only_httpx(backend: str) -> None:
    if backend != "httpx":
        pytest.skip("about httpx's response")


@pytest.mark.asyncio
async def test_it_is_the_genuine_type(world: World) -> None:
    async with world.client("s3") as s3:
        raw = await fetched(s3)
        if world.backend == "aiohttp":
            assert type(raw) is aiohttp.ClientResponse
        else:
            assert type(raw).__module__.partition(".")[0] in ("httpx", "httpx2")
            assert type(raw).__name__ == "Response"
        await world.attempt(raw.read if world.backend == "aiohttp" else raw.aread)


@pytest.mark.asyncio
@pytest.mark.usefixtures("only_aiohttp")
async def test_aiohttp_attributes(compare: Compare) -> None:
    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            raw = await fetched(s3)
            before = {
                "status": raw.status,
                "reason": raw.reason,
                "ok": raw.ok,
                "method": raw.method,
                "version": tuple(raw.version),
                "url": str(raw.url),
                "real_url": str(raw.real_url),
                "host": type(raw.host).__name__,
                "content_type": raw.content_type,
                "charset": raw.charset,
                "content_disposition": raw.content_disposition,
                "headers": multi(raw.headers.items()),
                "raw_headers": multi(raw.raw_headers),
                "header types": [type(raw.headers).__name__, type(raw.raw_headers).__name__],
                "cookies": dict(raw.cookies),
                "links": dict(raw.links),
                "history": raw.history,
                "content": type(raw.content).__name__,
                "raise_for_status": await world.attempt(raw.raise_for_status),
                "request method": raw.request_info.method,
                "request url": str(raw.request_info.url),
                "request headers": sorted(name.lower() for name in raw.request_info.headers),
            }
            await raw.read()
            after = {
                "at_eof": raw.content.at_eof(),
                "closed": raw.closed,
                "connection": raw.connection,
                "text": await raw.text(),
                "read again": await raw.read(),
                "total_bytes": raw.content.total_bytes,
                "exception": raw.content.exception(),
            }
            return before, after

    outcome = await compare(body)
    before, after = outcome.value
    assert before["status"] == 200
    assert before["headers"]["x-amz-meta-case"] == ["Kept"]
    assert after["read again"] == TEXT


@pytest.mark.asyncio
@pytest.mark.usefixtures("only_aiohttp")
async def test_aiohttp_content(compare: Compare) -> None:
    async def body(world: World) -> Any:
        async def content() -> Any:
            stream = (await s3.get_object(Bucket="bucket", Key="key"))["Body"]
            return raw_of(stream).content

        async def collected(iterator: Any) -> list[Any]:
            return [part async for part in iterator]

        async with world.client("s3") as s3:
            await fetched(s3)
            found = [
                await collected((await content()).iter_chunked(4)),
                await collected((await content()).iter_any()),
                await collected(await content()),
                b"".join([part for part, _ in await collected((await content()).iter_chunks())]),
            ]
            steps = await content()
            found.append(await steps.readline())
            found.append(await steps.readexactly(3))
            found.append(await steps.readuntil(b"\n"))
            found.append(await steps.readany())
            found.append(await world.attempt(lambda: steps.readexactly(1)))
            found.append(steps.at_eof())
            found.append(await world.attempt(lambda: steps.read_nowait()))
            return found

    outcome = await compare(body)
    assert b"".join(outcome.value[0]) == TEXT


@pytest.mark.asyncio
@pytest.mark.usefixtures("only_aiohttp")
async def test_aiohttp_response_of_an_error(compare: Compare) -> None:
    """An error's response, as a handler of aiobotocore's events sees it."""

    async def body(world: World) -> Any:
        found: list[Any] = []

        def look(response_dict: Any, **_: Any) -> None:
            found.append([response_dict["status_code"], bytes(response_dict["body"])[:38]])

        async with world.client("s3") as s3:
            s3.meta.events.register("before-parse.s3.GetObject", look)
            await world.attempt(lambda: s3.get_object(Bucket="nobucket", Key="key"))
        return found

    outcome = await compare(body)
    assert outcome.value[0][0] == 404


@pytest.mark.asyncio
@pytest.mark.usefixtures("only_httpx")
async def test_httpx_attributes(compare: Compare) -> None:
    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            raw = await fetched(s3)
            before = {
                "status_code": raw.status_code,
                "reason_phrase": raw.reason_phrase,
                "is_success": raw.is_success,
                "http_version": raw.http_version,
                "url": str(raw.url),
                "encoding": raw.encoding,
                "charset_encoding": raw.charset_encoding,
                "headers": multi(raw.headers.multi_items()),
                "headers raw": multi(raw.headers.raw),
                "cookies": dict(raw.cookies),
                "links": dict(raw.links),
                "history": raw.history,
                "is_closed": raw.is_closed,
                "is_stream_consumed": raw.is_stream_consumed,
                "content": await world.attempt(lambda: raw.content),
                "sync read": await world.attempt(raw.read),
                "elapsed": (await world.attempt(lambda: raw.elapsed))[0],
                "request method": raw.request.method,
                "request url": str(raw.request.url),
                "request headers": sorted(raw.request.headers),
            }
            await raw.aread()
            after = {
                "is_closed": raw.is_closed,
                "is_stream_consumed": raw.is_stream_consumed,
                "content": raw.content,
                "text": raw.text,
                "num_bytes_downloaded": raw.num_bytes_downloaded,
                "elapsed": type(raw.elapsed).__name__,
                "raise_for_status": raw.raise_for_status() is raw,
                "aiter_raw": await world.attempt(lambda: raw.aiter_raw().__anext__()),
            }
            return before, after

    outcome = await compare(body)
    before, after = outcome.value
    assert before["headers"]["x-amz-meta-case"] == ["Kept"]
    assert after["content"] == TEXT


@pytest.mark.asyncio
@pytest.mark.usefixtures("only_httpx")
async def test_httpx_iteration(compare: Compare) -> None:
    async def body(world: World) -> Any:
        async def collected(use: Callable[[Any], Any]) -> list[Any]:
            stream = (await s3.get_object(Bucket="bucket", Key="key"))["Body"]
            return [part async for part in use(raw_of(stream))]

        async with world.client("s3") as s3:
            await fetched(s3)
            return [
                await collected(lambda raw: raw.aiter_bytes()),
                await collected(lambda raw: raw.aiter_bytes(4)),
                await collected(lambda raw: raw.aiter_raw(5)),
                await collected(lambda raw: raw.aiter_text()),
                await collected(lambda raw: raw.aiter_lines()),
            ]

    outcome = await compare(body)
    assert outcome.value[4] == TEXT.decode().splitlines()
