"""Runs of moto's test modules as pytest processes, several at a time."""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
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
        self._threads = threading.local()
        self._all: list[_Nursery] = []

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
            finally:
                pool.shutdown()
                for nursery in self._all:
                    nursery.kill()

    def _run_one(self, task: Task, advanced: Callable[[Task, float], None]) -> Result:
        lines = self.store.path(task.module.name, task.mode, ".jsonl")
        output = self.store.path(task.module.name, task.mode, ".txt")
        lines.parent.mkdir(parents=True, exist_ok=True)
        lines.unlink(missing_ok=True)
        output.touch()
        begun = time.monotonic()
        order: dict[str, object] = {
            "arguments": self._arguments(task),
            "environment": {RESULTS: str(lines)},
            "output": str(output),
        }
        process = self._process(task)
        try:
            process.order(order)
            while not process.done(_POLL):
                if self._stopping.is_set() or time.monotonic() - begun > _KILLED_AFTER_MODULE:
                    break
                advanced(task, _part(lines, task))
        finally:
            if process.busy:
                process.kill()
        if self._stopping.is_set():
            raise KeyboardInterrupt
        tests, last = read_lines(lines)
        result = Result(
            module=task.module.name,
            mode=task.mode,
            key=task.key,
            seconds=round(time.monotonic() - begun, 1),
            cpu=process.cpu,
            tests=tests,
            counts=last["counts"] if last else None,
            exit_code=last["finished"] if last else None,
            outcomes=dict(Counter(test["outcome"] for test in tests.values())),
        )
        if result.exit_code not in (0, 1):
            result.tail = output.read_text(encoding="utf-8", errors="replace")[-_TAIL:]
        self.store.save(result)
        return result

    def _process(self, task: Task) -> _Nursery:
        """This thread's process for runs of this kind."""
        mine: dict[str, _Nursery] | None = getattr(self._threads, "nurseries", None)
        if mine is None:
            mine = self._threads.nurseries = {}
        if task.mode not in mine or mine[task.mode].ended:
            mine[task.mode] = _Nursery(self.root, self._environment(task), _plugins(task))
            self._all.append(mine[task.mode])
        return mine[task.mode]

    def _arguments(self, task: Task) -> list[str]:
        return [
            *("-q", "--color=no", "-p", "no:cacheprovider"),
            *(part for plugin in _plugins(task) for part in ("-p", plugin)),
            *("--timeout", str(self.timeout)),
            f"tests/{task.module.name}",
        ]

    def _environment(self, task: Task) -> dict[str, str]:
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
        }
        if task.line:
            environment |= task.line.environment()
        if not self.docker:
            environment["TESTS_SKIP_REQUIRES_DOCKER"] = "true"
        return environment


class _Nursery:
    """A process of the module `nursery`, with the one it has forked."""

    def __init__(self, root: Path, environment: dict[str, str], plugins: list[str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "conformance.nursery", *plugins],
            cwd=root,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # A group of its own, so that one signal reaches the forked one too.
            start_new_session=True,
        )
        self.busy = False
        # Seconds of a core that the last order took.
        self.cpu = 0.0
        self._killed = False

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None

    def order(self, order: dict[str, object]) -> None:
        assert self._process.stdin is not None
        self.busy, self.cpu = True, 0.0
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()

    def done(self, seconds: float) -> bool:
        """Whether the order is done, waiting this long for it."""
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], seconds)[0]:
            return False
        # An empty line is the end of a process that died itself.
        line = self._process.stdout.readline()
        self.cpu = float(json.loads(line)["cpu"]) if line else 0.0
        self.busy = False
        return True

    def kill(self) -> None:
        if self._killed:
            return
        self._killed = True
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()


def _plugins(task: Task) -> list[str]:
    return [
        "pytest_timeout",
        "conformance.recorder",
        *(["conformance.bridge"] if task.line else []),
    ]


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
