"""A recorder in the place of a mock, and what runs or looks at decorated things."""

from __future__ import annotations

import concurrent.futures
import functools
import io
import subprocess
import sys
import unittest
from typing import TYPE_CHECKING, Any

import boto3
import moto
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


REGION = "us-east-1"
START, STOP = "start(True)", "stop(True)"


class Recorder:
    """Stands in for a mock: counts as a mock does, keeps `data` as moto's backends would."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.depth = 0
        self.deepest = 0
        self.data: list[str] = []
        self.fail_start: BaseException | None = None
        self.fail_stop: BaseException | None = None

    def for_call(self) -> Recorder:
        return self

    def start(self, reset: bool = True) -> None:
        self.events.append(f"start({reset})")
        if self.fail_start is not None:
            raise self.fail_start
        self.depth += 1
        self.deepest = max(self.depth, self.deepest)
        if self.depth == 1 and reset:
            self.data.clear()

    def stop(self, remove_data: bool = True) -> None:
        self.events.append(f"stop({remove_data})")
        self.depth -= 1
        assert self.depth >= 0, "stop() without start()"
        if self.depth == 0 and remove_data:
            self.data.clear()
        if self.fail_stop is not None:
            raise self.fail_stop

    def note(self, name: str) -> None:
        """Called by a decorated body: says whether the mock is on in there."""
        self.events.append(name if self.depth else f"{name} OUTSIDE")


def step(awaitable: Any) -> Any:
    """Run a coroutine that never has to wait, without an event loop."""
    coroutine = awaitable.__await__()
    with pytest.raises(StopIteration) as done:
        next(coroutine)
    return done.value.value


def in_a_thread(function: Callable[..., Any], *args: Any) -> Any:
    """Run what ends with no event loop set.

    Before Python 3.12 that would drop the loop that pytest-asyncio keeps for its main thread
    between two tests, unclosed, and some later test would be blamed.
    """
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        return pool.submit(function, *args).result()


def run_unittest(klass: type[unittest.TestCase]) -> int:
    """Run it as `python -m unittest` would; all of it has to pass. How many tests there were."""
    stream = io.StringIO()
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(klass)
    runner = unittest.TextTestRunner(stream=stream, verbosity=2)
    result: unittest.TestResult = in_a_thread(runner.run, suite)
    assert result.wasSuccessful(), stream.getvalue()
    return result.testsRun


@functools.cache
def s3() -> Any:
    """One sync client for the comparisons: making one costs more than the rest of a test."""
    session = boto3.Session("testing", "testing", region_name=REGION)
    return session.client("s3")


def buckets() -> list[str]:
    return sorted(bucket["Name"] for bucket in s3().list_buckets()["Buckets"])


def make(name: str) -> None:
    s3().create_bucket(Bucket=name)


def is_on() -> bool:
    """Is a mock active? moto's own count says so, and aiomoto has to keep it."""
    return moto.core.models.MockAWS._nested_count > 0


def in_a_process(
    tmp_path: Path, *command: str, expected: int = 0
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, *command], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == expected, done.stdout + done.stderr
    return done
