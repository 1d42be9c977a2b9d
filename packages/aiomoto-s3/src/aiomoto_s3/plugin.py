"""What S3 adds to core; core finds it through the entry point group ``aiomoto``."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from aiomoto import hookimpl
from aiomoto.plugin.fast_paths import FastPath

from .activation import activation

if TYPE_CHECKING:
    from aiomoto.engine import Engine
    from aiomoto.plugin.patches import Patch
    from aiomoto.request import AwsRequest

_SERVICES = ("s3", "s3control", "s3tables", "s3vectors")


@hookimpl
def aiomoto_services() -> list[str]:
    """Own S3 and the services built on it, by the names of ``moto.backend_index``."""
    # moto has s3vectors since 5.1.16.
    return [name for name in _SERVICES if find_spec(f"moto.{name}")]


@hookimpl
def aiomoto_activate(engine: Engine) -> None:
    """Have large bodies copied less often, and give S3 file systems a clean start."""
    activation.start()
    for path in _FAST_PATHS:
        engine.fast_paths.begin(path)


@hookimpl
def aiomoto_handle(request: AwsRequest) -> None:
    """Have moto's S3 given a large body's payload as it is."""
    if request.service == "s3":
        request.takes_apart = _taken_apart.are_in


@hookimpl
def aiomoto_reset() -> None:
    """Empty the listings of S3 file systems with the buckets."""
    activation.reset()


@hookimpl
def aiomoto_deactivate(engine: Engine) -> None:
    """Put moto and s3fs back, and close what file systems opened."""
    for path in _FAST_PATHS:
        engine.fast_paths.end(path)
    activation.stop()


def _bodies() -> list[Patch]:
    from .bodies import taken_apart

    return taken_apart()


def _objects() -> list[Patch]:
    from .bodies import stored_at_once

    return stored_at_once()


_taken_apart = FastPath("aws-chunked bodies", "moto.s3.responses", _bodies)
_FAST_PATHS = (_taken_apart, FastPath("large objects", "moto.s3.models", _objects))
