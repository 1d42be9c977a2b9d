"""What the tests of this package stand on: a running mock and clients that cost little to make."""

from __future__ import annotations

import asyncio
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

from aiomoto import MockAWS, mock_aws

REGION = "us-east-1"
# botocore reads its models anew for each session; one loader for all reads them once.
LOADER = botocore.loaders.create_loader()

Connect = Callable[..., AbstractAsyncContextManager[Any]]


@pytest.fixture
def aws() -> Iterator[MockAWS]:
    """A running mock, empty at first."""
    with mock_aws() as mock:
        yield mock


@pytest.fixture
def connect() -> Connect:
    """``connect(service, backend="aiohttp")``: an aiobotocore client, pool large enough.

    ``client={...}`` are further arguments of create_client, all others AioConfig's.
    """

    @contextlib.asynccontextmanager
    async def opened(
        service: str = "dynamodb",
        backend: str = "aiohttp",
        client: dict[str, Any] | None = None,
        **config: Any,
    ) -> AsyncIterator[Any]:
        session = AioSession()
        session.register_component("data_loader", LOADER)
        http = HttpxSession if backend == "httpx" else AIOHTTPSession
        settings = AioConfig(**{"max_pool_connections": 100, "http_session_cls": http, **config})
        arguments = {"region_name": REGION, "config": settings, **(client or {})}
        async with session.create_client(service, **arguments) as made:
            yield made

    return opened


@pytest.fixture
def boto() -> Iterator[Callable[[str], Any]]:
    """``boto(service)``: a boto3 client, closed at the end."""
    with contextlib.ExitStack() as closing:

        @functools.cache
        def client(service: str) -> Any:
            session = boto3.session.Session()
            session._session.register_component("data_loader", LOADER)
            made = session.client(service, region_name=REGION)
            closing.callback(made.close)
            return made

        yield client


@pytest.fixture(params=["aiohttp", "httpx"])
def backend(request: pytest.FixtureRequest) -> str:
    """The HTTP client under aiobotocore."""
    name: str = request.param
    return name


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds of each sleep of this test, none of which is slept."""
    seconds: list[float] = []
    original = asyncio.sleep

    async def sleep(delay: float, result: Any = None) -> Any:
        if delay > 0:
            seconds.append(delay)
        return await original(0, result)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    return seconds


@pytest.fixture
def make_table() -> Callable[..., Any]:
    """``await make_table(client, name, sort="at", **settings)``: CreateTable for a key ``id``."""

    async def make(client: Any, name: str = "orders", sort: str = "", **settings: Any) -> Any:
        keys = {"id": "HASH"} | ({sort: "RANGE"} if sort else {})
        kinds = {"id": "S", sort: "N"}
        return await client.create_table(
            **{
                "TableName": name,
                "KeySchema": [{"AttributeName": key, "KeyType": keys[key]} for key in keys],
                "AttributeDefinitions": [
                    {"AttributeName": key, "AttributeType": kinds[key]} for key in keys
                ],
                "BillingMode": "PAY_PER_REQUEST",
                **settings,
            }
        )

    return make
