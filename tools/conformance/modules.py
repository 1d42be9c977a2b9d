"""The modules of moto's test suite: the folders under `tests`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_TEST = re.compile(r"^\s*def test", re.MULTILINE)


@dataclass(frozen=True)
class Module:
    """One folder of tests."""

    name: str
    py_files: int
    data_files: int
    # A guess at the number of tests, for the progress bar: parameters are not counted.
    weight: int


def discover(root: Path) -> list[Module]:
    """The test modules in an unpacked archive, by name."""
    return [
        _look_at(folder)
        for folder in sorted((root / "tests").iterdir())
        if folder.is_dir() and folder.name.startswith("test_")
    ]


def choose(found: list[Module], names: tuple[str, ...]) -> list[Module]:
    """The modules of these names, in that order; all of them where no name is given.

    Raises ValueError naming those that moto does not have.
    """
    if not names:
        return found
    by_name = {module.name: module for module in found}
    missing = [name for name in names if name not in by_name]
    if missing:
        raise ValueError(f"moto has no test module named {', '.join(missing)}")
    return [by_name[name] for name in dict.fromkeys(names)]


def _look_at(folder: Path) -> Module:
    files = [f for f in folder.rglob("*") if f.is_file() and "__pycache__" not in f.parts]
    python = [f for f in files if f.suffix == ".py"]
    tests = sum(
        len(_TEST.findall(f.read_text(encoding="utf-8")))
        for f in python
        if f.name.startswith("test_") or f.name.endswith("_test.py")
    )
    return Module(folder.name, len(python), len(files) - len(python), max(tests, 1))
