"""The rules of the wire: what passes, what is refused, and how that is seen by the caller."""

from __future__ import annotations

import http.server
import io
import re
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import pytest
import requests
from botocore.awsrequest import AWSRequest
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.httpsession import URLLib3Session
from support.serving import serving

from aiomoto import (
    IncompatibleLibrary,
    RealRequestBlocked,
    UnsupportedOperation,
    mock_aws,
    packages,
)
from aiomoto.engine import engine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from aiomoto.testing.network import Sockets

RETRIES = [
    {"retries": {"mode": "legacy", "max_attempts": 3}},
    {"retries": {"mode": "standard", "max_attempts": 3}},
    {"retries": {"mode": "adaptive", "max_attempts": 3}},
]
MODES = [one["retries"]["mode"] for one in RETRIES]


class Local:
    """A real HTTP server on loopback, which notes what it is asked for."""

    def __init__(self) -> None:
        paths = self.paths = list[str]()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                paths.append(self.path)
                body = b"<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>"
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("x-local", "yes")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def local() -> Iterator[Local]:
    one = Local()
    with serving(one.server):
        yield one


def counted(client: Any) -> list[str]:
    """The attempts of a client from now on."""
    attempts: list[str] = []
    client.meta.events.register("before-send", lambda request, **_: attempts.append(request.url))
    return attempts


# -- rule 3: passthrough -------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "rules", [{"urls": [r"https://s3\."]}, {"services": ["s3"]}], ids=["urls", "services"]
)
async def test_passthrough_reaches_for_the_real_network(
    clients: ModuleType, backend: str, sockets: Sockets, rules: dict[str, Any]
) -> None:
    with mock_aws(config={"core": {"passthrough": rules}}):
        async with clients.aio("s3", backend) as s3:
            with pytest.raises(BaseException, match="would leave this machine") as caught:
                await s3.list_buckets()
            assert type(caught.value).__name__ == "RealNetwork"
        assert sockets.refused
        sockets.refused.clear()
        sockets.attempts.clear()
        # The other services are mocked as ever.
        async with clients.aio("sqs", backend) as sqs:
            assert "QueueUrls" not in await sqs.list_queues()
        assert sockets.attempts == []


def test_passthrough_of_sync_clients(clients: ModuleType, sockets: Sockets) -> None:
    rules = {"core": {"passthrough": {"services": ["s3"]}}}
    leaves = pytest.raises(BaseException, match="would leave this machine")
    with mock_aws(config=rules), clients.sync("s3") as s3, leaves:
        s3.list_buckets()
    assert sockets.refused
    sockets.refused.clear()


@pytest.mark.asyncio
async def test_passthrough_to_a_declared_server(
    clients: ModuleType, backend: str, local: Local
) -> None:
    """The test's own server is not hidden by a broader declaration."""
    rules = {"core": {"passthrough": {"urls": [re.escape(local.url)]}}}
    with mock_aws(config=rules, endpoints=["127.0.0.1"]):
        async with clients.aio("s3", backend, endpoint_url=local.url) as s3:
            answer = await s3.list_buckets()
    assert answer["ResponseMetadata"]["HTTPHeaders"]["x-local"] == "yes"


# -- rule 4: loopback ----------------------------------------------------------------------


@pytest.mark.asyncio
async def test_loopback_that_nobody_declared_is_real(
    clients: ModuleType, backend: str, local: Local
) -> None:
    with mock_aws():
        async with clients.aio("s3", backend, endpoint_url=local.url) as s3:
            answer = await s3.list_buckets()
        with clients.sync("s3", endpoint_url=local.url) as sync:
            sync.list_buckets()
    assert answer["ResponseMetadata"]["HTTPHeaders"]["x-local"] == "yes"
    assert len(local.paths) == 2


@pytest.mark.asyncio
async def test_what_was_sent_for_real_is_on_record(
    clients: ModuleType, backend: str, local: Local, recwarn: pytest.WarningsRecorder
) -> None:
    mock = mock_aws()
    with mock:
        async with clients.aio("s3", backend, endpoint_url=local.url) as s3:
            await s3.list_buckets()
            with pytest.raises(ClientError):
                await s3.put_object(Bucket="b", Key="k", Body=io.BytesIO(b"x"))
        with clients.sync("s3", endpoint_url=local.url) as sync:
            sync.list_buckets()
            sync.get_bucket_location(Bucket="b")
        calls = mock.calls.filter("s3")
    mock.calls.assert_count(2, "s3", "ListBuckets")
    mock.calls.assert_called_once("s3", "GetBucketLocation", Bucket="b")
    assert all(one.passed for one in calls)
    assert [one.operation for one in mock.calls.failed] == ["PutObject"]
    [refused] = mock.calls.failed
    assert (refused.status, refused.error, refused.complete) == (501, None, False)
    assert re.fullmatch(
        r"s3 ListBuckets\(\) -> 200 in [\d.]+ ms, over the real network", str(calls[0])
    )
    assert not recwarn.list


