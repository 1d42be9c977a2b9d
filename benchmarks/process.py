"""The measured processes, and the rounds in which they take turns."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from .cases import Case
from .subjects import Subject
from .targets import Figures

_ROOT = Path(__file__).parent.parent
_Turn = dict[str, dict[str, float] | None]
#: What would change what is measured, or where it goes.
_NOT_HANDED_ON = (
    *("AWS_", "MOTO_", "AIOMOTO_", "PYTHON", "COVERAGE", "HTTP_PROXY", "HTTPS_PROXY"),
    *("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_"),
)


class WorkerFailed(Exception):
    """A measured process ended early; its own words."""


class Worker:
    """A process of one subject, ready to take turns."""

    def __init__(self, subject: Subject, python: Path, case: Case, parameters: dict[str, Any]):
        self._name = f"{subject.name}, {case.name}"
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed in end()
        command = [
            str(python),
            "-W",
            "ignore",
            "-m",
            "benchmarks.worker",
            subject.world,
            case.name,
            json.dumps(parameters),
        ]
        self._process = subprocess.Popen(
            command,
            cwd=_ROOT,
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )

    def wait_until_ready(self) -> None:
        """Return when the process would take a turn."""
        self._line()

    def turn(self) -> _Turn:
        """The figures of one turn."""
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        found: _Turn = json.loads(self._line())
        return found

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._process.wait()
            self._errors.seek(0)
            said = self._errors.read().decode(errors="replace").strip()
            raise WorkerFailed(
                f"the process of {self._name} ended with {self._process.returncode}:\n{said}"
            )
        return line

    def end(self) -> None:
        """Close the input, which ends the process; kill it if that doesn't."""
        try:
            self._process.communicate(timeout=30)
        except (subprocess.TimeoutExpired, BrokenPipeError, KeyboardInterrupt):
            self._process.kill()
            self._process.wait()
        finally:
            self._errors.close()


def _environment() -> dict[str, str]:
    # Also not a developer's AWS settings.
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith(_NOT_HANDED_ON)
    }
    return {**kept, "AWS_EC2_METADATA_DISABLED": "true"}


def one_round(
    case: Case,
    subjects: Sequence[tuple[Subject, Path]],
    number: int,
    quick: bool,
    advanced: Callable[[float], None],
) -> Figures:
    """The figures of one round: each subject's median over its turns, of memory the most.

    In each turn the subjects come in another order. ``advanced`` is told which part is done.
    Raises :class:`WorkerFailed`.
    """
    turns = min(case.turns, 2) if quick else case.turns
    taken: dict[str, list[_Turn]] = {subject.name: [] for subject, _ in subjects}
    total = turns * len(subjects)

    def take(subject: Subject, worker: Worker) -> None:
        taken[subject.name].append(worker.turn())
        advanced(sum(map(len, taken.values())) / total)

    @contextmanager
    def running(subject: Subject, python: Path) -> Iterator[Worker]:
        worker = Worker(subject, python, case, case.parameters_for(subject.name, quick))
        try:
            worker.wait_until_ready()
            yield worker
        finally:
            worker.end()

    if case.process_a_turn:
        if number == 0:
            for subject, python in subjects:
                with running(subject, python) as worker:
                    worker.turn()  # Python writes its bytecode
        for turn in range(turns):
            for subject, python in _rotated(subjects, number + turn):
                with running(subject, python) as worker:
                    take(subject, worker)
    elif case.side_by_side:
        with ExitStack() as stack:
            workers = {
                subject.name: stack.enter_context(running(subject, python))
                for subject, python in subjects
            }
            for turn in range(turns):
                for subject, _ in _rotated(subjects, number + turn):
                    take(subject, workers[subject.name])
    else:
        for subject, python in _rotated(subjects, number):
            with running(subject, python) as worker:
                for _ in range(turns):
                    take(subject, worker)
    return {name: _together(found) for name, found in taken.items()}


def _rotated(subjects: Sequence[tuple[Subject, Path]], by: int) -> Sequence[tuple[Subject, Path]]:
    by %= len(subjects)
    return [*subjects[by:], *subjects[:by]]


def _together(turns: list[_Turn]) -> _Turn:
    found: _Turn = {}
    for name in turns[0]:
        figures = [turn[name] for turn in turns]
        known = [figure for figure in figures if figure is not None]
        combine = max if name == "peak memory" else statistics.median
        found[name] = (
            {clock: combine([one[clock] for one in known]) for clock in ("wall", "cpu")}
            if len(known) == len(figures)
            else None
        )
    return found
