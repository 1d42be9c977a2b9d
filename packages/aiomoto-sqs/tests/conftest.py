"""What the tests of this package stand on: clients that cost little to make."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from aiomoto.testing import clients

# Some clients are made before the mock, and must not look for any.
CREDENTIALS = {"aws_access_key_id": "FOOBARKEY", "aws_secret_access_key": "FOOBARSECRET"}

Connect = Callable[..., AbstractAsyncContextManager[Any]]


@pytest.fixture
def connect() -> Connect:
    """``connect(service, backend="aiohttp")``: an aiobotocore client, pool large enough."""

    def opened(
        service: str = "sqs", backend: str = "aiohttp", **config: Any
    ) -> AbstractAsyncContextManager[Any]:
        settings = {"max_pool_connections": 100, **config}
        return clients.aio(service, backend, config=settings, **CREDENTIALS)

    return opened


@pytest.fixture
def boto() -> Iterator[Callable[[str], Any]]:
    """``boto(service)``: a boto3 client, closed at the end."""
    with contextlib.ExitStack() as closing:

        @functools.cache
        def client(service: str) -> Any:
            return closing.enter_context(clients.sync(service, **CREDENTIALS))

        yield client
