"""The socket of a connection of http.client, in memory, while its requests are answered."""

from __future__ import annotations

import errno
import io
import os
import socket
from functools import cache
from typing import TYPE_CHECKING, Any
from weakref import ref

from ..errors import AiomotoError
from .exchange import Exchange

if TYPE_CHECKING:
    from ..interfaces import Front
    from ..request import AwsRequest


class NoSocketError(AiomotoError, AttributeError):
    """A connection that is answered in process was asked for what only a real socket has."""


class MemorySocket:
    """The far end of a connection: what is sent is a request, its answer is received.

    ``behind`` is the socket that the connection had before, for what isn't answered here. A
    connection may outlive the mock; what it sends then goes to that, or to a new one.
    """

    def __init__(self, front: Front, connection: Any, behind: Any = None) -> None:
        self._front = front
        self._connection = ref(connection)  # which holds this
        self.behind = behind
        self._exchange = Exchange()
        self._timeout: float | None = None

    def __getattr__(self, name: str) -> Any:
        """Say why there is no `getpeercert`, and nothing for `wrap_socket`."""
        if name.startswith("_"):
            raise AttributeError(name)
        connection = self._connection()
        host = "AWS" if connection is None else connection.host
        raise NoSocketError(
            f"{name!r} of the socket to {host}: this connection is answered in process, and has "
            "no socket, no peer and no TLS. Nothing was sent."
        )

    def begin(self, request: AwsRequest) -> None:
        """A request of which the bytes come next, its head first."""
        self._exchange.begin(request)

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Take bytes of a request; as with a socket, of any buffer."""
        if not self._exchange.begun:
            self._leave().sendall(data)
            return
        if not isinstance(data, bytes):
            view = memoryview(data)
            data = view.cast("B") if view.nbytes else b""
        self._exchange.take(data)

    def makefile(
        self, mode: str = "r", buffering: int | None = None, **_: Any
    ) -> io.BufferedReader:
        """Open what answers are read from."""
        return io.BufferedReader(_Answers(self._front, self._exchange))

    def settimeout(self, value: float | None) -> None:
        """Answers come when moto gives them; this is for the socket behind."""
        self._timeout = value
        if self.behind is not None:
            self.behind.settimeout(value)

    def gettimeout(self) -> float | None:
        """The seconds that were set; None if none were."""
        return self._timeout

    def setsockopt(self, *_: Any) -> None:
        """There is nothing to set."""

    def shutdown(self, how: int) -> None:
        """Give nothing more to read, as a socket that is shut down."""
        self._exchange.forget()

    def fileno(self) -> int:
        """A descriptor that says to `select` whether there is something to read.

        Pools ask so whether the far end has closed, which it never has.
        """
        if self._exchange.is_readable:
            return _readable()
        return int(self.behind.fileno()) if self.behind is not None else _idle()

    def close(self) -> None:
        """Close what is behind; answers can be read to their end, as from a socket."""
        if self.behind is not None:
            self.behind.close()

    def _leave(self) -> Any:
        """The real socket, in the place of this one: nobody answers any more."""
        connection = self._connection()
        if connection is None or connection.sock is not self:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        if self._front.active:
            raise AiomotoError(
                f"{type(connection).__name__} to {connection.host}: nothing but requests of "
                "HTTP/1.1, sent by http.client, is answered here. Nothing was sent."
            )
        connection.sock = self.behind
        if self.behind is None:
            connection.connect()
        return connection.sock


class _Answers(io.RawIOBase):
    def __init__(self, front: Front, exchange: Exchange) -> None:
        super().__init__()
        self._front, self._exchange = front, exchange

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any) -> int:
        piece = self._exchange.read_sync(self._front, len(room))
        room[: len(piece)] = piece
        return len(piece)


# One of each for the whole process, open to its end.


@cache
def _readable() -> int:
    return os.open(os.devnull, os.O_RDONLY)


@cache
def _idle() -> int:
    """Of a socket to which nobody can send."""
    # Of the class below Python's own, in the place of which pytest-socket has put another.
    return socket.SocketType(socket.AF_INET, socket.SOCK_DGRAM).detach()
