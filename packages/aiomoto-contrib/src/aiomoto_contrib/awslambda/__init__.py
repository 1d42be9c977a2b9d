"""Lambda functions whose code is a Python callable, plain or async, of the test.

A plugin of aiomoto, found through its entry point. Tests use :data:`handlers`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from aiomoto import hookimpl
from aiomoto.plugin.imports import LatePart

from .context import Context
from .handlers import Handler, Handlers, handlers

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from aiomoto.engine import Engine
    from aiomoto.plugin.patches import Patch
    from aiomoto.request import AwsRequest, AwsResponse

    from .service import Service

__all__ = ["Context", "Handler", "Handlers", "handlers"]

_part: LatePart[Service] = LatePart("moto.awslambda.models")


def current() -> Service | None:
    """Lambda of the running mock, for the other plugins; None while nobody has used it."""
    return _part.now


@hookimpl
def aiomoto_services() -> list[str]:
    """Own Lambda, by its name in ``moto.backend_index``."""
    return ["awslambda"]


@hookimpl
def aiomoto_activate(engine: Engine) -> None:
    """Have moto hand over what its services invoke, once its Lambda is imported."""
    from ..background import background

    _part.begin(lambda: _begin(engine))
    background.open()
    handlers.attach(_started)


def _begin(engine: Engine) -> tuple[Service, list[Patch]]:
    from ..compat.awslambda import Lambda
    from .service import Service

    compat = Lambda()
    service = Service(engine, compat, handlers)
    return service, compat.patches(service)


def _started() -> Service:
    import_module("moto.awslambda.models")
    assert _part.now is not None
    return _part.now


@hookimpl
def aiomoto_deactivate() -> None:
    """End what runs, forget the callables, and leave moto as it was."""
    from ..background import background

    handlers.detach()
    try:
        background.close()
    finally:
        _part.end()


@hookimpl
def aiomoto_handle(
    engine: Engine, request: AwsRequest
) -> AwsResponse | Awaitable[AwsResponse] | None:
    """Invoke a function that has a callable; all else is moto's."""
    from .invocations import Invocation, see

    see(request)
    invocation = Invocation.of(request)
    if invocation is None or _part.now is None:
        return None
    return invocation.answer(engine, _part.now)


@hookimpl
def aiomoto_blocks(request: AwsRequest) -> bool:
    """Docker takes its time; nothing else of Lambda does."""
    from .invocations import Invocation

    docker = _part.now is not None and _part.now.compat.uses_docker()
    return docker and Invocation.of(request) is not None


@hookimpl
def aiomoto_response(request: AwsRequest, response: AwsResponse) -> None:
    """A new event source may have messages already."""
    changes = "/event-source-mappings" in request.url and request.method in ("POST", "PUT")
    if changes and _part.now is not None and response.status < 300:
        _part.now.sources.look_again()
