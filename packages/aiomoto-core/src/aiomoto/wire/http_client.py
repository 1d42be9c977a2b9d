"""http.client, and what stands on it: urllib.request, and urllib3 with its pools.

The cut is the socket of a connection. Requests are written and responses read by
http.client's own code, and pools, redirects and proxies are the real ones above it. Whether
a request is answered here is known when its head is complete: a pooled connection doesn't
connect any more, and behind a plain proxy only the request names the host. So a connection
that is opened before that, as urllib3's pools open those with TLS, is opened only if a
request leaves.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from .. import compat
from ..compat import require
from ..declared import DEFAULT_PORTS
from ..request import AwsRequest, current_call, headers_of
from .botocore import without_fragment
from .memory_socket import MemorySocket

if TYPE_CHECKING:
    from ..interfaces import Front
    from ..plugin.patches import Patch

#: Whether the request for which this context opens a connection leaves; None if not known.
_leaves: ContextVar[bool | None] = ContextVar("aiomoto_leaves", default=None)


def patches(front: Front) -> list[Patch]:
    """Make what is replaced in http.client while a mock is active."""
    seam = compat.HttpClient()
    plain, tls = seam.connection_class, seam.tls_class
    original = plain.endheaders

    def endheaders(self: Any, message_body: Any = None, *, encode_chunked: bool = False) -> None:
        """Send what leaves to a socket, and what is answered here to memory."""

        def send() -> None:
            original(self, message_body, encode_chunked=encode_chunked)

        if seam.has_head(self):
            try:
                request = _judged(front, seam, self)
            except BaseException:
                seam.drop(self)
                raise
            if request is not None and (self.sock is not None or self.auto_open):
                _in_memory(front, self).begin(request)
            elif isinstance(self.sock, MemorySocket):
                self.sock = self.sock.behind
        if self.sock is None:
            with _known(leaves=True):
                send()
        else:
            send()

    return [
        (plain, "endheaders", endheaders),
        *((one, "connect", _late(front, seam, one.connect)) for one in (plain, tls)),
    ]


def urllib3_patches(front: Front) -> list[Patch]:
    """Make what is replaced in urllib3 while a mock is active, beside what is http.client's."""
    seam = compat.HttpClient()
    plain = require("urllib3", "urllib3.connection", "HTTPConnection")
    tls = require("urllib3", "urllib3.connection", "HTTPSConnection")
    pool_class = require("urllib3", "urllib3.connectionpool", "HTTPConnectionPool")
    original = require("urllib3", "urllib3.connectionpool", "HTTPConnectionPool", "urlopen")
    resolve = require("urllib3", "urllib3.util.ssl_", "resolve_cert_reqs")

    def urlopen(
        self: Any,
        method: str,
        url: str,
        body: Any = None,
        headers: Any = None,
        *more: Any,
        **kw: Any,
    ) -> Any:
        """Judge before a connection is opened, which a pool does before it sends."""
        whole = _url(self.scheme, self.host, self.port, url)
        given = headers_of((headers if headers is not None else self.headers) or {})
        leaves = front.judge(whole, given, current_call.get()) is None
        with _known(leaves=leaves):
            return original(self, method, url, body, headers, *more, **kw)

    def opened(connection: Any) -> None:
        """Have the pool warn of a connection as it does of one to a server."""
        required = resolve(connection.cert_reqs) == ssl.CERT_REQUIRED
        connection.is_verified = required or bool(connection.assert_fingerprint)

    return [
        (plain, "connect", _late(front, seam, plain.connect)),
        (tls, "connect", _late(front, seam, tls.connect, opened)),
        (pool_class, "urlopen", urlopen),
    ]


def _url_of(seam: compat.HttpClient, connection: Any, target: str) -> str:
    # urllib3's classes are not those of http.client, but both name their port.
    scheme = "https" if connection.default_port == DEFAULT_PORTS["https"] else "http"
    return _url(scheme, *seam.leads_to(connection), target)


def _url(scheme: str, host: str, port: int | None, target: str) -> str:
    """The URL of a request target; one for a proxy has it whole (RFC 9112, section 3.2.2)."""
    if target.startswith(("http://", "https://")):
        return target
    host = f"[{host}]" if ":" in host else host
    netloc = host if port in (None, DEFAULT_PORTS.get(scheme)) else f"{host}:{port}"
    return f"{scheme}://{netloc}{'' if target.startswith('/') else '/'}{target}"


def _judged(front: Front, seam: compat.HttpClient, connection: Any) -> AwsRequest | None:
    """The request whose head a connection is about to send; None if it leaves."""
    method, target, headers = seam.head(connection)
    url, call = without_fragment(_url_of(seam, connection, target)), current_call.get()
    aws_url = front.judge(url, headers, call)
    if aws_url is None:
        return None
    return AwsRequest(method, aws_url, headers, original_url=url, call=call)


def _in_memory(front: Front, connection: Any) -> MemorySocket:
    """The socket of a connection, in memory from now on."""
    if not isinstance(connection.sock, MemorySocket):
        connection.sock = MemorySocket(front, connection, connection.sock)
    sock: MemorySocket = connection.sock
    return sock


def _late(
    front: Front,
    seam: compat.HttpClient,
    original: Callable[[Any], None],
    opened: Callable[[Any], None] | None = None,
) -> Callable[[Any], None]:
    def connect(self: Any) -> None:
        """Connect, unless what is sent may be answered here: then when something leaves."""
        leaves = _leaves.get()
        if leaves is None:
            leaves = not front.may_answer(_url_of(seam, self, "/"))
        if leaves:
            original(self)
            return
        _in_memory(front, self)
        if opened is not None:
            opened(self)

    return connect


@contextmanager
def _known(*, leaves: bool) -> Iterator[None]:
    token = _leaves.set(leaves)
    try:
        yield
    finally:
        _leaves.reset(token)
