"""The polls that wait for a task.

Source: Amazon SWF API Reference, PollForDecisionTask and PollForActivityTask: a poll waits for
60 seconds, then its answer has an empty task token. So it is on virtual time. On real time it
is a second, as moto has it for boto3: botocore's own read time-out is 60 seconds, so that a
client with default settings would try again and again, and a test would wait for minutes.
"""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

from aiomoto.asking import whole
from aiomoto.bells import AsyncBell, async_bell
from aiomoto.locks import Order, guarded
from aiomoto.standstill import waiting

from ..common.stand_ins import Waits

if TYPE_CHECKING:
    from aiomoto import AwsRequest, AwsResponse, Engine

    from .compat import Swf

#: Seconds that a poll waits, on virtual and on real time.
_LONGEST, _SHORTEST = 60.0, 1.0
#: Seconds after which a poll looks again unasked: tasks time out when moto is asked.
_LOOK_AGAIN = 1.0


class Polls:
    """The polls that wait."""

    def __init__(self, engine: Engine, swf: Swf) -> None:
        self._engine = engine
        self._swf = swf
        self._lock = guarded(threading.RLock(), Order.PLUGIN)
        self._bells: dict[AsyncBell, None] = {}
        self._over = False
        #: Timers of workflows.
        self.waits = Waits(engine.clock)

    def changed(self) -> None:
        with self._lock:
            bells = list(self._bells)
        for bell in bells:
            bell.ring()

    def close(self) -> None:
        """Have all polls return without a task, and no timer fire."""
        self._over = True
        self.changed()
        self.waits.close()

    async def answer(self, request: AwsRequest) -> AwsResponse:
        """moto's answer as soon as it has a task or an error, else when the poll is over."""
        clock = self._engine.clock
        end = clock.time() + (_LONGEST if clock.virtual else _SHORTEST)
        still = waiting(clock, request.label, _LONGEST, request)
        bell = async_bell()
        with self._lock:
            self._bells[bell] = None
        try:
            while True:
                bell.clear()
                with self._swf.without_sleep():
                    response = self._engine.ask_moto(request)
                if response.status != 200 or _has_task(response):
                    return response
                if clock.reached(end):
                    return response
                await clock.wait(bell, min(end, clock.time() + _LOOK_AGAIN), still)
                if self._over:
                    return response
        finally:
            with self._lock:
                del self._bells[bell]


def _has_task(response: AwsResponse) -> bool:
    found: Any = json.loads(whole(response) or b"{}")
    return bool(found.get("taskToken"))
