"""aiobotocore's handlers, most of which are botocore's own and return nothing to await.

For each of some 50 results a call, a coroutine is made, in which ``inspect.isawaitable`` asks
an abstract class.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..compat import Emitter, require

if TYPE_CHECKING:
    from ..plugin.patches import Patch

_NAME = "resolve_awaitable"
#: Results that nobody can await.
_PLAIN = frozenset({type(None), bool, int, float, str, bytes, dict, list, tuple})


def patches(module: str, optimises: Callable[[], bool]) -> list[Patch]:
    """What to replace in a module of aiobotocore while a mock is active."""
    resolve = require("aiobotocore", module, _NAME)

    async def quick_resolve(obj: Any) -> Any:
        """The result of a handler, awaited if it has to be."""
        if type(obj) in _PLAIN and optimises():
            return obj
        return await resolve(obj)

    return [(require("aiobotocore", module), _NAME, quick_resolve)]


def of_hooks(module: str, optimises: Callable[[], bool]) -> list[Patch]:
    """What to replace in aiobotocore's module of events, the emitter among it."""
    emitter = Emitter()
    cls, emit, log = emitter.cls, emitter.emit, emitter.log

    async def quick_emit(
        self: Any, event_name: Any, kwargs: Any, stop_on_response: bool = False
    ) -> Any:
        """Call an event's handlers; those that return nothing are not awaited."""
        handlers = emitter.known_handlers(self, event_name)
        if handlers is None or not optimises() or log.isEnabledFor(logging.DEBUG):
            return await emit(self, event_name, kwargs, stop_on_response)
        responses: list[Any] = []
        if handlers:
            kwargs["event_name"] = event_name
        for handler in handlers:
            response = handler(**kwargs)
            if response is not None:
                response = await emitter.resolve(response)
            responses.append((handler, response))
            if stop_on_response and response is not None:
                break
        return responses

    return [*patches(module, optimises), (cls, "_emit", quick_emit)]
