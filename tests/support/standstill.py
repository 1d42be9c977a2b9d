"""The fixture ``impatient``, for tests of waits for virtual time that nobody moves."""

from __future__ import annotations

import pytest

STANDS_STILL = "has stood still for 0.05 s of real time: it waits for"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have such waits reported after 0.05 s."""
    monkeypatch.setattr("aiomoto.standstill.PATIENCE", 0.05)
