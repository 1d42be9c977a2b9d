"""Python's garbage collector, while modules are imported."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_rests() -> Iterator[None]:
    """Don't collect meanwhile, unless nobody does anyway.

    An import makes next to no garbage and a great many objects that stay; the
    collector visits them again and again while they become more, which is a tenth
    of what importing moto takes.
    """
    if not gc.isenabled():
        yield
        return
    try:
        gc.disable()
        yield
    finally:
        gc.enable()
