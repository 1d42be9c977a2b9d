"""What event loops and the like connect to, where the last line below isn't asked or heard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import TYPE_CHECKING, Any

from ..compat.sockets import (
    HostOf,
    gevent_resolver_calls,
    gevent_socket_calls,
    loop_calls,
    websocket_calls,
)

if TYPE_CHECKING:
    from ..interfaces import Front
    from ..plugin.patches import Patch


def patches(front: Front, library: str) -> list[Patch]:
    """Make what is replaced in the loops of asyncio or uvloop while a mock is active."""
    return _checked(front, loop_calls(library))


def gevent_sockets(front: Front) -> list[Patch]:
    """Make what is replaced in gevent's sockets, in the place of Python's or not."""
    return _checked(front, gevent_socket_calls())


def gevent_resolvers(front: Front) -> list[Patch]:
    """Make what is replaced in gevent's resolvers that don't stand on Python's look-ups."""
    return _checked(front, gevent_resolver_calls())


def proxied_websockets(front: Front, module: str) -> list[Patch]:
    """Make what is replaced in a module of websockets, which may use a proxy."""
    return _checked(front, websocket_calls(module))


def _checked(front: Front, calls: Iterator[tuple[Any, str, HostOf]]) -> list[Patch]:
    def checked(original: Callable[..., Any], host_of: HostOf) -> Callable[..., Any]:
        @wraps(original)
        def call(*args: Any, **kwargs: Any) -> Any:
            front.check_host(host_of(args, kwargs))
            return original(*args, **kwargs)

        return call

    return [(owner, name, checked(getattr(owner, name), host_of)) for owner, name, host_of in calls]
