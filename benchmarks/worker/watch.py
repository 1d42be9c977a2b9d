"""Time on the clock and of the processor, and memory."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Watch:
    """Takes the figures of one turn."""

    def __init__(self) -> None:
        self.figures: dict[str, dict[str, float] | None] = {}

    @contextmanager
    def __call__(self, measure: str, times: int = 1) -> Iterator[None]:
        """Time a block that does something so many times; keeps what one of them took.

        The processor's time is that of all threads of the process.
        """
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        self.figures[measure] = {"wall": wall / times, "cpu": cpu / times}

    def keep(self, measure: str, value: float) -> None:
        """Keep what is no time."""
        self.figures[measure] = {"wall": value, "cpu": value}

    def lack(self, measure: str, why: str) -> None:
        """Say that this can't be done."""
        self.figures[measure] = None
        sys.stderr.write(f"{measure}: {why[:300]}\n")


_STATUS = Path("/proc/self/status")


def peak() -> float:
    """The most memory that this process has held, in MiB.

    From ``VmHWM`` where there is one (proc(5)): ``ru_maxrss`` starts with what the
    process that started this one had (getrusage(2) does not say so, Linux's exec does).
    """
    if _STATUS.exists():
        for line in _STATUS.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    factor = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * factor / 2**20
