"""awscrt: boto3's transfers are answered, what else asks it for AWS is refused.

No audit hook sees what C does, so a listener on this machine, declared to be AWS, counts.
"""

from __future__ import annotations

import asyncio
import http.server
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.serving import serving

from aiomoto import RealRequestBlocked, mock_aws

http_of_crt = pytest.importorskip("awscrt.http")


def refused() -> Any:
    return pytest.raises(RealRequestBlocked, match=r"awscrt would have connected to .*passthrough")


class Listener:
    """Answers every request, and keeps the connection."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.connections = 0
        listener = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                listener.connections += 1

            def do_GET(self) -> None:
                listener.requests.append(self.path)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        self.address = f"127.0.0.1:{self.port}"


@pytest.fixture
def listener() -> Iterator[Listener]:
    one = Listener()
    with serving(one.server):
        yield one


def request(host: str, path: str = "/key") -> Any:
    headers = http_of_crt.HttpHeaders([("Host", host)])
    return http_of_crt.HttpRequest("GET", path, headers)


def get(connection: Any, asked: Any) -> int:
    stream = connection.request(asked)
    stream.activate()
    return stream.completion_future.result(10)  # type: ignore[no-any-return]


def opened(listener: Listener) -> Any:
    return http_of_crt.HttpClientConnection.new("127.0.0.1", listener.port).result(10)


# -- boto3's transfers -----------------------------------------------------------------------


def test_transfers_by_awscrt_are_answered(clients: Any, tmp_path: Path) -> None:
    from boto3.s3 import transfer

    config = transfer.TransferConfig(preferred_transfer_client="crt")
    before = transfer.create_crt_transfer_manager
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(bytes(range(256)) * 40_000)  # in several parts
    with mock_aws() as mock, clients.sync("s3") as s3:
        s3.create_bucket(Bucket="bucket")
        s3.upload_file(str(source), "bucket", "key", Config=config)
        s3.download_file("bucket", "key", str(target), Config=config)
        assert mock.calls.filter("s3", "CompleteMultipartUpload")
    assert target.read_bytes() == source.read_bytes()
    assert transfer.create_crt_transfer_manager is before


# -- its HTTP connections ----------------------------------------------------------------------


@pytest.mark.parametrize("cls", ["HttpClientConnection", "Http2ClientConnection"])
@pytest.mark.parametrize("host", ["s3.us-east-1.amazonaws.com", "169.254.170.2", "fd00:ec2::254"])
def test_connections_to_aws_are_refused(cls: str, host: str) -> None:
    with mock_aws(), refused():
        getattr(http_of_crt, cls).new(host, 443)


def test_connections_to_declared_addresses_are_refused(listener: Listener) -> None:
    with mock_aws(endpoints=[listener.address]), refused():
        opened(listener)
    assert listener.connections == 0


def test_a_connection_from_before_is_refused_inside_only(listener: Listener) -> None:
    connection = opened(listener)
    assert get(connection, request(listener.address, "/before")) == 200
    with mock_aws(endpoints=[listener.address]), refused():
        get(connection, request(listener.address, "/inside"))
    assert get(connection, request(listener.address, "/after")) == 200
    assert (listener.requests, listener.connections) == (["/before", "/after"], 1)
    connection.close().result(10)


def test_what_nobody_declared_works_on_loopback(listener: Listener) -> None:
    with mock_aws():
        connection = opened(listener)
        assert get(connection, request(listener.address)) == 200
        connection.close().result(10)


def test_passthrough(listener: Listener) -> None:
    rules = {"core": {"passthrough": {"urls": [f"http://{listener.address}"]}}}
    with mock_aws(config=rules, endpoints=[listener.address]):
        connection = opened(listener)
        assert get(connection, request(listener.address)) == 200
        connection.close().result(10)


def test_a_signed_request_to_another_address_is_refused(listener: Listener) -> None:
    asked = request("minio.example")
    asked.headers.add("Authorization", "AWS4-HMAC-SHA256 Credential=A/20250101/us-east-1/s3/x")

    class Connection:
        host_name, port = "minio.example", 80

    with mock_aws(), pytest.raises(RealRequestBlocked, match=r"not an AWS address"):
        http_of_crt.HttpClientConnection.request(Connection(), asked)


def test_its_asyncio_connections(listener: Listener) -> None:
    of_asyncio = pytest.importorskip("awscrt.aio.http")

    async def get_twice() -> None:
        connection = await of_asyncio.AIOHttpClientConnection.new("127.0.0.1", listener.port)
        with mock_aws(endpoints=[listener.address]):
            with refused():
                connection.request(request(listener.address, "/inside"))
            with refused():
                await of_asyncio.AIOHttpClientConnection.new("127.0.0.1", listener.port)
        stream = connection.request(request(listener.address, "/after"))
        assert await stream.get_response_status_code() == 200
        await stream.wait_for_completion()
        await connection.close()

    asyncio.run(get_twice())
    assert listener.requests == ["/after"]


# -- its other clients ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def s3() -> Any:
    from awscrt import auth, io, s3

    bootstrap = io.ClientBootstrap.get_or_create_static_default()
    credentials = auth.AwsCredentialsProvider.new_static("AKID", "secret")
    return s3.S3Client(
        bootstrap=bootstrap,
        region="us-east-1",
        credential_provider=credentials,
        tls_mode=s3.S3RequestTlsMode.DISABLED,
    )


def ask(s3: Any, host: str) -> Callable[[], Any]:
    from awscrt.s3 import S3RequestType

    return lambda: s3.make_request(
        type=S3RequestType.DEFAULT, operation_name="GetObject", request=request(host)
    )


def test_its_s3_client(s3: Any, listener: Listener) -> None:
    with mock_aws(endpoints=[listener.address]):
        for host in ("bucket.s3.us-east-1.amazonaws.com", listener.address):
            with refused():
                ask(s3, host)()
        with pytest.raises(
            RealRequestBlocked, match=r"s3: GetObject would have left for https://m"
        ):
            ask(s3, "minio.example")()
    assert listener.connections == 0
    with mock_aws():
        ask(s3, listener.address)().finished_future.result(10)
    assert listener.requests == ["/key"]


@pytest.mark.parametrize(
    ("make", "given"),
    [
        ("new_cognito", {"identity": "us-east-1:1"}),
        ("new_x509", {"thing_name": "thing", "role_alias": "role"}),
    ],
)
def test_its_providers_of_credentials(make: str, given: Any, listener: Listener) -> None:
    from awscrt import io
    from awscrt.auth import AwsCredentialsProvider

    tls = io.ClientTlsContext(io.TlsContextOptions())
    with mock_aws(endpoints=["https://iot.example"]):
        for endpoint in ("cognito-identity.us-east-1.amazonaws.com", "iot.example"):
            with refused():
                getattr(AwsCredentialsProvider, make)(endpoint=endpoint, tls_ctx=tls, **given)
        getattr(AwsCredentialsProvider, make)(endpoint="elsewhere.example", tls_ctx=tls, **given)


def test_its_websockets() -> None:
    websocket = pytest.importorskip("awscrt.websocket")
    with mock_aws(), refused():
        websocket.connect(
            host=IOT,
            handshake_request=None,
            on_connection_setup=print,
        )


IOT = "a1-ats.iot.us-east-1.amazonaws.com"


def test_its_mqtt() -> None:
    mqtt, mqtt5 = pytest.importorskip("awscrt.mqtt"), pytest.importorskip("awscrt.mqtt5")
    connection = mqtt.Connection(mqtt.Client(), host_name=IOT, port=8883, client_id="lamp")
    with mock_aws():
        with refused():
            connection.connect()
        with refused():
            mqtt5.Client(mqtt5.ClientOptions(host_name=IOT, port=8883))
        # Nothing is sent before it is started.
        assert mqtt5.Client(mqtt5.ClientOptions(host_name="broker.example", port=8883))
