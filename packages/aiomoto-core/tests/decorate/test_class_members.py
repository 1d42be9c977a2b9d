"""Which members of a class are decorated with it."""

from __future__ import annotations

import contextlib
import functools
from typing import TYPE_CHECKING

import pytest
from support.decorating import (
    START,
    STOP,
    Recorder,
)

from aiomoto.decorate import decorate

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_a_class_is_changed_in_place_and_only_where_moto_changes_it(mock: Recorder) -> None:
    note = mock.note

    class Order:
        def save(self) -> None:
            note("Order.save")

    class Base:
        def test_inherited(self) -> None:
            note("test_inherited")

    class TestIt(Base):
        shortcut = len.__call__

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
