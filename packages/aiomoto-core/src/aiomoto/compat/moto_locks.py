"""moto's locks, for those who take all of them; what a moto has not is left out."""

from __future__ import annotations

import sys
from typing import Any

#: In the order in which moto takes them.
_LOCKS = (
    ("moto.core.models", "MockAWS", "_mock_init_lock"),
    ("moto.core.models", "responses_mock", "_thread_lock"),
    ("moto.core.base_backend", "backend_lock"),
)


def locks() -> list[Any]:
    """Those that are there by now."""
    found: list[Any] = []
    for module, *path in _LOCKS:
        lock: Any = sys.modules.get(module)
        for name in path:
            lock = getattr(lock, name, None)
        if hasattr(lock, "acquire") and hasattr(lock, "release"):
            found.append(lock)
    return found
