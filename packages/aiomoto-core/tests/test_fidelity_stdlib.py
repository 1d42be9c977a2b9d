"""urllib.request, http.client and urllib3: in process as over TLS to moto's own server."""

from __future__ import annotations

import array
import http.client
import io
import select
import urllib.error
import urllib.request
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
import urllib3
from support.serving import serving
from urllib3.filepost import encode_multipart_formdata

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from aiomoto.testing.outcome import Outcome
    from aiomoto.testing.worlds import World

    Compare = Callable[..., Awaitable[Outcome]]
    #: Status, headers and body.
    Answer = tuple[int, dict[str, str], bytes | str]

DATA = b"some bytes\x00\xff, \r\n and more"


@pytest.fixture
def backend() -> str:
    """What aiobotocore would run on, which makes no difference here."""
    return "aiohttp"


# -- three ways to send one request ----------------------------------------------------------


def told(status: int, headers: Any, content: bytes) -> Answer:
    """What can be compared: moto and its server spell names of headers differently."""
    names = {name.lower(): value for name, value in headers.items()}
    return status, names, content.decode() if content.startswith(b"<") else content


def by_urllib(
    world: World, method: str, url: str, body: Any = None, headers: Any = (), **options: Any
) -> Answer:
    # What it says of a body of its own accord, that it is a form, moto believes.
    headers = {"Content-Type": "binary/octet-stream", **dict(headers)} if body else dict(headers)
    request = urllib.request.Request(url, body, headers, method=method)
    try:
        with world.plain_urllib().open(request, **options) as answer:
            return told(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return told(error.code, error.headers, error.read())


def by_http_client(
    world: World, method: str, url: str, body: Any = None, headers: Any = (), **options: Any
) -> Answer:
    parts = urlsplit(url)
    connection = world.plain_http_client(url, **options)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    connection.request(method, target, body, dict(headers))
    answer = connection.getresponse()
    return told(answer.status, answer.headers, answer.read())


def by_urllib3(
    world: World, method: str, url: str, body: Any = None, headers: Any = (), **options: Any
) -> Answer:
    answer = world.plain_urllib3().request(
        method, url, body=body, headers=dict(headers), redirect=False, retries=False, **options
    )
    return told(answer.status, answer.headers, answer.data)


CLIENTS = pytest.mark.parametrize("send", [by_urllib, by_http_client, by_urllib3])


def presigned(world: World, operation: str, body: bytes | None = None, **params: Any) -> str:
    """A URL for `operation` on bucket/key, where `body` is stored unless it is None."""
    s3 = world.boto3("s3", config={"signature_version": "s3v4"})
    s3.create_bucket(Bucket="bucket")
    if body is not None:
        s3.put_object(Bucket="bucket", Key="key", Body=body, ContentType="text/x-it")
    params = {"Bucket": "bucket", "Key": "key", **params}
    return str(s3.generate_presigned_url(operation, Params=params))


def held(world: World) -> Any:
    answer = world.boto3("s3").get_object(Bucket="bucket", Key="key")
    data = answer["Body"].read()
    return data if len(data) < 1000 else len(data), answer["Metadata"], answer["ContentType"]


# -- what is asked for -----------------------------------------------------------------------


@CLIENTS
@pytest.mark.asyncio
@pytest.mark.parametrize("data", [DATA, b"", bytes(range(256)) * 4 * 1024 * 5])
async def test_get(compare: Compare, send: Any, data: bytes) -> None:
    async def body(world: World) -> Any:
        url = presigned(world, "get_object", data)
        whole, part = send(world, "GET", url), send(world, "GET", url, None, {"Range": "bytes=1-3"})
        return whole[:2], len(whole[2]), whole[2] == data, part

    (status, headers), length, same, _ = (await compare(body)).value
    assert (status, headers["content-length"], length, same) == (
        200,
        str(len(data)),
        len(data),
        True,
    )


@CLIENTS
@pytest.mark.asyncio
async def test_put_of_64_mib(compare: Compare, send: Any) -> None:
    data = bytes(range(256)) * 4 * 1024 * 64

    async def body(world: World) -> Any:
        url, headers = presigned(world, "put_object"), {"Content-Length": str(len(data))}
        # One client sends it by pieces, as it is read of a file.
        content = io.BytesIO(data) if send is by_http_client else data
        put = send(world, "PUT", url, content, headers)
        status, got, content = send(world, "GET", presigned(world, "get_object"))
        return put, held(world), status, got, content == data

    put, stored, status, _, same = (await compare(body)).value
    assert (put[0], stored[0], status, same) == (200, 64 << 20, 200, True)


@CLIENTS
@pytest.mark.asyncio
async def test_post_of_a_form(compare: Compare, send: Any) -> None:
    async def body(world: World) -> Any:
        form = urlencode({"Action": "GetCallerIdentity", "Version": "2011-06-15"}).encode()
        signed = "Credential=a/20260101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=0"
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Authorization": f"AWS4-HMAC-SHA256 {signed}",
        }
        return send(world, "POST", world.url("/", "sts"), form, headers)

    status, _, content = (await compare(body)).value
    assert status == 200
    assert "<Account>123456789012</Account>" in content


