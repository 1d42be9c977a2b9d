"""moto's Batch: its jobs are threads, which sleep between two looks at their container."""

from __future__ import annotations

from typing import Any

from aiomoto.compat import require
from aiomoto.plugin.patches import Patch

from ..common.threads import Waits, join

_MODELS = "moto.batch.models"
_SIMPLE = "moto.batch_simple.models"


class Batch:
    """moto's Batch, simple and with Docker, in moto 5.1 and 5.2.

    :param looks: waits between two looks at a container or at another job.
    :param delays: waits before a job fails as it is told to.
    """

    def __init__(self, looks: Waits, delays: Waits) -> None:
        self._looks, self._delays = looks, delays
        self._models = require("moto", _MODELS)
        self._simple = require("moto", _SIMPLE)
        self._backends = require("moto", _MODELS, "batch_backends")
        for module, name in ((_MODELS, "sleep"), (_MODELS, "time"), (_SIMPLE, "sleep")):
            require("moto", module, name)
        require("moto", _MODELS, "Job", "terminate")

    def patches(self) -> list[Patch]:
        """What to replace in moto while a mock is active."""
        return [
            (self._models, "sleep", self._looks.sleep),
            (self._models, "time", self._looks),
            (self._simple, "sleep", self._delays.sleep),
        ]

    def close(self) -> None:
        """Have the jobs that run stop."""
        jobs: list[Any] = [
            job
            for regions in list(self._backends.values())
            for backend in list(regions.values())
            for job in list(backend._jobs.values())
            if job.is_alive()
        ]
        for job in jobs:
            job.stop = True
        self._looks.close()
        self._delays.close()
        join(jobs)
