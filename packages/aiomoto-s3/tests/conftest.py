"""Clients of both HTTP backends that cost little to make, and a bucket to use them on."""

from __future__ import annotations

import warnings
from contextlib import asynccontextmanager, contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import boto3
import botocore.config
import botocore.loaders
import pytest
import pytest_asyncio
from aiobotocore.config import AioConfig
from aiobotocore.httpsession import AIOHTTPSession
from aiobotocore.httpxsession import HttpxSession
from aiobotocore.session import AioSession

from aiomoto import mock_aws

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from contextlib import AbstractAsyncContextManager

REGION = "us-east-1"
BUCKET = "bucket"
BACKENDS = {"aiohttp": AIOHTTPSession, "httpx": HttpxSession}
LOADER = botocore.loaders.create_loader()


@pytest.fixture(params=["aiohttp", "httpx"])
def backend(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    if name == "httpx" and not (find_spec("httpx") or find_spec("httpx2")):
        pytest.skip("neither httpx nor httpx2 is installed")
    return name


@pytest.fixture
def client() -> Callable[..., AbstractAsyncContextManager[Any]]:
    """``client(service, backend, config={...}, **kwargs)``: an aiobotocore client."""

    @asynccontextmanager
    async def make(
        service: str = "s3",
        backend: str = "aiohttp",
        config: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[Any]:
        session = AioSession()
        session.register_component("data_loader", LOADER)
        settings = AioConfig(http_session_cls=BACKENDS[backend], **(config or {}))
        with warnings.catch_warnings():
            # aiobotocore 3 says so where only the older httpx is installed.
            warnings.filterwarnings("ignore", "aiobotocore's httpx backend now prefers")
            made = session.create_client(
                service, config=settings, **{"region_name": REGION, **kwargs}
            )
            async with made as opened:
                yield opened

    return make


@pytest_asyncio.fixture
async def s3(
    client: Callable[..., AbstractAsyncContextManager[Any]], backend: str
) -> AsyncIterator[Any]:
    """An S3 client on each backend inside a mock that has a bucket."""
    async with mock_aws(), client("s3", backend) as opened:
        await opened.create_bucket(Bucket=BUCKET)
        yield opened


@pytest_asyncio.fixture
async def aio_s3(client: Callable[..., AbstractAsyncContextManager[Any]]) -> AsyncIterator[Any]:
    """As ``s3``, where the backend makes no difference."""
    async with mock_aws(), client("s3") as opened:
        await opened.create_bucket(Bucket=BUCKET)
        yield opened


@pytest.fixture
def sync() -> Callable[..., Any]:
    """``sync(service, config={...})``: a boto3 client to close after use."""

    @contextmanager
    def make(service: str = "s3", config: dict[str, Any] | None = None) -> Iterator[Any]:
        session = boto3.session.Session()
        session._session.register_component("data_loader", LOADER)
        settings = botocore.config.Config(**(config or {}))
        made = session.client(service, region_name=REGION, config=settings)
        try:
            yield made
        finally:
            made.close()

    return make