@CLIENTS
@pytest.mark.asyncio
async def test_post_of_a_multipart_form(compare: Compare, send: Any) -> None:
    async def body(world: World) -> Any:
        s3 = world.boto3("s3")
        s3.create_bucket(Bucket="bucket")
        post = s3.generate_presigned_post("bucket", "key", Fields={"Content-Type": "text/x-it"})
        fields = {**post["fields"], "file": ("name.bin", DATA, "text/x-it")}
        form, kind = encode_multipart_formdata(fields, boundary="b" * 16)
        return send(world, "POST", post["url"], form, {"Content-Type": kind}), held(world)

    (status, *_), stored = (await compare(body)).value
    assert (status, stored[0]) == (204, DATA)


@CLIENTS
@pytest.mark.asyncio
async def test_other_methods_and_errors(compare: Compare, send: Any) -> None:
    async def body(world: World) -> Any:
        urls = [presigned(world, "head_object", DATA), presigned(world, "delete_object")]
        answers = [send(world, "HEAD", urls[0]), send(world, "DELETE", urls[1])]
        gone = presigned(world, "get_object")
        return [*answers, send(world, "GET", gone), send(world, "HEAD", urls[0])]

    answers = (await compare(body)).value
    assert [one[0] for one in answers] == [200, 204, 404, 404]
    assert [len(one[2]) > 0 for one in answers] == [False, False, True, False]


# -- bodies ------------------------------------------------------------------------------------


def pieces() -> Iterator[bytes]:
    yield DATA[:7]
    yield b""
    yield DATA[7:]


BODIES: dict[str, Callable[[], Any]] = {
    "bytes": lambda: DATA,
    "bytearray": lambda: bytearray(DATA),
    "memoryview": lambda: memoryview(DATA),
    "array": lambda: array.array("H", DATA + b"." * (len(DATA) % 2)),
    "empty array": lambda: array.array("H"),
    "file": lambda: io.BytesIO(DATA),
    "file halfway": lambda: _halfway(),
    "text file": lambda: io.StringIO("text"),
    "generator": pieces,
    "list": lambda: list(pieces()),
    "str": lambda: "text",
    "none": lambda: None,
    "number": lambda: 17,
}


def _halfway() -> io.BytesIO:
    file = io.BytesIO(b"before" + DATA)
    file.seek(len("before"))
    return file


@CLIENTS
@pytest.mark.asyncio
@pytest.mark.parametrize("kind", BODIES)
async def test_kinds_of_bodies(compare: Compare, send: Any, kind: str) -> None:
    async def body(world: World) -> Any:
        url = presigned(world, "put_object")
        put = await world.attempt(send, world, "PUT", url, BODIES[kind]())
        return put, await world.attempt(held, world)

    _, stored = (await compare(body)).value
    if kind in ("bytes", "bytearray", "memoryview", "file", "file halfway", "generator", "list"):
        assert stored[0] == DATA


@CLIENTS
@pytest.mark.asyncio
@pytest.mark.parametrize("length", [len(DATA), len(DATA) - 3])
async def test_a_stated_length(compare: Compare, send: Any, length: int) -> None:
    async def body(world: World) -> Any:
        url, headers = presigned(world, "put_object"), {"Content-Length": str(length)}
        put = [send(world, "PUT", url, one, headers) for one in (io.BytesIO(DATA), pieces())]
        return put, held(world)

    _, stored = (await compare(body)).value
    assert stored[0] == DATA[:length]


