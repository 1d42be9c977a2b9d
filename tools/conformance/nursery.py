"""A process that has loaded what every module's tests need, and forks one for each module.

Imports are most of what a small module costs: pytest, moto, the clients and their models. Each
module still has a process of its own, so that it can neither spoil another nor be spoiled.

It reads orders from its input, one JSON object a line, and answers each with one.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import sys
import traceback
from typing import Any

# Backends that nearly every module of tests comes to load, or that take long to.
_COMMON = (
    "pytest",
    "moto.core.models",
    "moto.server",
    "moto.cloudformation.urls",
    "moto.ec2.urls",
    "moto.iam.urls",
    "moto.instance_metadata.urls",
    "moto.moto_api._internal.urls",
    "moto.s3.urls",
    "moto.sts.urls",
    "freezegun",
)


def main(plugins: list[str]) -> None:
    """Load everything, then serve orders until the input ends."""
    for name in (*plugins, *_COMMON):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        print(json.dumps(_in_child(json.loads(line))), flush=True)


def _in_child(order: dict[str, Any]) -> dict[str, float]:
    child = os.fork()
    if child == 0:
        code = 70
        try:
            code = _run(order)
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            # Without waiting for threads that a test may have left behind.
            os._exit(code)
    _, status, usage = os.wait4(child, 0)
    cpu = usage.ru_utime + usage.ru_stime
    return {"exit": os.waitstatus_to_exitcode(status), "cpu": round(cpu, 1)}


def _run(order: dict[str, Any]) -> int:
    nothing = os.open(os.devnull, os.O_RDONLY)
    output = os.open(order["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for source, target in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(source, target)
    os.environ.update(order["environment"])
    import pytest

    sys.argv = ["pytest", *order["arguments"]]
    return int(pytest.main(order["arguments"]))


if __name__ == "__main__":
    main(sys.argv[1:])
