"""Nothing leaves this machine, and who tried is named."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from aiomoto.testing.network import Sockets

if TYPE_CHECKING:
    from collections.abc import Callable


async def open_connection(host: str) -> None:
    await asyncio.open_connection(host, 80)


def datagram(host: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.sendto(b"x", (host, 53))


def connect(host: str, *, call: str = "connect") -> None:
    with socket.socket() as sock:
        sock.settimeout(1)
        getattr(sock, call)((host, 80))


@pytest.mark.parametrize(
    ("attempt", "call"),
    [
        (lambda: connect("192.0.2.1"), "connect"),
        (lambda: connect("192.0.2.1", call="connect_ex"), "connect"),
        (lambda: connect("169.254.169.254"), "connect"),
        (lambda: datagram("192.0.2.1"), "sendto"),
        (lambda: socket.getaddrinfo("s3.amazonaws.com", 443), "getaddrinfo"),
        (lambda: socket.gethostbyname("s3.amazonaws.com"), "gethostbyname"),
        (lambda: socket.create_connection(("s3.amazonaws.com", 443)), "getaddrinfo"),
        (lambda: asyncio.run(open_connection("192.0.2.1")), "connect"),
        (lambda: asyncio.run(open_connection("example.com")), "getaddrinfo"),
    ],
)
def test_guard_refuses(sockets: Sockets, attempt: Callable[[], Any], call: str) -> None:
    with pytest.raises(sockets.RealNetwork, match="would leave this machine"):
        attempt()
    assert [one.call for one in sockets.refused] == [call]
    assert sockets.attempts == sockets.refused
    sockets.refused.clear()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_guard_passes_loopback(sockets: Sockets, host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection((host, server.getsockname()[1])):
            pass
    assert [one.call for one in sockets.attempts][-1] == "connect"
    assert not sockets.refused


def test_a_swallowed_attempt_fails_the_test() -> None:
    watch = Sockets().watching()
    with pytest.raises(pytest.fail.Exception, match=r"tried to leave.*gethostbyname.*example\.com"):
        with watch, contextlib.suppress(BaseException):
            socket.gethostbyname("example.com")


def test_a_program_that_leaves_ends(run_program: Callable[..., str]) -> None:
    assert run_program("import socket; socket.getaddrinfo('127.0.0.1', 80); print('here')")
    program = """
        import socket
        try:
            socket.gethostbyname("example.com")
        except BaseException:
            print("swallowed")
    """
    with pytest.raises(AssertionError, match=r"exit code 70\nleft this machine: gethostbyname"):
        run_program(program)


def test_a_program_sees_nothing_of_aiomoto(run_program: Callable[..., str]) -> None:
    assert run_program("import sys; print('aiomoto' in sys.modules)") == "False\n"


def test_environment_says_nothing_of_aws() -> None:
    assert not [name for name in os.environ if name.startswith("AWS_")]
    assert not (Path.home() / ".aws").exists()


def test_a_socket_that_was_refused_is_closed() -> None:
    """Nobody else closes it: `socket.create_connection` does so for an `OSError` only."""
    sockets = Sockets()
    with socket.socket() as sock:
        with pytest.raises(sockets.RealNetwork), sockets.watching():
            sock.connect(("192.0.2.1", 443))
        assert sock.fileno() == -1
