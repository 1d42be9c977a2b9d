"""For the tests of every package: none of them leaves this machine."""

from __future__ import annotations

import ipaddress
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

_refused: list[str] = []


class RealNetwork(BaseException):
    """A test tried to leave this machine; clients retry and swallow an `Exception`."""


def _guard(event: str, args: tuple[Any, ...]) -> None:
    # Python's audit events, as no library can go around them.
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = args[1]
        host = address[0] if isinstance(address, tuple) else None  # a Unix socket's is a path
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = args[0]
    else:
        return
    if not _is_local(host):
        _refused.append(f"{event} {host!r}")
        raise RealNetwork(f"{event} {host!r}")


def _is_local(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode()
    if not isinstance(host, str) or host in ("", "localhost"):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


sys.addaudithook(_guard)


@pytest.fixture(autouse=True)
def _stays_on_this_machine() -> Iterator[None]:
    """Fail the test of an attempt that the client under test swallowed."""
    _refused.clear()
    yield
    if _refused:
        pytest.fail(f"tried to leave this machine: {_refused}", pytrace=False)
