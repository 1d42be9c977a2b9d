"""The command: `python -m conformance --help`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import datetime, timezone
from importlib import metadata
from pathlib import Path

import click
import platformdirs
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from conformance import archive, compare, inputs, ledger, modules, notes, porting, report
from conformance import sample as sampling
from conformance.archive import Archive
from conformance.compare import Comparison
from conformance.modules import Module
from conformance.results import Result, Store
from conformance.runner import Runner, Task, has_docker
from conformance.settings import Backend, Client, Line

_ROOT = Path(__file__).parent.parent.parent
_DATA = _ROOT / "conformance"


class _RunUnlessNamed(click.Group):
    """`run` is what the command does where none of its parts is named."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in _HELP):
            args = ["run", *args]
        return super().parse_args(ctx, args)


_HELP = ("-h", "--help")
_LINE_OPTIONS = (
    click.option("--client", default="aiobotocore", type=click.Choice(["aiobotocore", "aioboto3"])),
    click.option("--backend", default="aiohttp", type=click.Choice(["aiohttp", "httpx"])),
    click.option("--cache-dir", type=click.Path(file_okay=False, path_type=Path)),
)


def _line_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_LINE_OPTIONS):
        command = option(command)
    return command


@click.group(cls=_RunUnlessNamed, context_settings={"help_option_names": list(_HELP)})
def main() -> None:
    """moto's own tests, run with plain boto3 and through async clients.

    Without a command's name it is `run`, so `--module test_s3` is enough.
    """


