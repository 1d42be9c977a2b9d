"""Two worlds for one test body: in process, and over TLS to moto's own server.

`Twin` is moto's server application behind a real socket on loopback. It speaks
TLS, because over plain http botocore signs and frames bodies differently and the
comparison would prove nothing.

A `World` makes clients. In `InProcessWorld` they are configured by nobody and
answered by ``aiomoto.mock_aws``; in `WireWorld` no mock is active and they talk
to the twin. A test body is handed a world and does not know which one it is.
"""

from __future__ import annotations

import asyncio.sslproto
import contextlib
import http.client
import inspect
import logging
import os
import ssl
import sys
import threading
from typing import TYPE_CHECKING, Any, ClassVar
from unittest import mock

import aiohttp
import boto3
import botocore.config
import botocore.loaders
import trustme
from aiobotocore.config import AioConfig
from aiobotocore.httpsession import AIOHTTPSession
from aiobotocore.httpxsession import HttpxSession
from aiobotocore.session import AioSession
from moto.moto_server import werkzeug_app
from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractAsyncContextManager, AbstractContextManager
    from pathlib import Path
    from types import ModuleType

    from typing_extensions import Self

REGION = "us-east-1"
BACKENDS = {"aiohttp": AIOHTTPSession, "httpx": HttpxSession}
# What moto itself puts into the environment of a mock, so that signatures and
# presigned URLs of both worlds carry the same key.
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "FOOBARKEY", "AWS_SECRET_ACCESS_KEY": "FOOBARSECRET"}

# Reading botocore's models costs 150 ms a client; they are the same for all.
LOADER = botocore.loaders.create_loader()

# moto 5.1 has no handler of its own.
_Handler: type[WSGIRequestHandler] = getattr(werkzeug_app, "MotoRequestHandler", WSGIRequestHandler)


class _QuietHandler(_Handler):  # type: ignore[valid-type,misc]
    # A connection that a test left open must not hold up the end of the run.
    timeout = 30

    def log(self, type: str, message: str, *args: Any) -> None:
        logging.getLogger("twin").debug("%s: " + message, type, *args)

    def handle_expect_100(self) -> bool:
        # werkzeug's run_wsgi sends the "100 Continue"; http.server would send
        # another one before it, which no real endpoint does.
        return True


class Twin:
    """moto's server application on ``https://localhost:<port>``.

    `ca_file` is the PEM file of the authority that signed its certificate.
    """

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        self.ca_file = folder / "ca.pem"
        authority.cert_pem.write_to_path(str(self.ca_file))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(context)
        self._server = make_server(
            "localhost",
            0,
            werkzeug_app.DomainDispatcherApplication(werkzeug_app.create_backend_app),
            threaded=True,
            request_handler=_QuietHandler,
            ssl_context=context,
        )
        # A client that hangs up in the middle of an answer is what several tests
        # are about; socketserver would print a traceback for each.
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        # werkzeug's handler threads are daemons, which socketserver does not
        # join; without the join their sockets are closed after pytest has looked.
        self._server.daemon_threads = False  # type: ignore[attr-defined]
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name="twin"
        )

    @property
    def url(self) -> str:
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


