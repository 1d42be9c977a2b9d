"""moto's SWF: its clock, its timers, and the second that it sleeps when there is no task."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from aiomoto import Patch
from aiomoto.compat.names import require

from ..common.stand_ins import Waits

_MODELS = "moto.swf.models"
#: What goes by ``unix_time``.
_TIMES = ("activity_task", "decision_task", "history_event", "timeout", "workflow_execution")


class Swf:
    """moto's SWF, in moto 5.1 and 5.2."""

    def __init__(self) -> None:
        self._models = require("moto", _MODELS)
        require("moto", _MODELS, "sleep")
        self._execution = require("moto", f"{_MODELS}.workflow_execution")
        require("moto", f"{_MODELS}.workflow_execution", "ThreadingTimer")
        self._times = [require("moto", f"{_MODELS}.{name}") for name in _TIMES]
        for name in _TIMES:
            require("moto", f"{_MODELS}.{name}", "unix_time")
        self._asking = threading.local()

    @contextmanager
    def without_sleep(self) -> Iterator[None]:
        """Have moto answer a poll at once, in this thread."""
        self._asking.now = True
        try:
            yield
        finally:
            self._asking.now = False

    def wait_patches(self, waits: Waits, fired: Callable[[], None]) -> list[Patch]:
        """Make what is replaced in moto; ``fired()`` is called after each timer of a workflow."""
        motos_sleep, motos_time = self._models.sleep, self._times[0].unix_time

        def sleep(seconds: float) -> None:
            if not getattr(self._asking, "now", False):
                motos_sleep(seconds)

        def timer(interval: float, function: Callable[..., object], args: Any = ()) -> Any:
            def fire() -> None:
                function(*args)
                fired()

            return waits.Timer(interval, fire)

        found: list[Patch] = [
            (self._models, "sleep", sleep),
            (self._execution, "ThreadingTimer", timer),
        ]
        if waits.clock.virtual:

            def unix_time(dt: Any = None) -> float:
                return float(motos_time(dt)) if dt else waits.clock.time()

            found += [(module, "unix_time", unix_time) for module in self._times]
        return found
