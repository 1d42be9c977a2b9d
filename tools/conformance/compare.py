"""Test by test: what plain boto3 passes, async clients must pass."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from conformance.modules import Module
from conformance.results import Result

_MISSING = "missing"


@dataclass
class Comparison:
    """One module, run both ways."""

    module: Module
    base: Result
    other: Result
    # Passed with plain boto3, not passed through async clients; with a cause where it is known.
    lost: list[dict[str, str]] = field(default_factory=list)
    # The other way round: passed through async clients alone.
    gained: list[str] = field(default_factory=list)

    @property
    def held(self) -> int:
        """How many of the tests that plain boto3 passes pass through async clients."""
        return self.base.outcomes.get("passed", 0) - len(self.lost)

    @property
    def sound(self) -> bool:
        return self.broke is None and all("cause" in lost for lost in self.lost)

    @property
    def broke(self) -> str | None:
        """Why a run can't be compared at all, though no single test shows it."""
        for result in (self.base, self.other):
            if result.exit_code not in (0, 1):
                how = "died" if result.exit_code is None else f"ended with {result.exit_code}"
                return f"pytest ({result.mode}) {how}: {result.tail.strip()[-300:]}"
        if not self.base.tests:
            return "no test was run"
        return None

    def skipped(self) -> dict[str, int]:
        """Why tests were skipped with plain boto3, and how often."""
        return dict(
            Counter(
                test.get("why", "")
                for test in self.base.tests.values()
                if test["outcome"] == "skipped"
            )
        )

    def failing_in_base(self) -> dict[str, str]:
        return {
            name: _first_line(test)
            for name, test in self.base.tests.items()
            if test["outcome"] in ("failed", "error")
        }

    def async_calls(self) -> int:
        return sum((self.other.counts or {}).get("async", {}).values())

    def sync_calls(self) -> dict[str, dict[str, int]]:
        """Calls that no async client carried out: reason, call, how often."""
        calls: dict[str, dict[str, int]] = (self.other.counts or {}).get("sync", {})
        return calls

    def notes(self) -> dict[str, int]:
        notes: dict[str, int] = (self.other.counts or {}).get("notes", {})
        return notes


def compare(module: Module, base: Result, other: Result) -> Comparison:
    """Set the two runs of a module side by side."""
    comparison = Comparison(module, base, other)
    for name in base.tests:
        if base.passed(name) and not other.passed(name):
            test = other.tests.get(name, {"outcome": _MISSING})
            comparison.lost.append(
                {"test": name, "outcome": test["outcome"], "why": test.get("why", "")}
            )
    comparison.gained = [
        name for name in other.tests if other.passed(name) and not base.passed(name)
    ]
    return comparison


def _first_line(test: dict[str, Any]) -> str:
    return str(test.get("why", "")).partition("\n")[0]
