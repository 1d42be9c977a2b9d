"""Some modules each week, all of them in turn: what continuous integration has time for."""

from __future__ import annotations

from datetime import date
from typing import Any

from conformance.modules import Module

# Of a module that the report knows nothing of: for one test, run both ways.
_GUESSED_SECONDS = 0.5


def choose(
    found: list[Module], known: dict[str, dict[str, Any]], minutes: float, day: date
) -> list[Module]:
    """The modules of this day's week, which by the report take up to these minutes.

    `known` is what the report has of a line's modules. A module that takes longer than that
    has a week of its own.
    """
    groups: list[list[Module]] = []
    left = 0.0
    for module in sorted(found, key=lambda module: module.name):
        seconds = _seconds(module, known)
        if not groups or seconds > left:
            groups.append([])
            left = minutes * 60
        groups[-1].append(module)
        left -= seconds
    # Weeks since a Monday, so that the turn goes on over the end of a year.
    return groups[(day.toordinal() - 1) // 7 % len(groups)] if groups else []


def _seconds(module: Module, known: dict[str, dict[str, Any]]) -> float:
    entry = known.get(module.name)
    return sum(entry["seconds"]) if entry else module.weight * _GUESSED_SECONDS
