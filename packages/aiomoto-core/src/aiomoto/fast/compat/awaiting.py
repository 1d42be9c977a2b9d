"""aiobotocore's handlers, most of which are botocore's own and return nothing to await.

For each of some 50 results a call, a coroutine is made, in which ``inspect.isawaitable`` asks
an abstract class.
"""

from __future__ import annotations

import logging
from typing import Any

from ...compat import attribute, require, require_attributes
from ...plugin.patches import Patch

#: Results that nobody can await.
_PLAIN = frozenset({type(None), bool, int, float, str, bytes, dict, list, tuple})


def results(module: str) -> list[Patch]:
    """The results of handlers, in one module of aiobotocore."""
    resolving = attribute("aiobotocore", module, "resolve_awaitable")
    resolve = resolving.original

    async def quick_resolve(obj: Any) -> Any:
        return obj if type(obj) in _PLAIN else await resolve(obj)

    return [resolving.patch(quick_resolve)]


def events() -> list[Patch]:
    """The events of aiobotocore."""
    module, name = "aiobotocore.hooks", "AioHierarchicalEmitter"
    emitting = attribute("aiobotocore", module, name, "_emit")
    cls, emit = emitting.owner, emitting.original
    log = require("aiobotocore", module, "logger")
    hooks = require("aiobotocore", module)
    require("aiobotocore", module, "resolve_awaitable")
    require_attributes("aiobotocore", module, name, "_lookup_cache")

    async def quick_emit(
        self: Any, event_name: Any, kwargs: Any, stop_on_response: bool = False
    ) -> Any:
        """Call an event's handlers; those that return nothing are not awaited."""
        # Those that were found for this event before; not of a class that somebody derived.
        handlers = self._lookup_cache.get(event_name) if type(self) is cls else None
        if handlers is None or log.isEnabledFor(logging.DEBUG):
            return await emit(self, event_name, kwargs, stop_on_response)
        responses: list[Any] = []
        if handlers:
            kwargs["event_name"] = event_name
        for handler in handlers:
            response = handler(**kwargs)
            if response is not None:
                response = await hooks.resolve_awaitable(response)
            responses.append((handler, response))
            if stop_on_response and response is not None:
                break
        return responses

    return [emitting.patch(quick_emit)]
