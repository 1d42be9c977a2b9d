"""Each request is judged once, with the URL that would be connected to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
import requests

from aiomoto import RealRequestBlocked, hookimpl, mock_aws
from aiomoto.front import Front
from aiomoto.guard import Guard
from aiomoto.request import AwsRequest, AwsResponse
from aiomoto.testing.clients import REGION

if TYPE_CHECKING:
    from types import ModuleType

    from aiomoto.guard import Ruling
    from aiomoto.testing.network import Sockets

URL = f"https://s3.{REGION}.amazonaws.com/"
ELSEWHERE = "https://minio.example.org/"
SIGNED = {"Authorization": "AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/s3/aws4_request"}


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The URLs that were judged, in order."""
    urls: list[str] = []
    judge = Guard.judge

    def noting(self: Guard, url: str, headers: Any, call: Any) -> Ruling:
        urls.append(url)
        return judge(self, url, headers, call)

    monkeypatch.setattr(Guard, "judge", noting)
    return urls


@pytest.mark.asyncio
async def test_of_aiobotocore(clients: ModuleType, backend: str, judged: list[str]) -> None:
    with mock_aws():
        async with clients.aio("s3", backend) as s3:
            await s3.list_buckets()
            await s3.create_bucket(Bucket="bucket")
        assert len(judged) == 2
        judged.clear()
        async with clients.aio("s3", backend, endpoint_url=ELSEWHERE) as s3:
            with pytest.raises(RealRequestBlocked):
                await s3.list_buckets()
        assert judged == [ELSEWHERE]


@pytest.mark.asyncio
@pytest.mark.parametrize("key", ["k", "a b", "a/../b", "//a", "ä+%25", "a?b#c;d=e&f", "~'()*!$"])
async def test_of_objects(clients: ModuleType, backend: str, judged: list[str], key: str) -> None:
    with mock_aws():
        async with clients.aio("s3", backend) as s3:
            await s3.create_bucket(Bucket="bucket")
            judged.clear()
            await s3.put_object(Bucket="bucket", Key=key, Body=b"content")
            await s3.list_objects_v2(Bucket="bucket", Prefix=key, Delimiter="/")
    assert len(judged) == 2


@pytest.mark.asyncio
async def test_a_mock_that_ends_before_the_connection_is_made(
    clients: ModuleType, backend: str, sockets: Sockets
) -> None:
    """How a request was judged is good for as long as the rules are."""
    mock = mock_aws()
    mock.start()
    judge, patch = Front.judge, pytest.MonkeyPatch()

    def stop_after(self: Front, *arguments: Any) -> str | None:
        aws_url = judge(self, *arguments)
        patch.undo()
        mock.stop()
        return aws_url

    patch.setattr(Front, "judge", stop_after)
    async with clients.aio("s3", backend, aws_access_key_id="a", aws_secret_access_key="b") as s3:
        with pytest.raises(BaseException, match="would leave this machine"):
            await s3.list_buckets()
    assert sockets.refused
    sockets.refused.clear()


@pytest.mark.asyncio
async def test_each_attempt_of_a_client_that_retries(
    clients: ModuleType, backend: str, judged: list[str]
) -> None:
    with mock_aws(plugins=[Answers(503)]):
        retries = {"retries": {"mode": "standard", "total_max_attempts": 2}}
        async with clients.aio("ebs", backend, config=retries) as ebs:
            with pytest.raises(ebs.exceptions.ClientError):
                await ebs.list_snapshot_blocks(SnapshotId="snap-1")
    assert len(judged) == 2


def test_of_boto3(clients: ModuleType, judged: list[str]) -> None:
    with mock_aws():
        with clients.sync("s3") as s3:
            s3.list_buckets()
        assert len(judged) == 1
        judged.clear()
        with clients.sync("s3", endpoint_url=ELSEWHERE) as s3:
            with pytest.raises(RealRequestBlocked):
                s3.list_buckets()
        assert judged == [ELSEWHERE]


def test_of_requests(judged: list[str]) -> None:
    with mock_aws():
        assert requests.get(URL).status_code == 200
        assert judged == [URL]
        judged.clear()
        with pytest.raises(RealRequestBlocked):
            requests.get(ELSEWHERE, headers=SIGNED)
        assert judged == [ELSEWHERE]
        judged.clear()
        # One object that is sent twice is two requests.
        with requests.Session() as session:
            prepared = session.prepare_request(requests.Request("GET", URL))
            session.send(prepared)
            session.send(prepared)
        assert judged == [URL, URL]


@pytest.mark.asyncio
async def test_of_aiohttp(judged: list[str]) -> None:
    with mock_aws():
        async with aiohttp.ClientSession() as http:
            for _ in range(2):
                async with http.get(URL) as response:
                    await response.read()
            assert judged == [URL, URL]
            judged.clear()
            with pytest.raises(RealRequestBlocked):
                await http.get(ELSEWHERE, headers=SIGNED)
            assert judged == [ELSEWHERE]


@pytest.mark.asyncio
async def test_of_httpx(httpx_module: ModuleType, judged: list[str]) -> None:
    with mock_aws():
        async with httpx_module.AsyncClient() as http:
            await http.get(URL)
            with pytest.raises(RealRequestBlocked):
                await http.get(ELSEWHERE, headers=SIGNED)
        assert judged == [URL, ELSEWHERE]
        judged.clear()
        with httpx_module.Client() as sync:
            sync.get(URL)
            with pytest.raises(RealRequestBlocked):
                sync.get(ELSEWHERE, headers=SIGNED)
        assert judged == [URL, ELSEWHERE]


class Answers:
    """EBS, which answers with one status and a Location."""

    def __init__(self, status: int, location: str = "") -> None:
        self.status = status
        self.location = location

    @hookimpl
    def aiomoto_services(self) -> list[str]:
        return ["ebs"]

    @hookimpl
    def aiomoto_handle(self, request: AwsRequest) -> AwsResponse:
        return AwsResponse.of(self.status, {"Location": self.location})


@pytest.mark.asyncio
async def test_where_a_redirect_leads_is_judged(judged: list[str]) -> None:
    ebs = f"https://ebs.{REGION}.amazonaws.com/snapshots/snap-1/blocks"
    with mock_aws(plugins=[Answers(302, URL)]):
        async with aiohttp.ClientSession() as http, http.get(ebs) as response:
            assert str(response.url) == URL
    assert judged == [ebs, URL]


@pytest.mark.asyncio
async def test_a_middleware_has_the_last_word(judged: list[str]) -> None:
    """What counts is the address that would be connected to, not the one that was asked for."""
    if not hasattr(aiohttp, "ClientHandlerType"):
        pytest.skip("this aiohttp has no middlewares")

    async def to_aws(request: Any, handler: Any) -> Any:
        request.url = request.url.with_host(f"s3.{REGION}.amazonaws.com")
        return await handler(request)

    with mock_aws() as mock:
        async with aiohttp.ClientSession(middlewares=[to_aws]) as http:
            await (await http.get(ELSEWHERE)).read()
        assert judged == [URL]
        assert len(mock.calls) == 1
