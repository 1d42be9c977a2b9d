"""Presigned URLs in clients that know nothing of AWS: in process as over the wire."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
import requests
from requests.structures import CaseInsensitiveDict

from aiomoto.testing.clients import httpx_modules

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiomoto.testing.outcome import Outcome
    from aiomoto.testing.worlds import World

    Compare = Callable[..., Awaitable[Outcome]]

pytestmark = pytest.mark.asyncio

CLIENTS = ["aiohttp", "requests", *httpx_modules(), *(f"{one} sync" for one in httpx_modules())]
#: What S3 says of an object, of all that web servers and clients add.
HEADERS = ("content-length", "content-type", "content-range", "etag", "x-amz-meta-a", "location")
KEYS = ["a b", "a+b", "\N{LATIN SMALL LETTER A WITH DIAERESIS}/\N{SNOWMAN}", "50%", "a//b"]
KEYS += ["a?b=c&d", "~'()*!", "x" * 900]


@pytest.fixture
def backend() -> str:
    """Whose client signs makes no difference."""
    return "aiohttp"


async def fetch(
    world: World,
    name: str,
    method: str,
    url: str,
    data: Any = None,
    *,
    files: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> Any:
    """Status, headers and body; `data` is bytes, or the fields of a form with `files`."""
    if name == "aiohttp":
        if files:
            form = aiohttp.FormData(data)
            for field, (filename, content) in files.items():
                form.add_field(field, content, filename=filename)
            data = form
        async with (
            world.plain_aiohttp() as session,
            session.request(method, url, data=data, headers=headers) as answer,
        ):
            return found(answer.status, answer.headers, await answer.read())
    if name == "requests":
        twin = getattr(world, "twin", None)
        verify = str(twin.ca_file) if twin else True
        with requests.request(  # noqa: ASYNC210 - the far end is in memory or a thread of its own
            method, url, data=data, files=files, headers=headers, timeout=5, verify=verify
        ) as reply:
            # The library `responses`, with which moto answers here as in its own mock, adds
            # no length, and a type where moto gave none.
            headers = {**reply.headers, "Content-Length": str(len(reply.content))}
            if headers.get("Content-Type") == "text/plain":
                del headers["Content-Type"]
            # moto 5.1 gives the 201 of a form as text.
            status = int(reply.status_code)
            return found(status, CaseInsensitiveDict(headers), reply.content)
    module = import_module(name.partition(" ")[0])
    body = {"data": data, "files": files} if files else {"content": data}
    if name.endswith("sync"):
        with world.plain_httpx_sync(module) as client:
            reply = client.request(method, url, headers=headers, **body)
    else:
        async with world.plain_httpx(module) as client:
            reply = await client.request(method, url, headers=headers, **body)
    return found(reply.status_code, reply.headers, reply.content)


def found(status: int, headers: Any, body: bytes) -> Any:
    named = {name: headers[name] for name in HEADERS if name in headers}
    return status, named, body.decode()


async def url_for(s3: Any, operation: str, key: str = "k", expires: int = 600, **more: Any) -> str:
    url: str = await s3.generate_presigned_url(
        operation, Params={"Bucket": "bucket", "Key": key, **more}, ExpiresIn=expires
    )
    return url


@pytest.mark.since_moto("5.2", "it stored no checksums of most uploads")
@pytest.mark.parametrize("name", CLIENTS)
async def test_put_head_get_delete(compare: Compare, name: str) -> None:
    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            get = await url_for(s3, "get_object")
            return [
                await fetch(world, name, "PUT", await url_for(s3, "put_object"), b"data"),
                await fetch(world, name, "HEAD", await url_for(s3, "head_object")),
                await fetch(world, name, "GET", get),
                await fetch(world, name, "GET", get, headers={"Range": "bytes=1-2"}),
                await fetch(world, name, "DELETE", await url_for(s3, "delete_object")),
                await fetch(world, name, "GET", get),
            ]

    outcome = await compare(body)
    put, head, got, part, deleted, gone = outcome.value
    assert [put[0], head[0], deleted[0]] == [200, 200, 204]
    assert (got[0], got[2]) == (200, "data")
    assert (part[0], part[2]) == (206, "at")
    assert gone[0] == 404
    assert "<Code>NoSuchKey</Code>" in gone[2]


@pytest.mark.since_moto("5.2.2", "it knew no response-content-type")
@pytest.mark.parametrize("name", CLIENTS)
async def test_the_type_that_is_asked_for(compare: Compare, name: str) -> None:
    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            await s3.put_object(Bucket="bucket", Key="k", Body=b"data")
            url = await url_for(s3, "get_object", ResponseContentType="text/x-asked")
            return await fetch(world, name, "GET", url)

    outcome = await compare(body)
    status, headers, data = outcome.value
    assert (status, headers["content-type"], data) == (200, "text/x-asked", "data")


@pytest.mark.parametrize("name", CLIENTS)
async def test_unusual_keys(compare: Compare, name: str) -> None:
    async def body(world: World) -> Any:
        answers = []
        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            for key in KEYS:
                url = await url_for(s3, "put_object", key)
                answers.append(await fetch(world, name, "PUT", url, key.encode()))
                url = await url_for(s3, "get_object", key)
                answers.append(await fetch(world, name, "GET", url))
            listed = await s3.list_objects_v2(Bucket="bucket")
        return answers, [item["Key"] for item in listed["Contents"]]

    outcome = await compare(body)
    answers, listed = outcome.value
    assert listed == sorted(KEYS)
    assert [text for _, _, text in answers[1::2]] == KEYS


@pytest.mark.parametrize("name", CLIENTS)
async def test_upload_part(compare: Compare, name: str) -> None:
    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            upload = await s3.create_multipart_upload(Bucket="bucket", Key="k")
            where = {"UploadId": upload["UploadId"]}
            url = await url_for(s3, "upload_part", PartNumber=1, **where)
            put = await fetch(world, name, "PUT", url, b"part")
            parts = {"Parts": [{"PartNumber": 1, "ETag": put[1]["etag"]}]}
            done = await s3.complete_multipart_upload(
                Bucket="bucket", Key="k", MultipartUpload=parts, **where
            )
            return put, done, await fetch(world, name, "GET", await url_for(s3, "get_object"))

    outcome = await compare(body)
    assert outcome.value[2][2] == "part"


@pytest.mark.parametrize("name", CLIENTS)
async def test_post(compare: Compare, name: str) -> None:
    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            answers = []
            for fields in ({"x-amz-meta-a": "b"}, {"success_action_status": "201"}):
                post = await s3.generate_presigned_post(
                    "bucket", "folder/${filename}", Fields=fields, ExpiresIn=60
                )
                files = {"file": ("name.txt", b"data")}
                answers.append(
                    await fetch(world, name, "POST", post["url"], post["fields"], files=files)
                )
                head = await s3.get_object(Bucket="bucket", Key="folder/name.txt")
                answers.append([head["Metadata"], await head["Body"].read()])
            return answers

    outcome = await compare(body)
    one, stored, two, _ = outcome.value
    assert (one[0], two[0]) == (204, 201)
    assert stored == [{"a": "b"}, b"data"]


@pytest.mark.parametrize("name", CLIENTS)
async def test_errors_are_motos(compare: Compare, name: str) -> None:
    """Expired, forged, for another bucket, without a header that was signed."""

    async def body(world: World) -> Any:
        async with world.client("s3") as s3:
            await s3.create_bucket(Bucket="bucket")
            await s3.put_object(Bucket="bucket", Key="k", Body=b"data")
            good = await url_for(s3, "get_object")
            typed = await url_for(s3, "put_object", "new", ContentType="text/x-test")
            nowhere = await s3.generate_presigned_url(
                "get_object", Params={"Bucket": "nowhere", "Key": "k"}
            )
            return [
                await fetch(world, name, "GET", good.replace("Signature=", "Signature=0")),
                await fetch(world, name, "GET", await url_for(s3, "get_object", expires=-5)),
                await fetch(world, name, "GET", nowhere),
                await fetch(world, name, "PUT", typed, b""),
            ]

    outcome = await compare(body)
    _, _, nowhere, typed = outcome.value
    assert "<Code>NoSuchBucket</Code>" in nowhere[2]
    assert (typed[0], "SignatureDoesNotMatch" in typed[2]) == (403, True)
