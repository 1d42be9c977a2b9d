"""For the tests of every package: none of them leaves this machine, nor asks moto for too much."""

from __future__ import annotations

from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from aiomoto.testing.network import Sockets

# No test measures time: a busy machine, or the import of moto, may take its time.
settings.register_profile("aiomoto", deadline=None)
settings.load_profile("aiomoto")

pytest_plugins = ["aiomoto.testing.fixtures", "pytester"]
# In tests/, which pyproject.toml puts on the path. Examples of documents run without it.
if find_spec("support"):
    pytest_plugins += ["support.free_loop", "support.standstill"]

# Each run of pytest in a process of its own would import the libraries that these
# are of, which takes longer than all else in most of them. This run has the plugins,
# and so shows whether they get along with ours.
WITHOUT = "-p no:hypothesispytest -p no:respx -p no:zarr"


def pytest_configure(config: pytest.Config) -> None:
    """Name the marker; have runs of pytest that a test starts be light."""
    environ = pytest.MonkeyPatch()
    environ.setenv("PYTEST_ADDOPTS", WITHOUT)
    config.add_cleanup(environ.undo)
    config.addinivalue_line(
        "markers", "since_moto(version, reason): what the test is about is wrong in an older moto"
    )


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what the moto in use is too old for."""
    for marker in item.iter_markers("since_moto"):
        wanted, reason = marker.args
        here = version("moto")
        if _numbers(here) < _numbers(wanted):
            pytest.skip(f"moto {here}: {reason}")


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(".") if part.isdigit()]


@pytest.fixture
def pytester(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """pytest's own, which takes the variable of `pytest_configure` away."""
    monkeypatch.setenv("PYTEST_ADDOPTS", WITHOUT)
    return pytester


@pytest.fixture(autouse=True)
def _stays_on_this_machine(sockets: Sockets) -> None:
    """Fail the test of an attempt to leave, also where the client under test swallowed it."""
