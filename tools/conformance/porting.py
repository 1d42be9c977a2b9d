"""PORTING.md and its chart, out of the committed report and the notes beside it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conformance import chart, ledger, notes
from conformance.notes import Notes
from conformance.settings import Line

MAIN = Line().name
STATUSES = {
    "ported": "every test that passes with boto3 passes through async clients",
    "partial": "some do not, and each of these is explained below",
    "issue-found": "some do not, and it is ours to mend, or not explained yet",
    "skipped": "no test of it can be run here; the notes say why",
    "pending": "not run yet",
}
_FEW, _MANY = 3, 10


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    # None of what moto has no longer.
    py_files: int | None
    data_files: int | None
    status: str
    passed: int | None = None
    held: int | None = None
    hand_ported: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def priority(self) -> str:
        if self.py_files is None:
            return ""
        if self.data_files:
            return "data-heavy"
        if self.py_files <= _FEW:
            return "low"
        return "medium" if self.py_files <= _MANY else "large"

    def cells(self) -> list[str]:
        paths = ", ".join(f"[{Path(path).name}]({path})" for path in self.hand_ported)
        counts = (self.py_files, self.data_files, self.passed, self.held)
        py_files, data_files, passed, held = ("" if n is None else str(n) for n in counts)
        numbers = [py_files, data_files, self.priority, passed, held]
        return [self.name, *numbers, paths, self.status, "; ".join(self.remarks)]


@dataclass
class Page:
    """What PORTING.md is made of, read once."""

    root: Path
    document: dict[str, Any] = field(init=False)
    notes: Notes = field(init=False)

    def __post_init__(self) -> None:
        self.document = ledger.read(self.folder / "report.json")
        self.notes = notes.read(self.folder)

    @property
    def folder(self) -> Path:
        return self.root / "conformance"

    def files(self) -> dict[Path, str]:
        """The generated files and their text."""
        rows = self.rows()
        return {
            self.root / "PORTING.md": self._text(rows),
            self.folder / "chart.svg": chart.draw(self._chart_rows(rows)),
        }

    def problems(self) -> list[str]:
        """In what the committed files contradict each other."""
        found = [
            f"{path.relative_to(self.root)} is not what the report gives"
            for path, text in self.files().items()
            if not path.exists() or path.read_text(encoding="utf-8") != text
        ]
        lost = [test for entry in self._entries() for test in entry.get("lost", {})]
        found += [
            f"notes.toml explains {one.tests}, of which none is lost"
            for one in self.notes.differences
            if not any(one.explains(test) for test in lost)
        ]
        known = {*self.document["modules"], *self.notes.plan}
        found += [
            f"notes.toml has a note on {name}, which is no module"
            for name in self.notes.modules
            if name not in known
        ]
        return found

    def rows(self) -> list[Row]:
        """All of the plan's, its duplicate too, then what moto has added since."""
        since = [name for name in sorted(self.document["modules"]) if name not in self.notes.plan]
        return [self._row(name) for name in (*self.notes.plan, *since)]

    def _row(self, name: str) -> Row:
        note = self.notes.modules.get(name)
        remarks = [note] if note else []
        counted = self.document["modules"].get(name)
        if counted is None:
            version = self.document["moto"].get("version", "")
            return Row(name, None, None, "skipped", remarks=(f"not in moto {version}", *remarks))
        if name not in self.notes.plan:
            remarks.append("since the plan")
        entry = self._modules(MAIN).get(name)
        files = (counted["py_files"], counted["data_files"])
        ported = tuple(hand_ported(self.root, name, self.notes))
        if entry is None:
            return Row(name, *files, "pending", hand_ported=ported, remarks=tuple(remarks))
        passed = entry["boto3"].get("passed", 0)
        status = self._status(entry)
        remarks += _remarks(entry)
        return Row(name, *files, status, passed, entry["async"], ported, tuple(remarks))

    def _status(self, entry: dict[str, Any]) -> str:
        lost = entry.get("lost", {})
        if not lost:
            if not entry["boto3"].get("passed", 0):
                return "skipped"
            return "issue-found" if "broke" in entry else "ported"
        causes = [self.notes.cause(test) for test in lost]
        known = all(cause is not None and not cause.ours for cause in causes)
        return "partial" if known and "broke" not in entry else "issue-found"

    def _modules(self, line: str) -> dict[str, dict[str, Any]]:
        modules: dict[str, dict[str, Any]] = self.document["lines"].get(line, {}).get("modules", {})
        return modules

    def _entries(self) -> list[dict[str, Any]]:
        return [one for line in self.document["lines"] for one in self._modules(line).values()]

    def _chart_rows(self, rows: list[Row]) -> list[chart.Bar]:
        unique = {row.name: row for row in rows}
        modules = self._modules(MAIN)
        return [
            chart.Bar(
                name.removeprefix("test_"), modules[name]["tests"], row.passed or 0, row.held or 0
            )
            for name, row in unique.items()
            if name in modules
        ]

    # -- text ------------------------------------------------------------------------

    def _text(self, rows: list[Row]) -> str:
        parts = [_HEAD, self._summary(rows), _CHART, _legend(rows), _table(rows)]
        return "\n".join([*parts, self._differences(), self._other_lines(), _FOOT])

    def _summary(self, rows: list[Row]) -> str:
        moto = self.document["moto"].get("version", "")
        lines = [f"With moto {moto}, line by line (a client and the HTTP library under it):", ""]
        head = ("Client", "HTTP", "Modules", "Tests", "Pass with boto3", "Of these async", "Lost")
        table = [[*head, "Async calls", "Other calls", "Core minutes"]]
        for name, line in sorted(self.document["lines"].items()):
            entries = list(line["modules"].values())
            if not entries:
                continue
            client, _, backend = name.partition("-")
            # aioboto3 stands on an aiobotocore, and that is what matters.
            stack = (client,) if client == "aiobotocore" else (client, "aiobotocore")
            labels = [f"{one} {line['versions'].get(one, '')}" for one in stack]
            passed = sum(one["boto3"].get("passed", 0) for one in entries)
            held = sum(one["async"] for one in entries)
            minutes = round(sum(sum(one["seconds"]) for one in entries) / 60)
            figures = (
                len(entries),
                sum(one["tests"] for one in entries),
                passed,
                held,
                passed - held,
                sum(one["async_calls"] for one in entries),
                sum(sum(c.values()) for one in entries for c in one.get("sync_calls", {}).values()),
                # The clock's are more than the core's, all the more on a busy machine.
                f"< {minutes}" if any("clock" in one for one in entries) else minutes,
            )
            table.append([", ".join(labels), backend, *map(str, figures)])
        lines += _markdown(table)
        reasons = self._sync_reasons()
        if reasons:
            lines += ["", "Calls that no async client carried out, of all lines:", ""]
            lines += [f"- {count}: {reason}" for reason, count in reasons.most_common()]
        unique = {row.name: row.status for row in rows}
        counts = Counter(unique.values())
        said = ", ".join(f"{counts[status]} `{status}`" for status in STATUSES if counts[status])
        states = {one["sources"] for one in self._entries()}
        several = "one state" if len(states) == 1 else f"{len(states)} states"
        sources = f"The results are of {several} of this repository's sources: see the report."
        return "\n".join([*lines, "", f"{len(unique)} modules: {said}.", "", sources])

    def _sync_reasons(self) -> Counter[str]:
        reasons: Counter[str] = Counter()
        for entry in self._entries():
            for reason, calls in entry.get("sync_calls", {}).items():
                reasons[reason] += sum(calls.values())
        return reasons

    def _differences(self) -> str:
        lines = ["", "## Differences", ""]
        found: dict[str, dict[str, list[str]]] = {}
        for line in sorted(self.document["lines"]):
            for name, entry in sorted(self._modules(line).items()):
                for test in entry.get("lost", {}):
                    known = self.notes.cause(test)
                    text = known.cause if known else f"Not explained yet: {entry['lost'][test]}"
                    found.setdefault(text, {}).setdefault(test, []).append(line)
                if "broke" in entry and not entry.get("lost"):
                    found.setdefault(entry["broke"], {}).setdefault(name, []).append(line)
        if not found:
            return "\n".join([*lines, "None."])
        for cause, tests in found.items():
            lines += [f"{cause}", ""]
            lines += [f"- `{test}` ({', '.join(where)})" for test, where in tests.items()]
            lines.append("")
        return "\n".join(lines).rstrip()

    def _other_lines(self) -> str:
        others = [line for line in sorted(self.document["lines"]) if line != MAIN]
        names = sorted({name for line in others for name in self._modules(line)})
        if not names:
            return ""
        table = [["Module", *(line.replace("-", " on ") for line in others)]]
        for name in names:
            entries = [self._modules(line).get(name) for line in others]
            table.append([name, *(_share(entry) for entry in entries)])
        head = "Tests that pass through async clients, of those that pass with that line's boto3:"
        return "\n".join(["", "## Other lines", "", head, "", *_markdown(table)])


