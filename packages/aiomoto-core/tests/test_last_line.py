"""The last line: a look-up or a connection of Python code to AWS is refused, all else is not.

Under the audit hook of the fixture ``sockets``, which is told of every attempt: of those that
are refused it hears nothing.
"""

from __future__ import annotations

import ast
import asyncio
import os
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from socket import getaddrinfo as imported_earlier
from typing import Any
from unittest.mock import MagicMock, create_autospec

import pytest

from aiomoto import RealRequestBlocked, mock_aws
from aiomoto.testing import programs
from aiomoto.testing.network import Sockets

NAMES = [
    "s3.amazonaws.com",
    "S3.AmazonAWS.com.",
    "sqs.us-east-1.api.aws",
    "x.lambda-url.eu-west-1.on.aws",
]
ADDRESSES = [
    "169.254.169.254",
    "169.254.170.2",
    "169.254.170.23",
    "fd00:ec2::254",
    "fd00:ec2:0:0:0:0:0:23",
    "::ffff:169.254.169.254",
    "2852039166",
    "0xA9FEA9FE",
    "0251.0376.0251.0376",
]


def with_socket(act: Callable[[socket.socket, Any], object]) -> Callable[[str], None]:
    def run(host: str) -> None:
        kind = socket.SOCK_DGRAM if act.__name__.startswith("send") else socket.SOCK_STREAM
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, kind) as sock:
            act(sock, (host, 9))

    return run


def connect(sock: socket.socket, address: Any) -> None:
    sock.connect(address)


def connect_ex(sock: socket.socket, address: Any) -> None:
    sock.connect_ex(address)


def sendto(sock: socket.socket, address: Any) -> None:
    sock.sendto(b"x", address)


def sendto_with_flags(sock: socket.socket, address: Any) -> None:
    sock.sendto(b"x", 0, address)


