"""Decorated functions, coroutine functions and other callables: when the mock is on."""

from __future__ import annotations

import asyncio
import functools
import inspect
import sys
from typing import TYPE_CHECKING, Any
from unittest.mock import AsyncMock

import pytest
from support.decorating import (
    START,
    STOP,
    Recorder,
    in_a_thread,
    step,
)

from aiomoto.decorate import decorate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator


def test_function(mock: Recorder) -> None:
    def add(a: int, *, b: int = 0) -> int:
        mock.note("body")
        return a + b

    decorated = decorate(add, mock)
    assert mock.events == []
    assert decorated(1, b=2) == 3
    assert mock.events == [START, "body", STOP]


def test_options_reach_start_and_stop(mock: Recorder) -> None:
    decorate(lambda: None, mock, reset=False, remove_data=False)()
    assert mock.events == ["start(False)", "stop(False)"]


@pytest.mark.asyncio
async def test_coroutine_function_runs_in_the_mock_to_its_end(mock: Recorder) -> None:
    gate = asyncio.Event()

    async def wait(a: int, *, b: int) -> int:
        mock.note("before")
        await gate.wait()
        mock.note("after")
        return a + b

    decorated = decorate(wait, mock)
    assert inspect.iscoroutinefunction(decorated)
    task = asyncio.ensure_future(decorated(1, b=2))
    assert mock.events == []  # it starts with the body, not with the call
    asyncio.get_running_loop().call_soon(gate.set)
    assert await task == 3
    assert mock.events == [START, "before", "after", STOP]


@pytest.mark.asyncio
async def test_calls_of_one_decorated_function_overlap(mock: Recorder) -> None:
    arrived = 0
    everybody = asyncio.Event()

    async def meet() -> int:
        nonlocal arrived
        arrived += 1
        if arrived == 3:
            everybody.set()
        await everybody.wait()
        return mock.depth

    decorated = decorate(meet, mock)
    depths = await asyncio.gather(decorated(), decorated(), decorated())
    assert sorted(depths) == [1, 2, 3]
    assert (mock.deepest, mock.depth) == (3, 0)


@pytest.mark.asyncio
async def test_cancellation_stops_the_mock(mock: Recorder) -> None:
    running = asyncio.Event()

    async def hang() -> None:
        running.set()
        await asyncio.Event().wait()

    task = asyncio.ensure_future(decorate(hang, mock)())
    await running.wait()
    assert mock.depth == 1
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert mock.events == [START, STOP]


# Failures, in each kind of wrapper


def bodies(note: Callable[[str], None], error: BaseException | None) -> dict[str, Any]:
    """For each kind, a callable that runs such a decorated body and lets it raise `error`."""

    def body() -> None:
        note("body")
        if error is not None:
            raise error

    async def coroutine() -> None:
        body()

    def generator() -> Iterator[None]:
        body()
        yield

    async def async_generator() -> AsyncIterator[None]:
        body()
        yield

    async def drain(source: AsyncIterator[None]) -> None:
        async for _ in source:
            pass

    return {
        "function": (body, lambda decorated: decorated()),
        "coroutine": (coroutine, lambda decorated: in_a_thread(asyncio.run, decorated())),
        "pending": (lambda: coroutine(), lambda decorated: in_a_thread(asyncio.run, decorated())),
        "generator": (generator, lambda decorated: list(decorated())),
        "async_generator": (
            async_generator,
            lambda decorated: in_a_thread(asyncio.run, drain(decorated())),
        ),
    }


KINDS = list(bodies(str, None))


@pytest.mark.parametrize("kind", KINDS)
def test_an_exception_of_the_body_comes_out_and_stops_the_mock(kind: str, mock: Recorder) -> None:
    error = LookupError("body")
    target, run = bodies(mock.note, error)[kind]
    with pytest.raises(LookupError) as raised:
        run(decorate(target, mock))
    assert raised.value is error
    assert error.__context__ is None
    assert "body" in mock.events
    assert mock.events[-1] == STOP
    assert mock.depth == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_start_that_fails_runs_and_stops_nothing(kind: str, mock: Recorder) -> None:
    mock.fail_start = LookupError("start")
    target, run = bodies(mock.note, None)[kind]
    with pytest.raises(LookupError, match=r"^start$"):
        run(decorate(target, mock))
    assert mock.events == [START]


@pytest.mark.parametrize("kind", sorted({*KINDS} - {"pending"}))  # that one stops twice
@pytest.mark.parametrize("error", [None, LookupError("body")])
def test_a_stop_that_fails_is_raised_and_hides_nothing(
    kind: str, error: BaseException | None, mock: Recorder
) -> None:
    mock.fail_stop = RuntimeError("stop")
    target, run = bodies(mock.note, error)[kind]
    with pytest.raises(RuntimeError, match=r"^stop$") as raised:
        run(decorate(target, mock))
    assert raised.value.__context__ is error


