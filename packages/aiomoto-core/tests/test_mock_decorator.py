"""`@mock_aws` over every kind of callable and class: when the mock is on, and what is left.

The first half decorates with a recorder in the mock's place, which shows each start and stop;
the second half goes through `mock_aws` with real clients, unittest's runner and pytest itself.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import functools
import importlib.util
import inspect
import io
import os
import re
import subprocess
import sys
import textwrap
import unittest
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import AsyncMock

import boto3
import moto
import pytest
import pytest_asyncio
from aiobotocore.session import get_session
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aiomoto import mock_aws
from aiomoto.decorate import decorate

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
    from pathlib import Path

REGION = "us-east-1"
START, STOP = "start(True)", "stop(True)"


class Recorder:
    """Stands in for a mock: counts as a mock does, keeps `data` as moto's backends would."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.depth = 0
        self.deepest = 0
        self.data: list[str] = []
        self.fail_start: BaseException | None = None
        self.fail_stop: BaseException | None = None

    def for_call(self) -> Recorder:
        return self

    def start(self, reset: bool = True) -> None:
        self.events.append(f"start({reset})")
        if self.fail_start is not None:
            raise self.fail_start
        self.depth += 1
        self.deepest = max(self.depth, self.deepest)
        if self.depth == 1 and reset:
            self.data.clear()

    def stop(self, remove_data: bool = True) -> None:
        self.events.append(f"stop({remove_data})")
        self.depth -= 1
        assert self.depth >= 0, "stop() without start()"
        if self.depth == 0 and remove_data:
            self.data.clear()
        if self.fail_stop is not None:
            raise self.fail_stop

    def note(self, name: str) -> None:
        """Called by a decorated body: says whether the mock is on in there."""
        self.events.append(name if self.depth else f"{name} OUTSIDE")


@pytest.fixture
def mock() -> Recorder:
    return Recorder()


def step(awaitable: Any) -> Any:
    """Run a coroutine that never has to wait, without an event loop."""
    coroutine = awaitable.__await__()
    with pytest.raises(StopIteration) as done:
        next(coroutine)
    return done.value.value


def in_a_thread(function: Callable[..., Any], *args: Any) -> Any:
    """Run what ends with no event loop set.

    Before Python 3.12 that would drop the loop that pytest-asyncio keeps for its main thread
    between two tests, unclosed, and some later test would be blamed.
    """
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        return pool.submit(function, *args).result()


# Functions and coroutine functions


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


# Generators and async generators


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


# What can't be decorated


def a_function() -> None:
    """For the refusals."""


async def a_coroutine_function() -> None:
    pass


@contextlib.contextmanager
def a_context() -> Iterator[None]:
    yield


@contextlib.asynccontextmanager
async def an_async_context() -> AsyncIterator[None]:
    yield


@pytest.fixture
def a_fixture() -> int:
    return 1


@pytest_asyncio.fixture
async def an_async_fixture() -> int:
    return 1


CALLED = "It has been called already: decorate the function and call the result."
BY_NAME = (
    "A configuration is passed by name: mock_aws(config=...). "
    "Around a block of code, write `with mock_aws():` or `async with mock_aws():`."
)
FIXTURE = "Put @mock_aws below @pytest.fixture, next to the function."
CONTEXT = "Put @mock_aws below @contextmanager or @asynccontextmanager."


@pytest.mark.parametrize(
    ("target", "given", "advice"),
    [
        (staticmethod(a_function), "staticmethod: ", "Put @mock_aws below @staticmethod."),
        (classmethod(a_function), "classmethod: ", "Put @mock_aws below @classmethod."),
        (bare_generator([]), "generator: <generator object bare_", CALLED),
        (bare_async_generator([]), "async_generator: <async_generator ob", CALLED),
        (a_fixture, "", FIXTURE),
        (an_async_fixture, "", FIXTURE),
        (a_context, "function: <function a_context", CONTEXT),
        (an_async_context, "function: <function an_async_c", CONTEXT),
        ({"core": {}}, "dict: {'core': {}}. ", BY_NAME),
        ("s3", "str: 's3'. ", BY_NAME),
        (None, "NoneType: None. ", BY_NAME),
        (property(a_function), "property: <property object at", BY_NAME),
    ],
)
def test_refused(target: Any, given: str, advice: str, mock: Recorder) -> None:
    with pytest.raises(TypeError) as refused:
        decorate(target, mock)
    text = str(refused.value)
    assert text.startswith(
        "mock_aws decorates functions, coroutine functions, generator functions, async generator "
        "functions, other callables and classes; this is a " + given
    )
    assert text.endswith(". " + advice)
    assert mock.events == []


