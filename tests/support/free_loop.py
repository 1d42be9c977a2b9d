"""The fixture ``free_loop``, for the tests of packages whose services wait; see ``blocking.py``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from . import blocking

_SLOW = pytest.StashKey[dict[str, list[blocking.Slow]]]()


def pytest_configure(config: pytest.Config) -> None:
    """Name the marker."""
    config.stash[_SLOW] = {}
    config.addinivalue_line(
        "markers", "holds_up_the_loop(reason): this test blocks its event loop, and means to"
    )


@pytest.fixture
def free_loop(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test in which an event loop was blocked."""
    with blocking.watching() as findings:
        yield
    if findings.slow:
        request.config.stash[_SLOW][request.node.nodeid] = findings.slow
    if findings.blocked and request.node.get_closest_marker("holds_up_the_loop") is None:
        pytest.fail("blocked the event loop: " + "\n".join(findings.blocked), pytrace=False)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say what computed for long, docs/slow-callbacks.md has what that is."""
    found = [(test, one) for test, slow in config.stash[_SLOW].items() for one in slow]
    if not found:
        return
    terminalreporter.section("callbacks that computed for 100 ms or more")
    worst: dict[str, tuple[float, str]] = {}
    for test, one in found:
        shares = {**one.operations, "outside of moto": one.outside}
        for name, seconds in shares.items():
            if seconds >= 0.05:
                worst[name] = max(worst.get(name, (0.0, "")), (seconds, test))
    for name, (seconds, test) in sorted(worst.items(), key=lambda item: -item[1][0]):
        terminalreporter.line(f"{seconds:5.2f} s  {name}  ({test})")
