"""Fixtures for pytest: ``dynamodb_client`` and ``dynamodb_table``, both inside ``aws``.

pytest loads this module in every run, so it imports nothing heavy.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from aiomoto.pytest_plugin import Boto3Clients, client_fixture

_NAME = re.compile(r"[^A-Za-z0-9_.-]+")
_MARKER = (
    'dynamodb_table(*keys, **settings): the keys ("id", "sent:N") of the table of the fixture '
    "dynamodb_table, and what else its CreateTable is given."
)


def pytest_configure(config: pytest.Config) -> None:
    """Add the marker and the fixture ``dynamodb_client``."""
    config.addinivalue_line("markers", _MARKER)
    client_fixture(config, "dynamodb", name="dynamodb_client", max_pool_connections=100)


@pytest.fixture
def dynamodb_table(request: pytest.FixtureRequest, boto3_client: Boto3Clients) -> str:
    """The name of a new table, in the default region.

    Its key is a string ``id``, unless the marker ``dynamodb_table`` says
    otherwise, or the argument of an indirect parametrization: one key, a tuple
    of keys, or a dictionary of what ``CreateTable`` is given.
    """
    import uuid

    name = f"{_NAME.sub('-', request.node.name)[:47]}-{uuid.uuid4().hex}"
    settings = {"TableName": name, **table_settings(*_schema(request))}
    table = boto3_client("dynamodb").create_table(**settings)
    return str(table["TableDescription"]["TableName"])


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