def test_a_coroutine_is_refused(mock: Recorder) -> None:
    coroutine = a_coroutine_function()
    try:
        with pytest.raises(TypeError, match=r"; this is a coroutine: <coroutine obj.*") as refused:
            decorate(coroutine, mock)
        assert str(refused.value).endswith(". " + CALLED)
    finally:
        coroutine.close()


def test_a_fixture_of_older_pytests_is_refused(mock: Recorder) -> None:
    """Before 8.4 a fixture was a function that carried its marker."""

    def fixture() -> None:
        pass

    fixture._pytestfixturefunction = object()  # type: ignore[attr-defined]
    with pytest.raises(TypeError, match=re.escape(FIXTURE)):
        decorate(fixture, mock)

    class TestIt:
        pass

    TestIt.fixture = fixture  # type: ignore[attr-defined]
    assert vars(decorate(TestIt, mock))["fixture"] is fixture


def test_mock_aws_refuses_too() -> None:
    with pytest.raises(TypeError, match="this is a generator: .*" + re.escape(CALLED)):
        mock_aws()(bare_generator([]))  # type: ignore[call-overload]


# Classes: which members


def test_a_class_is_changed_in_place_and_only_where_moto_changes_it(mock: Recorder) -> None:
    note = mock.note

    class Order:
        def save(self) -> None:
            note("Order.save")

    class Base:
        def test_inherited(self) -> None:
            note("test_inherited")

    class TestIt(Base):
        shortcut = a_function.__call__

        class Model:
            def load(self) -> None:
                note("Model.load")

            class TestInner:
                def test_inner(self) -> None:
                    note("test_inner")

        def test_public(self) -> None:
            note("test_public")

        def helper(self) -> None:
            note("helper")

        def _private(self) -> None:
            note("_private")

        @staticmethod
        def static() -> None:
            note("static")

        @classmethod
        def setUpClass(cls) -> None:
            note("setUpClass")

        @property
        def value(self) -> int:
            note("value")
            return 1

        @pytest.fixture
        def fixture(self) -> None:
            note("fixture")

        @contextlib.contextmanager
        def context(self) -> Iterator[None]:
            note("context")
            yield

    TestIt.Order = Order  # type: ignore[attr-defined]
    before = dict(vars(TestIt))
    assert decorate(TestIt, mock) is TestIt
    changed = {name for name, member in vars(TestIt).items() if before.get(name) is not member}
    assert changed == {"test_public", "helper"}

    it = TestIt()
    it._private()
    it.static()
    it.setUpClass()
    assert it.value == 1
    it.test_inherited()
    TestIt.Order().save()
    with it.context():
        pass
    assert all(event.endswith(" OUTSIDE") for event in mock.events)
    assert len(mock.events) == 7
    mock.events.clear()

    it.helper()
    it.test_public()
    it.Model().load()
    it.Model.TestInner().test_inner()
    assert mock.events == [
        *("start(False)", "helper", "stop(False)"),
        *(START, "test_public", STOP),
        *("start(False)", "Model.load", "stop(False)"),
        *(START, "test_inner", STOP),
    ]


def test_options_hold_for_every_method_of_a_class(mock: Recorder) -> None:
    class TestIt:
        def test_it(self) -> None:
            pass

        class Inner:
            def test_it(self) -> None:
                pass

    decorate(TestIt, mock, reset=False, remove_data=False)
    TestIt().test_it()
    TestIt.Inner().test_it()
    assert mock.events == ["start(False)", "stop(False)"] * 2


# Classes: what a test finds


def run_unittest(klass: type[unittest.TestCase]) -> int:
    """Run it as `python -m unittest` would; all of it has to pass. How many tests there were."""
    stream = io.StringIO()
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(klass)
    runner = unittest.TextTestRunner(stream=stream, verbosity=2)
    result: unittest.TestResult = in_a_thread(runner.run, suite)
    assert result.wasSuccessful(), stream.getvalue()
    return result.testsRun


def run_as_pytest_does(klass: type) -> int:
    """A new instance a test, between setup_method and teardown_method."""
    names = [name for name in dir(klass) if name.startswith("test")]
    for name in names:
        it = klass()
        for step_name in ("setup_method", name, "teardown_method"):
            getattr(it, step_name, lambda: None)()
    return len(names)