class World:
    """Makes clients whose configuration a test body need not know."""

    kind: ClassVar[str]

    def __init__(self, backend: str) -> None:
        self.backend = backend
        self._opened: contextlib.ExitStack

    def __repr__(self) -> str:
        return f"<{self.kind} world on {self.backend}>"

    @contextlib.contextmanager
    def active(self) -> Iterator[World]:
        """Everything a test body does happens in this block."""
        with self._environment(), contextlib.ExitStack() as self._opened:
            self.reset()
            yield self

    def client(
        self, service: str, *, config: dict[str, Any] | None = None, **kwargs: Any
    ) -> AbstractAsyncContextManager[Any]:
        """An aiobotocore client of a fresh session; `config` are AioConfig's arguments."""
        session = AioSession()
        session.register_component("data_loader", LOADER)
        settings = {"http_session_cls": BACKENDS[self.backend], **self._config(config)}
        return session.create_client(  # type: ignore[no-any-return]
            service, config=AioConfig(**settings), **self._arguments(kwargs)
        )

    def boto3(self, service: str, *, config: dict[str, Any] | None = None, **kwargs: Any) -> Any:
        """A sync client, closed at the end of `active`."""
        session = boto3.session.Session()
        session._session.register_component("data_loader", LOADER)
        settings = botocore.config.Config(**self._config(config))
        client = session.client(service, config=settings, **self._arguments(kwargs))
        self._opened.callback(client.close)
        return client

    def plain_aiohttp(self, **kwargs: Any) -> aiohttp.ClientSession:
        """A session that knows nothing of AWS, as one that fetches a presigned URL."""
        raise NotImplementedError

    def plain_httpx(self, module: ModuleType, **kwargs: Any) -> Any:
        """An AsyncClient of `module`, which is httpx or httpx2."""
        return module.AsyncClient(**self._verify(), **kwargs)

    def plain_httpx_sync(self, module: ModuleType, **kwargs: Any) -> Any:
        return module.Client(**self._verify(), **kwargs)

    def url(self, path: str) -> str:
        """The address of `path` in S3, addressed by path, for requests without signature."""
        raise NotImplementedError

    def reset(self) -> None:
        """Forget what all services hold."""
        raise NotImplementedError

    @staticmethod
    async def attempt(call: Callable[..., Any], *args: Any) -> Any:
        """What `call` returns or what its awaitable gives, else ``("raised", type, text)``.

        For a body that goes on after a step that may fail.
        """
        try:
            value = call(*args)
            return await value if inspect.isawaitable(value) else value
        except Exception as error:
            return ("raised", f"{type(error).__module__}.{type(error).__qualname__}", str(error))

    def _environment(self) -> AbstractContextManager[Any]:
        raise NotImplementedError

    def _config(self, config: dict[str, Any] | None) -> dict[str, Any]:
        return dict(config or {})

    def _arguments(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return {"region_name": REGION, **arguments}

    def _verify(self) -> dict[str, Any]:
        return {}


class WireWorld(World):
    """No mock; each client is pointed at the twin."""

    kind = "wire"

    def __init__(self, backend: str, twin: Twin) -> None:
        super().__init__(backend)
        self.twin = twin

    def plain_aiohttp(self, **kwargs: Any) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(ssl=self.twin.client_context())
        return aiohttp.ClientSession(connector=connector, **kwargs)

    def url(self, path: str) -> str:
        return self.twin.url + path

    def reset(self) -> None:
        self.twin.reset()

    @contextlib.contextmanager
    def _environment(self) -> Iterator[None]:
        ca_file = str(self.twin.ca_file)
        # The httpx backend of aiobotocore 2.25 forgets AWS_CA_BUNDLE on its way to
        # httpx, which reads SSL_CERT_FILE.
        settings = {**CREDENTIALS, "AWS_CA_BUNDLE": ca_file, "SSL_CERT_FILE": ca_file}
        with contextlib.ExitStack() as stack:
            stack.enter_context(mock.patch.dict(os.environ, settings))
            if sys.version_info < (3, 11):
                # Before CPython's issue 88177 a TLS transport whose reading is paused
                # never closes. From 3.11 on aiohttp aborts it, by default.
                transport = asyncio.sslproto._SSLProtocolTransport
                stack.enter_context(mock.patch.object(transport, "close", transport.abort))
            yield

    def _config(self, config: dict[str, Any] | None) -> dict[str, Any]:
        # No name server knows <bucket>.localhost.
        config = super()._config(config)
        return {**config, "s3": {"addressing_style": "path", **config.get("s3", {})}}

    def _arguments(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return {"endpoint_url": self.twin.url, **super()._arguments(arguments)}

    def _verify(self) -> dict[str, Any]:
        return {"verify": self.twin.client_context()}


class InProcessWorld(World):
    """`aiomoto.mock_aws`, and clients as users write them."""

    kind = "in-process"

    def __init__(self, backend: str, plugins: Iterable[object] = ()) -> None:
        super().__init__(backend)
        self._plugins = plugins

    def plain_aiohttp(self, **kwargs: Any) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(**kwargs)

    def url(self, path: str) -> str:
        return f"https://s3.{REGION}.amazonaws.com{path}"

    def reset(self) -> None:
        self._mock.reset()

    @contextlib.contextmanager
    def _environment(self) -> Iterator[None]:
        # Here, so that the wire half can be run where the mock does not start.
        from aiomoto import mock_aws

        self._mock = mock_aws(plugins=self._plugins)
        with self._mock:
            yield
