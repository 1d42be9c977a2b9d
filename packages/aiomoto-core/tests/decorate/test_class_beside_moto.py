"""Decorated classes of unittest find what they find under moto's decorator."""

from __future__ import annotations

import unittest
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import moto
import pytest
from support.decorating import (
    buckets,
    make,
    run_unittest,
)

from aiomoto import mock_aws
from aiomoto.decorate import decorate

if TYPE_CHECKING:
    from collections.abc import Callable


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
