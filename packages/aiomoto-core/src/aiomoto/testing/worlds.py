"""Two worlds for one test body: in process, and over TLS to moto's own server.

A `World` makes clients. In `InProcessWorld` they are configured by nobody and
answered by ``aiomoto.mock_aws``; in `WireWorld` no mock is active and they talk
to the twin. A test body is handed a world and does not know which one it is.
"""

from __future__ import annotations

import contextlib
import http.client
import inspect
import os
import ssl
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar
from unittest import mock
from urllib.parse import urlsplit

import aiohttp
import urllib3

from .. import environment
from ..mock import mock_aws
from .clients import REGION, aio, sync
from .compat import tls_transports_close
from .twin import Twin

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..options import Options


class World:
    """Makes clients whose configuration a test body need not know."""

    #: ``wire`` or ``in-process``.
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
        return aio(service, self.backend, config=self._config(config), **self._arguments(kwargs))

    def boto3(self, service: str, *, config: dict[str, Any] | None = None, **kwargs: Any) -> Any:
        """A sync client, closed at the end of `active`."""
        client = sync(service, config=self._config(config), **self._arguments(kwargs))
        return self._opened.enter_context(client)

    def plain_aiohttp(self, **kwargs: Any) -> aiohttp.ClientSession:
        """A session that knows nothing of AWS, as one that fetches a presigned URL."""
        return aiohttp.ClientSession(**kwargs)

    def plain_httpx(self, module: ModuleType, **kwargs: Any) -> Any:
        """An AsyncClient of `module`, which is httpx or httpx2."""
        return module.AsyncClient(**self._verify(), **kwargs)

    def plain_httpx_sync(self, module: ModuleType, **kwargs: Any) -> Any:
        """A Client of `module`."""
        return module.Client(**self._verify(), **kwargs)

    def plain_urllib(self, *handlers: Any) -> urllib.request.OpenerDirector:
        """An opener of Python's own, with further handlers."""
        tls = urllib.request.HTTPSHandler(context=self._tls())
        return urllib.request.build_opener(tls, *handlers)

    def plain_http_client(self, url: str, **kwargs: Any) -> http.client.HTTPSConnection:
        """A connection of Python's own to the host of `url`, closed at the end of `active`."""
        netloc = urlsplit(url).netloc
        connection = http.client.HTTPSConnection(netloc, context=self._tls(), **kwargs)
        self._opened.callback(connection.close)
        return connection

    def plain_urllib3(self, **kwargs: Any) -> urllib3.PoolManager:
        """Pools of urllib3, emptied at the end of `active`."""
        pools = urllib3.PoolManager(**{"ssl_context": self._tls(), **kwargs})
        self._opened.callback(pools.clear)
        return pools

    def url(self, path: str, service: str = "s3") -> str:
        """The address of `path` at a service, for requests without signature."""
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

    async def advance(self, seconds: float) -> None:
        """Move the mock's virtual clock on; nothing over the wire, where no answer waits for it.

        :raises InvalidOption: in process, on real time.
        """

    def _environment(self) -> AbstractContextManager[Any]:
        raise NotImplementedError

    def _config(self, config: dict[str, Any] | None) -> dict[str, Any]:
        return dict(config or {})

    def _arguments(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return {"region_name": REGION, **arguments}

    def _tls(self) -> ssl.SSLContext | None:
        return None

    def _verify(self) -> dict[str, Any]:
        tls = self._tls()
        return {} if tls is None else {"verify": tls}


class WireWorld(World):
    """No mock; each client is pointed at the twin."""

    kind = "wire"

    def __init__(self, backend: str, twin: Twin) -> None:
        super().__init__(backend)
        self.twin = twin

    def plain_aiohttp(self, **kwargs: Any) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(ssl=self.twin.client_context())
        return super().plain_aiohttp(connector=connector, **kwargs)

    def url(self, path: str, service: str = "s3") -> str:
        return self.twin.url + path

    def reset(self) -> None:
        self.twin.reset()

    @contextlib.contextmanager
    def _environment(self) -> Iterator[None]:
        ca_file = str(self.twin.ca_file)
        # The httpx backend of aiobotocore 2.25 forgets AWS_CA_BUNDLE on its way to
        # httpx, which reads SSL_CERT_FILE.
        settings = {"AWS_CA_BUNDLE": ca_file, "SSL_CERT_FILE": ca_file}
        # The mock's, so that signatures and presigned URLs of both worlds carry the same key.
        settings.update(environment.FAKE_CREDENTIALS)
        with mock.patch.dict(os.environ, settings), tls_transports_close():
            yield

    def _config(self, config: dict[str, Any] | None) -> dict[str, Any]:
        # No name server knows <bucket>.localhost.
        config = super()._config(config)
        return {**config, "s3": {"addressing_style": "path", **config.get("s3", {})}}

    def _arguments(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return {"endpoint_url": self.twin.url, **super()._arguments(arguments)}

    def _tls(self) -> ssl.SSLContext:
        return self.twin.client_context()


class InProcessWorld(World):
    """`aiomoto.mock_aws`, and clients as users write them."""

    kind = "in-process"

    def __init__(self, backend: str, **options: Unpack[Options]) -> None:
        super().__init__(backend)
        self._options = options

    def url(self, path: str, service: str = "s3") -> str:
        return f"https://{service}.{REGION}.amazonaws.com{path}"

    def reset(self) -> None:
        self._mock.reset()

    async def advance(self, seconds: float) -> None:
        await self._mock.clock.advance(seconds)

    @contextlib.contextmanager
    def _environment(self) -> Iterator[None]:
        self._mock = mock_aws(**self._options)
        with self._mock:
            yield
