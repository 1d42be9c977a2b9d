"""What was measured: kept round by round while a run goes on, and the last runs for the report."""

from __future__ import annotations

import hashlib
import json
import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .targets import Figures, Target, ratio

SCHEMA = 1
#: How many runs of a case the report stands on.
RUNS = 3
_ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Spread:
    """The median of some figures, the least and the greatest."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Iterable[float | None]) -> Spread | None:
        """None where there is no figure."""
        known = [value for value in values if value is not None]
        return cls(statistics.median(known), min(known), max(known)) if known else None


@dataclass(frozen=True)
class Run:
    """The rounds of one case in one run of the command."""

    date: str
    rounds: list[Figures]
    #: Description of the machine, :func:`benchmarks.machine.describe`.
    machine: dict[str, str]
    #: Environment to distribution to version.
    versions: dict[str, dict[str, str]]
    #: What the sources of this checkout were, as a hash.
    sources: str
    #: How much else the machine had to do, the least and the most one-minute load average.
    load: list[float]

    def reached(self, target: Target) -> Spread | None:
        """What it made of a target."""
        return Spread.of(target.value(one) for one in self.rounds)


def rounds(runs: list[Run]) -> list[Figures]:
    """All rounds of some runs."""
    return [one for run in runs for one in run.rounds]


def figure(runs: list[Run], subject: str, measure: str, clock: str) -> Spread | None:
    """A subject's figure over all rounds."""
    found = (one.get(subject, {}).get(measure) for one in rounds(runs))
    return Spread.of(one[clock] if one else None for one in found)


def ratios(runs: list[Run], measure: str, other: str, clock: str) -> Spread | None:
    """How many times as much another subject takes as aiomoto, each round by itself."""
    return Spread.of(ratio(one, measure, other, clock) for one in rounds(runs))


def sources() -> str:
    """A hash of what is measured: our packages, and the jobs."""
    whole = hashlib.sha256()
    files = [*_ROOT.glob("packages/*/src/**/*.py"), *_ROOT.glob("benchmarks/worker/*.py")]
    for path in sorted(files):
        whole.update(f"{path.relative_to(_ROOT)}\0".encode())
        whole.update(path.read_bytes())
    return whole.hexdigest()[:16]


class Unfinished:
    """The rounds of the run that goes on, in the cache: it can be broken off."""

    def __init__(self, path: Path, key: dict[str, Any], fresh: bool) -> None:
        self._path = path
        self.content: dict[str, Any] = {"key": key, "rounds": {}, "load": []}
        if not fresh and path.exists():
            old = json.loads(path.read_text(encoding="utf-8"))
            # Figures of other sources, versions or options aren't of the same run.
            if old["key"] == json.loads(json.dumps(key)):
                self.content = old

    def rounds_of(self, case: str) -> list[Figures]:
        """What there is of a case."""
        found: list[Figures] = self.content["rounds"].get(case, [])
        return found

    def add(self, case: str, figures: Figures, load: float | None) -> None:
        """Keep a round."""
        self.content["rounds"].setdefault(case, []).append(figures)
        if load is not None:
            self.content["load"].append(load)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        new = self._path.with_suffix(".new")
        new.write_text(json.dumps(self.content), encoding="utf-8")
        new.replace(self._path)

    @property
    def load(self) -> list[float]:
        """The least and the most load average."""
        found = self.content["load"]
        return [min(found), max(found)] if found else []

    def forget(self) -> None:
        """The run is complete."""
        self._path.unlink(missing_ok=True)


def read(path: Path) -> dict[str, list[Run]]:
    """Case to its recorded runs, the latest last. Raises ``ValueError`` for another schema."""
    if not path.exists():
        return {}
    document = json.loads(path.read_text(encoding="utf-8"))
    if document.get("schema") != SCHEMA:
        raise ValueError(f"{path} has schema {document.get('schema')}, this tool knows {SCHEMA}")
    around = document["runs"]
    return {
        case: [Run(rounds=found, date=date, **around[date]) for date, found in runs.items()]
        for case, runs in document["cases"].items()
    }


def write(path: Path, cases: dict[str, list[Run]]) -> None:
    """Write the last :data:`RUNS` runs of each case."""
    kept = {case: runs[-RUNS:] for case, runs in cases.items()}
    around = {
        run.date: {
            "machine": run.machine,
            "versions": run.versions,
            "sources": run.sources,
            "load": run.load,
        }
        for runs in kept.values()
        for run in runs
    }
    document = {
        "schema": SCHEMA,
        "runs": dict(sorted(around.items())),
        "cases": {
            case: {run.date: [_short(one) for one in run.rounds] for run in runs}
            for case, runs in kept.items()
        },
    }
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def _short(figures: Figures) -> Figures:
    """With as many digits as mean something."""
    return {
        subject: {
            measure: {clock: float(f"{value:.4g}") for clock, value in one.items()} if one else None
            for measure, one in found.items()
        }
        for subject, found in figures.items()
    }
