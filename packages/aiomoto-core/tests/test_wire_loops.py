"""uvloop looks up and connects without Python's sockets; its loops are asked instead."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import pytest

from aiomoto import IncompatibleLibrary, RealRequestBlocked, mock_aws
from aiomoto.engine import engine
from aiomoto.wire import loops

uvloop = pytest.importorskip("uvloop")
HOSTS = ["s3.us-east-1.amazonaws.com", "169.254.169.254", "2852039166"]


async def streams(host: str) -> None:
    await asyncio.open_connection(host, 9)


async def by_name(host: str) -> None:
    loop = asyncio.get_running_loop()
    await loop.create_connection(asyncio.Protocol, host=host, port=9)


async def datagrams(host: str) -> None:
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(asyncio.DatagramProtocol, remote_addr=(host, 9))


async def look_up(host: str) -> None:
    await asyncio.get_running_loop().getaddrinfo(host, 9)


async def socket_s(host: str) -> None:
    with socket.socket() as sock:
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, (host, 9))


def run(act: Any, *args: Any) -> Any:
    loop = uvloop.new_event_loop()
    try:
        return loop.run_until_complete(act(*args))
    finally:
        loop.close()


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("act", [streams, by_name, datagrams, look_up, socket_s])
def test_aws_is_refused(act: Callable[..., Any], host: str) -> None:
    with mock_aws(), pytest.raises(RealRequestBlocked, match="passthrough"):
        run(act, host)


async def to_loopback(port: int) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()
    await writer.wait_closed()
    await by_name_to(port)


async def by_name_to(port: int) -> None:
    loop = asyncio.get_running_loop()
    assert await loop.getaddrinfo("localhost", port)
    transport, _ = await loop.create_connection(asyncio.Protocol, "localhost", port)
    transport.close()
    await asyncio.sleep(0)


def test_loopback_works() -> None:
    with mock_aws(), socket.create_server(("127.0.0.1", 0)) as server:
        run(to_loopback, server.getsockname()[1])


def test_loops_are_as_before_afterwards() -> None:
    before = dict(vars(uvloop.Loop))
    with mock_aws():
        assert dict(vars(uvloop.Loop)) != before
    assert dict(vars(uvloop.Loop)) == before


@pytest.mark.parametrize(
    "name", ["create_connection", "create_datagram_endpoint", "getaddrinfo", "sock_connect"]
)
def test_a_uvloop_that_has_changed_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its requests would leave."""
    monkeypatch.setattr(uvloop, "Loop", _without(name))
    with pytest.raises(IncompatibleLibrary, match=rf"uvloop\.Loop\.{name}"):
        loops.patches(engine.front, "uvloop")


def _without(name: str) -> type:
    names = {"create_connection", "create_datagram_endpoint", "getaddrinfo", "sock_connect"}
    return type("Loop", (), dict.fromkeys(names - {name}))
