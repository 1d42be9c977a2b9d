"""For the tests of every package: none of them leaves this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from aiomoto.testing.network import Sockets

pytest_plugins = ["aiomoto.testing.fixtures", "pytester"]


@pytest.fixture(autouse=True)
def _stays_on_this_machine(sockets: Sockets) -> None:
    """Fail the test of an attempt to leave, also where the client under test swallowed it."""
