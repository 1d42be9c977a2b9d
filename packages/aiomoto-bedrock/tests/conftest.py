"""Fixtures of this package's tests beside the kit's: a watched loop."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _free_loop(free_loop: None) -> None:
    """Fail a test in which an event loop was blocked."""
