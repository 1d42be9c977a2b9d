"""Results of single runs of a module, kept with a key of all that they depend on.

A result whose key is still the same is taken again instead of running the module, so a run
that was broken off goes on where it stopped.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

PASSED = "passed"


@dataclass
class Result:
    """One run of one module, with plain boto3 or through async clients."""

    module: str
    mode: str
    key: dict[str, str]
    seconds: float
    tests: dict[str, dict[str, Any]]
    # What the bridge counted; None for plain boto3.
    counts: dict[str, Any] | None = None
    # pytest's exit code; None for a process that died on the way.
    exit_code: int | None = None
    # The end of the output of a run that died or could not collect.
    tail: str = ""
    outcomes: dict[str, int] = field(default_factory=dict)
    # Seconds of a core; they tell more than `seconds` does on a machine that is busy otherwise.
    cpu: float = 0.0

    def passed(self, test: str) -> bool:
        return self.tests.get(test, {}).get("outcome") == PASSED

    def called_services(self) -> set[str]:
        calls = (self.counts or {}).get("async", {})
        return {call.split(":")[0] for call in calls}


def read_lines(path: Path) -> tuple[dict[str, dict[str, Any]], dict[str, Any] | None]:
    """The recorder's file: the tests, and its last line where there is one."""
    tests: dict[str, dict[str, Any]] = {}
    last = None
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                record = json.loads(line)
            except ValueError:
                break  # the process died while it wrote this line
            if "finished" in record:
                last = record
            else:
                tests[record.pop("test")] = record
    return tests, last


class Store:
    """The results on disk, one file for each module and mode."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, module: str, mode: str, suffix: str = ".json") -> Path:
        return self._folder / mode / f"{module}{suffix}"

    def load(self, module: str, mode: str) -> Result | None:
        path = self.path(module, mode)
        if not path.exists():
            return None
        return Result(**json.loads(path.read_text(encoding="utf-8")))

    def save(self, result: Result) -> None:
        path = self.path(result.module, result.mode)
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".tmp")
        temporary.write_text(json.dumps(asdict(result), indent=1), encoding="utf-8")
        temporary.replace(path)
