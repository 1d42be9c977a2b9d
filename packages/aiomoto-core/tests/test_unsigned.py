"""Unsigned requests to a declared endpoint: where moto's server would send them."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp
import botocore.loaders
import httpx
import pytest
import requests
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from aiomoto import UnsupportedOperation, compat, hookimpl, mock_aws
from aiomoto.endpoints import to_aws_url
from aiomoto.router import Router
from aiomoto.unsigned import service_of_body

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from aiomoto.testing.network import Sockets

GATEWAY = "http://gw.local:4566"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(autouse=True)
def nothing_opened(sockets: Sockets) -> Any:
    yield
    assert sockets.attempts == []


# -- the rules, beside moto's ------------------------------------------------------------

REQUESTS = [
    ("GET", "/bucket/key", {}, ""),
    ("GET", "/", {}, ""),
    ("POST", "/", {"X-Amz-Target": "AWSCognitoIdentityService.GetId"}, "{}"),
    ("POST", "/", {"X-Amz-Target": "AWSCognitoIdentityProviderService.SignUp"}, "{}"),
    ("POST", "/", {"X-Amz-Target": "DynamoDB_20120810.GetItem"}, "{}"),
    ("POST", "/", {"Content-Type": FORM}, "Action=AssumeRoleWithSAML&Version=2011-06-15"),
    ("POST", "/", {"Content-Type": FORM}, "Action=AssumeRoleWithWebIdentity&RoleArn=a%3D"),
    ("POST", "/", {"Content-Type": FORM}, "Action=AssumeRole&Version=2011-06-15"),
    ("POST", "/", {"Content-Type": f"{FORM}; charset=utf-8"}, "Version=2009-04-15&Action=Select"),
    ("POST", "/", {"Content-Type": "text/plain"}, "Action=AssumeRoleWithSAML"),
    ("POST", "/b?delete", {"Content-Type": FORM}, "<Delete/>"),
    ("GET", "/us-east-1_abc/.well-known/jwks.json", {}, ""),
    ("GET", "/eu-central-1_a1B2/.well-known/jwks.json/", {}, ""),
    ("GET", "/pool/.well-known/jwks.json", {}, ""),
    ("GET", "/.well-known/jwks.jsonx", {}, ""),
    ("GET", "/moto-api/", {}, ""),
    ("POST", "/moto-api/reset", {}, ""),
    ("GET", "/latest/meta-data/iam", {}, ""),
    ("PUT", "/latest/api/token", {}, ""),
    ("PUT", "/cloudformation_us-east-1/cfnresponse?stack=a", {}, "{}"),
]


@pytest.mark.parametrize("case", REQUESTS, ids=lambda case: f"{case[1]} {case[2]} {case[3]}")
def test_the_same_backend_as_in_motos_server(case: tuple[str, str, dict[str, str], str]) -> None:
    method, url, headers, body = case
    parts = urlsplit(GATEWAY + url)
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": parts.path,
        "QUERY_STRING": parts.query,
        "HTTP_HOST": parts.netloc,
        "HTTP_USER_AGENT": "Boto3/1.42 region/us-east-1",  # moto takes the region of SimpleDB here
        "wsgi.input": io.BytesIO(body.encode()),
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": headers.get("Content-Type", ""),
    }
    if "X-Amz-Target" in headers:
        environ["HTTP_X_AMZ_TARGET"] = headers["X-Amz-Target"]
    app = DomainDispatcherApplication(lambda service: service)  # type: ignore[arg-type, return-value]
    backend = str(app.get_application(environ))
    expected = compat.Moto.API if backend == "moto_api" else backend

    aws_url = to_aws_url(parts, "", "", headers, None)
    meant = service_of_body(headers, body.encode())
    if meant is not None:
        aws_url = "https://{}.{}.amazonaws.com/".format(*meant)
    moto = compat.moto()
    found = Router(moto.url_patterns, moto.url_handlers).find(aws_url.partition("?")[0])
    assert found.candidates[0] == expected
    if expected not in ("s3", "sdb") and not url.endswith("json/"):
        assert found.handler is not None, aws_url


def test_what_stands_below_a_buckets_own_host_is_the_buckets() -> None:
    for path in ("/moto-api/reset", "/latest/api/token", "/p/.well-known/jwks.json"):
        url = to_aws_url(urlsplit(GATEWAY + path), "bucket.", "", {}, None)
        assert url == f"https://bucket.s3.us-east-1.amazonaws.com{path}"


def test_the_endpoints_own_path_is_taken_off_first() -> None:
    parts = urlsplit("http://gw/aws/moto-api/data.json?a")
    url = to_aws_url(parts, "", "/aws", {}, None)
    assert url == "http://motoapi.amazonaws.com/moto-api/data.json?a"


@pytest.mark.parametrize("path", ["/moto-apis/key", "/my_bucket/key", "/a_b-c/k", "/latest/key"])
def test_names_of_buckets_that_only_look_like_it(path: str) -> None:
    url = to_aws_url(urlsplit(GATEWAY + path), "", "", {}, None)
    assert url == f"https://s3.us-east-1.amazonaws.com{path}"


def test_an_action_in_the_query() -> None:
    """As AWS's documentation has it for AssumeRoleWithWebIdentity; moto's server takes forms."""
    url = to_aws_url(urlsplit(f"{GATEWAY}/?Action=AssumeRoleWithWebIdentity"), "", "", {}, None)
    assert url.startswith("https://sts.us-east-1.amazonaws.com/?")


def test_a_variable_leads_to_the_service_that_it_names() -> None:
    """``AWS_ENDPOINT_URL_<SERVICE>`` of each service whose own endpoint moto serves."""
    loader = botocore.loaders.create_loader()
    moto = compat.moto()
    router = Router(moto.url_patterns, lambda _: ())
    lost = {}
    for service in loader.list_available_services("service-2"):
        metadata = loader.load_service_model(service, "service-2")["metadata"]
        own = f"https://{metadata['endpointPrefix']}.us-east-1.amazonaws.com/"
        # botocore.configprovider, ConfiguredEndpointProvider
        name = metadata["serviceId"].replace(" ", "_").upper()
        url = to_aws_url(urlsplit(f"{GATEWAY}/"), "", "", {}, None, declared_for=name)
        if router.find(own).service is not None and url != own:
            lost[service] = url
    assert lost == {}


# -- through the clients ------------------------------------------------------------------


async def by_aiohttp(method: str, url: str, content: Any = None, **kwargs: Any) -> Any:
    kwargs |= {} if content is None else {"data": content}
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, url, **kwargs) as answer,
    ):
        return answer.status, await answer.text()


async def by_httpx(method: str, url: str, **kwargs: Any) -> Any:
    async with httpx.AsyncClient() as client:
        answer = await client.request(method, url, **kwargs)
        return answer.status_code, answer.text


async def by_httpx_sync(method: str, url: str, **kwargs: Any) -> Any:
    with httpx.Client() as client:
        answer = client.request(method, url, **kwargs)  # noqa: ASYNC212 - nothing waits in process
        return answer.status_code, answer.text


async def by_requests(method: str, url: str, content: Any = None, **kwargs: Any) -> Any:
    kwargs |= {} if content is None else {"data": content}
    answer = requests.request(method, url, **kwargs)  # noqa: ASYNC210 - nothing waits in process
    return answer.status_code, answer.text


@pytest.fixture(params=[by_aiohttp, by_httpx, by_httpx_sync, by_requests])
def send(request: pytest.FixtureRequest) -> Callable[..., Any]:
    return request.param  # type: ignore[no-any-return]


@pytest.mark.asyncio
async def test_a_bucket_that_anybody_may_read(clients: ModuleType, send: Any) -> None:
    with mock_aws(endpoints=[GATEWAY]), clients.sync("s3") as s3:
        s3.create_bucket(Bucket="bucket")
        s3.put_object(Bucket="bucket", Key="k", Body=b"body", ACL="public-read")
        assert await send("GET", f"{GATEWAY}/bucket/k") == (200, "body")
        assert await send("GET", "http://bucket.gw.local:4566/k") == (200, "body")


@pytest.mark.asyncio
async def test_default_ports(clients: ModuleType, send: Any) -> None:
    with mock_aws() as mock, clients.sync("s3") as s3:
        s3.create_bucket(Bucket="bucket")
        s3.put_object(Bucket="bucket", Key="k", Body=b"body", ACL="public-read")
        for url in (
            "https://s3.amazonaws.com:443/bucket/k",
            "http://s3.amazonaws.com:80/bucket/k",
            "https://bucket.s3.us-east-1.amazonaws.com:443/k",
            "https://S3.AmazonAWS.com./bucket/k",
        ):
            assert await send("GET", url) == (200, "body"), url
            assert mock.calls[-1].operation == "GetObject"
            assert mock.calls[-1].parameters == {"Bucket": "bucket", "Key": "k"}


@pytest.mark.asyncio
async def test_a_fragment_does_not_leave_the_client(clients: ModuleType, send: Any) -> None:
    with mock_aws() as mock, clients.sync("s3") as s3:
        s3.create_bucket(Bucket="bucket")
        s3.put_object(Bucket="bucket", Key="k", Body=b"body", ACL="public-read")
        url = "https://bucket.s3.amazonaws.com/k"
        assert await send("GET", f"{url}#part?acl") == (200, "body")
    assert (mock.calls[-1].url, mock.calls[-1].operation) == (url, "GetObject")


@pytest.mark.asyncio
async def test_reset_is_that_of_the_mock(clients: ModuleType, send: Any) -> None:
    """As the conftests of s3fs and zarr do between tests."""
    resets = []

    class Watching:
        @hookimpl
        def aiomoto_reset(self) -> None:
            resets.append(1)

    with mock_aws(endpoints=[GATEWAY], plugins=[Watching()]), clients.sync("s3") as s3:
        for url in (f"{GATEWAY}/moto-api/reset", "http://motoapi.amazonaws.com/moto-api/reset"):
            s3.create_bucket(Bucket="bucket")
            assert await send("POST", url) == (200, '{"status": "ok"}')
            assert s3.list_buckets()["Buckets"] == []
            assert await send("GET", url) == (400, '{"Error": "Need to POST to reset Moto"}')
    assert resets == [1, 1]


@pytest.mark.asyncio
async def test_the_rest_of_motos_api(
    clients: ModuleType, send: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from moto.moto_api import recorder

    monkeypatch.setattr(recorder, "_location", str(tmp_path / "recording"))
    api = f"{GATEWAY}/moto-api"
    with mock_aws(endpoints=[GATEWAY]), clients.sync("s3", endpoint_url=GATEWAY) as s3:
        s3.create_bucket(Bucket="bucket")
        status, text = await send("GET", f"{api}/data.json")
        assert status == 200
        assert '"name": "bucket"' in text
        assert await send("POST", f"{api}/seed?a=42") == (200, "")
        transition = {
            "model_name": "dax::cluster",
            "transition": {"progression": "manual", "times": 3},
        }
        url = f"{api}/state-manager/set-transition"
        assert (await send("POST", url, json=transition))[0] == 201
        status, text = await send(
            "GET", f"{api}/state-manager/get-transition?model_name=dax::cluster"
        )
        assert (status, text) == (200, '{"progression": "manual", "times": 3}')
        assert await send("POST", f"{api}/recorder/start-recording") == (
            200,
            "Recording is set to True",
        )
        try:
            s3.put_object(Bucket="bucket", Key="k", Body=b"body")
            assert (await send("PUT", f"{GATEWAY}/bucket/open", content="body"))[0] == 200
        finally:
            await send("POST", f"{api}/recorder/stop-recording")
        status, recording = await send("GET", f"{api}/recorder/download-recording")
        assert '"method": "PUT"' in recording
        for key in ("k", "open"):
            s3.delete_object(Bucket="bucket", Key=key)
        assert await send("POST", f"{api}/recorder/upload-recording", content=recording) == (
            200,
            "",
        )
        assert await send("POST", f"{api}/recorder/replay-recording") == (200, "")
        for key in ("k", "open"):
            assert s3.get_object(Bucket="bucket", Key=key)["Body"].read() == b"body"
        with pytest.raises(UnsupportedOperation, match=r"GET /moto-api/nothing"):
            await send("GET", f"{api}/nothing")


@pytest.mark.asyncio
async def test_keys_of_a_user_pool(clients: ModuleType, send: Any) -> None:
    with mock_aws(endpoints=[GATEWAY]), clients.sync("cognito-idp") as cognito:
        pool = cognito.create_user_pool(PoolName="pool")["UserPool"]["Id"]
        status, text = await send("GET", f"{GATEWAY}/{pool}/.well-known/jwks.json")
    assert status == 200
    assert '"kid"' in text


@pytest.mark.asyncio
async def test_targets_and_actions(clients: ModuleType, send: Any) -> None:
    target = {
        "X-Amz-Target": "AWSCognitoIdentityProviderService.SignUp",
        "Content-Type": "application/x-amz-json-1.1",
    }
    role = {"RoleArn": "arn:aws:iam::123456789012:role/r", "RoleSessionName": "me",
            "WebIdentityToken": "token", "Action": "AssumeRoleWithWebIdentity",
            "Version": "2011-06-15"}  # fmt: skip
    with mock_aws(endpoints=[GATEWAY]) as mock, clients.sync("cognito-idp") as cognito:
        pool = cognito.create_user_pool(PoolName="pool")["UserPool"]["Id"]
        app = cognito.create_user_pool_client(UserPoolId=pool, ClientName="app")
        user = {
            "ClientId": app["UserPoolClient"]["ClientId"],
            "Username": "me",
            "Password": "Long enough, 12",
        }
        status, text = await send("POST", f"{GATEWAY}/", headers=target, content=json.dumps(user))
        assert status == 200
        assert "UserSub" in text
        assert (mock.calls[-1].service, mock.calls[-1].operation) == ("cognitoidp", "SignUp")
        status, text = await send("POST", f"{GATEWAY}/", data=role)
        assert status == 200
        assert "<AssumeRoleWithWebIdentityResult>" in text
        assert mock.calls[-1].operation == "AssumeRoleWithWebIdentity"


@pytest.mark.asyncio
async def test_instance_metadata(send: Any) -> None:
    with mock_aws(endpoints=[GATEWAY]):
        url = f"{GATEWAY}/latest/meta-data/iam/security-credentials/"
        assert await send("GET", url) == (200, "default-role")


@pytest.mark.asyncio
async def test_two_endpoints_of_the_environment(
    clients: ModuleType, backend: str, send: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``s3`` stands before the other endpoint's host, and is no bucket."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://gw:4566")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://s3.gw:4566")
    for style in ("path", "virtual"):
        config = {"s3": {"addressing_style": style}}
        with mock_aws():
            async with clients.aio("s3", backend, config=config) as s3:
                await s3.create_bucket(Bucket="bucket")
                await s3.put_object(Bucket="bucket", Key="k", Body=b"body", ACL="public-read")
            async with clients.aio("sqs", backend) as sqs:
                await sqs.create_queue(QueueName="q")
            assert await send("GET", "http://s3.gw:4566/bucket/k") == (200, "body")
            assert await send("GET", "http://bucket.s3.gw:4566/k") == (200, "body")
            with clients.sync("s3", config=config) as boto3_s3:
                names = [one["Name"] for one in boto3_s3.list_buckets()["Buckets"]]
    assert names == ["bucket"]


@pytest.mark.asyncio
async def test_a_queue_at_its_own_endpoint(
    clients: ModuleType, send: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", "http://sqs.gw:4566")
    with mock_aws() as mock:
        form = {"Action": "CreateQueue", "QueueName": "q", "Version": "2012-11-05"}
        status, text = await send("POST", "http://sqs.gw:4566/", data=form)
        assert status == 200
        assert "<QueueUrl>" in text
        assert mock.calls[-1].operation == "CreateQueue"
        with clients.sync("sqs") as sqs:
            assert len(sqs.list_queues()["QueueUrls"]) == 1
