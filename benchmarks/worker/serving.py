"""The process's side of the conversation: a turn for each line of the input."""

from __future__ import annotations

import json
import sys
from typing import Any

from . import growth, jobs, worlds
from .watch import Watch


async def serve(world_name: str, case: str, parameters: dict[str, Any]) -> None:
    """Take turns until the input ends."""
    world = getattr(worlds, world_name)()
    job = {**jobs.JOBS, **growth.JOBS}[case]
    async with job(world, **parameters) as turn:
        _say("ready")
        while sys.stdin.readline():
            watch = Watch()
            await turn(watch)
            _say(json.dumps(watch.figures))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
