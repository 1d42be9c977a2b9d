"""The section of a failed test's report that shows the AWS calls it made."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

from ..calls import Calls, recorder

SECTION = "AWS calls"
_CALLS = pytest.StashKey[Calls]()
_SHOWN = pytest.StashKey[int]()


@contextlib.contextmanager
def keep_calls(item: pytest.Item) -> Iterator[None]:
    """Record for ``item``, whichever mock answers."""
    calls = Calls()
    item.stash[_CALLS] = calls
    item.stash[_SHOWN] = 0
    recorder.listen(calls)
    try:
        yield
    finally:
        recorder.leave(calls)
        del item.stash[_CALLS]


def show_calls(item: pytest.Item, report: Any) -> None:
    """Add the section to a report that failed, with what no earlier report has shown."""
    calls = item.stash.get(_CALLS, None)
    if calls is None or not report.failed:
        return
    shown = item.stash[_SHOWN]
    if len(calls) > shown:
        item.stash[_SHOWN] = len(calls)
        from ..calls.display import report as text

        report.sections.append((SECTION, text(calls[shown:], calls.dropped)))
