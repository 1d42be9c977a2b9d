"""http.client: the head that a connection is about to send, and where to."""

from __future__ import annotations

from typing import Any

from multidict import CIMultiDict

from .names import require, require_attributes


class HttpClient:
    """http.client: connections of its own class and of others that stand on it."""

    def __init__(self) -> None:
        module = "http.client"
        own = ("_buffer", "_tunnel_host", "_tunnel_port")
        self.connection_class = require_attributes("Python", module, "HTTPConnection", *own)
        require("Python", module, "HTTPConnection", "endheaders")
        self.tls_class = require("Python", module, "HTTPSConnection")

    @staticmethod
    def has_head(connection: Any) -> bool:
        """Whether there are lines of a request that were not sent."""
        return bool(connection._buffer)

    @staticmethod
    def head(connection: Any) -> tuple[str, str, CIMultiDict[str]]:
        """Method, target and headers of those lines."""
        first, *lines = (line.decode("latin-1") for line in connection._buffer)
        method, _, rest = first.partition(" ")
        # Several values were folded (RFC 9112, section 5.2).
        pairs = (line.replace("\r\n", "").partition(":") for line in lines)
        headers = CIMultiDict((name, value.strip(" \t")) for name, _, value in pairs)
        return method, rest.rpartition(" ")[0], headers

    @staticmethod
    def leads_to(connection: Any) -> tuple[str, int]:
        """Host and port that requests are for: those of the tunnel, if there is one."""
        if connection._tunnel_host:
            return connection._tunnel_host, connection._tunnel_port
        return connection.host, connection.port

    @staticmethod
    def drop(connection: Any) -> None:
        """Forget the lines, and close: the next request begins anew."""
        connection._buffer.clear()
        connection.close()
