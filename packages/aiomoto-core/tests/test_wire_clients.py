"""Clients that are not aiobotocore's, clients made earlier, and the user's own handlers."""

from __future__ import annotations

import asyncio
import importlib.util
import json
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.credentials import Credentials

from aiomoto import RealRequestBlocked, mock_aws

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from aiomoto.testing.network import Sockets

LIST = "ListAllMyBucketsResult"


@pytest.fixture(autouse=True)
def nothing_opened(sockets: Sockets) -> Iterator[None]:
    yield
    assert sockets.attempts == []


def signed(url: str, service: str, method: str = "GET", body: bytes = b"", **headers: str) -> Any:
    """What an AWS library that is not botocore's own client sends: method, URL, headers, body."""
    request = AWSRequest(method, url, headers, body)
    SigV4Auth(Credentials("key", "secret"), service, "us-east-1").add_auth(request)
    return method, url, dict(request.headers.items()), body


async def by_aiohttp(method: str, url: str, headers: dict[str, str], body: bytes) -> Any:
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, url, headers=headers, data=body) as response,
    ):
        return response.status, await response.text()


async def by_httpx(method: str, url: str, headers: dict[str, str], body: bytes) -> Any:
    import httpx

    async with httpx.AsyncClient() as client:
        response = await client.request(method, url, headers=headers, content=body)
        return response.status_code, response.text


async def by_httpx2(method: str, url: str, headers: dict[str, str], body: bytes) -> Any:
    import httpx2

    async with httpx2.AsyncClient() as client:
        response = await client.request(method, url, headers=headers, content=body)
        return response.status_code, response.text


async def by_httpx_sync(method: str, url: str, headers: dict[str, str], body: bytes) -> Any:
    import httpx

    with httpx.Client() as client:
        response = client.request(method, url, headers=headers, content=body)  # noqa: ASYNC212
        return response.status_code, response.text


async def by_requests(method: str, url: str, headers: dict[str, str], body: bytes) -> Any:
    import requests

    response = requests.request(method, url, headers=headers, data=body)  # noqa: ASYNC210
    return response.status_code, response.text


SENDERS = [by_aiohttp, by_httpx, by_httpx2, by_httpx_sync, by_requests]
if not importlib.util.find_spec("httpx2"):
    SENDERS.remove(by_httpx2)
every_sender = pytest.mark.parametrize("send", SENDERS, ids=lambda send: send.__name__)


@pytest.mark.asyncio
@every_sender
async def test_aws_address(send: Any) -> None:
    with mock_aws():
        status, text = await send("GET", "https://s3.amazonaws.com/", {}, b"")
    assert status == 200
    assert LIST in text


@pytest.mark.asyncio
@every_sender
async def test_presigned_url(clients: ModuleType, send: Any) -> None:
    with mock_aws(), clients.sync("s3") as s3:
        s3.create_bucket(Bucket="bucket")
        params = {"Bucket": "bucket", "Key": "a b/ü"}
        url = s3.generate_presigned_url("put_object", params)
        assert (await send("PUT", url, {}, b"body"))[0] == 200
        url = s3.generate_presigned_url("get_object", params)
        assert await send("GET", url, {}, b"") == (200, "body")


@pytest.mark.asyncio
@every_sender
async def test_signed_request_of_another_library(send: Any) -> None:
    target = {"X-Amz-Target": "DynamoDB_20120810.ListTables"}
    url = "https://dynamodb.us-east-1.amazonaws.com/"
    given = signed(
        url, "dynamodb", "POST", b"{}", **{"Content-Type": "application/x-amz-json-1.0", **target}
    )
    with mock_aws():
        status, text = await send(*given)
    assert (status, json.loads(text)) == (200, {"TableNames": []})


@pytest.mark.asyncio
@every_sender
async def test_signed_request_to_a_declared_address(send: Any) -> None:
    """The service is the one of the credential scope."""
    endpoint = "http://aws.example.org:4566"
    body = b"Action=GetCallerIdentity&Version=2011-06-15"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    given = signed(f"{endpoint}/", "sts", "POST", body, **form)
    with mock_aws(endpoints=[endpoint]):
        status, text = await send(*given)
    assert status == 200
    assert "GetCallerIdentityResult" in text


@pytest.mark.asyncio
@pytest.mark.parametrize("send", SENDERS[:-1], ids=lambda send: send.__name__)
async def test_signed_request_to_another_address_is_refused(send: Any) -> None:
    given = signed("https://aws.example.org/", "sts", "POST", b"Action=GetCallerIdentity")
    with mock_aws(), pytest.raises(RealRequestBlocked) as caught:
        await send(*given)
    assert str(caught.value).startswith(
        "sts: a request would have left for https://aws.example.org/, which is not an AWS address."
    )


