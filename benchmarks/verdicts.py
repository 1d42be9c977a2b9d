"""Whether a target is met: in each of the last runs, and by how much it isn't."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from .cases import CASES, Case
from .results import Run, Spread
from .targets import Target

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@dataclass(frozen=True)
class Verdict:
    """One target and what became of it."""

    case: Case
    target: Target
    #: Over all rounds of all runs; None if it wasn't measured.
    reached: Spread | None
    #: The same by the processor's time.
    by_cpu: Spread | None
    runs: int
    held_in: int

    @property
    def holds(self) -> bool:
        """Whether each run met it, by the median of its rounds."""
        return 0 < self.runs == self.held_in

    @property
    def key(self) -> str:
        """What patterns of notes.toml are held against."""
        return f"{self.case.name}: {self.target.text}"

    def outcome(self, why: str | None) -> str:
        """In a few words."""
        if self.reached is None:
            return "not measured"
        if self.holds:
            return "met" if self.runs == 1 else f"met in all {self.runs} runs"
        text = f"met in {self.held_in} of {self.runs} runs" if self.held_in else "**missed**"
        if not self.target.holds(self.reached.median):
            text += f", {self.target.shortfall(self.reached.median)}"
        return f"{text}: {why}" if why else text


def judge(cases: dict[str, list[Run]]) -> list[Verdict]:
    """A verdict for each target of each case."""
    found = []
    for name, case in CASES.items():
        runs = cases.get(name, [])
        for target in case.targets:
            values = [one for one in (run.reached(target) for run in runs) if one is not None]
            found.append(
                Verdict(
                    case,
                    target,
                    _over(runs, target, "wall"),
                    _over(runs, target, "cpu"),
                    len(values),
                    sum(target.holds(one.median) for one in values),
                )
            )
    return found


def _over(runs: list[Run], target: Target, clock: str) -> Spread | None:
    return Spread.of(target.value(one, clock) for run in runs for one in run.rounds)


def notes(path: Path) -> dict[str, str]:
    """Why targets aren't met, by patterns (of fnmatch) for :attr:`Verdict.key`."""
    found: dict[str, str] = tomllib.loads(path.read_text(encoding="utf-8")).get("why", {})
    return found


def explain(given: dict[str, str], verdict: Verdict) -> str | None:
    """The note on a target, the first that fits."""
    return next((why for key, why in given.items() if fnmatchcase(verdict.key, key)), None)


def unused(given: dict[str, str], verdicts: list[Verdict]) -> list[str]:
    """Notes on no target that was missed."""
    missed = [one.key for one in verdicts if not one.holds]
    return [
        f"notes.toml explains {key!r}, which is no missed target"
        for key in given
        if not any(fnmatchcase(one, key) for one in missed)
    ]
