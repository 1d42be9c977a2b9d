"""What the tests of this package stand on: clients that cost little to make."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import boto3
import botocore.loaders
import pytest
from aiobotocore.config import AioConfig
from aiobotocore.httpsession import AIOHTTPSession
from aiobotocore.httpxsession import HttpxSession
from aiobotocore.session import AioSession

REGION = "us-east-1"
# Some clients are made before the mock, and must not look for any.
CREDENTIALS = {"aws_access_key_id": "FOOBARKEY", "aws_secret_access_key": "FOOBARSECRET"}
# botocore reads its models anew for each session; one loader for all reads them once.
LOADER = botocore.loaders.create_loader()

Connect = Callable[..., AbstractAsyncContextManager[Any]]


@pytest.fixture
def connect() -> Connect:
    """``connect(service, backend="aiohttp")``: an aiobotocore client, pool large enough."""

    @contextlib.asynccontextmanager
    async def opened(
        service: str = "sqs", backend: str = "aiohttp", **config: Any
    ) -> AsyncIterator[Any]:
        session = AioSession()
        session.register_component("data_loader", LOADER)
        http = HttpxSession if backend == "httpx" else AIOHTTPSession
        settings = AioConfig(**{"max_pool_connections": 100, "http_session_cls": http, **config})
        async with session.create_client(
            service, region_name=REGION, config=settings, **CREDENTIALS
        ) as client:
            yield client

    return opened


@pytest.fixture
def boto() -> Iterator[Callable[[str], Any]]:
    """``boto(service)``: a boto3 client, closed at the end."""
    with contextlib.ExitStack() as closing:

        @functools.cache
        def client(service: str) -> Any:
            session = boto3.session.Session()
            session._session.register_component("data_loader", LOADER)
            made = session.client(service, region_name=REGION, **CREDENTIALS)
            closing.callback(made.close)
            return made

        yield client


@pytest.fixture(params=["aiohttp", "httpx"])
def backend(request: pytest.FixtureRequest) -> str:
    """The HTTP client under aiobotocore."""
    name: str = request.param
    return name