@CLIENTS
@pytest.mark.asyncio
async def test_headers(compare: Compare, send: Any) -> None:
    async def body(world: World) -> Any:
        headers = {
            "x-amz-meta-a": "  spaces",
            "X-Amz-Meta-B": "caf\xe9",
            "Expect": "100-continue",
            "Content-Type": "text/x-it; a=b",
            "User-Agent": "mine",
        }
        url = presigned(world, "put_object")
        return send(world, "PUT", url, DATA, headers), held(world)

    (status, *_), stored = (await compare(body)).value
    assert (status, stored[0], stored[2]) == (200, DATA, "text/x-it; a=b")


@pytest.mark.asyncio
async def test_several_values_of_a_header(compare: Compare) -> None:
    async def body(world: World) -> Any:
        url = presigned(world, "put_object")
        connection = world.plain_http_client(url)
        connection.putrequest("PUT", url.partition(urlsplit(url).netloc)[2])
        connection.putheader("x-amz-meta-several", "a", "b")
        connection.putheader("Content-Length", 3)
        connection.endheaders(b"abc")
        answer = connection.getresponse()
        return answer.status, answer.read(), held(world)

    assert (await compare(body)).value[0] == 200


@pytest.mark.asyncio
async def test_a_body_that_is_sent_when_it_is_asked_for(compare: Compare) -> None:
    """``Expect: 100-continue`` by hand, waiting for the socket to be readable."""

    async def body(world: World) -> Any:
        url = presigned(world, "put_object")
        connection = world.plain_http_client(url, timeout=10)
        connection.putrequest("PUT", url.partition(urlsplit(url).netloc)[2])
        connection.putheader("Content-Length", str(len(DATA)))
        connection.putheader("Expect", "100-continue")
        connection.endheaders()
        sock: Any = connection.sock
        readable = bool(select.select([sock], [], [], 10)[0])
        with sock.makefile("rb", 0) as answers:
            lines = [answers.readline(), answers.readline()]
        connection.send(DATA)
        answer = connection.getresponse()
        return readable, lines, answer.status, answer.read(), held(world)

    readable, lines, status, *_ = (await compare(body)).value
    assert (readable, lines, status) == (True, [b"HTTP/1.1 100 Continue\r\n", b"\r\n"], 200)


# -- connections -------------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_one_connection_for_several_requests(compare: Compare) -> None:
    async def body(world: World) -> Any:
        url = presigned(world, "get_object", DATA)
        target = url.partition(urlsplit(url).netloc)[2]
        connection = world.plain_http_client(url)
        found: list[Any] = []
        connection.connect()
        for _ in range(3):
            connection.request("GET", target)
            answer = connection.getresponse()
            found += [
                answer.status,
                answer.read(5),
                answer.peek(3)[:3],
                answer.read(),
                answer.read(),
            ]
        connection.request("GET", target, headers={"Connection": "close"})
        answer = connection.getresponse()
        found += [answer.will_close, connection.sock is None, answer.read(), answer.isclosed()]
        connection.request("GET", target)
        return found, connection.getresponse().read()

    found, last = (await compare(body)).value
    assert found[:5] == [200, DATA[:5], DATA[5:8], DATA[5:], b""]
    assert last == DATA


@pytest.mark.asyncio
async def test_requests_out_of_turn(compare: Compare) -> None:
    async def body(world: World) -> Any:
        url = presigned(world, "get_object", DATA)
        connection = world.plain_http_client(url)

        def twice() -> None:
            for _ in range(2):
                connection.request("GET", "/bucket/key")

        found = [await world.attempt(connection.getresponse), await world.attempt(twice)]
        connection.close()
        connection.auto_open = 0
        found.append(await world.attempt(connection.request, "GET", "/bucket/key"))
        connection.close()
        connection.connect()
        connection.request("GET", url.partition(urlsplit(url).netloc)[2])
        return found, connection.getresponse().read()

    found, last = (await compare(body)).value
    assert [one[1].rpartition(".")[2] for one in found] == [
        "ResponseNotReady",
        "CannotSendRequest",
        "NotConnected",
    ]
    assert last == DATA


