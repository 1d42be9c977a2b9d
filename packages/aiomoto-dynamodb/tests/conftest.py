"""What the tests of this package stand on: a running mock and clients that cost little to make."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from aiomoto import MockAWS, mock_aws
from aiomoto.testing import clients

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

    def opened(
        service: str = "dynamodb",
        backend: str = "aiohttp",
        client: dict[str, Any] | None = None,
        **config: Any,
    ) -> AbstractAsyncContextManager[Any]:
        settings = {"max_pool_connections": 100, **config}
        return clients.aio(service, backend, config=settings, **(client or {}))

    return opened


@pytest.fixture
def boto() -> Iterator[Callable[[str], Any]]:
    """``boto(service)``: a boto3 client, closed at the end."""
    with contextlib.ExitStack() as closing:

        @functools.cache
        def client(service: str) -> Any:
            return closing.enter_context(clients.sync(service))

        yield client


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
