"""The report: JSON for machines, tables for people."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance import inputs
from conformance.archive import Archive
from conformance.compare import Comparison
from conformance.settings import Line

SCHEMA = 1


def as_json(archive: Archive, line: Line, comparisons: list[Comparison]) -> dict[str, Any]:
    """The report as it is written to the file; its modules are in order of their names."""
    ordered = sorted(comparisons, key=lambda c: c.module.name)
    return {
        "schema": SCHEMA,
        "moto": {"version": archive.version, "sdist_sha256": archive.sha256},
        "line": {"client": line.client, "backend": line.backend},
        "versions": inputs.versions(),
        "totals": totals(ordered),
        "modules": {c.module.name: _module(c) for c in ordered},
    }


def totals(comparisons: list[Comparison]) -> dict[str, Any]:
    """Sums over the modules."""
    sync: dict[str, int] = {}
    for comparison in comparisons:
        for reason, calls in comparison.sync_calls().items():
            sync[reason] = sync.get(reason, 0) + sum(calls.values())
    return {
        "modules": len(comparisons),
        "tests": sum(len(c.base.tests) for c in comparisons),
        "passed_with_boto3": sum(c.base.outcomes.get("passed", 0) for c in comparisons),
        "of_these_passed_async": sum(c.held for c in comparisons),
        "lost": sum(len(c.lost) for c in comparisons),
        "gained": sum(len(c.gained) for c in comparisons),
        "async_calls": sum(c.async_calls() for c in comparisons),
        "sync_calls": sync,
        "seconds_boto3": round(sum(c.base.seconds for c in comparisons), 1),
        "seconds_async": round(sum(c.other.seconds for c in comparisons), 1),
    }


def _module(comparison: Comparison) -> dict[str, Any]:
    return {
        "py_files": comparison.module.py_files,
        "data_files": comparison.module.data_files,
        "tests": len(comparison.base.tests),
        "boto3": comparison.base.outcomes,
        "async": comparison.other.outcomes,
        "of_boto3s_passed_async": comparison.held,
        "lost": comparison.lost,
        "gained": comparison.gained,
        "failing_with_boto3": comparison.failing_in_base(),
        "skipped": comparison.skipped(),
        "broke": comparison.broke,
        "async_calls": comparison.async_calls(),
        "sync_calls": comparison.sync_calls(),
        "bridge_notes": comparison.notes(),
        "seconds": {"boto3": comparison.base.seconds, "async": comparison.other.seconds},
    }


def show(console: Console, line: Line, comparisons: list[Comparison]) -> None:
    """Tables of the modules, of what was lost, and of the calls."""
    table = Table(title=f"moto's tests through {line.client} on {line.backend}")
    table.add_column("module", no_wrap=True)
    for heading in ("tests", "boto3", "async", "lost", "gained", "calls", "s boto3", "s async"):
        table.add_column(heading, justify="right")
    for c in sorted(comparisons, key=lambda c: c.module.name):
        table.add_row(
            c.module.name,
            str(len(c.base.tests)),
            str(c.base.outcomes.get("passed", 0)),
            str(c.held),
            str(len(c.lost)),
            str(len(c.gained)),
            str(c.async_calls()),
            f"{c.base.seconds:.0f}",
            f"{c.other.seconds:.0f}",
            style=None if c.sound else "red",
        )
    console.print(table)
    for c in comparisons:
        _show_differences(console, c)
    _show_totals(console, totals(comparisons))


def _show_differences(console: Console, comparison: Comparison) -> None:
    if comparison.broke:
        console.print(Text(f"{comparison.module.name}: {comparison.broke}", style="red"))
    for lost in comparison.lost:
        cause = lost.get("cause")
        style = "yellow" if cause else "red"
        console.print(Text(f"{lost['outcome']}: {lost['test']}", style=style))
        first = f"known: {cause}" if cause else lost["why"].partition("\n")[0][:300]
        if first:
            console.print(Text(f"    {first}"))
    for reason, calls in comparison.sync_calls().items():
        names = ", ".join(f"{name} x{count}" for name, count in sorted(calls.items())[:8])
        console.print(Text(f"not async in {comparison.module.name} ({reason}): {names}"))


def _show_totals(console: Console, sums: dict[str, Any]) -> None:
    console.print(
        f"{sums['modules']} modules, {sums['tests']} tests: "
        f"{sums['passed_with_boto3']} pass with plain boto3, "
        f"{sums['of_these_passed_async']} of these through async clients, "
        f"{sums['lost']} lost; {sums['async_calls']} calls were async, "
        f"{sum(sums['sync_calls'].values())} were not."
    )
