"""moto's Step Functions: its state machines run in threads, which wait in many places."""

from __future__ import annotations

import datetime
from typing import Any

from aiomoto import Patch
from aiomoto.compat.names import require, require_attributes

from ..common.stand_ins import Waits

_PARSER = "moto.stepfunctions.parser"
_STATE = f"{_PARSER}.asl.component.state"
_ITERATION = f"{_STATE}.exec.state_map.iteration"

#: Module, and the names by which it has threads, events and sleep.
_NAMES = (
    (f"{_PARSER}.backend.execution_worker", ("Thread",)),
    (f"{_PARSER}.asl.component.program.program", ("threading",)),
    (f"{_PARSER}.asl.component.common.retry.retrier_decl", ("time",)),
    (f"{_PARSER}.asl.eval.environment", ("threading",)),
    (f"{_PARSER}.asl.eval.callback.callback", ("Event",)),
    (f"{_STATE}.exec.execute_state", ("Thread", "threading")),
    (f"{_STATE}.exec.state_parallel.branch_worker", ("threading",)),
    (f"{_STATE}.exec.state_parallel.branches_decl", ("threading",)),
    (f"{_STATE}.exec.state_task.service.state_task_service_callback", ("threading", "time")),
    (f"{_ITERATION}.inline_iteration_component", ("threading",)),
    (f"{_ITERATION}.itemprocessor.map_run_record", ("threading",)),
    (f"{_ITERATION}.job", ("threading",)),
)


class StepFunctions:
    """moto's Step Functions, in moto 5.1 and 5.2."""

    def __init__(self) -> None:
        self._modules = [(require("moto", module), names) for module, names in _NAMES]
        for module, names in _NAMES:
            for name in names:
                require("moto", module, name)
        module = f"{_STATE}.wait.wait_function.wait_function"
        self._wait_function = require_attributes("moto", module, "WaitFunction", "_wait_interval")
        self._backends = require("moto", f"{_PARSER}.models", "stepfunctions_parser_backends")
        require("moto", f"{_PARSER}.backend.execution", "Execution", "stop")

    def wait_patches(self, waits: Waits) -> list[Patch]:
        def wait_interval(self: Any, env: Any, wait_seconds: float) -> None:
            """Until the clock is so far, or the execution is stopped."""
            end = waits.clock.time() + wait_seconds
            # Sums of floating point numbers.
            while env.is_running() and (left := end - waits.clock.time()) > 1e-6:
                env.program_state_event.wait(left)
                if waits.closed:
                    return

        stand_ins: dict[str, Any] = {
            "threading": waits,
            "time": waits,
            "Thread": waits.Thread,
            "Event": waits.Event,
        }
        found: list[Patch] = [
            (module, name, stand_ins[name]) for module, names in self._modules for name in names
        ]
        found.append((self._wait_function, "_wait_interval", wait_interval))
        return found

    def stop_all(self) -> None:
        """Stop what runs, so that its threads end."""
        now = datetime.datetime.now(tz=datetime.timezone.utc)
        for regions in list(self._backends.values()):
            for backend in list(regions.values()):
                for machine in backend.state_machines:
                    for execution in machine.executions:
                        if execution.status == "RUNNING" and execution.exec_worker.env is not None:
                            execution.stop(stop_date=now, error=None, cause="The mock has ended.")
