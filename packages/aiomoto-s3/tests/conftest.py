"""Fixtures of this package's tests beside the kit's: clients with a bucket to use them on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from aiomoto import mock_aws

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from aiomoto.testing.clients import Connect

BUCKET = "bucket"


@pytest_asyncio.fixture
async def s3(connect: Connect, backend: str) -> AsyncIterator[Any]:
    """An S3 client on each backend inside a mock that has a bucket."""
    async with mock_aws(), connect("s3", backend) as opened:
        await opened.create_bucket(Bucket=BUCKET)
        yield opened


@pytest_asyncio.fixture
async def aio_s3(connect: Connect) -> AsyncIterator[Any]:
    """As ``s3``, where the backend makes no difference."""
    async with mock_aws(), connect("s3") as opened:
        await opened.create_bucket(Bucket=BUCKET)
        yield opened


@pytest.fixture
def make_bucket(boto: Callable[..., Any]) -> Callable[..., None]:
    """``make_bucket(name, *keys)``, in the mock that is active; an object holds its key."""

    def make(name: str, *keys: str) -> None:
        boto("s3").create_bucket(Bucket=name)
        for key in keys:
            boto("s3").put_object(Bucket=name, Key=key, Body=key.encode())

    return make