def test_base_exceptions_stop_the_mock_as_well(mock: Recorder) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        decorate(interrupted, mock)()
    assert mock.events == [START, STOP]


# Other callables


class Service:
    def __init__(self, mock: Recorder) -> None:
        self.mock = mock

    def method(self, a: int) -> int:
        self.mock.note("method")
        return a

    async def async_method(self, a: int) -> int:
        self.mock.note("async_method")
        return a

    def items(self, a: int) -> Iterator[int]:
        self.mock.note("items")
        yield a

    async def async_items(self, a: int) -> AsyncIterator[int]:
        self.mock.note("async_items")
        yield a


class Callable_(Service):
    def __call__(self, a: int) -> int:
        return self.method(a)


class AsyncCallable(Service):
    async def __call__(self, a: int) -> int:
        return await self.async_method(a)


@pytest.mark.parametrize("wrap", [lambda f: f, lambda f: functools.partial(f, 5)])
@pytest.mark.parametrize(
    ("make", "note", "kind"),
    [
        (lambda m: Service(m).method, "method", "plain"),
        (lambda m: Service(m).async_method, "async_method", "coroutine"),
        (lambda m: Service(m).items, "items", "generator"),
        (lambda m: Service(m).async_items, "async_items", "async generator"),
        (Callable_, "method", "plain"),
        (AsyncCallable, "async_method", "coroutine"),
    ],
)
def test_bound_methods_callable_objects_and_partials_of_them(
    wrap: Any, make: Any, note: str, kind: str, mock: Recorder
) -> None:
    target = wrap(make(mock))
    decorated = decorate(target, mock)
    is_kind = {
        "coroutine": inspect.iscoroutinefunction(decorated),
        "generator": inspect.isgeneratorfunction(decorated),
        "async generator": inspect.isasyncgenfunction(decorated),
    }
    assert [name for name, found in is_kind.items() if found] == [kind][kind == "plain" :]
    assert inspect.signature(decorated) == inspect.signature(target)

    result = decorated() if isinstance(target, functools.partial) else decorated(5)
    if kind == "coroutine":
        result = step(result)
    elif kind == "generator":
        (result,) = result
    elif kind == "async generator":
        source, result = result, step(result.__anext__())
        with pytest.raises(StopAsyncIteration):
            step(source.__anext__())
    assert result == 5
    assert mock.events == [START, note, STOP]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="inspect.markcoroutinefunction is of 3.12")
def test_a_function_marked_as_coroutine_function(mock: Recorder) -> None:
    async def body() -> str:
        mock.note("body")
        return "result"

    marked = inspect.markcoroutinefunction(lambda: body())
    decorated = decorate(marked, mock)
    assert inspect.iscoroutinefunction(decorated)
    assert step(decorated()) == "result"
    assert mock.events == [START, "body", STOP]


def test_a_plain_function_that_returns_a_coroutine(mock: Recorder) -> None:
    """Many decorators make one of a coroutine function: `moto.mock_aws` for instance."""

    async def body() -> list[str]:
        mock.note("body")
        return list(mock.data)

    def plain() -> Any:
        mock.data.append("made by the plain part")
        return body()

    pending = decorate(plain, mock)()
    assert mock.depth == 0
    assert step(pending) == ["made by the plain part"]
    assert mock.events == [START, "stop(False)", "start(False)", "body", STOP]
    assert mock.data == []


def test_async_mock(mock: Recorder) -> None:
    target = AsyncMock(side_effect=lambda: mock.depth)
    assert step(decorate(target, mock)()) == 1
    assert mock.depth == 0


def test_what_pytest_and_others_read_off_a_function_stays(mock: Recorder) -> None:
    @pytest.mark.usefixtures("a_fixture")
    @pytest.mark.parametrize("b", [1])
    async def a_test(a: int, b: str = "x") -> float:
        """Its words."""
        return 1.0

    decorated: Any = decorate(a_test, mock)
    assert decorated is not a_test
    assert decorated.__wrapped__ is a_test
    assert (decorated.__name__, decorated.__doc__) == ("a_test", "Its words.")
    assert decorated.__qualname__ == a_test.__qualname__
    assert decorated.__module__ == __name__
    assert str(inspect.signature(decorated)) == "(a: 'int', b: 'str' = 'x') -> 'float'"
    assert [mark.name for mark in decorated.pytestmark] == ["parametrize", "usefixtures"]
