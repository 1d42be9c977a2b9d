"""Decorated generators and async generators: all passes through, in the mock."""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.decorating import (
    START,
    STOP,
    Recorder,
    step,
)

from aiomoto.decorate import decorate

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator


class Swallowed(Exception):
    pass


class NotSwallowed(Exception):
    pass


# Both bodies do the same: answer with what they were sent, survive `Swallowed`, end at "return",
# fail at "raise". The scripts below are run on them bare and decorated.
def bare_generator(log: list[str]) -> Generator[Any, Any, str]:
    got: Any = "first"
    try:
        while got != "return":
            if got == "raise":
                raise NotSwallowed("from the body")
            try:
                got = yield f"got {got}"
            except Swallowed:
                got = "exception"
        return "result"
    finally:
        log.append("finally")


async def bare_async_generator(log: list[str]) -> AsyncGenerator[Any, Any]:
    got: Any = "first"
    try:
        while got != "return":
            if got == "raise":
                raise NotSwallowed("from the body")
            try:
                got = yield f"got {got}"
            except Swallowed:
                got = "exception"
    finally:
        log.append("finally")


THROWN = [Swallowed, NotSwallowed, StopIteration, StopAsyncIteration, GeneratorExit]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.sampled_from([None, None, "x", "return", "raise"])),
        st.tuples(st.just("throw"), st.sampled_from(THROWN)),
        st.tuples(st.just("close"), st.none()),
    ),
    min_size=1,
    max_size=6,
)
# Not started, hypothesis would find that most steps come to nothing.
SCRIPTS = STEPS | STEPS.map(lambda steps: [("send", None), *steps])
EXAMPLES: list[list[tuple[str, Any]]] = [
    [("send", None), step, ("send", "x"), ("close", None)]
    for step in [
        *(("send", value) for value in (None, "x", "return", "raise")),
        *(("throw", kind) for kind in THROWN),
        ("close", None),
    ]
]


def each_script(test: Callable[..., None]) -> Callable[..., None]:
    for script in EXAMPLES:
        test = example(script)(test)
    return settings(deadline=None)(given(SCRIPTS)(test))


def play(
    script: list[tuple[str, Any]], do: Callable[[str, Any], Any], mock: Recorder | None = None
) -> list[tuple[str, ...]]:
    """What each step of the script comes to; with a mock, whether that was on when it should."""
    seen: list[tuple[str, ...]] = []
    for verb, value in script:
        try:
            seen.append(("gave", repr(do(verb, value))))
        except BaseException as error:
            seen.append(("raised", type(error).__name__, str(error)))
        if mock is not None:
            # It is suspended at a yield, hence in the mock, exactly when it yielded a value.
            assert mock.depth == seen[-1][1].startswith("'got "), (seen, mock.events)
    return seen


@each_script
def test_generator_passes_everything_through(script: list[tuple[str, Any]]) -> None:
    def driver(generator: Generator[Any, Any, Any]) -> Callable[[str, Any], Any]:
        verbs: dict[str, Callable[[Any], Any]] = {
            "send": generator.send,
            "throw": lambda kind: generator.throw(kind("thrown")),
            "close": lambda _: generator.close(),
        }
        return lambda verb, value: verbs[verb](value)

    mock, log, bare_log = Recorder(), list[str](), list[str]()
    decorated = decorate(bare_generator, mock)
    assert inspect.isgeneratorfunction(decorated)
    expected = play(script, driver(bare_generator(bare_log)))
    assert play(script, driver(decorated(log)), mock) == expected
    assert log == bare_log


@each_script
def test_async_generator_passes_everything_through(script: list[tuple[str, Any]]) -> None:
    def driver(generator: AsyncGenerator[Any, Any]) -> Callable[[str, Any], Any]:
        verbs: dict[str, Callable[[Any], Any]] = {
            "send": generator.asend,
            "throw": lambda kind: generator.athrow(kind("thrown")),
            "close": lambda _: generator.aclose(),
        }

        def do(verb: str, value: Any) -> Any:
            try:
                verbs[verb](value).send(None)
            except StopIteration as done:
                return done.value
            raise AssertionError("the body never waits")

        return do

    mock, log, bare_log = Recorder(), list[str](), list[str]()
    decorated = decorate(bare_async_generator, mock)
    assert inspect.isasyncgenfunction(decorated)
    expected = play(script, driver(bare_async_generator(bare_log)))
    assert play(script, driver(decorated(log)), mock) == expected
    assert log == bare_log


def test_generator_is_in_the_mock_from_first_next_to_its_end(mock: Recorder) -> None:
    def items() -> Iterator[int]:
        mock.note("begin")
        yield 1
        mock.note("end")

    unused = decorate(items, mock)()
    unused.close()
    assert mock.events == []
    for _ in decorate(items, mock)():
        mock.note("between")
    assert mock.events == [START, "begin", "between", "end", STOP]


@pytest.mark.asyncio
async def test_async_generator_is_in_the_mock_from_first_next_to_its_end(mock: Recorder) -> None:
    async def items() -> AsyncIterator[int]:
        mock.note("begin")
        await asyncio.wait_for(asyncio.gather(), None)
        yield 1
        mock.note("end")

    unused: Any = decorate(items, mock)()
    await unused.aclose()
    assert mock.events == []
    async for _ in decorate(items, mock)():
        mock.note("between")
    assert mock.events == [START, "begin", "between", "end", STOP]


@pytest.mark.asyncio
async def test_closing_an_async_generator_waits_for_its_cleanup_inside_the_mock(
    mock: Recorder,
) -> None:
    gate = asyncio.Event()

    async def items() -> AsyncIterator[int]:
        try:
            yield 1
        finally:
            mock.note("cleanup begins")
            asyncio.get_running_loop().call_soon(gate.set)
            await gate.wait()
            mock.note("cleanup ends")

    generator: Any = decorate(items, mock)()
    assert await anext_(generator) == 1
    await generator.aclose()
    assert mock.events == [START, "cleanup begins", "cleanup ends", STOP]


async def anext_(generator: Any) -> Any:
    return await generator.__anext__()


def test_a_generator_that_ignores_close_fails_as_it_does_bare(mock: Recorder) -> None:
    def stubborn() -> Iterator[int]:
        try:
            yield 1
        except GeneratorExit:
            yield 2

    async def async_stubborn() -> AsyncIterator[int]:
        try:
            yield 1
        except GeneratorExit:
            yield 2

    generator: Any = decorate(stubborn, mock)()
    next(generator)
    with pytest.raises(RuntimeError, match=r"^generator ignored GeneratorExit$"):
        generator.close()
    generator = decorate(async_stubborn, mock)()
    step(generator.__anext__())
    with pytest.raises(RuntimeError, match=r"^async generator ignored GeneratorExit$"):
        step(generator.aclose())
    assert mock.events == [START, STOP, START, STOP]
