"""A recorder in the mock's place; no mock is on between two tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.decorating import Recorder, is_on

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def mock() -> Recorder:
    return Recorder()


@pytest.fixture(autouse=True)
def _mock_is_off_before_and_after() -> Iterator[None]:
    assert not is_on()
    yield
    assert not is_on()
