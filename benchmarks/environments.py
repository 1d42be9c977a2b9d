"""A virtual environment for each subject, made by uv and kept in the cache."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from .subjects import Environment

ROOT = Path(__file__).parent.parent
_VERSIONS = (
    "import importlib.metadata as m, json; "
    "print(json.dumps({d.name: d.version for d in m.distributions()}))"
)


class EnvironmentFailed(Exception):
    """uv could not make an environment; its own words."""


@dataclass(frozen=True)
class Made:
    """An environment that is there."""

    python: Path
    #: Distribution to version.
    versions: dict[str, str]


def make(wanted: Environment, cache: Path, fresh: bool) -> Made:
    """The environment, made if it isn't there or was made for something else.

    The newest versions are those of the day when it was made; ``fresh`` makes it anew.
    Raises :class:`EnvironmentFailed`.
    """
    folder = cache / "environments" / wanted.name
    stamp = folder / "made-for.json"
    recipe = json.dumps(
        [sys.version, str(ROOT), wanted.requirements, wanted.checkout], default=list
    )
    scripts = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    python = folder.joinpath(*scripts)
    if fresh or not stamp.exists() or stamp.read_text(encoding="utf-8") != recipe:
        shutil.rmtree(folder, ignore_errors=True)
        _uv("venv", "--python", sys.executable, str(folder))
        editable = [
            part for name in wanted.checkout for part in ("-e", str(ROOT / "packages" / name))
        ]
        _uv(
            "pip",
            "install",
            "--compile-bytecode",
            "--python",
            str(python),
            *editable,
            *wanted.requirements,
        )
        stamp.write_text(recipe, encoding="utf-8")
    done = subprocess.run([python, "-c", _VERSIONS], check=True, capture_output=True, text=True)
    return Made(python, json.loads(done.stdout))


def _uv(*arguments: str) -> None:
    import uv  # late: only what makes environments needs it

    command = [uv.find_uv_bin(), *arguments, "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise EnvironmentFailed(f"`uv {' '.join(arguments)}` ended with: {done.stderr.strip()}")
