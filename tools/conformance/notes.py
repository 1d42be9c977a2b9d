"""What people add to the figures: the rows' order, notes, and the causes of differences."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@dataclass(frozen=True)
class Difference:
    """Why some tests pass with plain boto3 alone."""

    # Node ids, with `*` for any text.
    tests: tuple[str, ...]
    cause: str
    # Whether it is a fault of ours, not yet mended.
    ours: bool = False

    def explains(self, test: str) -> bool:
        return any(fnmatchcase(_escaped(test), _escaped(pattern)) for pattern in self.tests)


@dataclass(frozen=True)
class Notes:
    """The files beside the report."""

    # The modules of the plan that this project started from, in its order.
    plan: tuple[str, ...]
    modules: dict[str, str]
    # How the hand-ported tests of a module name its service, where not as moto does.
    services: dict[str, str]
    differences: tuple[Difference, ...]

    def cause(self, test: str) -> Difference | None:
        """The explanation of a lost test."""
        return next((one for one in self.differences if one.explains(test)), None)


def read(folder: Path) -> Notes:
    """Read `plan.txt` and `notes.toml` in this folder."""
    text: dict[str, Any] = tomllib.loads((folder / "notes.toml").read_text(encoding="utf-8"))
    return Notes(
        plan=tuple((folder / "plan.txt").read_text(encoding="utf-8").split()),
        modules=text.get("modules", {}),
        services=text.get("services", {}),
        differences=tuple(
            Difference(tuple(one["tests"]), " ".join(one["cause"].split()), one.get("ours", False))
            for one in text.get("differences", [])
        ),
    )


def _escaped(text: str) -> str:
    # The brackets of a test's parameters are no set of letters.
    return text.replace("[", "\x01").replace("]", "\x02")
