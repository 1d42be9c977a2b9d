"""What the tests of a decorated class find: clean state, or what their setup made."""

from __future__ import annotations

import asyncio
import unittest
from typing import TYPE_CHECKING, Any

import pytest
from support.decorating import (
    START,
    STOP,
    Recorder,
    run_unittest,
)

from aiomoto.decorate import decorate

if TYPE_CHECKING:
    pass


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
