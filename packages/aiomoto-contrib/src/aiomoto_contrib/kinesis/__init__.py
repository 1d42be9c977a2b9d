"""Kinesis: SubscribeToShard (enhanced fan-out), on moto's streams.

Source: Kinesis Data Streams API Reference, "SubscribeToShard" and "SubscribeToShardEvent".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiomoto import hookimpl
from aiomoto.plugin.imports import when_imported
from aiomoto.plugin.patches import Patches

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiomoto.engine import Engine
    from aiomoto.request import AwsRequest, AwsResponse

    from .subscriptions import Subscriptions

_state: Subscriptions | None = None
_patches = Patches()
_forget: Callable[[], None] | None = None


@hookimpl
def aiomoto_services() -> list[str]:
    """Own Kinesis, by its name in ``moto.backend_index``."""
    return ["kinesis"]


@hookimpl
def aiomoto_activate(engine: Engine) -> None:
    """Hear of what happens to moto's streams, once there can be any."""
    global _forget
    _forget = when_imported("moto.kinesis.models", lambda: _begin(engine))


def _begin(engine: Engine) -> None:
    global _state
    from ..compat.kinesis import Kinesis
    from .subscriptions import Subscriptions

    moto = Kinesis()
    state = Subscriptions(engine, moto)
    _patches.put_in(moto.patches(state.bodies.changed, engine.clock))
    _state = state


@hookimpl
def aiomoto_deactivate() -> None:
    """End all subscriptions."""
    global _state, _forget
    state, forget = _state, _forget
    _state = _forget = None
    if forget is not None:
        forget()
    _patches.take_out()
    if state is not None:
        state.bodies.close()


@hookimpl
def aiomoto_handle(request: AwsRequest) -> AwsResponse | None:
    """Answer SubscribeToShard, which moto lacks."""
    if request.operation != "SubscribeToShard" or _state is None:
        return None
    return _state.subscribe(request)
