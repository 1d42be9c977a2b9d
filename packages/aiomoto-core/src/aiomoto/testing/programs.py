"""Runs a program in an interpreter of its own, for what depends on the order of imports."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

from . import network

# By its path, since importing aiomoto is what a program may be about.
_GUARD = f"""
def _guard():
    import importlib.util
    spec = importlib.util.spec_from_file_location("_kept_on_this_machine", {network.__file__!r})
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.end_process_that_leaves()

_guard()
"""


def run(program: str, *options: str, **environ: str) -> str:
    """What `program` prints; its own traceback as the failure where it ends with an error.

    `options` are Python's, `environ` is added to this process's environment. A
    program that tries to leave this machine ends at once, with exit code 70.

    :raises AssertionError: if the program ends with another code than 0.
    """
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", *options, "-c", _GUARD + textwrap.dedent(program)],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, **environ},
        check=False,
    )
    if done.returncode:
        raise AssertionError(f"exit code {done.returncode}\n{done.stderr}")
    return done.stdout
