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
    of what importing moto takes. Afterwards they count as old, as they would have become
    by two more visits: the next collections have only what is newer to look at.
    """
    if not gc.isenabled():
        yield
        return
    try:
        gc.disable()
        yield
    finally:
        if gc.get_freeze_count() == 0:  # else somebody keeps objects apart, and would lose that
            gc.freeze()
            gc.unfreeze()
        gc.enable()
