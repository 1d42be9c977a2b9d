"""Results of aiobotocore's handlers are awaited if they can be, and given as they are if not."""

from __future__ import annotations

import asyncio
from types import coroutine
from typing import Any

import aiobotocore.hooks
import pytest

from aiomoto import mock_aws


async def returns() -> str:
    return "awaited"


@coroutine
def old_style() -> Any:
    yield
    return "awaited"


class Awaits:
    def __await__(self) -> Any:
        yield
        return "awaited"


class Text(str):
    """A text that can be awaited."""

    __slots__ = ()

    def __await__(self) -> Any:
        yield
        return "awaited"


@pytest.mark.asyncio
@pytest.mark.parametrize("make", [returns, old_style, Awaits, Text])
async def test_what_can_be_awaited(make: Any) -> None:
    with mock_aws():
        assert await aiobotocore.hooks.resolve_awaitable(make()) == "awaited"
        task = asyncio.ensure_future(returns())
        assert await aiobotocore.hooks.resolve_awaitable(task) == "awaited"


@pytest.mark.asyncio
async def test_what_can_not() -> None:
    function: Any = returns
    with mock_aws():
        for plain in (None, 0, "text", b"", [1], {"a": 1}, (1, 2), object(), function):
            assert await aiobotocore.hooks.resolve_awaitable(plain) is plain
