"""The command: `hatch run bench --help`."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import click
import platformdirs
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from . import charts, environments, machine, results, verdicts
from .cases import CASES, Case
from .environments import EnvironmentFailed, Made
from .page import Page, number
from .process import WorkerFailed, one_round
from .results import Run, Unfinished
from .subjects import OURS, SUBJECTS, Subject

_ROOT = Path(__file__).parent.parent


class _RunUnlessNamed(click.Group):
    """`run` is what the command does where none of its parts is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in ("-h", "--help")):
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_RunUnlessNamed, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """What aiomoto costs, beside the peer, sync boto3 with moto, and moto's server.

    Without a command's name it is `run`, so `--case start-stop` is enough.
    """


@main.command()
@click.option("--case", "-c", "names", multiple=True, type=click.Choice(list(CASES)))
@click.option("--subject", "-s", "subjects", multiple=True, type=click.Choice(list(SUBJECTS)))
@click.option("--rounds", "-r", default=5, show_default=True, type=click.IntRange(min=1))
@click.option("--tests", type=click.IntRange(min=1), help="Of the suite, in a turn; 30, of ten.")
@click.option("--quick", is_flag=True, help="One round, two turns, smaller sizes.")
@click.option("--record", is_flag=True, help="Write benchmarks/results.json, the page, the charts.")
@click.option("--fresh", is_flag=True, help="Don't go on with a run that was broken off.")
@click.option("--upgrade", is_flag=True, help="Make the environments anew, with what is newest.")
@click.option("--cache-dir", type=click.Path(file_okay=False, path_type=Path))
def run(
    names: tuple[str, ...],
    subjects: tuple[str, ...],
    rounds: int,
    tests: int | None,
    quick: bool,
    record: bool,
    fresh: bool,
    upgrade: bool,
    cache_dir: Path | None,
) -> None:
    """Measure all cases, or those named, and print them.

    Rounds are kept as they come; a run that was broken off goes on where it stopped.
    """
    if record and (quick or tests):
        raise click.UsageError("A run with --quick or --tests is not to be recorded.")
    cache = cache_dir or platformdirs.user_cache_path("aiomoto-benchmarks")
    console = Console(stderr=True)
    cases = [CASES[name] for name in names or CASES]
    if tests:
        cases = [_with_tests(case, tests) for case in cases]
    chosen = [
        subject
        for subject in SUBJECTS.values()
        if (subject.name in subjects if subjects else subject.by_default)
    ]
    if OURS not in (one.name for one in chosen):
        chosen.insert(0, SUBJECTS[OURS])  # a ratio needs it
    try:
        made = _environments(chosen, cache, upgrade, console)
        taken = _measure(cases, chosen, made, 1 if quick else rounds, quick, fresh, cache, console)
    except (EnvironmentFailed, WorkerFailed) as error:
        raise click.ClickException(str(error)) from error
    found = {name: [one] for name, one in taken.items()}
    _show(found, chosen)
    if record:
        target = _ROOT / "benchmarks" / "results.json"
        known = results.read(target)
        for name, one in taken.items():
            known.setdefault(name, []).append(one)
        results.write(target, {name: known[name] for name in CASES if name in known})
        _write_page()


@main.command()
@click.option("--check", is_flag=True, help="Write nothing; end with 1 where the page isn't right.")
def page(check: bool) -> None:
    """Make docs/benchmarks.md and the charts from the recorded results."""
    if not check:
        _write_page()
    problems = Page(_ROOT).problems()
    for problem in problems:
        click.echo(problem)
    sys.exit(1 if problems else 0)


def _write_page() -> None:
    made = Page(_ROOT)
    made.path.write_text(made.text(), encoding="utf-8")
    charts.write(made.cases, made.folder)


def _with_tests(case: Case, tests: int) -> Case:
    if case.name != "suite":
        return case
    return replace(case, parameters={"tests": tests}, quick={})


def _environments(
    chosen: list[Subject], cache: Path, upgrade: bool, console: Console
) -> dict[str, Made]:
    wanted = {one.environment.name: one.environment for one in chosen}
    made = {}
    for name, environment in wanted.items():
        with console.status(f"environment {name}"):
            made[name] = environments.make(environment, cache, upgrade)
    return made


def _measure(
    cases: list[Case],
    chosen: list[Subject],
    made: dict[str, Made],
    rounds: int,
    quick: bool,
    fresh: bool,
    cache: Path,
    console: Console,
) -> dict[str, Run]:
    """Case to its run. The cases come one after another in each round."""
    about, sources = machine.describe(), results.sources()
    shown = {one.environment.name: one.environment.shown for one in chosen}
    versions = {
        name: {one: made[name].versions[one] for one in wanted if one in made[name].versions}
        for name, wanted in shown.items()
    }
    key = {
        "sources": sources,
        "machine": about,
        "installed": {name: one.versions for name, one in made.items()},
        "subjects": [one.name for one in chosen],
        "quick": quick,
        "turns": {case.name: [case.turns, case.parameters] for case in CASES.values()},
    }
    kept = Unfinished(cache / "unfinished.json", key, fresh)
    wanted = {case.name: min(case.at_most or rounds, rounds) for case in cases}
    pythons = [(one, made[one.environment.name].python) for one in chosen]
    columns = (
        TextColumn("{task.description:24}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        whole = progress.add_task("all", total=100 * sum(wanted.values()))
        for number_of_round in range(rounds):
            for case in cases:
                if number_of_round >= wanted[case.name]:
                    continue
                if number_of_round < len(kept.rounds_of(case.name)):
                    progress.advance(whole, 100)
                    continue
                begin = progress.tasks[0].completed
                progress.update(whole, description=f"{case.name}, round {number_of_round + 1}")

                def advanced(part: float, begin: float = begin) -> None:
                    progress.update(whole, completed=begin + int(100 * part))

                figures = one_round(case, pythons, number_of_round, quick, advanced)
                kept.add(case.name, figures, machine.load())
                progress.update(whole, completed=begin + 100)
    date = datetime.now(tz=timezone.utc).strftime("%Y-%m-%d %H:%M")
    found = {
        case.name: Run(
            date,
            kept.rounds_of(case.name)[: wanted[case.name]],
            about,
            versions,
            sources,
            kept.load,
        )
        for case in cases
    }
    kept.forget()
    return found


def _show(found: dict[str, list[Run]], chosen: list[Subject]) -> None:
    console = Console()
    for name, runs in found.items():
        table = Table("ms", *(one.title for one in chosen), title=CASES[name].title)
        measures = dict.fromkeys(
            measure for one in results.rounds(runs) for each in one.values() for measure in each
        )
        for measure in measures:
            for clock in ("wall", "cpu"):
                cells = [_cell(runs, one.name, measure, clock) for one in chosen]
                table.add_row(measure if clock == "wall" else "  processor", *cells)
        console.print(table)
    for one in verdicts.judge(found):
        if one.reached is not None:
            reached = one.target.show(one.reached.median)
            console.print(f"{one.key} - {reached}, {one.outcome(None)}", highlight=False)


def _cell(runs: list[Run], subject: str, measure: str, clock: str) -> str:
    found = results.figure(runs, subject, measure, clock)
    if found is None:
        return ""
    text = number(found.median * (1 if measure == "peak memory" else 1000))
    times = results.ratios(runs, measure, subject, clock)
    return text if subject == OURS or times is None else f"{text} ({times.median:.2f}x)"
