"""Clients of both HTTP backends that cost little to make, and a bucket to use them on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from aiomoto import mock_aws
from aiomoto.testing import clients

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager, AbstractContextManager

BUCKET = "bucket"


@pytest.fixture
def client() -> Callable[..., AbstractAsyncContextManager[Any]]:
    """``client(service, backend, config={...}, **kwargs)``: an aiobotocore client."""

    def make(
        service: str = "s3",
        backend: str = "aiohttp",
        config: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> AbstractAsyncContextManager[Any]:
        return clients.aio(service, backend, config=config, **kwargs)

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
def make_bucket() -> Callable[..., None]:
    """``make_bucket(name, *keys)``, in the mock that is active; an object holds its key."""

    def make(name: str, *keys: str) -> None:
        with clients.sync("s3") as s3:
            s3.create_bucket(Bucket=name)
            for key in keys:
                s3.put_object(Bucket=name, Key=key, Body=key.encode())

    return make


@pytest.fixture
def sync() -> Callable[..., Any]:
    """``sync(service, config={...})``: a boto3 client to close after use."""

    def make(
        service: str = "s3", config: dict[str, Any] | None = None
    ) -> AbstractContextManager[Any]:
        return clients.sync(service, config=config)

    return make