@pytest.mark.parametrize("name", ["httpx", "httpx2"])
def test_trio(name: str) -> None:
    trio = pytest.importorskip("trio")
    httpx = pytest.importorskip(name)

    async def main() -> str:
        async with mock_aws(), httpx.AsyncClient() as client:
            return str((await client.get("https://s3.amazonaws.com/")).text)

    assert LIST in trio.run(main)


@pytest.mark.asyncio
async def test_other_addresses_of_plain_clients_pass(sockets: Sockets) -> None:
    """To a server of the test's own; `nothing_opened` is told so."""
    from aiohttp import web

    async def hello(request: web.Request) -> web.Response:
        return web.Response(text="hello")

    app = web.Application()
    app.router.add_get("/", hello)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    with mock_aws():
        for send in SENDERS[:-2]:  # the others would block the server's loop
            assert await send("GET", url, {}, b"") == (200, "hello")
    await runner.cleanup()
    assert sockets.attempts
    sockets.attempts.clear()


@pytest.mark.asyncio
@pytest.mark.parametrize("send", SENDERS[:-1], ids=lambda send: send.__name__)
async def test_other_addresses_of_plain_clients_reach_for_the_network(
    sockets: Sockets, send: Any
) -> None:
    with mock_aws(), pytest.raises(BaseException, match="would leave this machine"):
        await send("GET", "https://example.org/", {}, b"")
    assert sockets.refused
    sockets.refused.clear()
    sockets.attempts.clear()


# -- clients made before the mock ----------------------------------------------------------


@pytest.mark.asyncio
async def test_clients_made_before_the_mock(clients: ModuleType, backend: str) -> None:
    credentials = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
    async with clients.aio("s3", backend, **credentials) as s3:
        with clients.sync("s3", **credentials) as sync:
            for _ in range(2):
                with mock_aws():
                    await s3.create_bucket(Bucket="bucket")
                    assert [one["Name"] for one in sync.list_buckets()["Buckets"]] == ["bucket"]


@pytest.mark.asyncio
async def test_plain_session_made_before_the_mock() -> None:
    async with aiohttp.ClientSession() as session:
        with mock_aws():
            async with session.get("https://s3.amazonaws.com/") as response:
                assert LIST in await response.text()


BEFORE_MOTO = """
import asyncio, sys
from aiobotocore.session import get_session
import boto3

async def main():
    sync = boto3.client("s3", "us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    session = get_session()
    async with session.create_client(
        "s3", "us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    ) as s3:
        assert "moto" not in sys.modules
        from aiomoto import mock_aws
        with mock_aws():
            await s3.create_bucket(Bucket="bucket")
            sync.put_object(Bucket="bucket", Key="key", Body=b"x")
            print((await s3.list_objects_v2(Bucket="bucket"))["KeyCount"])
    # In the same session, now that moto has hung its stubber into botocore.
    async with session.create_client("s3", "us-east-1") as s3:
        with mock_aws():
            print(len((await s3.list_buckets())["Buckets"]))

asyncio.run(main())
"""


def test_clients_made_before_moto_was_imported(run_program: Callable[..., str]) -> None:
    environ = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    assert run_program(BEFORE_MOTO, **environ).split() == ["1", "0"]


# -- the user's own handlers ----------------------------------------------------------------


class Raw:
    """The raw body of an answer that a handler made."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    async def read(self) -> bytes:
        return self.body

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.body


BODY = b"<ListAllMyBucketsResult><Buckets><Bucket><Name>mine</Name></Bucket></Buckets></ListAllMyBucketsResult>"  # noqa: E501


@pytest.mark.asyncio
@pytest.mark.parametrize("sync_handler", [True, False])
async def test_before_send_handler_that_answers_wins(
    clients: ModuleType, backend: str, sync_handler: bool
) -> None:
    from aiobotocore.awsrequest import AioAWSResponse

    async def coroutine(request: Any, **_: Any) -> Any:
        await asyncio.sleep(0)
        return AioAWSResponse(request.url, 200, {}, Raw(BODY))

    def plain(request: Any, **_: Any) -> Any:
        return AioAWSResponse(request.url, 200, {}, Raw(BODY))

    with mock_aws():
        async with clients.aio("s3", backend) as s3:
            s3.meta.events.register("before-send.s3", plain if sync_handler else coroutine)
            assert (await s3.list_buckets())["Buckets"] == [{"Name": "mine"}]


def test_before_send_handler_of_boto3_that_answers_wins(clients: ModuleType) -> None:
    def handler(request: Any, **_: Any) -> Any:
        return AWSResponse(request.url, 200, {}, Raw(BODY))

    with mock_aws(), clients.sync("s3") as s3:
        s3.meta.events.register("before-send.s3", handler)
        assert s3.list_buckets()["Buckets"] == [{"Name": "mine"}]