def test_unittest_setup_state_is_shared_with_test_and_teardown(mock: Recorder) -> None:
    seen: list[Any] = []

    class TestIt(unittest.TestCase):
        def setUp(self) -> None:
            mock.data.append("setUp")

        def test_a(self) -> None:
            seen.append(("a", mock.depth, list(mock.data)))
            mock.data.append("a")

        def test_b(self) -> None:
            seen.append(("b", mock.depth, list(mock.data)))
            mock.data.append("b")

        def tearDown(self) -> None:
            seen.append(("tearDown", mock.depth, list(mock.data)))

    assert run_unittest(decorate(TestIt, mock)) == 2
    assert seen == [
        ("a", 1, ["setUp"]),
        ("tearDown", 1, ["setUp", "a"]),
        ("b", 1, ["setUp"]),
        ("tearDown", 1, ["setUp", "b"]),
    ]
    assert mock.depth == 0


@pytest.mark.parametrize("first", ["setUp", "asyncSetUp"])
def test_isolated_asyncio_test_case(first: str, mock: Recorder) -> None:
    seen: list[Any] = []

    def see(name: str) -> None:
        seen.append((name, mock.depth, list(mock.data)))
        mock.data.append(name)

    class TestIt(unittest.IsolatedAsyncioTestCase):
        if first == "setUp":

            def setUp(self) -> None:
                see("setUp")

        async def asyncSetUp(self) -> None:
            await asyncio.wait_for(asyncio.gather(), None)
            see("asyncSetUp")

        async def test_a(self) -> None:
            await asyncio.wait_for(asyncio.gather(), None)
            see("a")

        def test_sync(self) -> None:
            see("sync")

        async def asyncTearDown(self) -> None:
            await asyncio.wait_for(asyncio.gather(), None)
            see("asyncTearDown")

        def tearDown(self) -> None:
            see("tearDown")

    assert run_unittest(decorate(TestIt, mock)) == 2
    expected = []
    for test in ("a", "sync"):
        state: list[str] = []
        for name in ("setUp", "asyncSetUp", test, "asyncTearDown", "tearDown"):
            if name == "setUp" and first != "setUp":
                continue
            expected.append((name, 1, list(state)))
            state.append(name)
    assert seen == expected
    assert mock.depth == 0


def test_without_setup_each_test_is_clean_and_teardown_sees_its_state(mock: Recorder) -> None:
    seen: list[Any] = []

    class TestIt(unittest.IsolatedAsyncioTestCase):
        async def test_a(self) -> None:
            seen.append(list(mock.data))
            mock.data.append("a")

        async def test_b(self) -> None:
            seen.append(list(mock.data))
            mock.data.append("b")

        async def asyncTearDown(self) -> None:
            seen.append((mock.depth, list(mock.data)))

    assert run_unittest(decorate(TestIt, mock)) == 2
    assert seen == [[], (1, ["a"]), [], (1, ["b"])]


def test_run_test_counts_as_a_test(mock: Recorder) -> None:
    class TestIt(unittest.TestCase):
        def runTest(self) -> None:
            mock.note("runTest")

    assert run_unittest(decorate(TestIt, mock)) == 1
    assert mock.events == [START, "runTest", STOP]


def test_a_base_class_that_is_decorated_too_shares_its_setup(mock: Recorder) -> None:
    seen: list[list[str]] = []

    class Base(unittest.IsolatedAsyncioTestCase):
        async def asyncSetUp(self) -> None:
            mock.data.append("base")

    class TestIt(decorate(Base, mock)):  # type: ignore[misc]
        async def test_a(self) -> None:
            seen.append(list(mock.data))
            mock.data.append("a")

        async def test_b(self) -> None:
            seen.append(list(mock.data))

    assert run_unittest(decorate(TestIt, mock)) == 2
    assert seen == [["base"], ["base"]]


def test_setup_of_a_base_class_that_is_not_decorated_does_not_keep_tests_dirty(
    mock: Recorder,
) -> None:
    """moto counts on that setUp to reset, though nothing wraps it: its tests share state."""
    seen: list[list[str]] = []

    class Base(unittest.TestCase):
        def setUp(self) -> None:
            self.name = "bucket"

    class TestIt(Base):
        def test_a(self) -> None:
            seen.append(list(mock.data))
            mock.data.append(self.name)

        def test_b(self) -> None:
            seen.append(list(mock.data))
            mock.data.append(self.name)

    assert run_unittest(decorate(TestIt, mock)) == 2
    assert seen == [[], []]


