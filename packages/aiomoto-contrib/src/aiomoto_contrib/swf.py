"""SWF: polls for tasks wait, and hold up nobody meanwhile.

Source: Amazon SWF API Reference, PollForDecisionTask and PollForActivityTask: a poll waits for
60 seconds, then its answer has an empty task token. So it is on virtual time. On real time it
is a second, as moto has it for boto3: botocore's own read time-out is 60 seconds, so that a
client with default settings would try again and again, and a test would wait for minutes.
"""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

from aiomoto import hookimpl
from aiomoto.locks import Order, guarded
from aiomoto.plugin.imports import LatePart

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from aiomoto.engine import Engine
    from aiomoto.plugin.patches import Patch
    from aiomoto.request import AwsRequest, AwsResponse

    from .compat.swf import Swf
    from .threads import Waits
    from .waking import Bell

_POLLS = frozenset({"PollForDecisionTask", "PollForActivityTask"})
#: Seconds that a poll waits, on virtual and on real time.
_LONGEST, _SHORTEST = 60.0, 1.0
#: Seconds after which a poll looks again unasked: tasks time out when moto is asked.
_LOOK_AGAIN = 1.0


class _Polls:
    """The polls that wait."""

    def __init__(self, engine: Engine, swf: Swf) -> None:
        self._engine = engine
        self._swf = swf
        self._lock = guarded(threading.RLock(), Order.PLUGIN)
        self._bells: dict[Bell, None] = {}
        self._over = False

    def changed(self) -> None:
        """There may be a task for somebody."""
        with self._lock:
            bells = list(self._bells)
        for bell in bells:
            bell.ring()

    def close(self) -> None:
        """Have all polls return without a task."""
        self._over = True
        self.changed()

    async def answer(self, request: AwsRequest) -> AwsResponse:
        """moto's answer as soon as it has a task or an error, else when the poll is over."""
        from .waking import Bell

        clock = self._engine.clock
        end = clock.time() + (_LONGEST if clock.virtual else _SHORTEST)
        bell = Bell(clock)
        with self._lock:
            self._bells[bell] = None
        try:
            while True:
                bell.clear()
                with self._swf.without_sleep():
                    response = self._engine.ask_moto(request)
                if response.status != 200 or _has_task(response):
                    return response
                now = clock.time()
                # Sums of floating point numbers.
                if now >= end - 1e-6:
                    return response
                await bell.wait_until(min(end, now + _LOOK_AGAIN))
                if self._over:
                    return response
        finally:
            with self._lock:
                del self._bells[bell]


def _has_task(response: AwsResponse) -> bool:
    from .asking import whole

    found: Any = json.loads(whole(response) or b"{}")
    return bool(found.get("taskToken"))


_part: LatePart[tuple[_Polls, Waits]] = LatePart("moto.swf.models")


@hookimpl
def aiomoto_services() -> list[str]:
    """Own SWF, by its name in ``moto.backend_index``."""
    return ["swf"]


@hookimpl
def aiomoto_activate(engine: Engine) -> None:
    """Have SWF go by the mock's clock, once moto's is imported."""
    _part.begin(lambda: _begin(engine))


def _begin(engine: Engine) -> tuple[tuple[_Polls, Waits], list[Patch]]:
    from .compat.swf import Swf
    from .threads import Waits

    swf, waits = Swf(), Waits(engine.clock)
    polls = _Polls(engine, swf)
    return (polls, waits), swf.patches(waits, polls.changed)


@hookimpl
def aiomoto_deactivate() -> None:
    """End all polls and timers, and leave moto as it was."""
    try:
        if _part.now is not None:
            polls, waits = _part.now
            polls.close()
            waits.close()
    finally:
        _part.end()


@hookimpl
def aiomoto_handle(request: AwsRequest) -> Awaitable[AwsResponse] | None:
    """Answer polls of async clients; all else is moto's alone."""
    if _part.now is None or not request.is_async or request.operation not in _POLLS:
        return None
    polls, _ = _part.now
    return polls.answer(request)


@hookimpl
def aiomoto_blocks(request: AwsRequest) -> bool:
    """moto sleeps for a second in a poll of a synchronous client."""
    return request.operation in _POLLS


@hookimpl
def aiomoto_response(request: AwsRequest, response: AwsResponse) -> None:
    """Whatever else was called may have made a task."""
    if _part.now is not None and response.status == 200 and request.operation not in _POLLS:
        polls, _ = _part.now
        polls.changed()
