"""docs/benchmarks.md, made of the recorded runs."""

from __future__ import annotations

from pathlib import Path

from . import results, verdicts
from .cases import CASES, Case
from .results import Run, Spread
from .subjects import OURS, SUBJECTS
from .verdicts import Verdict

_MEMORY = "peak memory"


class Page:
    """The page of a repository."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "benchmarks"
        self.path = root / "docs" / "benchmarks.md"
        self.cases = results.read(self.folder / "results.json")
        self._why = verdicts.notes(self.folder / "notes.toml")
        self.verdicts = verdicts.judge(self.cases)

    def problems(self) -> list[str]:
        """What isn't as the results give it; empty if all is."""
        found = verdicts.unused(self._why, self.verdicts)
        missed = [one for one in self.verdicts if one.reached and not one.holds]
        found += [
            f"notes.toml has no word on {one.key!r}"
            for one in missed
            if verdicts.explain(self._why, one) is None
        ]
        if not self.path.exists() or self.path.read_text(encoding="utf-8") != self.text():
            found.append("docs/benchmarks.md is not what benchmarks/results.json gives")
        return found

    def text(self) -> str:
        """The whole page."""
        parts = [_HEAD, "## Targets", self._targets(), _HOW, *self._surroundings()]
        for case in CASES.values():
            if runs := self.cases.get(case.name):
                parts += [f"## {case.title}", self._about(case, runs), _table(case, runs)]
        parts += ["## Growth, plotted", "![cost with growth](../benchmarks/growth.svg)"]
        return "\n\n".join(parts) + "\n"

    def _targets(self) -> str:
        lines = [
            "| case | reach | reached: median (least to most) | by processor time | |",
            "| --- | --- | --- | --- | --- |",
        ]
        last = None
        for one in self.verdicts:
            cells = [
                one.case.title if one.case is not last else "",
                one.target.text,
                _shown(one, one.reached),
                _shown(one, one.by_cpu) if one.target.measure != _MEMORY else "",
                one.outcome(verdicts.explain(self._why, one)),
            ]
            lines.append(f"| {' | '.join(cells)} |")
            last = one.case
        met = sum(one.holds for one in self.verdicts)
        return f"{met} of {len(self.verdicts)} targets are met.\n\n" + "\n".join(lines)

    def _surroundings(self) -> list[str]:
        runs = {run.date: run for found in self.cases.values() for run in found}
        if not runs:
            return ["Nothing is recorded yet."]
        lines = [
            "| run | processor | cores | system | Python | load average | sources |",
            "| --- | --- | --- | --- | --- | --- | --- |",
        ]
        for date, run in sorted(runs.items()):
            about = run.machine
            cells = [
                date,
                about["cpu_model_name"],
                about["cores"],
                about.get("platform", ""),
                about.get("python_version", ""),
                " to ".join(f"{one:g}" for one in run.load),
                f"`{run.sources}`",
            ]
            lines.append(f"| {' | '.join(cells)} |")
        versions: dict[str, dict[str, None]] = {}
        for _, run in sorted(runs.items()):
            for name, found in run.versions.items():
                said = ", ".join(f"{one} {version}" for one, version in found.items())
                versions.setdefault(name, {})[said] = None
        titles = {one.environment.name: one.title for one in reversed(SUBJECTS.values())}
        table = ["| environment of | versions |", "| --- | --- |"]
        table += [f"| {titles[name]} | {'; '.join(said)} |" for name, said in versions.items()]
        return ["\n".join(lines), "\n".join(table)]

    def _about(self, case: Case, runs: list[Run]) -> str:
        rounds = " + ".join(str(len(run.rounds)) for run in runs)
        text = f"{case.what[0].upper()}{case.what[1:]}."
        sizes = f" The number after @ is the size in {case.grows_with}." if case.grows_with else ""
        return f"{text}{sizes} Rounds: {rounds}. `hatch run bench --case {case.name}`"


def _shown(one: Verdict, spread: Spread | None) -> str:
    if spread is None:
        return ""
    median, least, most = map(one.target.show, (spread.median, spread.least, spread.most))
    return median if least == most else f"{median} ({least} to {most})"


def _table(case: Case, runs: list[Run]) -> str:
    subjects = [name for name in SUBJECTS if any(name in one for one in results.rounds(runs))]
    measures = list(
        dict.fromkeys(
            measure for one in results.rounds(runs) for found in one.values() for measure in found
        )
    )
    lines = [
        f"| ms | | {' | '.join(SUBJECTS[name].title for name in subjects)} |",
        f"| --- | --- |{' ---: |' * len(subjects)}",
    ]
    for measure in measures:
        clocks = ("wall",) if measure == _MEMORY else ("wall", "cpu")
        for clock in clocks:
            kind = "MiB" if measure == _MEMORY else {"wall": "clock", "cpu": "processor"}[clock]
            cells = [_cell(runs, name, measure, clock) for name in subjects]
            first = measure if clock == "wall" else ""
            lines.append(f"| {first} | {kind} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(runs: list[Run], subject: str, measure: str, clock: str) -> str:
    found = results.figure(runs, subject, measure, clock)
    if found is None:
        tried = any(measure in one.get(subject, {}) for one in results.rounds(runs))
        return "fails" if tried else ""
    text = number(found.median * (1 if measure == _MEMORY else 1000))
    times = results.ratios(runs, measure, subject, clock)
    if subject == OURS or times is None:
        return text
    least, most = f"{times.least:.2f}", f"{times.most:.2f}"
    spread = "" if least == most else f", {least} to {most}"
    return f"{text} ({times.median:.2f}x{spread})"


def number(value: float) -> str:
    """With three digits, and never as a power of ten."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


_HEAD = """\
<!-- Made by `hatch run bench page` of benchmarks/results.json and benchmarks/notes.toml. -->

# Benchmarks

What aiomoto costs beside the peer (`aiomoto==0.5.8` of the package index), beside
sync boto3 in `moto.mock_aws`, and beside moto's server in a thread with aiobotocore.

    hatch run bench

makes an environment for each of them, measures all cases and prints them;
`hatch run bench --record` writes this page and its charts as well. `--help` names
the options."""

_HOW = """\
A ratio (`x`) is the other's time over aiomoto's, so more is better for aiomoto;
1.3x is 1.3 times faster. A target counts as met where the median of a run's rounds
meets it, time on the clock.

## How it is measured

In each round each of the four has a process of its own, in a virtual environment of
its own. The processes take turns, each time in another order, so that a machine that
is busy for a while is unfair to all of them alike; where growth is measured they come one
after another instead. A round's figure is the median of the turns, a ratio is made
within one round, and given are the median of all rounds, the least and the most.
Processor time is that of all threads of the process. It is steadier where others use
the machine too, and leaves waiting out.

What is installed is the newest of each, but that the peer is capped below: its own
environment has older versions. Where the load average is above the number of cores,
milliseconds are of little worth, and ratios of more. The runs below are of a machine of
two cores that others worked on meanwhile, as the load average says: a difference of a
tenth or two between neighbours means nothing there, and more rounds on a quiet machine
would say more. `--rounds` asks for them."""
