"""The command: `python -m conformance --help`."""

from __future__ import annotations

import json
import sys
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

from conformance import archive, compare, inputs, modules, report
from conformance.modules import Module
from conformance.results import Result, Store
from conformance.runner import Runner, Task, has_docker
from conformance.settings import Backend, Client, Line


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--module", "-m", "names", multiple=True, help="A module, such as test_s3; many.")
@click.option("--jobs", "-j", default=1, show_default=True, type=click.IntRange(min=1))
@click.option("--client", default="aiobotocore", type=click.Choice(["aiobotocore", "aioboto3"]))
@click.option("--backend", default="aiohttp", type=click.Choice(["aiohttp", "httpx"]))
@click.option("--changed-only", is_flag=True, help="Leave out what our changes can't concern.")
@click.option("--fresh", is_flag=True, help="Run again what has a result that still holds.")
@click.option("--report", "report_file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--cache-dir", type=click.Path(file_okay=False, path_type=Path))
@click.option("--timeout", default=300, show_default=True, help="Seconds for a single test.")
@click.option("--docker/--no-docker", default=None, help="Run tests marked as needing Docker.")
@click.option("--list", "only_list", is_flag=True, help="Name the modules and stop.")
def main(
    names: tuple[str, ...],
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

    Ends with 1 where a test that passes with plain boto3 does not pass through async clients.
    Results are kept module by module; a run that was broken off goes on where it stopped.
    """
    console = Console(stderr=True)
    cache = cache_dir or platformdirs.user_cache_path("aiomoto-conformance")
    line = Line(client, backend)
    try:
        source = archive.fetch(metadata.version("moto"), cache)
        root = archive.unpack(source, cache)
        chosen = modules.choose(modules.discover(root), names)
    except (archive.ArchiveError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    if only_list:
        for module in chosen:
            click.echo(f"{module.name}\t{module.py_files} py\t{module.data_files} data")
        return
    store = Store(cache / "results" / f"moto-{source.version}")
    tasks, results = _plan(chosen, store, line, source.sha256, fresh, changed_only)
    runner = Runner(root, store, jobs, timeout, has_docker() if docker is None else docker)
    _run(runner, tasks, results, console)
    comparisons = [
        compare.compare(module, *(results[module.name, mode] for mode in _modes(line)))
        for module in chosen
    ]
    document = report.as_json(source, line, comparisons)
    target = report_file or cache / f"report-{line.name}.json"
    target.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    report.show(Console(), line, comparisons)
    console.print(f"report: {target}", soft_wrap=True)
    sys.exit(0 if all(comparison.sound for comparison in comparisons) else 1)


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
    """What has to be run, the long ones first, and the results that still hold."""
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
    tasks.sort(key=lambda task: -task.module.weight)
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