def test_setup_method_of_a_pytest_class_is_shared(mock: Recorder) -> None:
    seen: list[list[str]] = []

    class TestIt:
        def setup_method(self) -> None:
            mock.data.append("setup")

        def test_a(self) -> None:
            seen.append(list(mock.data))
            mock.data.append("a")

        def test_b(self) -> None:
            seen.append(list(mock.data))
            mock.data.append("b")

        def teardown_method(self) -> None:
            seen.append(list(mock.data))

    assert run_as_pytest_does(decorate(TestIt, mock)) == 2
    assert seen == [["setup"], ["setup", "a"], ["setup"], ["setup", "b"]]


@pytest.mark.parametrize("old_pytest", [True, False])
def test_a_fixture_called_setup_method_is_no_setup_method(old_pytest: bool, mock: Recorder) -> None:
    seen: list[list[str]] = []

    class TestIt:
        def test_a(self) -> None:
            seen.append(list(mock.data))
            mock.data.append("a")

        def test_b(self) -> None:
            seen.append(list(mock.data))

    def setup_method(self: Any) -> None:
        pass

    if old_pytest:  # see test_a_fixture_of_older_pytests_is_refused
        setup_method._pytestfixturefunction = object()  # type: ignore[attr-defined]
        TestIt.setup_method = setup_method  # type: ignore[attr-defined]
    else:
        TestIt.setup_method = pytest.fixture(setup_method)  # type: ignore[attr-defined]
    decorate(TestIt, mock)
    TestIt().test_a()
    TestIt().test_b()
    assert seen == [[], []]


def test_setup_method_takes_what_it_took(mock: Recorder) -> None:
    """pytest decides by the code object whether to pass the test's method; that of a wrapper lies.

    See `TestPytestClass` for what pytest makes of it.
    """
    seen: list[Any] = []

    class Bare:
        def setup_method(self) -> None:
            seen.append(())

    class Taking:
        def setup_method(self, method: Any) -> None:
            seen.append((method,))

    class TakingAny:
        def setup_method(self, *args: Any) -> None:
            seen.append(args)

    for klass in (Bare, Taking, TakingAny):
        decorate(klass, mock)().setup_method("method")  # type: ignore[call-arg]
    decorate(Bare, mock)().setup_method()
    decorate(TakingAny, mock)().setup_method()
    assert seen == [(), ("method",), ("method",), (), ()]


def test_setup_by_hand_in_a_plain_class(mock: Recorder) -> None:
    """Only unittest calls setUp by itself; here it nests, and must not wipe what it finds."""
    seen: list[list[str]] = []

    class TestIt:
        def setUp(self) -> None:
            mock.data.append("setUp")

        def test_a(self) -> None:
            mock.data.append("a")
            self.setUp()
            seen.append(list(mock.data))

        def test_b(self) -> None:
            seen.append(list(mock.data))

    assert run_as_pytest_does(decorate(TestIt, mock)) == 2
    assert seen == [["a", "setUp"], []]


@functools.cache
def s3() -> Any:
    """One sync client for the comparisons: making one costs more than the rest of a test."""
    session = boto3.Session("testing", "testing", region_name=REGION)
    return session.client("s3")


def buckets() -> list[str]:
    return sorted(bucket["Name"] for bucket in s3().list_buckets()["Buckets"])


def make(name: str) -> None:
    s3().create_bucket(Bucket=name)


def case_plain(seen: list[Any]) -> type:
    class TestIt(unittest.TestCase):
        def test_a(self) -> None:
            make("made-in-a")
            self.helper()

        def test_b(self) -> None:
            make("made-in-b")
            self.helper()

        def helper(self) -> None:
            seen.append(buckets())

    return TestIt


def case_setup_and_teardown(seen: list[Any]) -> type:
    class TestIt(unittest.TestCase):
        def setUp(self) -> None:
            make("made-in-setup")

        def test_a(self) -> None:
            make("made-in-a")
            seen.append(buckets())

        def test_b(self) -> None:
            seen.append(buckets())

        def tearDown(self) -> None:
            seen.append(buckets())

    return TestIt


def case_calls_super(seen: list[Any]) -> type:
    class Base(unittest.TestCase):
        def setUp(self) -> None:
            make("made-in-base")

    class TestIt(Base):
        def setUp(self) -> None:
            super().setUp()
            make("made-in-setup")

        def test_a(self) -> None:
            make("made-in-a")

        def test_b(self) -> None:
            seen.append(buckets())

    return TestIt


def case_own_mock_inside(seen: list[Any]) -> type:
    class Base(unittest.TestCase):
        def setUp(self) -> None:
            mock = moto.mock_aws()
            mock.start()
            self.addCleanup(mock.stop)
            make("made-in-base")

    class TestIt(Base):
        def test_a(self) -> None:
            make("made-in-a")
            seen.append(buckets())

        def test_b(self) -> None:
            seen.append(buckets())

    return TestIt


