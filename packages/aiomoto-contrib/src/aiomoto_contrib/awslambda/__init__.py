"""Lambda functions whose code is a Python callable, plain or async, of the test.

A plugin of aiomoto, found through its entry point. Tests use :data:`handlers`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from aiomoto import hookimpl
from aiomoto.plugin.imports import when_imported

from .context import Context
from .handlers import Handler, Handlers, handlers

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiomoto.engine import Engine
    from aiomoto.plugin.patches import Patches
    from aiomoto.request import AwsRequest, AwsResponse

    from .service import Service

__all__ = ["Context", "Handler", "Handlers", "handlers"]

_service: Service | None = None
_patches: Patches | None = None
_forget: Callable[[], None] | None = None


def current() -> Service | None:
    """Lambda of the running mock, for the other plugins; None while nobody has used it."""
    return _service


@hookimpl
def aiomoto_services() -> list[str]:
    """Own Lambda, by its name in ``moto.backend_index``."""
    return ["awslambda"]


@hookimpl
def aiomoto_activate(engine: Engine) -> None:
    """Have moto hand over what its services invoke, once its Lambda is imported."""
    global _forget
    from ..background import background

    _forget = when_imported("moto.awslambda.models", lambda: _begin(engine))
    background.open()
    handlers.attach(_started)


def _begin(engine: Engine) -> None:
    global _service, _patches
    from aiomoto.plugin.patches import Patches

    from ..compat.awslambda import Lambda
    from .service import Service

    compat = Lambda()
    made, patches = Service(engine, compat, handlers), Patches()
    patches.put_in(compat.patches(made))
    _service, _patches = made, patches


def _started() -> Service:
    import_module("moto.awslambda.models")
    assert _service is not None
    return _service


@hookimpl
def aiomoto_deactivate() -> None:
    """End what runs, forget the callables, and leave moto as it was."""
    global _service, _patches, _forget
    from ..background import background

    patches, forget = _patches, _forget
    _service = _patches = _forget = None
    handlers.detach()
    try:
        background.close()
    finally:
        if forget is not None:
            forget()
        if patches is not None:
            patches.take_out()


@hookimpl
def aiomoto_handle(
    engine: Engine, request: AwsRequest
) -> AwsResponse | Awaitable[AwsResponse] | None:
    """Invoke a function that has a callable; all else is moto's."""
    from .invocations import Invocation, see

    see(request)
    invocation = Invocation.of(request)
    if invocation is None or _service is None:
        return None
    return invocation.answer(engine, _service)


@hookimpl
def aiomoto_blocks(request: AwsRequest) -> bool:
    """Docker takes its time; nothing else of Lambda does."""
    from .invocations import Invocation

    docker = _service is not None and _service.compat.uses_docker()
    return docker and Invocation.of(request) is not None


@hookimpl
def aiomoto_response(request: AwsRequest, response: AwsResponse) -> None:
    """A new event source may have messages already."""
    changes = "/event-source-mappings" in request.url and request.method in ("POST", "PUT")
    if changes and _service is not None and response.status < 300:
        _service.sources.look_again()
