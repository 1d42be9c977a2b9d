"""The worlds that are compared, behind one face: how a mock starts, how a client is made.

Calls are awaited in each of them, so that a job is written once; boto3's cost
a coroutine of one line more for that, some 0.1 microseconds.
"""

from __future__ import annotations

import os
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, nullcontext
from typing import Any

REGION = "us-east-1"


class InProcess:
    """aiobotocore in ``aiomoto.mock_aws``: this project's, or the peer's."""

    #: How many starts and stops are timed together.
    starts = 20

    def __init__(self) -> None:
        from aiobotocore.config import AioConfig
        from aiobotocore.session import get_session

        from aiomoto import mock_aws

        self.session: Callable[[], Any] = get_session
        self._mock: Callable[..., Any] = mock_aws
        self._make_config: Callable[..., Any] = AioConfig
        self._config = AioConfig(**self._settings())

    def _settings(self) -> dict[str, Any]:
        return {}

    def mock(self) -> AbstractAsyncContextManager[Any]:
        """An empty AWS from start to stop."""
        mock: AbstractAsyncContextManager[Any] = self._mock()
        return mock

    def background(self) -> AbstractAsyncContextManager[Any]:
        """What runs while all tests of a suite do."""
        return nullcontext()

    def test_mock(self) -> AbstractAsyncContextManager[Any]:
        """An empty AWS for one of those tests."""
        return self.mock()

    def client(
        self, service: str, session: Any, connections: int | None = None
    ) -> AbstractAsyncContextManager[Any]:
        """A client whose operations are awaited; with so many at the same time, if not with ten."""
        config = self._config
        if connections is not None:
            config = self._make_config(**self._settings(), max_pool_connections=connections)
        client: AbstractAsyncContextManager[Any] = session.create_client(
            service, region_name=REGION, config=config
        )
        return client

    async def read(self, answer: Any) -> bytes:
        """The body of an S3 object."""
        body: bytes = await answer["Body"].read()
        return body

    async def at_once(self, call: Callable[[int], Awaitable[None]], times: int) -> None:
        """Many calls at the same time."""
        import asyncio

        await asyncio.gather(*(call(number) for number in range(times)))


class OnHttpx(InProcess):
    """aiobotocore with its httpx backend."""

    def _settings(self) -> dict[str, Any]:
        from aiobotocore.httpxsession import HttpxSession

        return {"http_session_cls": HttpxSession}


class Unoptimised(InProcess):
    """Without the fast paths."""

    def mock(self) -> AbstractAsyncContextManager[Any]:
        mock: AbstractAsyncContextManager[Any] = self._mock(optimise=False)
        return mock


class Server(InProcess):
    """aiobotocore against moto's server, which runs in a thread of the same process."""

    starts = 1

    def __init__(self) -> None:
        from aiobotocore.config import AioConfig
        from aiobotocore.session import get_session
        from moto.server import ThreadedMotoServer

        self.session = get_session
        self._make_config = AioConfig
        self._config = AioConfig()
        self._server: Callable[..., Any] = ThreadedMotoServer

    @asynccontextmanager
    async def mock(self) -> AsyncIterator[Any]:
        server = self._server(port=0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        self._url = f"http://{host}:{port}"
        try:
            with _environment(
                AWS_ENDPOINT_URL=self._url,
                AWS_ACCESS_KEY_ID="key",
                AWS_SECRET_ACCESS_KEY="secret",
            ):
                yield
        finally:
            server.stop()

    def background(self) -> AbstractAsyncContextManager[Any]:
        return self.mock()

    @asynccontextmanager
    async def test_mock(self) -> AsyncIterator[Any]:
        _post(f"{self._url}/moto-api/reset")
        yield


class Sync:
    """boto3 in ``moto.mock_aws``."""

    starts = 20

    def __init__(self) -> None:
        import boto3
        from moto import mock_aws

        self.session: Callable[[], Any] = boto3.session.Session
        self._mock = mock_aws

    @asynccontextmanager
    async def mock(self) -> AsyncIterator[Any]:
        """An empty AWS from start to stop."""
        with self._mock():
            yield

    def background(self) -> AbstractAsyncContextManager[Any]:
        """Nothing."""
        return nullcontext()

    def test_mock(self) -> AbstractAsyncContextManager[Any]:
        """An empty AWS for one test."""
        return self.mock()

    @asynccontextmanager
    async def client(
        self, service: str, session: Any, connections: int | None = None
    ) -> AsyncIterator[Any]:
        """A client whose operations can be awaited; one is carried out after another."""
        client = session.client(service, region_name=REGION)
        try:
            yield AwaitedClient(client)
        finally:
            client.close()

    async def read(self, answer: Any) -> bytes:
        """The body of an S3 object."""
        body: bytes = answer["Body"].read()
        return body

    async def at_once(self, call: Callable[[int], Awaitable[None]], times: int) -> None:
        """Many calls in ten threads, as many as boto3 keeps connections."""

        def run(number: int) -> None:
            # Nothing in it waits, so that one step carries it out.
            coroutine: Any = call(number)
            try:
                coroutine.send(None)
            except StopIteration:
                return
            raise RuntimeError("a call of boto3 waited")

        with ThreadPoolExecutor(10) as threads:
            list(threads.map(run, range(times)))


class AwaitedClient:
    """A boto3 client whose operations are coroutine functions."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._client, name)

        async def call(**arguments: Any) -> Any:
            return method(**arguments)

        setattr(self, name, call)
        return call


def _post(url: str) -> None:
    # It keeps the loop waiting, which has nothing else to do.
    urllib.request.urlopen(url, data=b"").close()


@contextmanager
def _environment(**variables: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
