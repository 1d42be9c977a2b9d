"""Keeps a test run on this machine, and remembers who tried to leave.

Python tells its audit hooks of every connection, datagram and look-up, and no
library can go around them. Loopback passes, everything else is refused with
`RealNetwork`. Each attempt is recorded, allowed or not, so that a test can assert
that no socket was opened at all, and so that an attempt which the client under
test swallowed still fails the test afterwards.

An event loop that makes its sockets outside of Python (uvloop) is not seen. This
module needs nothing but Python, so that ``programs`` can run it where not even
aiomoto may be imported.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
import sys
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

#: Audit event to the place of the address or name among its arguments.
#: Source: Python's documentation, "Audit events table".
EVENTS = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
    "socket.gethostbyaddr": 0,
    "socket.getnameinfo": 0,
}
_WITH_SOCKET = ("socket.connect", "socket.sendto", "socket.sendmsg")


class RealNetwork(BaseException):
    """A test tried to leave the machine.

    Not an `Exception`, as pytest's own failures are not: clients wrap, retry and
    swallow exceptions, and this one has to come out at once.
    """


class Attempt(NamedTuple):
    """One call that opens a connection, sends a datagram or looks a name up."""

    #: ``connect``, ``sendto``, ``sendmsg``, ``getaddrinfo``, ``gethostbyname`` and the like.
    call: str
    #: As it was given: an address tuple, a path, a host name.
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

    @contextlib.contextmanager
    def watching(self) -> Iterator[Sockets]:
        """Watch the whole process for the length of the block; fail if it tried to leave."""
        _hook()
        _watchers.append(self._check)
        try:
            yield self
        finally:
            _watchers.remove(self._check)
        if self.refused:
            import pytest

            pytest.fail(f"tried to leave this machine: {self.refused}", pytrace=False)

    def _check(self, attempt: Attempt, local: bool) -> None:
        self.attempts.append(attempt)
        if not local:
            self.refused.append(attempt)
            raise RealNetwork(
                f"socket {attempt.call}({attempt.address!r}) would leave this machine"
            )


def end_process_that_leaves() -> None:
    """From now on an attempt to leave ends the process with code 70, whatever catches it."""

    def end(attempt: Attempt, local: bool) -> None:
        if not local:
            sys.stderr.write(f"left this machine: {attempt.call}({attempt.address!r})\n")
            sys.stderr.flush()
            os._exit(70)

    _hook()
    _watchers.append(end)


def is_address(host: object) -> bool:
    """Whether it is an IP address in digits, which no name server is asked for."""
    try:
        ipaddress.ip_address(str(host).partition("%")[0])
    except ValueError:
        return False
    return True


def is_local(host: object) -> bool:
    """Whether packets for this host stay on the machine."""
    if host in (None, "", "localhost") or str(host).endswith(".localhost"):
        return True
    return is_address(host) and ipaddress.ip_address(str(host).partition("%")[0]).is_loopback


#: Called with each attempt, and whether it stays on this machine.
_watchers: list[Callable[[Attempt, bool], None]] = []
_hooked = False


def _hook() -> None:
    """Install the audit hook, once: it can't be taken out again."""
    global _hooked
    if not _hooked:
        _hooked = True
        sys.addaudithook(_audit)


def _audit(event: str, args: tuple[Any, ...]) -> None:
    if event not in EVENTS or not _watchers:
        return
    given = args[EVENTS[event]]
    if event in _WITH_SOCKET:
        # Other families than these stay on the machine; no address is that of a
        # socket that is connected, which was judged then.
        if given is None or args[0].family not in (socket.AF_INET, socket.AF_INET6):
            return
        host = given[0]
    else:
        host = given[0] if event == "socket.getnameinfo" else given
        if isinstance(host, bytes):
            host = host.decode()
        if is_address(host):
            return  # needs no name server; connecting to it is judged by itself
    attempt = Attempt(event.partition(".")[2], given)
    try:
        for watcher in reversed(_watchers):  # what refuses is the innermost
            watcher(attempt, is_local(host))
    except BaseException:
        if event in _WITH_SOCKET:
            # Python's own create_connection closes it for an OSError only. It would warn
            # of that whenever it is collected, maybe in another test.
            args[0].close()
        raise
