"""Fixtures for pytest: ``dynamodb_client`` and ``dynamodb_table``, both inside a running mock.

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

_NAME = re.compile(r"[^A-Za-z0-9_.-]+")
_MARKER = (
    'dynamodb_table(*keys, **settings): the keys ("id", "sent:N") of the table of the fixture '
    "dynamodb_table, and what else its CreateTable is given."
)


def pytest_configure(config: pytest.Config) -> None:
    """Add the marker, and the fixtures that need pytest-asyncio where it runs."""
    config.addinivalue_line("markers", _MARKER)
    if config.pluginmanager.hasplugin("asyncio"):
        from . import _pytest_asyncio

        config.pluginmanager.register(_pytest_asyncio, "aiomoto-dynamodb-asyncio")


@pytest.fixture(name="_dynamodb_mock")
def _mock() -> Iterator[MockAWS]:
    from aiomoto import mock_aws

    with mock_aws() as mock:
        yield mock


@pytest.fixture
def dynamodb_table(request: pytest.FixtureRequest, _dynamodb_mock: MockAWS) -> str:
    """The name of a new table, in the default region.

    Its key is a string ``id``, unless the marker ``dynamodb_table`` says
    otherwise, or the argument of an indirect parametrization: one key, a tuple
    of keys, or a dictionary of what ``CreateTable`` is given.
    """
    import uuid

    import boto3

    name = f"{_NAME.sub('-', request.node.name)[:47]}-{uuid.uuid4().hex}"
    settings = {"TableName": name, **table_settings(*_schema(request))}
    client = boto3.client("dynamodb")
    try:
        return str(client.create_table(**settings)["TableDescription"]["TableName"])
    finally:
        client.close()


def _schema(request: pytest.FixtureRequest) -> tuple[tuple[str, ...], dict[str, Any]]:
    """The keys and settings that a test asks for."""
    given = getattr(request, "param", None)
    if isinstance(given, dict):
        return (), given
    if isinstance(given, str):
        return (given,), {}
    if given is not None:
        return tuple(given), {}
    marker = request.node.get_closest_marker("dynamodb_table")
    return (marker.args, marker.kwargs) if marker else ((), {})


def table_settings(keys: tuple[str, ...], settings: dict[str, Any]) -> dict[str, Any]:
    """The arguments of ``CreateTable`` for keys such as ``("id", "sent:N")`` and further ones.

    ``settings`` win. Attributes that they define, for an index, are added to the keys'.
    """
    if not keys and "KeySchema" not in settings:
        keys = ("id",)
    if len(keys) > 2 or not all(isinstance(key, str) for key in keys):
        raise pytest.UsageError(
            f"dynamodb_table takes one or two keys, such as 'id' or 'sent:N', got {keys!r}."
        )
    types = {one["AttributeName"]: one for one in settings.get("AttributeDefinitions", ())}
    names = []
    for key in keys:
        name, _, kind = key.partition(":")
        names.append(name)
        types.setdefault(name, {"AttributeName": name, "AttributeType": kind or "S"})
    table: dict[str, Any] = {
        "KeySchema": [
            {"AttributeName": name, "KeyType": kind}
            for name, kind in zip(names, ("HASH", "RANGE"), strict=False)
        ]
    }
    if not {"BillingMode", "ProvisionedThroughput"} & settings.keys():
        table["BillingMode"] = "PAY_PER_REQUEST"
    return {**table, **settings, "AttributeDefinitions": list(types.values())}


@pytest.fixture
def dynamodb_client(request: pytest.FixtureRequest, _dynamodb_mock: MockAWS) -> Any:
    """An aiobotocore client for DynamoDB, open until the test is over."""
    if "anyio_backend" in request.fixturenames:
        return request.getfixturevalue("_dynamodb_client_anyio")
    if request.config.pluginmanager.hasplugin("asyncio"):
        scope = _loop_scope(request)
        return request.getfixturevalue(f"_dynamodb_client_asyncio_{scope}")
    raise pytest.UsageError(
        "The fixture dynamodb_client needs pytest-asyncio, or a test marked @pytest.mark.anyio."
    )


def _loop_scope(request: pytest.FixtureRequest) -> str:
    """In which event loop of pytest-asyncio the test runs."""
    marker = request.node.get_closest_marker("asyncio")
    given = marker.kwargs.get("loop_scope") or marker.kwargs.get("scope") if marker else None
    return given or request.config.getini("asyncio_default_test_loop_scope") or "function"


@pytest.fixture(name="_dynamodb_client_anyio")
async def _client_anyio(anyio_backend_name: str, _dynamodb_mock: MockAWS) -> AsyncIterator[Any]:
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
    async with get_session().create_client("dynamodb", config=config) as client:
        yield client
