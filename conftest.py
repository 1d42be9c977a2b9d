"""For the tests of every package: none of them leaves this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from aiomoto.testing.network import Sockets

# No test measures time: a busy machine, or the import of moto, may take its time.
settings.register_profile("aiomoto", deadline=None)
settings.load_profile("aiomoto")

pytest_plugins = ["aiomoto.testing.fixtures", "pytester"]


@pytest.fixture(autouse=True)
def _stays_on_this_machine(sockets: Sockets) -> None:
    """Fail the test of an attempt to leave, also where the client under test swallowed it."""
