"""Keeps the test run off the network, and remembers who tried.

`Sockets` replaces the calls that open a connection or look a name up. Loopback
passes (the twin of ``twin.py`` listens there), everything else is refused with
`RealNetwork`. Each attempt is recorded, allowed or not, so that a test can assert
that no socket was opened at all, and so that an attempt which the client under
test swallowed still fails the test afterwards.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CONNECTS = ("connect", "connect_ex")
SENDS = ("sendto", "sendmsg")
LOOKUPS = (
    "getaddrinfo",
    "gethostbyname",
    "gethostbyname_ex",
    "gethostbyaddr",
    "getnameinfo",
)


class RealNetwork(BaseException):
    """A test tried to leave the machine.

    Not an `Exception`, as pytest's own failures are not: clients wrap, retry and
    swallow exceptions, and this one has to come out at once.
    """


@dataclass(frozen=True)
class Attempt:
    """One call that opens a connection, sends a datagram or looks a name up."""

    call: str
    address: Any


class Sockets:
    """The attempts of one test.

    `attempts` holds all of them in order, `refused` those that were not loopback.
    A test that provokes a refusal on purpose clears `refused` when it has looked.
    """

    RealNetwork = RealNetwork

    def __init__(self) -> None:
        self.attempts: list[Attempt] = []
        self.refused: list[Attempt] = []

    def check(self, call: str, address: Any, host: Any) -> None:
        attempt = Attempt(call, address)
        self.attempts.append(attempt)
        if not is_local(host):
            self.refused.append(attempt)
            raise RealNetwork(f"socket {call}({address!r}) would leave this machine")

    @contextlib.contextmanager
    def watching(self) -> Iterator[Sockets]:
        """Watch the whole process for the length of the block; fail if it tried to leave."""
        with pytest.MonkeyPatch.context() as patch:
            for name in CONNECTS:
                patch.setattr(socket.socket, name, self._connect(name))
            for name in SENDS:
                if hasattr(socket.socket, name):  # Windows has no sendmsg
                    patch.setattr(socket.socket, name, self._send(name))
            for name in LOOKUPS:
                patch.setattr(socket, name, self._lookup(name))
            yield self
        if self.refused:
            pytest.fail(f"tried to leave this machine: {self.refused}", pytrace=False)

    def _connect(self, name: str) -> Callable[..., Any]:
        real = getattr(socket.socket, name)

        def connect(sock: socket.socket, address: Any, /) -> Any:
            self.check(name, address, host_of(sock, address))
            return real(sock, address)

        return connect

    def _send(self, name: str) -> Callable[..., Any]:
        real = getattr(socket.socket, name)
        # sendto(data, address), sendto(data, flags, address),
        # sendmsg(buffers, ancdata, flags, address): the address is last, and a
        # sendmsg without one goes to a peer that connect() has already judged.
        least = 2 if name == "sendto" else 4

        def send(sock: socket.socket, *args: Any) -> Any:
            if len(args) >= least and args[-1] is not None:
                self.check(name, args[-1], host_of(sock, args[-1]))
            return real(sock, *args)

        return send

    def _lookup(self, name: str) -> Callable[..., Any]:
        real = getattr(socket, name)

        def lookup(*args: Any, **kwargs: Any) -> Any:
            asked: Any = args[0] if args else kwargs.get("host")
            host = asked[0] if name == "getnameinfo" else asked
            if isinstance(host, bytes):
                host = host.decode()
            # An address written in digits needs no name server; connecting to it
            # is judged by itself.
            if not is_address(host):
                self.check(name, asked, host)
            return real(*args, **kwargs)

        return lookup


def host_of(sock: socket.socket, address: Any) -> Any:
    """The host of a socket address; None for families that stay on the machine."""
    if sock.family in (socket.AF_INET, socket.AF_INET6):
        return address[0]
    return None


def is_address(host: Any) -> bool:
    try:
        ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        return False
    return True


def is_local(host: Any) -> bool:
    """Whether packets for this host stay on the machine."""
    if host in (None, "", "localhost") or str(host).endswith(".localhost"):
        return True
    return is_address(host) and ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
