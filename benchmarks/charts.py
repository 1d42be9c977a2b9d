"""The charts, as SVG by matplotlib: the bars of the README, and cost with growth."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import Any

from . import results, targets
from .cases import CASES
from .results import Run
from .subjects import OURS, SUBJECTS

_COLOURS = {
    OURS: "#2e8b57",
    "peer": "#c0392b",
    "boto3": "#2c6fbb",
    "server": "#8a8a8a",
    "httpx": "#7fc8a0",
    "slow": "#b8a13a",
}
#: Case, measure, label.
_BARS = (
    ("start-stop", "start + stop", "start and stop of a mock"),
    ("fresh-s3", "session + client + call", "fresh session, S3 client, call"),
    ("fresh-ec2", "session + client + call", "fresh session, EC2 client, call"),
    ("suite", "a test", "a test of a realistic suite"),
    ("calls-s3", "put", "S3 put, 1 KiB"),
    ("calls-dynamodb", "put", "DynamoDB put"),
    ("calls-sqs", "send", "SQS send"),
    ("gather", "500 gets", "500 gets at once"),
    ("large", "put", "S3 put, 64 MiB"),
    ("large", "get", "S3 get, 64 MiB"),
    ("import", "import + first mock", "import and first mock"),
)


def bars(cases: dict[str, list[Run]]) -> str:
    """How many times as long as aiomoto each of the others takes."""
    plot = _matplotlib()
    rows = [row for row in _BARS if cases.get(row[0])]
    others = [name for name in ("peer", "boto3", "server") if name in SUBJECTS]
    figure, axes = plot.subplots(figsize=(8, 0.62 * len(rows) + 1))
    height = 0.8 / len(others)
    for index, other in enumerate(others):
        found = [results.ratios(cases[case], measure, other, "wall") for case, measure, _ in rows]
        values = [one.median if one else 1.0 for one in found]
        below = [one.median - one.least if one else 0 for one in found]
        above = [one.most - one.median if one else 0 for one in found]
        places = [row + (index - (len(others) - 1) / 2) * height for row in range(len(rows))]
        axes.barh(
            places,
            [value - 1 for value in values],
            height,
            left=1,
            color=_COLOURS[other],
            label=SUBJECTS[other].title,
            xerr=(below, above),
            error_kw={"elinewidth": 0.6, "ecolor": "#444"},
        )
        for place, value, over in zip(places, values, above, strict=True):
            at = max(value + over, 1) * 1.05
            axes.text(at, place, f"{value:.1f}x", va="center", fontsize=7, color="#333")
    axes.axvline(1, color=_COLOURS[OURS], linewidth=2)
    axes.set_xscale("log")
    ticks = [0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
    low, high = axes.get_xlim()
    shown = [tick for tick in ticks if low <= tick <= high * 1.5]
    axes.set_xticks(shown, [f"{tick:g}x" for tick in shown])
    axes.minorticks_off()
    axes.set_xlim(right=high * 1.5)
    axes.set_yticks(range(len(rows)), [label for _, _, label in rows])
    axes.invert_yaxis()
    axes.set_xlabel("times aiomoto's time (logarithmic; the green line is aiomoto)")
    axes.legend(loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=len(others), frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    return _svg(plot, figure)


def growth(cases: dict[str, list[Run]]) -> str:
    """Time by size, both logarithmic, for each measure that was taken at sizes."""
    plot = _matplotlib()
    wanted = [
        (case, target.measure)
        for case in CASES.values()
        for target in case.targets
        if isinstance(target, targets.Linear) and cases.get(case.name)
    ]
    columns = 3
    rows = -(-len(wanted) // columns) or 1
    figure, grid = plot.subplots(rows, columns, figsize=(10, 3 * rows), squeeze=False)
    for axes in grid.flat[len(wanted) :]:
        axes.set_visible(False)
    for axes, (case, measure) in zip(grid.flat, wanted, strict=False):
        runs = cases[case.name]
        for name, subject in SUBJECTS.items():
            points = _points(runs, name, measure)
            if points:
                sizes, seconds = zip(*points, strict=True)
                milliseconds = [1000 * one for one in seconds]
                colour = _COLOURS[name]
                axes.plot(sizes, milliseconds, "o-", color=colour, label=subject.title, ms=3)
        axes.set_xscale("log")
        axes.set_yscale("log")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(lambda value, _: f"{value:,g}")
        axes.yaxis.set_minor_formatter(lambda value, _: "")
        # At least from one power of ten to the next but one, so that noise isn't all there is.
        low, high = (math.log10(limit) for limit in axes.get_ylim())
        axes.set_ylim(10 ** math.floor(low), 10 ** max(math.ceil(high), math.floor(low) + 2))
        axes.set_title(measure, fontsize=10)
        axes.set_xlabel(case.grows_with)
        axes.set_ylabel("ms")
        axes.grid(visible=True, which="major", color="#ddd")
    handles, labels = grid.flat[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="lower center", ncols=max(len(labels), 1), frameon=False)
    figure.tight_layout(rect=(0, 0.05, 1, 1))
    return _svg(plot, figure)


def _points(runs: list[Run], subject: str, measure: str) -> list[tuple[int, float]]:
    names = {name for one in results.rounds(runs) for name in one.get(subject, {})}
    found = {}
    for name in names:
        spread = results.figure(runs, subject, name, "wall")
        found[name] = {"wall": spread.median} if spread else None
    return targets.by_size(found, measure, "wall")


def write(cases: dict[str, list[Run]], folder: Path) -> None:
    """Both charts."""
    (folder / "chart.svg").write_text(bars(cases), encoding="utf-8")
    (folder / "growth.svg").write_text(growth(cases), encoding="utf-8")


def _matplotlib() -> Any:
    # Late: what only measures doesn't need it.
    import matplotlib as mpl

    mpl.use("svg")
    # Text as text; and the same figures give the same file.
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "aiomoto", "font.size": 9})
    from matplotlib import pyplot

    return pyplot


def _svg(plot: Any, figure: Any) -> str:
    target = io.StringIO()
    figure.savefig(target, format="svg", bbox_inches="tight", metadata={"Date": None})
    plot.close(figure)
    return "\n".join(line.rstrip() for line in target.getvalue().splitlines()) + "\n"