def hand_ported(root: Path, module: str, known: Notes) -> list[str]:
    """The test files of ours that were written after a module of moto, as paths from the root."""
    service = module.removeprefix("test_")
    service = known.services.get(service, service)
    exact = f"test_{service}_async.py"
    return sorted(
        path.relative_to(root).as_posix()
        for path in root.glob("packages/*/tests/**/test_*_async.py")
        if path.name == exact
    )


def _share(entry: dict[str, Any] | None) -> str:
    return "" if entry is None else f"{entry['async']} of {entry['boto3'].get('passed', 0)}"


def _remarks(entry: dict[str, Any]) -> list[str]:
    lost = len(entry.get("lost", {}))
    remarks = [f"{lost} lost: see below"] if lost else []
    failing = len(entry.get("failing_with_boto3", {}))
    if failing:
        remarks.append(f"{failing} failed with boto3")
    reasons = sorted(entry.get("skipped", {}).items(), key=lambda item: -item[1])
    if reasons:
        first, count = reasons[0]
        first = first.removeprefix("Skipped: ").partition("\n")[0].rstrip(".")
        remarks.append(f'{sum(n for _, n in reasons)} skipped by moto, {count} as "{first}"')
    expected = entry["boto3"].get("xfailed", 0)
    if expected:
        remarks.append(f"{expected} that moto expects to fail")
    return remarks


