"""Fixtures for pytest: ``sqs_client`` and ``sqs_queue``, both inside a running mock.

They work with pytest-asyncio, strict and auto, in every loop scope, and with
anyio on asyncio and trio. Nothing is imported before a test asks for one.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from aiomoto import MockAWS

_NAME = re.compile(r"[^A-Za-z0-9_-]+")


def pytest_configure(config: pytest.Config) -> None:
    """Add the fixtures that need pytest-asyncio, where it runs."""
    if config.pluginmanager.hasplugin("asyncio"):
        from . import _pytest_asyncio

        config.pluginmanager.register(_pytest_asyncio, "aiomoto-sqs-asyncio")


@pytest.fixture(name="_sqs_mock")
def _mock() -> Iterator[MockAWS]:
    from aiomoto import mock_aws

    with mock_aws() as mock:
        yield mock


@pytest.fixture
def sqs_queue(request: pytest.FixtureRequest, _sqs_mock: MockAWS) -> str:
    """The URL of a new standard queue, in the default region."""
    import uuid

    import boto3

    client = boto3.client("sqs")
    try:
        name = f"{_NAME.sub('-', request.node.name)[:47]}-{uuid.uuid4().hex}"
        return str(client.create_queue(QueueName=name)["QueueUrl"])
    finally:
        client.close()


@pytest.fixture
def sqs_client(request: pytest.FixtureRequest, _sqs_mock: MockAWS) -> Any:
    """An aiobotocore client for SQS, open until the test is over."""
    if "anyio_backend" in request.fixturenames:
        return request.getfixturevalue("_sqs_client_anyio")
    if request.config.pluginmanager.hasplugin("asyncio"):
        scope = _loop_scope(request)
        return request.getfixturevalue(f"_sqs_client_asyncio_{scope}")
    raise pytest.UsageError(
        "The fixture sqs_client needs pytest-asyncio, or a test marked @pytest.mark.anyio."
    )


def _loop_scope(request: pytest.FixtureRequest) -> str:
    """In which event loop of pytest-asyncio the test runs."""
    marker = request.node.get_closest_marker("asyncio")
    given = marker.kwargs.get("loop_scope") or marker.kwargs.get("scope") if marker else None
    return given or request.config.getini("asyncio_default_test_loop_scope") or "function"


@pytest.fixture(name="_sqs_client_anyio")
async def _client_anyio(anyio_backend_name: str, _sqs_mock: MockAWS) -> AsyncIterator[Any]:
    async with open_client(on_trio=anyio_backend_name == "trio") as client:
        yield client


@asynccontextmanager
async def open_client(*, on_trio: bool) -> AsyncIterator[Any]:
    """A client whose HTTP library runs where the test does."""
    from aiobotocore.config import AioConfig
    from aiobotocore.session import get_session

    config = AioConfig(max_pool_connections=100)
    if on_trio:
        from aiobotocore.httpxsession import HttpxSession

        config = AioConfig(max_pool_connections=100, http_session_cls=HttpxSession)
    async with get_session().create_client("sqs", config=config) as client:
        yield client
