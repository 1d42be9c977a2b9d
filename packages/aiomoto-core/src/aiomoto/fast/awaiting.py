"""aiobotocore's handlers, most of which are botocore's own and return nothing to await.

For each of some 50 results a call, ``inspect.isawaitable`` asks an abstract class.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..compat import require

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
