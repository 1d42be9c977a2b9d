"""moto's own server on loopback, behind TLS.

Over plain http botocore signs and frames bodies differently, and a comparison
with it would prove nothing.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import logging
import ssl
import threading
from pathlib import Path
from typing import Any

import trustme
from typing_extensions import Self

from .compat import MotoServer


class Twin:
    """moto's server application on ``https://localhost:<port>``.

    `ca_file` is the PEM file of the authority that signed its certificate. With
    ``keep_alive`` it answers several requests on one connection, as AWS does;
    werkzeug closes each connection after one.
    """

    def __init__(self, folder: Path, *, keep_alive: bool = False) -> None:
        authority = trustme.CA()
        self.ca_file = folder / "ca.pem"
        authority.cert_pem.write_to_path(str(self.ca_file))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(context)
        moto = MotoServer()
        handler = _quiet(moto.handler_class)
        self._server = moto.make_server(
            "localhost",
            0,
            moto.application,
            threaded=True,
            request_handler=_keeping_alive(handler) if keep_alive else handler,
            ssl_context=context,
        )
        # A client that hangs up in the middle of an answer is what several tests
        # are about; socketserver would print a traceback for each.
        self._server.handle_error = lambda *_: None
        # werkzeug's handler threads are daemons, which socketserver does not
        # join; without the join their sockets are closed after pytest has looked.
        self._server.daemon_threads = False
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name="twin"
        )

    @property
    def url(self) -> str:
        """``https://localhost:<port>``."""
        return f"https://localhost:{self._server.port}"

    def client_context(self) -> ssl.SSLContext:
        """A context for plain clients, which do not read AWS_CA_BUNDLE."""
        return ssl.create_default_context(cafile=str(self.ca_file))

    def reset(self) -> None:
        """Empty every backend, by the route that moto documents for servers."""
        connection = http.client.HTTPSConnection(
            "localhost", self._server.port, context=self.client_context()
        )
        with contextlib.closing(connection):
            connection.request("POST", "/moto-api/reset")
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"moto's server did not reset: {answer.status}")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()


def _quiet(handler_class: Any) -> Any:
    class QuietHandler(handler_class):  # type: ignore[misc]
        # A connection that a test left open must not hold up the end of the run.
        timeout = 30

        def log(self, type: str, message: str, *args: Any) -> None:
            logging.getLogger(__name__).debug("%s: " + message, type, *args)

        def handle_expect_100(self) -> bool:
            # werkzeug's run_wsgi sends the "100 Continue"; http.server would send
            # another one before it, which no real endpoint does.
            return True

    return QuietHandler


def _keeping_alive(handler_class: Any) -> Any:
    from werkzeug.test import run_wsgi_app

    class KeepAliveHandler(handler_class):  # type: ignore[misc]
        """Frames each answer by its length, and waits for the next request."""

        def run_wsgi(self) -> None:
            if self.headers.get("Expect", "").lower() == "100-continue":
                self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            environ = self.make_environ()
            if not environ.get("wsgi.input_terminated"):  # not chunked
                length = int(self.headers.get("Content-Length", 0))
                environ["wsgi.input"] = io.BytesIO(self.rfile.read(length))
            pieces, status, headers = run_wsgi_app(self.server.app, environ)
            data = b"".join(pieces)
            environ["wsgi.input"].read()  # what the application left of the request
            code, _, reason = status.partition(" ")
            self.send_response(int(code), reason)
            headers.setdefault("Content-Length", str(len(data)))
            if self.close_connection:
                headers["Connection"] = "close"
            for name, value in headers:
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

    return KeepAliveHandler
