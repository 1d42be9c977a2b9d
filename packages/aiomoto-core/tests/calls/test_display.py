"""Calls as text."""

from __future__ import annotations

from aiomoto.calls.display import report


def test_a_report_of_many_calls_shows_the_last() -> None:
    lines = report(list(range(35)), dropped=2).splitlines()  # type: ignore[arg-type]
    assert lines[0] == "... 7 earlier calls"
    assert lines[1:] == [str(number) for number in range(5, 35)]
