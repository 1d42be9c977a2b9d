"""Fixtures of this package's tests beside the kit's."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some clients are made before the mock, and must not look for any."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "FOOBARKEY")
