"""Kinesis: SubscribeToShard (enhanced fan-out), on moto's streams.

Source: Kinesis Data Streams API Reference, "SubscribeToShard" and "SubscribeToShardEvent".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiomoto import hookimpl
from aiomoto.plugin.imports import LatePart

if TYPE_CHECKING:
    from aiomoto.engine import Engine
    from aiomoto.plugin.patches import Patch
    from aiomoto.request import AwsRequest, AwsResponse

    from .subscriptions import Subscriptions

_part: LatePart[Subscriptions] = LatePart("moto.kinesis.models")


@hookimpl
def aiomoto_services() -> list[str]:
    """Own Kinesis, by its name in ``moto.backend_index``."""
    return ["kinesis"]


@hookimpl
def aiomoto_activate(engine: Engine) -> None:
    """Hear of what happens to moto's streams, once there can be any."""
    _part.begin(lambda: _begin(engine))


def _begin(engine: Engine) -> tuple[Subscriptions, list[Patch]]:
    from ..compat.kinesis import Kinesis
    from .subscriptions import Subscriptions

    moto = Kinesis()
    state = Subscriptions(engine, moto)
    return state, moto.patches(state.bodies.changed, engine.clock)


@hookimpl
def aiomoto_deactivate() -> None:
    """End all subscriptions."""
    state = _part.end()
    if state is not None:
        state.bodies.close()


@hookimpl
def aiomoto_handle(request: AwsRequest) -> AwsResponse | None:
    """Answer SubscribeToShard, which moto lacks."""
    if request.operation != "SubscribeToShard" or _part.now is None:
        return None
    return _part.now.subscribe(request)
