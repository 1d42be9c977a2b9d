"""The hooks. Each says when it is called, what it may return, and since when it exists.

A plugin is a module or an object with functions marked ``@hookimpl`` that have
these names; it may leave out hooks and arguments that it doesn't need.
"""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from typing import TYPE_CHECKING

import pluggy

from .marker import ENTRY_POINT_GROUP

if TYPE_CHECKING:
    from ..interfaces import Engine, Front
    from ..request import AwsRequest, AwsResponse
    from .imports import ModulePatches

hookspec = pluggy.HookspecMarker(ENTRY_POINT_GROUP)


@hookspec
def aiomoto_services() -> Iterable[str]:
    """Name the moto services whose behaviour in async code this plugin owns.

    Called once, when the plugin is loaded. Names are moto's (``s3``,
    ``awslambda``), as in ``moto.backend_index``. Only requests to these
    services reach the plugin's request hooks. Two plugins that own the same
    service are refused. Since 0.1.
    """
    raise NotImplementedError


@hookspec
def aiomoto_wires(front: Front) -> Iterable[ModulePatches]:
    """Bring the wire of an HTTP or AWS client that core doesn't know.

    Called once, when the plugin is loaded. Each :class:`ModulePatches` waits for the
    module whose import brings in the client; it is put in before ``aiomoto_activate`` is
    called and taken out after ``aiomoto_deactivate``, in the table of core's own. The
    patches ask ``front`` about each request. Since 0.1.
    """
    raise NotImplementedError


@hookspec
def aiomoto_activate(engine: Engine) -> None:
    """Prepare, when the first mock of the process starts.

    Called after moto is switched on and before the test goes on; an exception
    undoes the start and reaches the user. Since 0.1.
    """
    raise NotImplementedError


@hookspec
def aiomoto_deactivate(engine: Engine) -> None:
    """Put back what ``aiomoto_activate`` changed, when the last mock stops.

    Called in the reverse order, for each plugin whose ``aiomoto_activate``
    ran without an exception; all are called even if one raises. Called as well
    where a signal interrupted ``aiomoto_activate``, and once more where one
    interrupted this. Since 0.1.
    """
    raise NotImplementedError


@hookspec
def aiomoto_reset(engine: Engine) -> None:
    """Forget what was kept of moto's resources, which ``mock.reset()`` has just emptied.

    Called for each active plugin in the order of registration; all are called
    even if one raises. The mocks go on. Since 0.1.
    """
    raise NotImplementedError


@hookspec(firstresult=True)
def aiomoto_handle(
    engine: Engine, request: AwsRequest
) -> AwsResponse | Awaitable[AwsResponse | None] | None:
    """Answer in moto's place or around it, or change the request before moto sees it.

    Called for each request to a service that the plugin owns. Return a
    response, or None to let moto answer; ``engine.ask_moto(request)`` gives
    moto's answer to work with. Where ``request.is_async`` an
    awaitable of either may be returned; it is awaited in the task of the
    caller, so a cancellation reaches it. Since 0.1.
    """
    raise NotImplementedError


@hookspec(firstresult=True)
def aiomoto_blocks(engine: Engine, request: AwsRequest) -> bool | None:
    """Say whether moto would wait (sleep, join a thread) while it answers this request.

    Called before moto is, in the service that the plugin owns. True moves the
    call of an async client to a worker thread and leaves moto's state unlocked
    meanwhile, so that others can bring about what is waited for. None leaves
    the decision to core's own plugin. Since 0.1.
    """
    raise NotImplementedError


@hookspec(firstresult=True)
def aiomoto_response(
    engine: Engine, request: AwsRequest, response: AwsResponse
) -> AwsResponse | None:
    """Change moto's answer, or replace it by the returned one.

    Called for each answer of moto to a request of a service that the plugin
    owns, not for answers of ``aiomoto_handle``. Since 0.1.
    """
    raise NotImplementedError
