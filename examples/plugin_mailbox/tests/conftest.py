from __future__ import annotations

import pytest

pytest_plugins = ["aiomoto.testing.fixtures"]


@pytest.fixture(autouse=True)
def _on_this_machine(sockets: object, hermetic: None) -> None:
    """Of every test."""