@pytest.mark.parametrize(
    "case", [case_plain, case_setup_and_teardown, case_calls_super, case_own_mock_inside]
)
def test_classes_find_what_they_find_under_moto(case: Callable[[list[Any]], type]) -> None:
    under_moto: list[Any] = []
    under_ours: list[Any] = []
    on_motos_mock: list[Any] = []
    run_unittest(moto.mock_aws(case(under_moto)))
    run_unittest(mock_aws(case(under_ours)))
    run_unittest(decorate(case(on_motos_mock), SimpleNamespace(for_call=moto.mock_aws)))
    assert under_moto != []
    assert under_ours == under_moto
    assert on_motos_mock == under_moto


def test_a_base_class_under_motos_decorator_shares_its_setup() -> None:
    """Halfway through a migration."""
    seen: list[Any] = []

    @moto.mock_aws
    class Base(unittest.TestCase):
        def setUp(self) -> None:
            make("made-in-base")

    @mock_aws
    class TestIt(Base):
        def test_a(self) -> None:
            seen.append(buckets())

    assert run_unittest(TestIt) == 1
    assert seen == [["made-in-base"]]


# End to end: mock_aws, real clients


@functools.cache
def shared_session() -> Any:
    """A session keeps the JSON models that it has read."""
    return get_session()


def client(service: str = "s3") -> Any:
    return shared_session().create_client(service, region_name=REGION)


async def async_buckets() -> list[str]:
    async with client() as async_s3:
        return sorted(bucket["Name"] for bucket in (await async_s3.list_buckets())["Buckets"])


async def async_make(name: str) -> None:
    async with client() as async_s3:
        await async_s3.create_bucket(Bucket=name)


def is_on() -> bool:
    """Is a mock active? moto's own count says so, and aiomoto has to keep it."""
    return moto.core.models.MockAWS._nested_count > 0


@pytest.fixture(autouse=True)
def _mock_is_off_before_and_after() -> Iterator[None]:
    assert not is_on()
    yield
    assert not is_on()


@pytest.mark.asyncio
@mock_aws
async def test_coroutine_test() -> None:
    await async_make("made-async")
    assert await async_buckets() == ["made-async"]
    assert buckets() == ["made-async"]  # sync boto3 sees the same


@pytest.mark.asyncio
@mock_aws()
@pytest.mark.parametrize("name", ["one", "two"])
async def test_parametrized_coroutine_test_is_clean_each_time(name: str, tmp_path: Path) -> None:
    assert tmp_path.name.startswith("test_parametrized")  # fixtures are found through the wrapper
    assert await async_buckets() == []
    await async_make(name)
    assert await async_buckets() == [name]


@mock_aws
@pytest.mark.asyncio
async def test_below_or_above_the_mark_makes_no_difference() -> None:
    assert await async_buckets() == []


@pytest.mark.asyncio
async def test_reset_and_remove_data_of_mock_aws() -> None:
    @mock_aws(remove_data=False)
    async def leave() -> None:
        await async_make("left")

    @mock_aws(reset=False)
    async def look() -> list[str]:
        return await async_buckets()

    await leave()
    assert await look() == ["left"]
    assert await look() == []


@pytest.mark.asyncio
async def test_config_of_mock_aws() -> None:
    @mock_aws(config={"core": {"mock_credentials": False}})
    async def key() -> str | None:
        return os.environ.get("AWS_ACCESS_KEY_ID")

    @mock_aws
    async def mocked_key() -> str | None:
        return os.environ.get("AWS_ACCESS_KEY_ID")

    assert await key() is None
    assert await mocked_key() is not None
    assert "AWS_ACCESS_KEY_ID" not in os.environ


@pytest.mark.asyncio
async def test_concurrent_calls_share_one_state() -> None:
    both = asyncio.Event()

    @mock_aws
    async def first() -> list[str]:
        await async_make("made-by-first")
        await both.wait()
        return await async_buckets()

    @mock_aws
    async def second() -> list[str]:
        try:
            await async_make("made-by-second")
            return await async_buckets()
        finally:
            both.set()

    a, b = await asyncio.gather(first(), second())
    assert a == ["made-by-first", "made-by-second"]
    assert b in (a, ["made-by-second"])
    assert not is_on()


@pytest.mark.asyncio
async def test_motos_decorator_below_ours() -> None:
    @mock_aws
    @moto.mock_aws
    async def body() -> list[str]:
        await async_make("made")
        return await async_buckets()

    assert await body() == ["made"]