@pytest.mark.asyncio
async def test_a_body_that_stays_incomplete(compare: Compare) -> None:
    """A server waits for the rest, and so does nobody here, who would wait in vain."""

    async def body(world: World) -> Any:
        url = presigned(world, "put_object")
        target, headers = url.partition(urlsplit(url).netloc)[2], {"Content-Length": "10"}
        connection = world.plain_http_client(url, timeout=0.5)
        connection.request("PUT", target, b"short", headers)
        with pytest.raises(TimeoutError):
            connection.getresponse()
        pools = world.plain_urllib3(timeout=0.5, retries=False)
        with pytest.raises(urllib3.exceptions.ReadTimeoutError):
            pools.request("PUT", url, body=b"short", headers=headers)
        return await world.attempt(held, world)

    assert (await compare(body)).value[0] == "raised"


@pytest.mark.asyncio
async def test_a_body_that_raises_while_it_is_sent(compare: Compare) -> None:
    def broken() -> Iterator[bytes]:
        yield b"some"
        raise LookupError("no more")

    async def body(world: World) -> Any:
        url = presigned(world, "put_object")
        found = [
            await world.attempt(send, world, "PUT", url, broken())
            for send in (by_urllib, by_http_client, by_urllib3)
        ]
        return found, await world.attempt(held, world)

    found, stored = (await compare(body)).value
    assert [one[1] for one in found] == ["builtins.LookupError"] * 3
    assert stored[0] == "raised"


@pytest.mark.asyncio
async def test_pools_and_responses_of_urllib3(compare: Compare) -> None:
    data = bytes(range(256)) * 4 * 1024

    async def body(world: World) -> Any:
        url = presigned(world, "get_object", data)
        pools = world.plain_urllib3(maxsize=2)
        found: list[Any] = []
        for _ in range(3):
            answer = pools.request("GET", url, preload_content=False)
            found += [answer.read(10), sum(map(len, answer.stream(1000)))]
            answer.release_conn()
        [pool] = [pools.connection_from_url(url)]
        found += [pool.num_requests, answer.closed]
        unread = pools.request("GET", url, preload_content=False)
        unread.close()
        found += [pools.request("GET", url).data == data, unread.closed]
        return found

    found = (await compare(body)).value
    assert found[:2] == [data[:10], len(data) - 10]


@pytest.mark.asyncio
async def test_a_connection_that_is_not_verified_warns(compare: Compare) -> None:
    async def body(world: World) -> Any:
        url = presigned(world, "get_object", DATA)
        pools = world.plain_urllib3(ssl_context=None, cert_reqs="CERT_NONE")
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            data = pools.request("GET", url).data
            verified = world.plain_urllib3().request("GET", url).data
        return data, verified, [one.category.__name__ for one in caught]

    assert (await compare(body)).value == [DATA, DATA, ["InsecureRequestWarning"]]


# -- redirects ---------------------------------------------------------------------------------


@contextmanager
def redirecting() -> Iterator[str]:
    """The address of a server on loopback that sends whoever asks to ``?to=``."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(307)
            self.send_header("Location", urllib.request.unquote(self.path.partition("?to=")[2]))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("localhost", 0), Handler)
    with serving(server):
        yield f"http://localhost:{server.server_port}"


@pytest.mark.asyncio
async def test_redirects_lead_here(compare: Compare) -> None:
    async def body(world: World) -> Any:
        with redirecting() as server:
            url = f"{server}/?to={quote(presigned(world, 'get_object', DATA), safe='')}"
            with world.plain_urllib().open(url) as answer:
                found = [answer.read(), urlsplit(answer.url).path.endswith("/key")]
            pools = world.plain_urllib3()
            found.append(pools.request("GET", url).data)
            with pytest.raises(urllib3.exceptions.MaxRetryError):
                pools.request("GET", url, retries=0)
        return found

    assert (await compare(body)).value == [DATA, True, DATA]


def test_the_client_is_not_told_apart(plain_world: World) -> None:
    """What is got is the library's own, with what it has of a connection."""
    url = presigned(plain_world, "get_object", DATA)
    with plain_world.plain_urllib().open(url) as answer:
        assert type(answer) is http.client.HTTPResponse
        assert (answer.version, answer.msg.title(), answer.geturl()) == (11, "Ok", url)
        assert answer.fp is not None
    pooled = plain_world.plain_urllib3().request("GET", url)
    assert (pooled.version_string, pooled.status) == ("HTTP/1.1", 200)
    assert pooled.geturl() in (url, url.partition(urlsplit(url).netloc)[2])
