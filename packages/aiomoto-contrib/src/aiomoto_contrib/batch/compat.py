"""moto's Batch: its jobs are threads, which sleep between two looks at their container."""

from __future__ import annotations

import threading
from typing import Any

from aiomoto import Patch
from aiomoto.compat.names import require

from ..common.stand_ins import Waits

_MODELS = "moto.batch.models"
_SIMPLE = "moto.batch_simple.models"


class Batch:
    """moto's Batch, simple and with Docker, in moto 5.1 and 5.2."""

    def __init__(self) -> None:
        self._models = require("moto", _MODELS)
        self._simple = require("moto", _SIMPLE)
        self._backends = require("moto", _MODELS, "batch_backends")
        for module, name in ((_MODELS, "sleep"), (_MODELS, "time"), (_SIMPLE, "sleep")):
            require("moto", module, name)
        require("moto", _MODELS, "Job", "terminate")

    def wait_patches(self, looks: Waits, delays: Waits) -> list[Patch]:
        """Give the patches that make moto wait as one mock says.

        :param looks: between two looks at a container or at another job.
        :param delays: before a job fails as it is told to.
        """
        return [
            (self._models, "sleep", looks.sleep),
            (self._models, "time", looks),
            (self._simple, "sleep", delays.sleep),
        ]

    def stop_all(self) -> list[threading.Thread]:
        """Tell the jobs that run to stop; returns their threads."""
        jobs: list[Any] = [
            job
            for regions in list(self._backends.values())
            for backend in list(regions.values())
            for job in list(backend._jobs.values())
            if job.is_alive()
        ]
        for job in jobs:
            job.stop = True
        return jobs
