"""Fixtures of this package's tests beside the kit's: tables, and sleeps that take no time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest


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