@main.command()
@click.option("--module", "-m", "names", multiple=True, help="A module, such as test_s3; many.")
@click.option("--jobs", "-j", default=1, show_default=True, type=click.IntRange(min=1))
@click.option("--sample", type=float, help="This week's share of all modules, of these minutes.")
@_line_options
@click.option("--changed-only", is_flag=True, help="Leave out what our changes can't concern.")
@click.option("--fresh", is_flag=True, help="Run again what has a result that still holds.")
@click.option("--report", "report_file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--timeout", default=300, show_default=True, help="Seconds for a single test.")
@click.option("--docker/--no-docker", default=None, help="Run tests marked as needing Docker.")
@click.option("--list", "only_list", is_flag=True, help="Name the modules and stop.")
def run(
    names: tuple[str, ...],
    sample: float | None,
    jobs: int,
    client: Client,
    backend: Backend,
    changed_only: bool,
    fresh: bool,
    report_file: Path | None,
    cache_dir: Path | None,
    timeout: int,
    docker: bool | None,
    only_list: bool,
) -> None:
    """Run moto's own tests with plain boto3 and through async clients, and compare.

    Ends with 1 where a test that passes with plain boto3 does not pass through async clients,
    and conformance/notes.toml does not say why.
    Results are kept module by module; a run that was broken off goes on where it stopped.
    """
    console = Console(stderr=True)
    cache = _cache(cache_dir)
    line = Line(client, backend)
    try:
        source, root, found = _moto(cache)
        # Those named in their order; else the long ones first, for an even end of all jobs.
        found.sort(key=lambda module: -module.weight)
        chosen = _choose(found, names, sample, line)
    except (archive.ArchiveError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    if only_list:
        for module in chosen:
            click.echo(f"{module.name}\t{module.py_files} py\t{module.data_files} data")
        return
    store = _store(cache, source)
    tasks, results = _plan(chosen, store, line, source.sha256, fresh, changed_only)
    runner = Runner(root, store, jobs, timeout, has_docker() if docker is None else docker)
    _run(runner, tasks, results, console)
    comparisons = [
        compare.compare(module, *(results[module.name, mode] for mode in _modes(line)))
        for module in chosen
    ]
    _explain(comparisons)
    document = report.as_json(source, line, comparisons)
    target = report_file or cache / f"report-{line.name}.json"
    target.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    report.show(Console(), line, comparisons)
    console.print(f"report: {target}", soft_wrap=True)
    sys.exit(0 if all(comparison.sound for comparison in comparisons) else 1)


def _choose(
    found: list[Module], names: tuple[str, ...], minutes: float | None, line: Line
) -> list[Module]:
    if minutes is None:
        return modules.choose(found, names)
    named = modules.choose(found, names) if names else []
    document = ledger.read(_DATA / "report.json")
    known = document["lines"].get(line.name, {}).get("modules", {})
    today = datetime.now(tz=timezone.utc).date()
    rest = [module for module in found if module not in named]
    return [*named, *sampling.choose(rest, known, minutes, today)]


def _explain(comparisons: list[Comparison]) -> None:
    known = notes.read(_DATA)
    for comparison in comparisons:
        for lost in comparison.lost:
            cause = known.cause(lost["test"])
            if cause is not None:
                lost["cause"] = cause.cause


@main.command()
@_line_options
@click.option("--report", "report_file", type=click.Path(dir_okay=False, path_type=Path))
def record(
    client: Client, backend: Backend, cache_dir: Path | None, report_file: Path | None
) -> None:
    """Put what the runs have kept into the committed report.

    Also results of sources that have been changed since: the report says of which they are.
    """
    cache, line = _cache(cache_dir), Line(client, backend)
    target = report_file or _DATA / "report.json"
    try:
        source, _, found = _moto(cache)
        document = ledger.read(target)
        names = ledger.record(document, source, line, found, _store(cache, source))
    except (archive.ArchiveError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    ledger.write(target, document)
    click.echo(f"{target}: {len(names)} of {len(found)} modules on {line.name}")


@main.command("porting")
@click.option("--check", is_flag=True, help="Write nothing; end with 1 where a file is not right.")
def write_porting(check: bool) -> None:
    """Make PORTING.md and its chart from the committed report."""
    page = porting.Page(_ROOT)
    if not check:
        for path, text in page.files().items():
            path.write_text(text, encoding="utf-8")
    problems = [*page.problems(), *_other_moto(page)]
    for problem in problems:
        click.echo(problem)
    sys.exit(1 if problems else 0)


def _other_moto(page: porting.Page) -> list[str]:
    reported, installed = page.document["moto"].get("version"), metadata.version("moto")
    if reported == installed:
        return []
    return [f"the report is of moto {reported}, installed is {installed}"]


def _cache(given: Path | None) -> Path:
    return given or platformdirs.user_cache_path("aiomoto-conformance")


def _moto(cache: Path) -> tuple[Archive, Path, list[Module]]:
    """The installed moto's archive, its tests, and their modules."""
    source = archive.fetch(metadata.version("moto"), cache)
    root = archive.unpack(source, cache)
    return source, root, modules.discover(root)


def _store(cache: Path, source: Archive) -> Store:
    return Store(cache / "results" / f"moto-{source.version}")


def _modes(line: Line) -> tuple[str, str]:
    return inputs.BASE_MODE, line.name


def _plan(
    chosen: list[Module],
    store: Store,
    line: Line,
    sha256: str,
    fresh: bool,
    changed_only: bool,
) -> tuple[list[Task], dict[tuple[str, str], Result]]:
    """What has to be run, and the results that still hold."""
    ways = ((None, inputs.base_key(sha256)), (line, inputs.async_key(sha256, line)))
    tasks: list[Task] = []
    results: dict[tuple[str, str], Result] = {}
    for module in chosen:
        for way, key in ways:
            task = Task(module, way, key)
            old = None if fresh else store.load(module.name, task.mode)
            if old is not None and _holds(old, key, changed_only):
                results[module.name, task.mode] = old
            else:
                tasks.append(task)
    return tasks, results


def _holds(old: Result, key: dict[str, str], changed_only: bool) -> bool:
    if old.exit_code not in (0, 1):
        return False
    if changed_only:
        return inputs.still_holds(old.key, key, old.called_services())
    return old.key == key


def _run(
    runner: Runner,
    tasks: list[Task],
    results: dict[tuple[str, str], Result],
    console: Console,
) -> None:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        whole = progress.add_task("all", total=sum(task.module.weight for task in tasks))
        bars: dict[str, TaskID] = {}
        parts: dict[str, int] = {}

        def advanced(task: Task, part: float) -> None:
            if task.name not in bars:
                bars[task.name] = progress.add_task(task.name, total=task.module.weight)
            done = int(part * task.module.weight)
            progress.update(bars[task.name], completed=done)
            progress.advance(whole, done - parts.get(task.name, 0))
            parts[task.name] = done

        def finished(task: Task, result: Result) -> None:
            advanced(task, 1.0)
            progress.remove_task(bars[task.name])
            results[task.module.name, task.mode] = result
            summary = ", ".join(f"{n} {what}" for what, n in sorted(result.outcomes.items()))
            progress.console.print(
                f"{task.name}: {summary} in {result.seconds:.0f} s",
                highlight=False,
            )

        runner.run(tasks, advanced, finished)
