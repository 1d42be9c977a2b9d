"""The machine that the figures are of, as far as its name and owner don't matter."""

from __future__ import annotations

import os
import platform

_SHOWN = ("cpu_model_name", "platform", "python_version")


def describe() -> dict[str, str]:
    """Processor, number of its cores, system and Python."""
    import pyperf  # late: what makes the page of recorded results doesn't need it

    found = pyperf.Run([1.0], collect_metadata=True).get_metadata()
    about = {name: str(found[name]) for name in _SHOWN if name in found}
    about.setdefault("cpu_model_name", platform.machine())
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    about["cores"] = str(usable)
    return about


def load() -> float | None:
    """The load average of the last minute; None where the system has none."""
    return round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None