def _legend(rows: list[Row]) -> str:
    used = {row.status for row in rows}
    lines = [f"- `{status}`: {what}" for status, what in STATUSES.items() if status in used]
    return "\n".join(["## Modules", "", *lines, "", *_LEGEND])


def _table(rows: list[Row]) -> str:
    head = ["Module", "Py files", "Data files", "Priority", "boto3", "Async", "Hand-ported"]
    return "\n".join(_markdown([[*head, "Status", "Notes"], *(row.cells() for row in rows)]))


def _markdown(table: list[list[str]]) -> list[str]:
    def line(cells: list[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"

    head, *rest = table
    return [line(head), line(["---"] * len(head)), *map(line, rest)]


_HEAD = """\
# moto's own tests through async clients

<!-- Made by `hatch run conformance porting` from conformance/report.json and
conformance/notes.toml. Change those, not this. -->

moto's source archive has its tests. `hatch run conformance` runs them twice, with
plain boto3 and with every API call carried out by an async client inside
`aiomoto.mock_aws`, and compares test by test. CONTRIBUTING.md says how to run it.
"""

_CHART = """
![Tests of each module: through async clients, lost, not passing with boto3](conformance/chart.svg)
"""

_LEGEND = [
    "Priority as in the plan that this project started from: `low` (up to 3 py files, no",
    "data), `medium` (4 to 10), `large` (more than 10), `data-heavy` (has data files).",
    "*boto3* and *Async* count tests: those that pass with plain boto3, and those of them",
    "that pass through async clients. Rows are in the plan's order, its duplicate",
    "(`test_timestreamwrite`) with them, then what moto has added since.",
    "",
]

_FOOT = ""
