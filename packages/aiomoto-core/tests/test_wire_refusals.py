"""The rules of the wire: what passes, what is refused, and how that is seen by the caller."""

from __future__ import annotations

import http.server
import re
import threading
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import pytest
import requests

from aiomoto import RealRequestBlocked, UnsupportedOperation, mock_aws

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
    thread = threading.Thread(target=one.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield one
    one.server.shutdown()
    thread.join()
    one.server.server_close()


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
        async with clients.aio("sqs", backend, config=config) as sqs:
            attempts = counted(sqs)
            with pytest.raises(error) as caught:
                await sqs.list_queues()
    assert caught.value is raised
    assert len(attempts) == 1
