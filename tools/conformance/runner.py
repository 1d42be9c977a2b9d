"""Runs of moto's test modules as pytest processes, several at a time."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from conformance.inputs import BASE_MODE
from conformance.modules import Module
from conformance.results import Result, Store, read_lines
from conformance.settings import RESULTS, Line

_TOOLS = Path(__file__).parent.parent
_KILLED_AFTER_MODULE = 3600
_TAIL = 4000
# Settings of the machine that would change what moto or pytest does.
_NOT_PASSED_ON = ("AWS_", "MOTO_", "PYTEST_", "TEST_SERVER_MODE", "TESTS_")
_POLL = 0.3


@dataclass(frozen=True)
class Task:
    """A module to be run one way; without a line, with plain boto3."""

    module: Module
    line: Line | None
    key: dict[str, str]

    @property
    def mode(self) -> str:
        return self.line.name if self.line else BASE_MODE

    @property
    def name(self) -> str:
        return f"{self.module.name} {self.mode}"


@dataclass
class Runner:
    """Runs tasks in a folder with moto's tests."""

    root: Path
    store: Store
    jobs: int
    # Seconds that a single test may take.
    timeout: int
    docker: bool

    def __post_init__(self) -> None:
        self._stopping = threading.Event()

    def run(
        self,
        tasks: Iterable[Task],
        advanced: Callable[[Task, float], None],
        done: Callable[[Task, Result], None],
    ) -> None:
        """Run the tasks, keep each result as it comes.

        `advanced` is told, from the thread that runs the task, what part of it is done.
        """
        with ThreadPoolExecutor(self.jobs) as pool:
            running = {pool.submit(self._run_one, task, advanced): task for task in tasks}
            try:
                for future in as_completed(running):
                    done(running[future], future.result())
            except BaseException:
                self._stopping.set()
                pool.shutdown(cancel_futures=True)
                raise

    def _run_one(self, task: Task, advanced: Callable[[Task, float], None]) -> Result:
        lines = self.store.path(task.module.name, task.mode, ".jsonl")
        output = self.store.path(task.module.name, task.mode, ".txt")
        lines.parent.mkdir(parents=True, exist_ok=True)
        lines.unlink(missing_ok=True)
        begun = time.monotonic()
        with output.open("w", encoding="utf-8") as stream:
            process = subprocess.Popen(
                self._command(task),
                cwd=self.root,
                env=self._environment(task, lines),
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
            )
            try:
                self._wait(process, lambda: advanced(task, _part(lines, task)), begun)
            finally:
                process.kill()
                process.wait()
        if self._stopping.is_set():
            raise KeyboardInterrupt
        tests, last = read_lines(lines)
        result = Result(
            module=task.module.name,
            mode=task.mode,
            key=task.key,
            seconds=round(time.monotonic() - begun, 1),
            tests=tests,
            counts=last["counts"] if last else None,
            exit_code=last["finished"] if last else None,
            outcomes=dict(Counter(test["outcome"] for test in tests.values())),
        )
        if result.exit_code not in (0, 1):
            result.tail = output.read_text(encoding="utf-8", errors="replace")[-_TAIL:]
        self.store.save(result)
        return result

    def _wait(
        self, process: subprocess.Popen[bytes], poll: Callable[[], None], begun: float
    ) -> None:
        while process.poll() is None:
            if self._stopping.is_set() or time.monotonic() - begun > _KILLED_AFTER_MODULE:
                return
            poll()
            time.sleep(_POLL)

    def _command(self, task: Task) -> list[str]:
        plugins = ["pytest_timeout", "conformance.recorder"]
        if task.line:
            plugins.append("conformance.bridge")
        return [
            *(sys.executable, "-m", "pytest", "-q", "--color=no", "-p", "no:cacheprovider"),
            *(part for plugin in plugins for part in ("-p", plugin)),
            *("--timeout", str(self.timeout)),
            f"tests/{task.module.name}",
        ]

    def _environment(self, task: Task, lines: Path) -> dict[str, str]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith(_NOT_PASSED_ON)}
        home = self.root / "home"
        home.mkdir(exist_ok=True)
        environment |= {
            # Neither configuration nor credentials of whoever runs the tool.
            "HOME": str(home),
            "PYTHONPATH": str(_TOOLS),
            # Both runs shall parametrize alike from sets.
            "PYTHONHASHSEED": "0",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            RESULTS: str(lines),
        }
        if task.line:
            environment |= task.line.environment()
        if not self.docker:
            environment["TESTS_SKIP_REQUIRES_DOCKER"] = "true"
        return environment


def has_docker() -> bool:
    """Whether tests that moto marks as needing Docker can be run here."""
    return shutil.which("docker") is not None and (
        "DOCKER_HOST" in os.environ or Path("/var/run/docker.sock").exists()
    )


def _part(lines: Path, task: Task) -> float:
    """What part of the module is done, by the lines written so far."""
    if not lines.exists():
        return 0.0
    with lines.open("rb") as stream:
        return min(sum(1 for _ in stream) / task.module.weight, 1.0)