@pytest.fixture
@mock_aws
def bucket() -> Iterator[str]:
    make("from-a-fixture")
    yield "from-a-fixture"
    assert is_on()
    assert "from-a-fixture" in buckets()


@pytest_asyncio.fixture
@mock_aws
async def async_bucket() -> AsyncIterator[str]:
    await async_make("from-an-async-fixture")
    yield "from-an-async-fixture"
    assert is_on()
    assert "from-an-async-fixture" in await async_buckets()


@pytest_asyncio.fixture
async def async_client(async_bucket: str) -> AsyncIterator[Any]:
    async with client() as async_s3:
        yield SimpleNamespace(s3=async_s3, bucket=async_bucket)


@pytest.mark.asyncio
async def test_fixtures_hold_the_mock_during_the_test(
    bucket: str, async_bucket: str, async_client: Any
) -> None:
    names = [found["Name"] for found in (await async_client.s3.list_buckets())["Buckets"]]
    assert sorted(names) == sorted([async_bucket, bucket]) == buckets()


@pytest.mark.asyncio
@mock_aws
async def test_a_decorated_test_keeps_what_a_decorated_fixture_made(async_bucket: str) -> None:
    assert await async_buckets() == [async_bucket]


def test_trio() -> None:
    trio = pytest.importorskip("trio")

    @mock_aws
    async def body() -> list[str]:
        await trio.lowlevel.checkpoint()
        make("made-in-trio")
        return buckets()

    @mock_aws
    async def items() -> AsyncIterator[list[str]]:
        await trio.lowlevel.checkpoint()
        yield buckets()

    async def main() -> list[list[str]]:
        return [await body(), *[found async for found in items()]]

    assert trio.run(main) == [["made-in-trio"], []]


CLASS_MOCK = Recorder()


@functools.partial(decorate, mock=CLASS_MOCK)
class TestFixtureInADecoratedClass:
    """It works as a fixture, and outside the mock: it needs an @mock_aws of its own."""

    @pytest.fixture
    def fixture(self) -> tuple[type, int]:
        return type(self), CLASS_MOCK.depth

    def test_it(self, fixture: tuple[type, int]) -> None:
        assert fixture == (TestFixtureInADecoratedClass, 0)
        assert CLASS_MOCK.depth == 1


@mock_aws
class TestPytestClass:
    prepared: list[tuple[str, bool]]

    def setup_class(cls) -> None:  # no @classmethod: pytest takes it so, too
        cls.prepared = [("setup_class", is_on())]

    def teardown_class(cls) -> None:
        assert not is_on()

    def test_class_wide_setup_is_outside(self) -> None:
        assert self.prepared == [("setup_class", False)]

    def test_first(self) -> None:
        assert buckets() == []
        make("made")

    def test_second(self) -> None:
        assert buckets() == []
        make("made")

    @pytest.mark.asyncio
    @pytest.mark.parametrize("name", ["one", "two"])
    async def test_async(self, name: str) -> None:
        assert await async_buckets() == []
        await self.make_async(name)
        assert await async_buckets() == [name]

    async def make_async(self, name: str) -> None:
        await async_make(name)

    @pytest_asyncio.fixture
    @mock_aws
    async def own_bucket(self) -> AsyncIterator[str]:
        await self.make_async("own")
        yield "own"

    @pytest.mark.asyncio
    async def test_fixture_of_the_class(self, own_bucket: str) -> None:
        assert await async_buckets() == [own_bucket]

    class TestNested:
        def setup_method(self) -> None:
            make("made-in-setup")

        @pytest.mark.asyncio
        @pytest.mark.parametrize("name", ["one", "two"])
        async def test_shares_setup_only(self, name: str) -> None:
            assert await async_buckets() == ["made-in-setup"]
            await async_make(name)


def test_isolated_asyncio_test_case_with_an_async_client() -> None:
    seen: list[Any] = []

    @mock_aws
    class TestIt(unittest.IsolatedAsyncioTestCase):
        async def asyncSetUp(self) -> None:
            # Made in asyncSetUp, used in the test, closed in the cleanup.
            self.s3 = await self.enter(client())
            await self.s3.create_bucket(Bucket="made-in-setup")

        async def enter(self, context: Any) -> Any:
            entered = await context.__aenter__()
            self.addAsyncCleanup(context.__aexit__, None, None, None)
            return entered

        async def names(self) -> list[str]:
            return sorted(each["Name"] for each in (await self.s3.list_buckets())["Buckets"])

        async def test_a(self) -> None:
            await self.s3.create_bucket(Bucket="made-in-a")
            seen.append(await self.names())

        async def test_b(self) -> None:
            seen.append(await self.names())

        async def asyncTearDown(self) -> None:
            seen.append((is_on(), await self.names()))

    assert isinstance(TestIt("test_a"), unittest.IsolatedAsyncioTestCase)
    assert run_unittest(TestIt) == 2
    assert seen == [
        ["made-in-a", "made-in-setup"],
        (True, ["made-in-a", "made-in-setup"]),
        ["made-in-setup"],
        (True, ["made-in-setup"]),
    ]


