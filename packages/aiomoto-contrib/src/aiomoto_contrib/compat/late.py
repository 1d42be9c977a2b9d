"""Patches of modules that may not be imported yet, and may never be.

All of moto's services take seconds to import; a mock imports those that are used.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial

from wrapt import register_post_import_hook

_hooked: set[str] = set()
_waiting: dict[str, list[Callable[[], None]]] = {}


def when_imported(module: str, begin: Callable[[], None]) -> Callable[[], None]:
    """Call ``begin()`` now if the module is imported, else as soon as it is.

    Returns what forgets ``begin`` again, if it wasn't called. What ``begin`` raises is raised
    by whoever imports the module.
    """
    if module in sys.modules:
        begin()
        return lambda: None
    waiting = _waiting.setdefault(module, [])
    waiting.append(begin)
    if module not in _hooked:
        _hooked.add(module)
        register_post_import_hook(partial(_imported, module), module)

    def forget() -> None:
        if begin in waiting:
            waiting.remove(begin)

    return forget


def _imported(module: str, _: object) -> None:
    waiting = _waiting.get(module, [])
    while waiting:
        waiting.pop(0)()
