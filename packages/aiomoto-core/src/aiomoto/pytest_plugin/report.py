"""The section of a failed test's report that shows the AWS calls it made."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from ..calls import Calls, recorder

SECTION = "AWS calls"
_CALLS = pytest.StashKey[Calls]()
_SHOWN = pytest.StashKey[int]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """Keep the calls of each test, whichever mock answers."""
    calls = Calls()
    item.stash[_CALLS] = calls
    item.stash[_SHOWN] = 0
    recorder.listen(calls)
    try:
        return (yield)
    finally:
        recorder.leave(calls)
        del item.stash[_CALLS]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Add the section to a report that failed, with what no earlier report has shown."""
    report = yield
    calls = item.stash.get(_CALLS, None)
    if calls is None or not report.failed:
        return report
    shown = item.stash[_SHOWN]
    if len(calls) > shown:
        item.stash[_SHOWN] = len(calls)
        from ..calls.display import report as text

        report.sections.append((SECTION, text(calls[shown:], calls.dropped)))
    return report
