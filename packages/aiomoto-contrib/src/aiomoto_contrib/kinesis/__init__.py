"""Kinesis: SubscribeToShard (enhanced fan-out), on moto's streams.

Source: Kinesis Data Streams API Reference, "SubscribeToShard" and "SubscribeToShardEvent".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiomoto import hookimpl
from aiomoto.plugin.patches import Patches

from .subscriptions import Subscriptions

if TYPE_CHECKING:
    from aiomoto.engine import Engine
    from aiomoto.request import AwsRequest, AwsResponse

_state: Subscriptions | None = None
_patches = Patches()


@hookimpl
def aiomoto_services() -> list[str]:
    """Own Kinesis, by its name in ``moto.backend_index``."""
    return ["kinesis"]


@hookimpl
def aiomoto_activate(engine: Engine) -> None:
    """Hear of what happens to moto's streams."""
    global _state
    from ..compat.kinesis import Kinesis

    moto = Kinesis()
    state = Subscriptions(engine, moto)
    _patches.put_in(moto.patches(state.bodies.changed, engine.clock))
    _state = state


@hookimpl
def aiomoto_deactivate() -> None:
    """End all subscriptions."""
    global _state
    state, _state = _state, None
    _patches.take_out()
    if state is not None:
        state.bodies.close()


@hookimpl
def aiomoto_handle(request: AwsRequest) -> AwsResponse | None:
    """Answer SubscribeToShard, which moto lacks."""
    if request.operation != "SubscribeToShard" or _state is None:
        return None
    return _state.subscribe(request)