def connect_tls(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with (
        socket.socket(family) as sock,
        ssl.create_default_context().wrap_socket(sock, server_hostname="a.example") as wrapped,
    ):
        wrapped.connect((host, 9))


def connect_by_bytes(sock: socket.socket, address: Any) -> None:
    sock.connect((bytearray(address[0].encode()), address[1]))  # type: ignore[arg-type]


def send_message(sock: socket.socket, address: Any) -> None:
    sock.sendmsg([b"x"], (), 0, address)


async def connect_on_asyncio(host: str) -> None:
    await asyncio.open_connection(host, 9)


async def send_on_asyncio(host: str) -> None:
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(asyncio.DatagramProtocol, remote_addr=(host, 9))


async def connect_with_happy_eyeballs(host: str) -> None:
    await asyncio.open_connection(host, 9, happy_eyeballs_delay=0.1)


async def look_up_on_asyncio(host: str) -> None:
    await asyncio.get_running_loop().getaddrinfo(host, 9)


async def connect_on_trio(host: str) -> None:
    import trio

    await trio.open_tcp_stream(host, 9)


def on_asyncio(act: Callable[[str], Any]) -> Callable[[str], None]:
    return lambda host: asyncio.run(act(host))


def on_trio(act: Callable[[str], Any]) -> Callable[[str], None]:
    import trio

    return lambda host: trio.run(act, host)


LOOK_UPS: dict[str, Callable[[str], object]] = {
    "getaddrinfo": lambda host: socket.getaddrinfo(host, 9),
    "getaddrinfo by name": lambda host: socket.getaddrinfo(host=host, port=9),
    "getaddrinfo of bytes": lambda host: socket.getaddrinfo(host.encode(), 9),
    "getaddrinfo, imported earlier": lambda host: imported_earlier(host, 9),
    "gethostbyname": lambda host: socket.gethostbyname(host),
    "gethostbyname_ex": lambda host: socket.gethostbyname_ex(host),
    "gethostbyname of bytes": lambda host: socket.gethostbyname(bytearray(host.encode())),  # type: ignore[arg-type]
    "gethostbyaddr": lambda host: socket.gethostbyaddr(host),
    "getnameinfo": lambda host: socket.getnameinfo((host, 9), 0),
    "loop.getaddrinfo": on_asyncio(look_up_on_asyncio),
}
CONNECTIONS: dict[str, Callable[[str], object]] = {
    "create_connection": lambda host: socket.create_connection((host, 9)),
    "connect": with_socket(connect),
    "connect_ex": with_socket(connect_ex),
    "connect by bytes": with_socket(connect_by_bytes),
    "sendto": with_socket(sendto),
    "sendmsg": with_socket(send_message),
    "sendto with flags": with_socket(sendto_with_flags),
    "TLS": connect_tls,
    "asyncio": on_asyncio(connect_on_asyncio),
    "asyncio, happy eyeballs": on_asyncio(connect_with_happy_eyeballs),
    "asyncio, datagrams": on_asyncio(send_on_asyncio),
    "trio": on_trio(connect_on_trio),
}


def blocked(error: BaseException) -> RealRequestBlocked:
    """Ours, in the chain of causes and in groups."""
    waiting: list[BaseException | None] = [error]
    for one in waiting:
        if isinstance(one, RealRequestBlocked):
            return one
        if one is not None:
            waiting += [one.__cause__, one.__context__, *getattr(one, "exceptions", ())]
    raise error


@pytest.mark.parametrize("host", [*NAMES, *ADDRESSES])
@pytest.mark.parametrize("way", [*LOOK_UPS, *CONNECTIONS])
def test_aws_is_refused(way: str, host: str, sockets: Sockets) -> None:
    with mock_aws(), pytest.raises(Exception) as caught:  # noqa: PT011
        {**LOOK_UPS, **CONNECTIONS}[way](host)
    assert "passthrough" in str(blocked(caught.value))
    assert [one for one in sockets.attempts if one.call != "getaddrinfo"] == []
    assert sockets.refused == []


@pytest.mark.parametrize("way", [*LOOK_UPS, *CONNECTIONS])
def test_what_is_not_aws_is_left_alone(way: str, sockets: Sockets) -> None:
    """The test's own audit hook stops it, where it would leave."""
    # Given a name, a socket asks for it before the hook hears of anything.
    host = "amazonaws.example" if way in LOOK_UPS else "10.0.0.1"
    with mock_aws(), pytest.raises(BaseException):  # noqa: B017, PT011
        {**LOOK_UPS, **CONNECTIONS}[way](host)
    assert host in str(sockets.refused[0].address)
    sockets.refused.clear()


# -- what stays as it is ------------------------------------------------------------------


@pytest.fixture
def server() -> Iterator[tuple[str, int]]:
    """Listens, and answers nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()


def test_loopback_works(server: tuple[str, int]) -> None:
    with mock_aws():
        socket.create_connection(server).close()
        socket.create_connection(("localhost", server[1])).close()
        assert socket.gethostbyname("localhost") == "127.0.0.1"
        with socket.socket() as sock:
            assert sock.connect_ex(("127.0.0.1", server[1])) == 0


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no Unix sockets here")
def test_a_path_is_no_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with mock_aws(), socket.socket(socket.AF_UNIX) as listening:
        listening.bind("s3.amazonaws.com")
        listening.listen()
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect("s3.amazonaws.com")


def test_wrong_calls_are_wrong_in_python_s_words() -> None:
    with mock_aws():
        with pytest.raises(TypeError, match="required"):
            socket.getaddrinfo()  # type: ignore[call-arg]
        with socket.socket() as sock:
            with pytest.raises(TypeError, match=r"connect\(\)"):
                sock.connect()  # type: ignore[call-arg]
            with pytest.raises(TypeError, match="must be"):
                sock.connect(("localhost",))
        assert socket.getaddrinfo(None, 9)


def names_in_place() -> list[object]:
    import _socket

    calls = ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr", "getnameinfo")
    methods = ("connect", "connect_ex", "sendto", "sendmsg")
    return [
        *(vars(module)[name] for module in (socket, _socket) for name in calls),
        *(vars(socket.socket).get(name) for name in methods),
    ]


def test_all_is_as_before_afterwards() -> None:
    before = names_in_place()
    with mock_aws():
        assert names_in_place() != before
        with mock_aws():
            pass
        with pytest.raises(RealRequestBlocked):
            socket.gethostbyname("s3.amazonaws.com")
    assert names_in_place() == before


def test_an_address_is_written_as_text() -> None:
    """Nothing is looked up for it."""
    flags = socket.NI_NUMERICHOST | socket.NI_NUMERICSERV
    with mock_aws():
        assert socket.getnameinfo(("169.254.169.254", 9), flags) == ("169.254.169.254", "9")


def no_network(*args: Any, **kwargs: Any) -> Any:
    raise AssertionError("no network here")


@pytest.mark.parametrize("instead", [no_network, MagicMock(), create_autospec(socket.socket)])
def test_sockets_that_a_test_has_replaced(instead: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many tests that want no network do so; who has the class already is guarded all the same."""
    real = socket.socket
    monkeypatch.setattr(socket, "socket", instead)
    with mock_aws(), real() as sock:
        with pytest.raises(RealRequestBlocked):
            sock.connect(("169.254.169.254", 9))
    assert vars(real).get("connect") is None


def test_a_function_that_somebody_has_kept_lets_all_pass_afterwards(sockets: Sockets) -> None:
    with mock_aws():
        kept = socket.gethostbyname
    with pytest.raises(sockets.RealNetwork):
        kept("s3.amazonaws.com")
    sockets.refused.clear()


# -- the error ------------------------------------------------------------------------------


def test_the_error_names_host_and_way_out(sockets: Sockets) -> None:
    with mock_aws(), pytest.raises(RealRequestBlocked) as caught:
        socket.getaddrinfo("S3.amazonaws.com", 443)
    text = str(caught.value)
    assert "would have connected to s3.amazonaws.com" in text
    assert caught.value.url == "s3.amazonaws.com"


def test_the_error_names_the_library_that_asked() -> None:
    import urllib3.util.connection as connection

    with mock_aws(), pytest.raises(RealRequestBlocked) as caught:
        connection.create_connection(("s3.amazonaws.com", 443))
    assert caught.value.asked_by == "urllib3"
    assert str(caught.value).startswith("urllib3 would have connected to s3.amazonaws.com")


def test_the_error_names_the_library_of_the_task() -> None:
    import anyio

    async def connect() -> None:
        await anyio.connect_tcp("169.254.169.254", 80)

    with mock_aws(), pytest.raises(Exception) as caught:  # noqa: PT011
        asyncio.run(connect())
    assert blocked(caught.value).asked_by == "anyio"


def test_nobody_is_named_where_a_thread_asks() -> None:
    asked: list[Any] = []
    with mock_aws():
        thread = threading.Thread(target=socket.gethostbyname, args=("s3.amazonaws.com",))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(threading, "excepthook", lambda caught: asked.append(caught.exc_value))
            thread.start()
            thread.join()
    [error] = asked
    assert error.asked_by is None
    assert str(error).startswith("Something would have connected to s3.amazonaws.com")


@pytest.mark.parametrize("host", ["s3.amazonaws.com", "169.254.169.254", "fd00:ec2::23"])
def test_the_way_out_that_it_names_is_one(host: str, sockets: Sockets) -> None:
    with mock_aws(), pytest.raises(RealRequestBlocked) as caught:
        socket.gethostbyname(host)
    [advice] = re.findall(r"mock_aws\(config=(.*)\)\.$", str(caught.value))
    with mock_aws(config=ast.literal_eval(advice)):
        act = CONNECTIONS["connect"] if host[-1].isdigit() else LOOK_UPS["getaddrinfo"]
        with pytest.raises(sockets.RealNetwork):
            act(host)
        with pytest.raises(RealRequestBlocked):
            act("sqs.us-east-1.amazonaws.com")
    sockets.refused.clear()


# -- passthrough ------------------------------------------------------------------------------


def test_passthrough_of_a_service(sockets: Sockets) -> None:
    with mock_aws(config={"core": {"passthrough": {"services": ["s3"]}}}):
        with pytest.raises(sockets.RealNetwork):
            socket.getaddrinfo("bucket.s3.eu-west-1.amazonaws.com", 443)
        with pytest.raises(RealRequestBlocked):
            socket.getaddrinfo("sqs.eu-west-1.amazonaws.com", 443)
    sockets.refused.clear()


@pytest.mark.asyncio
async def test_passthrough_of_one_path(clients: Any, backend: str, sockets: Sockets) -> None:
    """Connections don't know of paths: a host passes once a request to it was let through."""
    urls = [r"https://s3\.us-east-1\.amazonaws\.com/open(/|$)"]
    host = "s3.us-east-1.amazonaws.com"
    config = {"s3": {"addressing_style": "path"}}
    with mock_aws(config={"core": {"passthrough": {"urls": urls}}}):
        async with clients.aio("s3", backend, config=config, endpoint_url=f"https://{host}") as s3:
            with pytest.raises(RealRequestBlocked):
                socket.getaddrinfo(host, 443)
            await s3.create_bucket(Bucket="closed")
            assert sockets.attempts == []
            with pytest.raises(sockets.RealNetwork):
                await s3.list_objects_v2(Bucket="open")
    sockets.refused.clear()
    with mock_aws(), pytest.raises(RealRequestBlocked):
        socket.getaddrinfo(host, 443)


# -- beside others --------------------------------------------------------------------------


PYTEST_SOCKET = """
import socket
import pytest_socket
from aiomoto import RealRequestBlocked, mock_aws

def refused(host):
    with socket.socket() as sock:
        try:
            sock.connect((host, 9))
        except Exception as error:
            return type(error).__name__

outer = mock_aws()
outer.start()
pytest_socket.socket_allow_hosts(["127.0.0.1"])
print(refused("10.0.0.1"), refused("169.254.169.254"))
with mock_aws():
    # Theirs is left alone.
    print(refused("10.0.0.1"), refused("169.254.169.254"))
pytest_socket._remove_restrictions()
with mock_aws():
    print(refused("169.254.169.254"))
pytest_socket.disable_socket()
with mock_aws():
    try:
        socket.socket()
    except pytest_socket.SocketBlockedError:
        print("disabled")
pytest_socket._remove_restrictions()
with mock_aws():
    print(refused("169.254.169.254"))
outer.stop()

def is_restored():
    return (
        socket.socket.connect is pytest_socket._true_connect
        and socket.gethostbyname is pytest_socket._true_gethostbyname
        and socket.getaddrinfo is pytest_socket._true_getaddrinfo
    )

print(is_restored())
# As a test has it whose mock is a fixture.
pytest_socket.disable_socket()
with mock_aws():
    pytest_socket._remove_restrictions()
print(is_restored())
pytest_socket.socket_allow_hosts(["127.0.0.1"])
with mock_aws():
    print(refused("169.254.169.254"))
    pytest_socket._remove_restrictions()
print(is_restored())
"""


def test_with_pytest_socket() -> None:
    pytest.importorskip("pytest_socket")
    lines = programs.run(PYTEST_SOCKET).splitlines()
    theirs, ours = "SocketConnectBlockedError", "RealRequestBlocked"
    assert lines == [
        f"{theirs} {theirs}",
        f"{theirs} {theirs}",
        ours,
        "disabled",
        ours,
        "True",
        "True",
        ours,
        "True",
    ]


GEVENT = """
from gevent import monkey
monkey.patch_all()
import gevent.socket
import socket
from aiomoto import RealRequestBlocked, mock_aws

def refused(act, *args):
    try:
        act(*args)
    except RealRequestBlocked as error:
        return True

with socket.create_server(("127.0.0.1", 0)) as server, mock_aws():
    print(refused(socket.create_connection, ("s3.amazonaws.com", 443)))
    print(refused(gevent.socket.getaddrinfo, "s3.amazonaws.com", 443))
    print(refused(gevent.spawn(socket.gethostbyname, "s3.amazonaws.com").get))
    print(refused(socket.create_connection, ("169.254.169.254", 80)))
    socket.create_connection(server.getsockname()).close()
    import boto3
    print(boto3.client("sts", region_name="us-east-1").get_caller_identity()["Account"])
"""


def test_with_gevent() -> None:
    pytest.importorskip("gevent")
    printed = programs.run(GEVENT, "-W", "ignore").split()
    assert printed == ["True"] * 4 + ["123456789012"]


GEVENT_ALONE = """
import os
import gevent.socket
from aiomoto import RealRequestBlocked, mock_aws

def refused(act, *args):
    try:
        act(*args)
    except RealRequestBlocked as error:
        return True
    except OSError as error:
        return error

def connect(host):
    with gevent.socket.socket() as sock:
        sock.connect((host, 9))

def send(host):
    with gevent.socket.socket(type=gevent.socket.SOCK_DGRAM) as sock:
        sock.sendto(b"x", (host, 9))

before = dict(vars(gevent.socket.socket))
with mock_aws():
    for host in ("s3.amazonaws.com", "169.254.169.254", "2852039166"):
        print(refused(connect, host), refused(send, host))
    print(refused(gevent.socket.getaddrinfo, "s3.amazonaws.com", 443))
    print(refused(gevent.socket.gethostbyname, "s3.amazonaws.com"))
    with gevent.socket.create_connection(LISTENING):
        pass
print(before == dict(vars(gevent.socket.socket)))
"""


@pytest.mark.parametrize("resolver", ["thread", "ares"])
def test_gevent_s_own_sockets(
    resolver: str, server: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They stand on no class of Python's, and ares on no look-up of Python's."""
    pytest.importorskip("gevent")
    monkeypatch.setenv("GEVENT_RESOLVER", resolver)
    program = GEVENT_ALONE.replace("LISTENING", repr(server))
    assert programs.run(program, "-W", "ignore").split() == ["True"] * 9


def test_with_freezegun(sockets: Sockets) -> None:
    import freezegun

    with mock_aws(), freezegun.freeze_time("2020-01-01"):
        with pytest.raises(RealRequestBlocked):
            socket.create_connection(("s3.amazonaws.com", 443), timeout=5)
    assert sockets.attempts == []


FORK = """
import os
import socket
from aiomoto import RealRequestBlocked, mock_aws

with mock_aws():
    child = os.fork()
    if child == 0:
        try:
            socket.gethostbyname("s3.amazonaws.com")
        except RealRequestBlocked:
            os._exit(7)
        os._exit(1)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_is_guarded() -> None:
    assert programs.run(FORK) == "7\n"
