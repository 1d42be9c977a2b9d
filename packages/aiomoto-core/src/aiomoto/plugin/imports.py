"""What waits for modules that may not be imported yet, and may never be.

All of moto's services take seconds to import; a mock imports those that are used, and
changes them then.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from typing import Any, Generic, TypeVar

from wrapt import register_post_import_hook

from .patches import MISSING, Patch

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


class ModulePatches:
    """Patches of one module: put in while active, now or with its import; taken out together.

    ``make()`` looks up what it needs, and raises where that is missing. What it gives is
    kept for the next time, as long as the module is the same and has in place what the
    patches replace; with ``kept=False`` they are made each time.
    """

    #: The module that the patches were made of; None to make them anew.
    _made_of: Any
    #: Owner, attribute, original, replacement.
    _made: list[tuple[Any, str, Any, Any]]

    def __init__(
        self, module: str, make: Callable[[], Sequence[Patch]], *, kept: bool = True
    ) -> None:
        self.module = module
        self._make = make
        self._kept = kept
        self._lock = threading.Lock()
        self._active = self._in = self._waits = False
        self.forget()

    @property
    def are_in(self) -> bool:
        """Whether they are in place: begun, and the module is imported."""
        return self._in

    def put_in(self) -> None:
        """Begin, unless begun. Nothing is left changed if ``make`` raises, now or later."""
        if self._active:
            return
        self._active = True
        try:
            if self.module in sys.modules:
                self._begin()
            elif not self._waits:
                # For good: a start that had to register again would be dearer. An interrupt
                # may have it registered twice, which changes nothing.
                _wait(self.module, self._imported)
                self._waits = not self._in
        except BaseException:
            self._active = False
            raise

    def take_out(self) -> None:
        """End; later imports change nothing. Harmless where nothing is in."""
        self._active = False
        with self._lock:
            if self._in:
                self._put_back()

    def made(self) -> list[Patch]:
        """The patches, none of which is in place; made, unless those that are kept still fit."""
        if not self._fit():
            self.forget()
            patches = self._make()
            self._made = [
                (owner, name, vars(owner).get(name, MISSING), replacement)
                for owner, name, replacement in patches
            ]
            self._made_of = sys.modules.get(self.module) if self._kept else None
        return [(owner, name, replacement) for owner, name, _, replacement in self._made]

    def forget(self) -> None:
        """Keep no patches; they are made anew the next time."""
        self._made_of, self._made = None, []

    def _fit(self) -> bool:
        if self._made_of is None or self._made_of is not sys.modules.get(self.module):
            return False
        for owner, name, original, _ in self._made:
            if vars(owner).get(name, MISSING) is not original:
                return False
        return True

    def _imported(self) -> None:
        if self._active:
            self._begin()
        self._waits = False

    def _begin(self) -> None:
        if self._in:
            return
        try:
            if not self._fit():
                # Another thread may be in the midst of it, whose import's end begins as well.
                import_module(self.module)
                if self.are_in:
                    return
                self.made()
            with self._lock:
                if self._active and not self._in:
                    self._in = True
                    for owner, name, _, replacement in self._made:
                        setattr(owner, name, replacement)
        except BaseException as error:
            with self._lock:
                if self._in:
                    self._put_back()
            if not self._tolerates(error):
                raise

    def _put_back(self) -> None:
        """Put back, but for what was not replaced, or somebody else has patched over since."""
        for owner, name, original, replacement in reversed(self._made):
            if vars(owner).get(name) is not replacement:
                continue
            if original is MISSING:
                delattr(owner, name)
            else:
                setattr(owner, name, original)
        self._in = False
        if not self._kept:
            self.forget()

    def _tolerates(self, error: BaseException) -> bool:
        """Whether all goes on without the patches, for which ``make`` has raised this."""
        return False


class LatePart(Generic[State]):
    """State that a plugin makes when a module is imported, with the patches that feed it."""

    def __init__(self, module: str) -> None:
        self._patches = ModulePatches(module, self._begun, kept=False)
        self._make: Callable[[], tuple[State, Sequence[Patch]]] | None = None
        self._made: State | None = None

    @property
    def now(self) -> State | None:
        """The state; None as long as the module is not imported, and without a mock."""
        return self._made if self._patches.are_in else None

    def begin(self, make: Callable[[], tuple[State, Sequence[Patch]]]) -> None:
        """Have ``make()`` called, now or with the import, and put in the patches that it gives.

        Nothing is left changed if ``make`` raises, now or later.
        """
        self._make = make
        self._patches.put_in()

    def end(self) -> State | None:
        """Take the patches out, and give the state, to be closed; later imports make nothing.

        Nothing happens if it has not begun.
        """
        state = self.now
        self._patches.take_out()
        self._make = self._made = None
        return state

    def _begun(self) -> Sequence[Patch]:
        assert self._make is not None
        self._made, patches = self._make()
        return patches


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