NOBODY = "http://localhost:9"  # the port of "discard", which nobody listens at
ONCE = {"retries": {"max_attempts": 1}}  # tried again once
NOTE = (
    "aiomoto did not answer this call: http://localhost:9 is on this machine, which is not AWS "
    "unless it is declared, so the call went to the real network. To have moto answer it, use "
    "mock_aws(endpoints=['http://localhost:9']), or leave endpoint_url out."
)


@pytest.mark.asyncio
async def test_an_endpoint_left_over_from_a_server_is_explained(
    clients: ModuleType, backend: str
) -> None:
    mock = mock_aws()
    settings: dict[str, Any] = {"endpoint_url": NOBODY, "config": ONCE}
    with mock, clients.sync("sqs", **settings) as sync:
        async with clients.aio("sqs", backend, **settings) as sqs:
            with pytest.raises(EndpointConnectionError) as caught:
                await sqs.list_queues(QueueNamePrefix="orders")
        calls = mock.calls[:]
        with pytest.raises(EndpointConnectionError) as sync_caught:
            sync.list_queues(QueueNamePrefix="orders")
    for error in (caught.value, sync_caught.value):
        assert error.__notes__ == [NOTE]  # type: ignore[attr-defined, unused-ignore]
    assert len(calls) == 2  # each of its tries
    assert calls[-1].error is caught.value
    assert mock.calls[-1].error is sync_caught.value
    assert {one.operation for one in mock.calls.failed} == {"ListQueues"}
    assert calls[-1].parameters == {"QueueNamePrefix": "orders"}


@pytest.mark.asyncio
async def test_other_traffic_on_this_machine_is_nobodys_call(
    httpx_module: ModuleType, local: Local
) -> None:
    mock = mock_aws()
    async with mock, httpx_module.AsyncClient() as http:
        await http.get(local.url)
        with pytest.raises(httpx_module.ConnectError) as caught:
            await http.get(NOBODY)
    assert len(mock.calls) == 0
    assert not hasattr(caught.value, "__notes__")


def test_what_no_client_names_is_nobodys_call_either() -> None:
    """Such as the look-up of credentials in a container."""
    mock, request = mock_aws(), AWSRequest("GET", NOBODY).prepare()
    with mock, pytest.raises(EndpointConnectionError) as caught:
        URLLib3Session().send(request)
    assert len(mock.calls) == 0
    assert not hasattr(caught.value, "__notes__")


