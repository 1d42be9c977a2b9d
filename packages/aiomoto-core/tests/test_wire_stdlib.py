"""What http.client and those on it may ask for: the rules of the wire, pools, proxies, threads."""

from __future__ import annotations

import http.client
import http.server
import ssl
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import requests
import urllib3
from botocore import UNSIGNED
from support.serving import serving

from aiomoto import (
    AiomotoError,
    IncompatibleLibrary,
    RealRequestBlocked,
    UnsupportedOperation,
    compat,
    mock_aws,
)
from aiomoto.testing.clients import sync
from aiomoto.testing.network import RealNetwork

if TYPE_CHECKING:
    from aiomoto.testing.network import Sockets

IDENTITY = "?Action=GetCallerIdentity&Version=2011-06-15"
STS = f"https://sts.us-east-1.amazonaws.com/{IDENTITY}"
ACCOUNT = b"<Account>123456789012</Account>"
#: Of whom nothing else is asked at a declared address.
BUCKETS = b"<ListAllMyBucketsResult"
LOCAL = b"<local/>"
SIGNED = {"authorization": "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/s3/aws4_request"}


class Local:
    """A real server on loopback, which keeps connections and notes what it is asked for."""

    def __init__(self) -> None:
        asked = self.asked = list[tuple[str, int]]()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 30

            def do_GET(self) -> None:
                asked.append((self.path, self.client_address[1]))
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(200)
                self.send_header("Content-Length", str(len(LOCAL)))
                self.end_headers()
                self.wfile.write(LOCAL)

            do_POST = do_PUT = do_GET

            def log_message(self, *_: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    @property
    def ports(self) -> set[int]:
        """The clients' own, one for each connection that was used."""
        return {port for _, port in self.asked}


@pytest.fixture
def local() -> Iterator[Local]:
    one = Local()
    with serving(one.server):
        yield one


# -- the ways to ask, each with what it keeps connections in -----------------------------------

Get = Callable[..., bytes]


@pytest.fixture(params=["urllib", "http.client", "urllib3"])
def get(request: pytest.FixtureRequest) -> Iterator[Get]:
    """``get(url, headers={})``: the body; http.client and urllib3 keep their connections."""
    connections: dict[str, Any] = {}

    def urllib_(url: str, headers: Any = ()) -> bytes:
        with urllib.request.urlopen(urllib.request.Request(url, headers=dict(headers))) as answer:
            return answer.read()  # type: ignore[no-any-return]

    def http_client(url: str, headers: Any = ()) -> bytes:
        parts = urlsplit(url)
        kind = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
        connection = connections.setdefault(parts.netloc, kind[parts.scheme](parts.netloc))
        try:
            connection.request("GET", url.partition(parts.netloc)[2], headers=dict(headers))
            return connection.getresponse().read()  # type: ignore[no-any-return]
        except BaseException:
            connection.close()  # as urllib and pools do
            raise

    def urllib3_(url: str, headers: Any = ()) -> bytes:
        pools = connections.setdefault("pools", urllib3.PoolManager(retries=False))
        return pools.request("GET", url, headers=dict(headers)).data  # type: ignore[no-any-return]

    yield {"urllib": urllib_, "http.client": http_client, "urllib3": urllib3_}[request.param]
    for one in connections.values():
        one.clear() if isinstance(one, urllib3.PoolManager) else one.close()


def test_answered_without_a_socket_and_on_record(get: Get, sockets: Sockets) -> None:
    with mock_aws() as mock:
        assert ACCOUNT in get(STS)
        assert ACCOUNT in get(STS)
    assert [(one.service, one.operation, one.status) for one in mock.calls] == [
        ("sts", "GetCallerIdentity", 200)
    ] * 2
    assert sockets.attempts == []


@pytest.mark.parametrize(
    "host",
    [
        "sts.amazonaws.com",
        "STS.us-east-1.amazonaws.com:443",
        "sts.us-east-1.amazonaws.com.",
        "sts.cn-north-1.amazonaws.com.cn",
    ],
)
def test_every_spelling_of_a_host(get: Get, sockets: Sockets, host: str) -> None:
    with mock_aws():
        assert b"<Account>" in get(f"https://{host}/{IDENTITY}")
    assert sockets.attempts == []


def test_instance_metadata(get: Get, sockets: Sockets) -> None:
    with mock_aws():
        found = get("http://169.254.169.254/latest/meta-data/placement/region")
        assert found == b"us-east-1"
        assert get("http://[fd00:ec2::254]/latest/meta-data/placement/region") == found
    assert sockets.attempts == []


NOBODYS = [
    "http://169.254.170.2/v2/credentials/1",
    "http://169.254.170.23/v1/credentials",
    "https://abc.lambda-url.us-east-1.on.aws/",
    "https://nosuchservice.us-east-1.api.aws/",
    "https://nosuchservice.us-east-1.amazonaws.com/",
]


@pytest.mark.parametrize("url", NOBODYS)
def test_what_moto_has_no_route_for(get: Get, sockets: Sockets, url: str) -> None:
    with mock_aws() as mock, pytest.raises(UnsupportedOperation, match="does not implement"):
        get(url)
    assert isinstance(mock.calls[0].error, UnsupportedOperation)
    assert sockets.attempts == []


@pytest.mark.parametrize("url", NOBODYS)
def test_requests_has_the_same_idea_of_what_is_aws(sockets: Sockets, url: str) -> None:
    with mock_aws() as mock, pytest.raises(UnsupportedOperation, match="does not implement"):
        requests.get(url, timeout=5)
    assert isinstance(mock.calls[0].error, UnsupportedOperation)
    assert sockets.attempts == []


ELSEWHERE = "https://minio.example.org:9000/bucket/key"


def test_a_signed_request_may_not_leave(get: Get, sockets: Sockets) -> None:
    with mock_aws() as mock:
        for _ in range(2):  # what is refused leaves its connection as it was
            with pytest.raises(RealRequestBlocked, match=r"s3: .* left for .*minio\.example\.org"):
                get(ELSEWHERE, SIGNED)
        assert ACCOUNT in get(STS)
    assert sockets.attempts == []
    assert [type(one.error) for one in mock.calls] == [RealRequestBlocked] * 2 + [type(None)]


def test_what_passthrough_names_reaches_for_the_network(get: Get, sockets: Sockets) -> None:
    rules = {"core": {"passthrough": {"urls": [r"https://s3\."]}}}
    with mock_aws(config=rules):
        with pytest.raises(RealNetwork):
            get("https://s3.us-east-1.amazonaws.com/bucket")
        assert sockets.refused
        sockets.refused.clear()
        sockets.attempts.clear()
        assert ACCOUNT in get(STS)
    assert sockets.attempts == []


def test_what_is_none_of_ours_reaches_for_the_network(get: Get, sockets: Sockets) -> None:
    with mock_aws() as mock, pytest.raises(RealNetwork):
        get("https://www.example.org/")
    assert len(mock.calls) == 0
    sockets.refused.clear()


def test_declared_addresses(get: Get, local: Local) -> None:
    with mock_aws(endpoints=[f"{local.url}/aws"]):
        assert BUCKETS in get(f"{local.url}/aws/")
        assert get(f"{local.url}/other") == LOCAL
        assert BUCKETS in get(f"{local.url}/aws/")
    assert [path for path, _ in local.asked] == ["/other"]


# -- before, inside and after ------------------------------------------------------------------


def test_real_servers_are_real_throughout(get: Get, local: Local) -> None:
    for mock in (None, mock_aws(), None):
        if mock is not None:
            mock.start()
        assert [get(local.url) for _ in range(2)] == [LOCAL] * 2
        if mock is not None:
            mock.stop()
    assert len(local.asked) == 6


def test_a_pooled_connection_outlives_the_mock(
    request: pytest.FixtureRequest, get: Get, local: Local
) -> None:
    assert get(local.url) == LOCAL
    with mock_aws(endpoints=[local.url]):
        assert BUCKETS in get(local.url)
    assert get(local.url) == LOCAL
    with mock_aws():
        assert get(local.url) == LOCAL
    if request.node.callspec.params["get"] != "urllib":  # which closes each
        assert len(local.ports) == 1


def test_a_connection_of_a_mock_is_a_real_one_after_it(get: Get, local: Local) -> None:
    with mock_aws(endpoints=[local.url]):
        assert BUCKETS in get(local.url)
    assert local.asked == []
    assert [get(local.url) for _ in range(2)] == [LOCAL] * 2


def test_after_the_mock_aws_is_the_network_again(get: Get, sockets: Sockets) -> None:
    with mock_aws():
        assert ACCOUNT in get(STS)
    for _ in range(2):
        with pytest.raises(RealNetwork):
            get(STS)
    sockets.refused.clear()
    sockets.attempts.clear()
    with mock_aws():
        assert ACCOUNT in get(STS)
    assert sockets.attempts == []


def test_everything_is_put_back(restored: None, get: Get) -> None:
    with mock_aws():
        assert ACCOUNT in get(STS)


def test_nothing_of_boto3_and_requests_changes(local: Local) -> None:
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
    with sync("s3", endpoint_url=local.url, **keys) as s3, requests.Session() as session:

        def ask() -> list[bytes]:
            body = s3.get_object(Bucket="bucket", Key="key")["Body"].read()
            s3.put_object(Bucket="bucket", Key="key", Body=b"x" * 2_000_000)
            return [body, session.get(local.url).content]

        before = ask()
        with mock_aws():
            inside = ask()
        assert before == inside == ask() == [LOCAL] * 2
    # The client's connection, and that of the session.
    assert len(local.ports) == 2


def test_a_call_of_boto3_that_passes_is_known_below(local: Local) -> None:
    """An unsigned request names no service: urllib3's alone would be taken for one to S3."""
    rules = {"core": {"passthrough": {"services": ["dynamodb"]}}}
    unsigned = {"signature_version": UNSIGNED}
    with mock_aws(config=rules, endpoints=[local.url]):
        with sync("dynamodb", endpoint_url=local.url, config=unsigned) as client:
            client.list_tables()
    assert [path for path, _ in local.asked] == ["/"]


# -- connecting before it is known what is asked -----------------------------------------------


def test_connecting_first(sockets: Sockets) -> None:
    with mock_aws(endpoints=["http://minio.local/base"]):
        connection = http.client.HTTPSConnection("sts.us-east-1.amazonaws.com")
        connection.connect()
        connection.sock.setsockopt(6, 1, 1)
        connection.request("GET", f"/{IDENTITY}")
        assert ACCOUNT in connection.getresponse().read()
        connection.close()
        plain = http.client.HTTPConnection("minio.local")
        plain.connect()
        plain.request("GET", "/base/")
        assert BUCKETS in plain.getresponse().read()
        assert sockets.attempts == []
        with pytest.raises(RealNetwork):
            plain.request("GET", "/elsewhere")
        plain.close()
    sockets.refused.clear()


def test_other_bytes_than_a_request_of_http_client(sockets: Sockets) -> None:
    with mock_aws():
        connection = http.client.HTTPSConnection("s3.amazonaws.com")
        connection.connect()
        with pytest.raises(AiomotoError, match=r"HTTPSConnection to s3\.amazonaws\.com: nothing"):
            connection.sock.sendall(b"PRI * HTTP/2.0\r\n\r\n")
        sock = connection.sock
        connection.close()
        with pytest.raises(OSError, match="Bad file descriptor"):
            sock.sendall(b"more")
    assert sockets.attempts == []


class OwnTLS(http.client.HTTPConnection):
    """Wraps its socket by itself, as some adapters do."""

    default_port = 443

    def connect(self) -> None:
        super().connect()
        self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


def test_what_only_a_socket_has(sockets: Sockets) -> None:
    with mock_aws():
        connection = http.client.HTTPSConnection("s3.amazonaws.com")
        connection.connect()
        with pytest.raises(AiomotoError, match=r"'getpeercert' .* s3\.amazonaws\.com"):
            connection.sock.getpeercert()
        assert not hasattr(connection.sock, "recv")
        connection.sock.settimeout(3)
        assert connection.sock.gettimeout() == 3
        connection.close()
        with pytest.raises(AiomotoError, match="answered in process"):
            OwnTLS("s3.amazonaws.com").connect()
        own = OwnTLS("sts.us-east-1.amazonaws.com")
        own.request("GET", f"/{IDENTITY}")
        assert ACCOUNT in own.getresponse().read()
    assert sockets.attempts == []


def test_an_undeclared_server_is_connected_to_at_once(local: Local) -> None:
    with mock_aws():
        connection = http.client.HTTPConnection(urlsplit(local.url).netloc)
        connection.connect()
        assert connection.sock.getpeername() == local.server.server_address
        connection.close()


# -- proxies -----------------------------------------------------------------------------------

PROXY = "http://proxy.invalid:3128"
PLAIN = STS.replace("https", "http")


@pytest.mark.parametrize("url", [STS, PLAIN])
def test_a_proxy_of_urllib_is_not_asked(sockets: Sockets, url: str) -> None:
    proxies = urllib.request.ProxyHandler({"http": PROXY, "https": PROXY})
    opener = urllib.request.build_opener(proxies)
    with mock_aws() as mock:
        with opener.open(url) as answer:
            assert ACCOUNT in answer.read()
    assert mock.calls[0].operation == "GetCallerIdentity"
    assert sockets.attempts == []


@pytest.mark.parametrize("url", [STS, PLAIN])
@pytest.mark.parametrize("proxy", [PROXY, PROXY.replace("http", "https")])
def test_a_proxy_of_urllib3_is_not_asked(sockets: Sockets, proxy: str, url: str) -> None:
    with mock_aws() as mock, urllib3.ProxyManager(proxy) as pools:
        for _ in range(2):
            assert ACCOUNT in pools.request("GET", url).data
    assert len(mock.calls) == 2
    assert sockets.attempts == []


def test_a_real_proxy_on_loopback_still_serves_others(local: Local) -> None:
    """It is asked for what leaves, on the connection on which AWS would have been asked."""
    with mock_aws(), urllib3.ProxyManager(local.url, maxsize=1) as pools:
        assert pools.request("GET", "http://www.example.org/a").data == LOCAL
        assert ACCOUNT in pools.request("GET", PLAIN).data
        assert pools.request("GET", "http://www.example.org/b").data == LOCAL
    assert [path for path, _ in local.asked] == [
        "http://www.example.org/a",
        "http://www.example.org/b",
    ]
    assert len(local.ports) == 1


# -- threads -----------------------------------------------------------------------------------


def test_threads(sockets: Sockets) -> None:
    with mock_aws() as mock, urllib3.PoolManager(maxsize=4) as pools:
        readable = {"x-amz-acl": "public-read"}
        with sync("s3") as s3:
            s3.create_bucket(Bucket="bucket")

        def put_and_get(number: int) -> bytes:
            url = f"https://bucket.s3.us-east-1.amazonaws.com/{number}"
            body = b"%d" % number * 1000
            if number % 2:
                assert pools.request("PUT", url, body=body, headers=readable).status == 200
                return pools.request("GET", url).data
            # Else it says that it is a form, which moto believes.
            headers = {**readable, "Content-Type": "binary/octet-stream"}
            request = urllib.request.Request(url, body, headers, method="PUT")
            urllib.request.urlopen(request).close()
            with urllib.request.urlopen(url) as answer:
                return answer.read()  # type: ignore[no-any-return]

        with ThreadPoolExecutor(8) as threads:
            found = list(threads.map(put_and_get, range(80)))
    assert found == [b"%d" % number * 1000 for number in range(80)]
    assert len(mock.calls.filter("s3", "PutObject")) == 80
    assert sockets.attempts == []


# -- what is patched ---------------------------------------------------------------------------


def test_a_name_that_python_lacks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(http.client.HTTPConnection, "endheaders")
    with pytest.raises(IncompatibleLibrary, match=r"http\.client\.HTTPConnection\.endheaders"):
        compat.HttpClient()


WITHOUT = """
import sys
from aiomoto import mock_aws
{imports}
mock = mock_aws()
print("http.client" in sys.modules, "urllib3" in sys.modules)
"""


def test_neither_is_imported_for_a_mocks_sake(run_program: Callable[..., str]) -> None:
    assert run_program(WITHOUT.format(imports="")).split() == ["False", "False"]
    assert run_program(WITHOUT.format(imports="import urllib3")).split() == ["True", "True"]


INSIDE = """
import sys
from aiomoto import mock_aws
with mock_aws():
    for name in [one for one in sys.modules if one.partition(".")[0] == "urllib3"]:
        del sys.modules[name]
    import urllib3  # anew, as pytest's pytester has it
    answer = urllib3.PoolManager().request("GET", {url!r})
    print(answer.status)
"""


def test_what_is_imported_inside_is_answered(run_program: Callable[..., str]) -> None:
    assert run_program(INSIDE.format(url=STS)).split() == ["200"]


def test_an_urllib3_of_the_1_line(monkeypatch: pytest.MonkeyPatch, sockets: Sockets) -> None:
    monkeypatch.delattr(urllib3, "HTTPHeaderDict")
    with mock_aws(), sync("sts") as sts:
        assert sts.get_caller_identity()["Account"] == "123456789012"
        assert ACCOUNT in requests.get(STS, timeout=5).content
    assert sockets.attempts == []
