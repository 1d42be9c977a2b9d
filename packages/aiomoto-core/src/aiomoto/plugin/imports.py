"""What waits for modules that may not be imported yet, and may never be.

All of moto's services take seconds to import; a mock imports those that are used, and
changes them then.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Generic, TypeVar

from wrapt import register_post_import_hook

from .patches import Patch, Patches

State = TypeVar("State")

#: What is called with the import of a module. Each key has a hook, which runs once.
_waiting: dict[str, list[Callable[[], object]]] = {}
#: Never held while something is imported: the import system has locks of its own.
_lock = threading.Lock()


def when_imported(module: str, begin: Callable[[], object]) -> Callable[[], None]:
    """Call ``begin()`` now if the module is imported, else as soon as it is.

    Returns what forgets ``begin`` again, if it wasn't called. What ``begin`` raises is raised
    by whoever imports the module, which doesn't count as imported then: the next attempt
    calls ``begin`` again.
    """
    if module in sys.modules:
        begin()
        return _nothing
    _wait(module, begin)

    def forget() -> None:
        with _lock:
            waiting = _waiting.get(module, [])
            if begin in waiting:
                waiting.remove(begin)

    return forget


class LatePatches:
    """Patches of one module: put in while active, now or with its import; taken out together.

    ``make()`` gives them when they are wanted; see :class:`~aiomoto.plugin.patches.Prepared`.
    """

    def __init__(self, module: str, make: Callable[[], Sequence[Patch]]) -> None:
        self._module = module
        self._make = make
        self._patches = Patches()
        self._lock = threading.Lock()
        self._active = self._done = False
        self._forget: Callable[[], None] | None = None

    @property
    def are_in(self) -> bool:
        """Whether they are in place: begun, and the module is imported."""
        return self._done

    def put_in(self) -> None:
        """Begin, unless begun. Nothing is left changed if ``make`` raises, now or later."""
        if self._active:
            return
        self._active = True
        try:
            if self._module in sys.modules:
                self._imported()
            else:
                self._forget = when_imported(self._module, self._imported)
        except BaseException:
            self.take_out()
            raise

    def take_out(self) -> None:
        """End; later imports change nothing."""
        forget, self._forget = self._forget, None
        if forget is not None:
            forget()
        with self._lock:
            self._active = self._done = False
            self._patches.take_out()

    def _imported(self) -> None:
        if self._done:
            return
        patches = self._make()
        with self._lock:
            if self._active and not self._done:
                self._patches.put_in(patches)
                self._done = True


class LatePart(Generic[State]):
    """What a plugin has of a mock from the import of a module on, with the patches that feed it."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._patches: LatePatches | None = None
        self._made: State | None = None

    @property
    def now(self) -> State | None:
        """What was made; None as long as the module is not imported, and without a mock."""
        return self._made if self._patches is not None and self._patches.are_in else None

    def begin(self, make: Callable[[], tuple[State, Sequence[Patch]]]) -> None:
        """Have ``make()`` called, now or with the import, and put in the patches that it gives.

        Nothing is left changed if ``make`` raises, now or later.
        """

        def begun() -> Sequence[Patch]:
            self._made, patches = make()
            return patches

        self._patches = LatePatches(self._module, begun)
        self._patches.put_in()

    def end(self) -> State | None:
        """Take the patches out, and give what was made, to be closed; later imports make nothing.

        Nothing happens if it has not begun.
        """
        made, patches = self.now, self._patches
        self._made = self._patches = None
        if patches is not None:
            patches.take_out()
        return made


def _nothing() -> None:
    """Nothing is left to forget."""


def _wait(module: str, *begin: Callable[[], object]) -> None:
    with _lock:
        hooked = module in _waiting
        _waiting.setdefault(module, []).extend(begin)
    if not hooked:
        register_post_import_hook(partial(_imported, module), module)


def _imported(module: str, _: object) -> None:
    # A module may be taken out of sys.modules and imported again, as pytest's pytester
    # does: then the next who waits needs a hook of his own.
    with _lock:
        waiting = _waiting.pop(module, [])
    try:
        for begin in tuple(waiting):
            begin()
    except BaseException:
        # The import system takes it out as well, but only after this.
        sys.modules.pop(module, None)
        _wait(module, *waiting)
        raise