def test_a_patch_that_outlasts_its_mock_explains_nothing(
    clients: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mock_aws():
        ours = URLLib3Session.send
    monkeypatch.setattr(URLLib3Session, "send", ours)
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
    with clients.sync("sqs", endpoint_url=NOBODY, **keys, config=ONCE) as sqs:
        with pytest.raises(EndpointConnectionError) as caught:
            sqs.list_queues()
    assert not hasattr(caught.value, "__notes__")


@pytest.mark.asyncio
async def test_loopback_that_is_declared_is_not(
    clients: ModuleType, backend: str, local: Local
) -> None:
    with mock_aws(endpoints=[local.url]):
        async with clients.aio("s3", backend, endpoint_url=local.url) as s3:
            answer = await s3.list_buckets()
    assert "x-local" not in answer["ResponseMetadata"]["HTTPHeaders"]
    assert local.paths == []


# -- rule 5: anything else from an AWS client ----------------------------------------------

MINIO = "https://minio.example.org:9000"
BLOCKED = (
    "s3: ListBuckets would have left for https://minio.example.org:9000/, which is not an AWS "
    "address. Nothing was sent."
)


@pytest.mark.asyncio
@pytest.mark.parametrize("config", RETRIES, ids=MODES)
async def test_other_address_is_refused_once(
    clients: ModuleType, backend: str, sockets: Sockets, config: dict[str, Any]
) -> None:
    with mock_aws():
        async with clients.aio("s3", backend, endpoint_url=MINIO, config=config) as s3:
            attempts = counted(s3)
            with pytest.raises(RealRequestBlocked) as caught:
                await s3.list_buckets()
    assert str(caught.value).startswith(BLOCKED)
    assert (caught.value.service, caught.value.operation) == ("s3", "ListBuckets")
    assert len(attempts) == 1
    assert sockets.attempts == []


@pytest.mark.asyncio
async def test_refusal_comes_before_the_client_prepares_a_connection(clients: ModuleType) -> None:
    """Whatever would be wrong with the connection, the address is what the user has to know.

    On httpx it is prepared when the client is made.
    """
    config = {"proxies": {"https": "http://[bad"}}
    with mock_aws():
        async with clients.aio("s3", endpoint_url=MINIO, config=config) as s3:
            with pytest.raises(RealRequestBlocked):
                await s3.list_buckets()


@pytest.mark.parametrize("config", RETRIES, ids=MODES)
def test_other_address_is_refused_to_sync_clients(
    clients: ModuleType, sockets: Sockets, config: dict[str, Any]
) -> None:
    with mock_aws(), clients.sync("s3", endpoint_url=MINIO, config=config) as s3:
        attempts = counted(s3)
        with pytest.raises(RealRequestBlocked) as caught:
            s3.list_buckets()
    assert str(caught.value).startswith(BLOCKED)
    assert len(attempts) == 1
    assert sockets.attempts == []


@pytest.mark.asyncio
async def test_refusal_names_the_object(clients: ModuleType, backend: str) -> None:
    with mock_aws():
        async with clients.aio("s3", backend, endpoint_url=MINIO) as s3:
            with pytest.raises(RealRequestBlocked, match=r"^s3: PutObject .*/bucket/key, which"):
                await s3.put_object(Bucket="bucket", Key="key", Body=b"x" * 100_000)


# -- rule 6: what moto lacks ---------------------------------------------------------------

LACKING = [
    # an operation of a service that moto has
    ("sqs", "start_message_move_task", {"SourceArn": "arn:aws:sqs:us-east-1:1:q"},
     "StartMessageMoveTask"),
    ("dynamodb", "list_contributor_insights", {}, "ListContributorInsights"),
    # a service that moto does not have
    ("gamelift", "list_builds", {}, "ListBuilds"),
    ("translate", "list_languages", {}, "ListLanguages"),
]  # fmt: skip


@pytest.mark.asyncio
@pytest.mark.parametrize("config", RETRIES, ids=MODES)
@pytest.mark.parametrize(
    ("service", "method", "arguments", "operation"), LACKING, ids=[one[3] for one in LACKING]
)
async def test_what_moto_lacks_is_named(
    clients: ModuleType,
    backend: str,
    service: str,
    method: str,
    arguments: dict[str, Any],
    operation: str,
    config: dict[str, Any],
) -> None:
    expected = f"moto {version('moto')} does not implement {operation} of {service}."
    with mock_aws():
        async with clients.aio(service, backend, config=config) as client:
            attempts = counted(client)
            with pytest.raises(UnsupportedOperation) as caught:
                await getattr(client, method)(**arguments)
        with clients.sync(service, config=config) as sync:
            sync_attempts = counted(sync)
            with pytest.raises(UnsupportedOperation) as sync_caught:
                getattr(sync, method)(**arguments)
    assert str(caught.value).startswith(expected)
    assert str(caught.value) == str(sync_caught.value)
    assert isinstance(caught.value, NotImplementedError)
    assert len(attempts) == len(sync_attempts) == 1


@pytest.mark.asyncio
async def test_a_filter_that_moto_lacks_is_named_by_moto(clients: ModuleType, backend: str) -> None:
    """A kind of NotImplementedError of moto's own, which users of moto catch."""
    from moto.ec2.exceptions import FilterNotImplementedError

    filters = [{"Name": "unknown", "Values": ["x"]}]
    with mock_aws():
        async with clients.aio("ec2", backend) as ec2:
            with pytest.raises(FilterNotImplementedError, match="'unknown' for DescribeImages"):
                await ec2.describe_images(Filters=filters)
        with clients.sync("ec2") as sync, pytest.raises(FilterNotImplementedError):
            sync.describe_images(Filters=filters)


PACKAGES = [
    ("kinesis", "subscribe_to_shard", "SubscribeToShard",
     {"ConsumerARN": "arn:aws:kinesis:us-east-1:1:stream/s/consumer/c:1", "ShardId": "s",
      "StartingPosition": {"Type": "LATEST"}}),
    ("bedrock-runtime", "converse", "Converse", {"modelId": "m", "messages": []}),
    ("bedrock-runtime", "converse_stream", "ConverseStream", {"modelId": "m", "messages": []}),
    ("bedrock-runtime", "invoke_model_with_response_stream", "InvokeModelWithResponseStream",
     {"modelId": "m", "body": b"{}"}),
    ("lambda", "invoke_with_response_stream", "InvokeWithResponseStream", {"FunctionName": "f"}),
]  # fmt: skip


@pytest.mark.asyncio
@pytest.mark.parametrize(("service", "method", "operation", "arguments"), PACKAGES)
async def test_the_package_that_answers_what_moto_lacks_is_named(
    clients: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    service: str,
    method: str,
    operation: str,
    arguments: dict[str, Any],
) -> None:
    package = {"kinesis": "aiomoto-contrib", "lambda": "aiomoto-lambda"}.get(
        service, "aiomoto-bedrock"
    )
    text = (
        f"moto {version('moto')} does not implement {operation} of {service}. {package} does: "
        f"pip install {package}."
    )
    with mock_aws():
        monkeypatch.setattr(engine._plugins, "_owners", {})  # core alone
        async with clients.aio(service) as client:
            with pytest.raises(UnsupportedOperation, match=f"^{re.escape(text)}$"):
                await getattr(client, method)(**arguments)
        with clients.sync(service) as sync:
            with pytest.raises(UnsupportedOperation, match=f"^{re.escape(text)}$"):
                getattr(sync, method)(**arguments)


def test_each_operation_that_a_package_adds_is_tried() -> None:
    """Above, and that moto lacks it."""
    tried = {operation for _, _, operation, _ in PACKAGES}
    assert tried == {name for names in packages.BEYOND_MOTO.values() for name in names}


@pytest.mark.asyncio
async def test_a_package_that_is_installed_is_not_named(
    clients: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mock_aws():
        monkeypatch.setattr(engine._plugins, "_owners", {"kinesis": "theirs"})
        async with clients.aio("kinesis") as client:
            with pytest.raises(UnsupportedOperation) as caught:
                await client.subscribe_to_shard(**PACKAGES[0][3])
    assert "pip install" not in str(caught.value)


def test_a_path_of_the_users_own_api_that_is_not_deployed() -> None:
    """No operation of AWS is missing then; moto answers so, too."""
    with mock_aws():
        said = requests.put("https://a1b2c3.execute-api.us-east-1.amazonaws.com/prod/orders")
        assert (said.status_code, said.text) == (404, "Not yet implemented")


# -- errors inside moto --------------------------------------------------------------------


class OfMoto(Exception):
    """An error in a handler of moto that is none of AWS's."""


@pytest.mark.asyncio
@pytest.mark.parametrize("config", RETRIES, ids=MODES)
@pytest.mark.parametrize("error", [OfMoto, KeyError, OSError, ConnectionError])
async def test_errors_inside_moto_reach_the_caller_as_they_are(
    clients: ModuleType,
    backend: str,
    monkeypatch: pytest.MonkeyPatch,
    config: dict[str, Any],
    error: type[Exception],
) -> None:
    from moto.sqs.models import SQSBackend

    raised = error("inside")

    def broken(*_: Any, **__: Any) -> Any:
        raise raised

    with mock_aws():
        with clients.sync("sqs") as sync:
            monkeypatch.setattr(SQSBackend, "list_queues", broken)
            with pytest.raises(error) as caught:
                sync.list_queues()
            assert caught.value is raised
            assert raised.__notes__ == [  # type: ignore[attr-defined, unused-ignore]
                f"Raised inside moto {version('moto')} while it answered sqs ListQueues; aiomoto "
                "passes it on as it is."
            ]
        async with clients.aio("sqs", backend, config=config) as sqs:
            attempts = counted(sqs)
            with pytest.raises(error) as caught:
                await sqs.list_queues()
    assert caught.value is raised
    assert len(attempts) == 1


def test_an_error_of_ours_inside_moto_says_enough(
    clients: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    from moto.sqs.models import SQSBackend

    def refuses(*_: Any, **__: Any) -> Any:
        raise IncompatibleLibrary("moto", "9", "moto.sqs.models.Queue")

    with mock_aws(), clients.sync("sqs") as sqs:
        monkeypatch.setattr(SQSBackend, "list_queues", refuses)
        with pytest.raises(IncompatibleLibrary) as caught:
            sqs.list_queues()
    assert not hasattr(caught.value, "__notes__")