# In processes of their own: pytest and mypy

NO_NETWORK = """
import ipaddress, sys

def refuse(event, args):
    if event == "socket.connect" and isinstance(args[1], tuple):
        if not ipaddress.ip_address(args[1][0]).is_loopback:
            raise RuntimeError(f"left this machine: {args[1]}")
    if event == "socket.getaddrinfo":
        raise RuntimeError(f"left this machine: {args[0]}")

sys.addaudithook(refuse)
"""

TESTS = """
import unittest
import boto3, pytest, pytest_asyncio
from aiobotocore.session import get_session
from aiomoto import mock_aws

SESSION = get_session()

def client():
    return SESSION.create_client("s3", region_name="us-east-1")

async def make(name):
    async with client() as s3:
        await s3.create_bucket(Bucket=name)

async def names():
    async with client() as s3:
        return sorted(bucket["Name"] for bucket in (await s3.list_buckets())["Buckets"])

def sync_make(name):
    boto3.client("s3", region_name="us-east-1").create_bucket(Bucket=name)

@pytest_asyncio.fixture
@mock_aws
async def bucket():
    await make("from-fixture")
    yield "from-fixture"
    assert await names() == ["from-fixture"]

@pytest.mark.asyncio
async def test_function(bucket):
    assert await names() == [bucket]

@mock_aws
class TestPlain:
    pytestmark = pytest.mark.asyncio

    @pytest.mark.parametrize("name", ["one", "two"])
    async def test_clean(self, name):
        assert await names() == []
        await make(name)
        assert await names() == [name]

    async def test_fixture(self, bucket):
        assert await names() == [bucket]

@mock_aws
class TestWithSetup:
    def setup_method(self, method):
        sync_make("setup-" + method.__name__.replace("_", "-"))

    def teardown_method(self):
        assert boto3.client("s3", region_name="us-east-1").list_buckets()["Buckets"]

    @pytest.mark.asyncio
    async def test_one(self):
        assert await names() == ["setup-test-one"]

    @pytest.mark.asyncio
    async def test_two(self):
        assert await names() == ["setup-test-two"]

@mock_aws
class TestIsolated(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        sync_make("set-up")

    async def asyncSetUp(self):
        await make("async-set-up")

    async def test_one(self):
        assert await names() == ["async-set-up", "set-up"]
        await make("one")

    async def test_two(self):
        assert await names() == ["async-set-up", "set-up"]
        await make("two")

    async def asyncTearDown(self):
        assert {"async-set-up", "set-up"} <= set(await names())

@mock_aws
class TestInherits(TestIsolated):
    async def test_three(self):
        assert await names() == ["async-set-up", "set-up"]
        await make("three")

    @unittest.expectedFailure
    async def test_expected_failure(self):
        assert await names() == []

    @unittest.skip("for a reason")
    async def test_skipped(self):
        raise AssertionError
"""


def in_a_process(
    tmp_path: Path, *command: str, expected: int = 0
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, *command], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == expected, done.stdout + done.stderr
    return done


def test_under_pytest(tmp_path: Path) -> None:
    tmp_path.joinpath("conftest.py").write_text(NO_NETWORK)
    tmp_path.joinpath("test_it.py").write_text(TESTS)
    in_order = ("-p", "no:cacheprovider", "-p", "no:randomly")
    done = in_a_process(tmp_path, "-m", "pytest", "-v", *in_order, "test_it.py")
    found = re.findall(r"^test_it\.py::(\S+) ([A-Z]+)", done.stdout, re.MULTILINE)
    assert found == [
        ("test_function", "PASSED"),
        ("TestPlain::test_clean[one]", "PASSED"),
        ("TestPlain::test_clean[two]", "PASSED"),
        ("TestPlain::test_fixture", "PASSED"),
        ("TestWithSetup::test_one", "PASSED"),
        ("TestWithSetup::test_two", "PASSED"),
        ("TestIsolated::test_one", "PASSED"),
        ("TestIsolated::test_two", "PASSED"),
        # unittest's order: what is inherited among what is not.
        ("TestInherits::test_expected_failure", "XFAIL"),
        ("TestInherits::test_one", "PASSED"),
        ("TestInherits::test_skipped", "SKIPPED"),
        ("TestInherits::test_three", "PASSED"),
        ("TestInherits::test_two", "PASSED"),
    ]


