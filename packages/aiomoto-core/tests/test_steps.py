"""A coroutine that was begun is awaited as any other is."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Generator
from types import coroutine
from typing import Any

import pytest

from aiomoto.wire.steps import resumed


@coroutine
def step(value: Any) -> Generator[Any, Any, Any]:
    """Gives the loop a value, and returns what the loop sends for it."""
    return (yield value)


async def converse(log: list[Any]) -> str:
    """Wait three times; an error that is thrown in ends one wait and not all."""
    for number in range(3):
        log.append(await answer_to(number, log))
    return "done"


async def answer_to(number: int, log: list[Any]) -> Any:
    try:
        return await step(number)
    except ValueError as error:
        return error
    except GeneratorExit:
        log.append("closed")
        raise


def test_what_is_sent_and_thrown_goes_to_it() -> None:
    log: list[Any] = []
    begun = converse(log)
    rest = resumed(begun, begun.send(None))
    assert rest.send(None) == 0
    assert rest.send("first") == 1
    error = ValueError("thrown")
    assert rest.throw(error) == 2
    with pytest.raises(StopIteration) as done:
        rest.send("last")
    assert done.value.value == "done"
    assert log == ["first", error, "last"]


def test_an_error_of_its_own_comes_out() -> None:
    async def fail() -> None:
        await step(1)
        raise LookupError("its own")

    begun = fail()
    rest = resumed(begun, begun.send(None))
    rest.send(None)
    with pytest.raises(LookupError, match="its own") as found:
        rest.send(None)
    assert found.value.__context__ is None


def test_it_is_closed_with_whoever_awaits() -> None:
    log: list[Any] = []
    begun = converse(log)
    rest = resumed(begun, begun.send(None))
    rest.send(None)
    rest.close()
    assert log == ["closed"]


@pytest.mark.asyncio
async def test_a_task_waits_and_is_cancelled_in_it() -> None:
    log: list[str] = []

    async def wait() -> str:
        await asyncio.sleep(0)
        log.append("went round")
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            log.append("cancelled")
            raise
        return "never"

    async def caller() -> str:
        begun = wait()
        return await resumed(begun, begun.send(None))

    task = asyncio.create_task(caller())
    for _ in range(4):
        await asyncio.sleep(0)
    assert log == ["went round"]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert log == ["went round", "cancelled"]


def test_a_thrown_error_is_held_by_nothing() -> None:
    class Thrown(Exception):
        pass

    async def wait() -> None:
        await step(1)

    def throw() -> weakref.ref[Thrown]:
        begun = wait()
        rest = resumed(begun, begun.send(None))
        rest.send(None)
        error = Thrown()
        found = weakref.ref(error)
        try:
            rest.throw(error)
        except Thrown:
            pass
        finally:
            del error
        return found

    gc.disable()
    try:
        assert throw()() is None
    finally:
        gc.enable()
