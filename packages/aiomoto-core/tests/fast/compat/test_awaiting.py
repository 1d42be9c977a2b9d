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


async def emissions(make: Any) -> list[Any]:
    """What an emitter does, twice, with handlers of all kinds; and what they were told."""
    told: list[Any] = []

    def plain(**kwargs: Any) -> None:
        told.append(("plain", kwargs))

    def answers(**kwargs: Any) -> str:
        told.append(("answers", kwargs))
        return "answer"

    async def awaits(**kwargs: Any) -> str:
        await asyncio.sleep(0)
        told.append(("awaits", kwargs))
        return "awaited"

    def fails(**kwargs: Any) -> None:
        raise LookupError("of a handler")

    emitter = make()
    for handler in (plain, awaits, answers):
        emitter.register("one.two", handler)
    emitter.register_first("one", plain)
    emitter.register("three", fails)
    found: list[Any] = []
    for _ in range(2):
        found += [[one for _, one in await emitter.emit("one.two.x", a=1)]]
        found += [(await emitter.emit_until_response("one.two.x", a=2))[1]]
        found += [await emitter.emit("none"), await emitter.emit_until_response("none")]
        with pytest.raises(LookupError, match="of a handler"):
            await emitter.emit("three", a=3)
    emitter.unregister("one.two", awaits)
    found += [[one for _, one in await emitter.emit("one.two.x", a=4)]]
    return [found, told]


@pytest.mark.asyncio
@pytest.mark.parametrize("derived", [False, True])
async def test_handlers_are_called_the_same(derived: bool) -> None:
    class Derived(aiobotocore.hooks.AioHierarchicalEmitter):
        """Somebody's own."""

    make = Derived if derived else aiobotocore.hooks.AioHierarchicalEmitter
    expected = await emissions(make)
    with mock_aws():
        assert await emissions(make) == expected


@pytest.mark.asyncio
async def test_handlers_are_logged_where_that_is_wanted(caplog: pytest.LogCaptureFixture) -> None:
    emitter = aiobotocore.hooks.AioHierarchicalEmitter()
    emitter.register("one", lambda **_: None)
    with mock_aws(), caplog.at_level("DEBUG", logger=aiobotocore.hooks.logger.name):
        await emitter.emit("one")
        await emitter.emit("one")
    assert [one.message[:9] for one in caplog.records] == ["Event one"] * 2
