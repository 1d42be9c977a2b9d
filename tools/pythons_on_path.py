"""Leaves those Pythons out of hatch's matrix that this machine does not have, and says so.

hatch itself would download them, or end with a traceback where it can't. It loads this file
(``[env.collectors.custom]`` of hatch.toml) at every command; only the matrix is looked at.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import cache
from typing import Any

MATRIX = "matrix"


def get_environment_collector() -> Any:
    """For hatch: the class of what may change its environments."""
    from hatch.env.collectors.plugin.interface import EnvironmentCollectorInterface

    class PythonsOnPath(EnvironmentCollectorInterface):
        def finalize_config(self, config: dict[str, dict[str, Any]]) -> None:
            skip_missing(config, sys.argv)

    return PythonsOnPath


def skip_missing(envs: dict[str, dict[str, Any]], arguments: list[str]) -> None:
    """Take Pythons that can't be run out of the matrix, where the command is about it."""
    if MATRIX in {argument.partition(":")[0] for argument in arguments}:
        for axes in envs[MATRIX]["matrix"]:
            axes["python"] = [version for version in axes["python"] if is_here(version)]


@cache
def is_here(version: str) -> bool:
    """Whether ``python3.x`` runs; pyenv's shims may be on PATH and point nowhere."""
    if sys.version_info[:2] == tuple(map(int, version.split("."))):
        return True
    path = shutil.which(f"python{version}")
    if path and subprocess.run([path, "-c", ""], capture_output=True, check=False).returncode == 0:
        return True
    sys.stderr.write(f"Python {version} is not on PATH: skipped in the matrix\n")
    return False
