"""A pytest plugin that writes the outcome of each test as soon as it is known.

One JSON object a line: `{"test": node id, "outcome": ..., "seconds": ..., "why": ...}`, and as
the last line `{"finished": exit code, "counts": what the bridge counted, or null}`. A file
without that last line is of a run that died.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import IO, Any

import pytest

from conformance.settings import RESULTS

# The worst of a test's phases decides; the order is from bad to good.
_RANK = ("error", "failed", "xpassed", "xfailed", "skipped", "passed")
_WHY_LENGTH = 2000


class Recorder:
    """The plugin object."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream
        self._open: dict[str, dict[str, Any]] = {}

    def _write(self, record: dict[str, Any]) -> None:
        self._stream.write(json.dumps(record) + "\n")
        self._stream.flush()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        record = self._open.setdefault(
            report.nodeid, {"test": report.nodeid, "outcome": "passed", "seconds": 0.0}
        )
        outcome = _outcome(report)
        if _RANK.index(outcome) < _RANK.index(record["outcome"]):
            record["outcome"] = outcome
            record["why"] = _why(report)
        record["seconds"] = round(record["seconds"] + report.duration, 3)
        if report.when == "teardown":
            self._write(self._open.pop(report.nodeid))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._write(
                {
                    "test": report.nodeid,
                    "outcome": "error",
                    "seconds": 0.0,
                    "why": "collecting: " + str(report.longrepr)[-_WHY_LENGTH:],
                }
            )

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        bridge = sys.modules.get("conformance.bridge")
        counts = bridge.tally.snapshot() if bridge is not None else None
        self._write({"finished": int(exitstatus), "counts": counts})
        self._stream.close()


def _outcome(report: pytest.TestReport) -> str:
    expected = hasattr(report, "wasxfail")
    if report.passed:
        return "xpassed" if expected else "passed"
    if report.skipped:
        return "xfailed" if expected else "skipped"
    return "failed" if report.when == "call" else "error"


def _why(report: pytest.TestReport) -> str:
    if report.skipped and isinstance(report.longrepr, tuple):
        return str(report.longrepr[2])
    crash = getattr(report.longrepr, "reprcrash", None)
    head = f"{crash.path}:{crash.lineno}: {crash.message}\n" if crash is not None else ""
    return (head + str(report.longrepr)[-_WHY_LENGTH:]) if report.longrepr else ""


def pytest_configure(config: pytest.Config) -> None:
    """Record where the environment names a file."""
    path = os.environ.get(RESULTS)
    if path:
        stream = Path(path).open("w", encoding="utf-8")  # noqa: SIM115 (till the end)
        config.pluginmanager.register(Recorder(stream), "conformance-recorder")