def test_under_unittest(tmp_path: Path) -> None:
    tmp_path.joinpath("no_network.py").write_text(NO_NETWORK)
    tmp_path.joinpath("test_it.py").write_text("import no_network\n" + TESTS)
    done = in_a_process(tmp_path, "-m", "unittest", "-v", "test_it")
    # Its own count leaves skipped tests out in some releases of Python 3.12.
    found = re.findall(r"^(test_\w+) \(test_it\.(\w+)", done.stderr, re.MULTILINE)
    assert found == [
        ("test_expected_failure", "TestInherits"),
        ("test_one", "TestInherits"),
        ("test_skipped", "TestInherits"),
        ("test_three", "TestInherits"),
        ("test_two", "TestInherits"),
        ("test_one", "TestIsolated"),
        ("test_two", "TestIsolated"),
    ]
    assert "\nOK (skipped=1, expected failures=1)" in done.stderr


def test_a_class_that_is_not_decorated_fails_under_pytest(tmp_path: Path) -> None:
    """What the two tests above would look like without the mock."""
    tmp_path.joinpath("conftest.py").write_text(NO_NETWORK)
    tmp_path.joinpath("test_it.py").write_text(TESTS.replace("@mock_aws", ""))
    done = in_a_process(tmp_path, "-m", "pytest", "-p", "no:cacheprovider", "-q", expected=1)
    assert re.search(r"\b\d+ failed, ", done.stdout)
    assert " passed" not in done.stdout


def test_types(tmp_path: Path) -> None:
    if importlib.util.find_spec("mypy") is None:
        pytest.skip("mypy is not installed")
    tmp_path.joinpath("typed.py").write_text(
        textwrap.dedent(
            """
            from collections.abc import AsyncIterator
            from aiomoto import mock_aws
            from aiomoto import mok_aws

            @mock_aws
            async def bare(a: int, *, b: str = "") -> float:
                return 1.0

            @mock_aws()
            async def called(a: int) -> float:
                return 1.0

            @mock_aws(config={"core": {"mock_credentials": False}}, reset=False, remove_data=False)
            def configured(a: int) -> float:
                return 1.0

            @mock_aws
            async def items(a: int) -> AsyncIterator[str]:
                yield "x"

            @mock_aws
            class Case:
                attribute: int = 1

                async def method(self) -> bytes:
                    return b""

            reveal_type(bare)
            reveal_type(called)
            reveal_type(configured)
            reveal_type(items)
            reveal_type(Case)
            reveal_type(Case().attribute)
            reveal_type(Case().method)

            async def body() -> None:
                with mock_aws() as sync_mock:
                    reveal_type(sync_mock)
                async with mock_aws() as async_mock:
                    reveal_type(async_mock)
                await bare("not an int")
                mock_aws(region="eu-west-1", clock="virtual", reset=False)
                mock_aws(regoin="eu-west-1")
                mock_aws(clock="virtul")
            """
        )
    )
    done = in_a_process(tmp_path, "-m", "mypy", "--strict", "typed.py", expected=1)
    revealed = re.findall(r'Revealed type is "(.*)"', done.stdout)
    coroutine = "typing.Coroutine[Any, Any, {}]"
    assert [re.sub(r"\bbuiltins\.|\btypes\.CoroutineType|\?", "", text) for text in revealed] == [
        f"def (a: int, *, b: str =) -> {coroutine.format('float')}",
        f"def (a: int) -> {coroutine.format('float')}",
        "def (a: int) -> float",
        "def (a: int) -> typing.AsyncIterator[str]",
        "def () -> typed.Case",
        "int",
        f"def () -> {coroutine.format('bytes')}",
        "aiomoto.mock.MockAWS",
        "aiomoto.mock.MockAWS",
    ]
    errors = re.findall(r"error: (.*)", done.stdout)
    assert errors == [
        'Module "aiomoto" has no attribute "mok_aws"; maybe "mock_aws"?  [attr-defined]',
        'Argument 1 to "bare" has incompatible type "str"; expected "int"  [arg-type]',
        'Unexpected keyword argument "regoin" for overloaded function "mock_aws"; did you mean '
        '"region"?  [call-overload]',
        'No overload variant of "mock_aws" matches argument type "str"  [call-overload]',
    ]
