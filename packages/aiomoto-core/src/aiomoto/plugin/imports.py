"""Patches that wait for modules, which may not be imported yet, and may never be.

All of moto's services take seconds to import; a mock imports those that are used, and
changes them then.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from ..locks import Order, guarded, under
from .finder import when_imported
from .patches import MISSING, Patch, Replaced, put_back

State = TypeVar("State")
Module = TypeVar("Module", bound="ModulePatches")

#: Held while patches are put in or taken out; never while something is imported.
_patching = guarded(threading.RLock(), Order.LEAF)


class ModulePatches:
    """Patches of one module: put in while active, now or with its import; taken out together.

    ``make()`` looks up what it needs, and raises where that is missing. What it gives is
    kept for the next time, as long as the module is the same and has in place what the
    patches replace; with ``kept=False`` they are made each time.
    """

    #: The module that the patches were made of; None to make them anew.
    _made_of: Any
    _made: list[Replaced]

    def __init__(
        self, module: str, make: Callable[[], Sequence[Patch]], *, kept: bool = True
    ) -> None:
        self.module = module
        self._make = make
        self._kept = kept
        self._active = self._in = self._waits = False
        #: In place in a module that was imported anew since.
        self._earlier: list[Replaced] = []
        self.forget()

    @property
    def are_in(self) -> bool:
        """Whether they are in place: begun, and the module is imported."""
        return self._in

    @property
    def imported_anew(self) -> bool:
        """Whether they are in place in a module that somebody has imported anew since."""
        return bool(self._earlier)

    def put_in(self) -> None:
        """Begin, unless begun. Nothing is left changed if ``make`` raises, now or later."""
        if self._fit():
            put_in((self,))
        else:
            self.start()

    def take_out(self) -> None:
        """End; later imports change nothing. Harmless where nothing is in."""
        self._active = False
        # Whoever is about to put some in makes them before looking whether this has begun.
        if self._in or self._made or self._earlier:
            take_out((self,))

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
            if owner.__dict__.get(name, MISSING) is not original:
                return False
        return True

    def resume(self) -> bool:
        """Put in what is kept, if it fits; whether they are begun. The lock is held."""
        if not self._active:
            if self._waits and self.module not in sys.modules:
                self._active = True  # its import puts them in
            elif self._fit():
                self._active = self._in = True
                for owner, name, _, replacement in self._made:  # as `_put`, without a call
                    setattr(owner, name, replacement)
        return self._active

    def start(self) -> None:
        """Begin, unless begun, with what is made now or with the import."""
        if self._active:
            return
        self._active = True
        try:
            if not self._waits:
                # For good: the module may be imported anew at any time, and a start that had
                # to register again would be dearer.
                when_imported(self.module, self._imported)
                self._waits = True
            if self.module in sys.modules:
                self._begin()
        except BaseException:
            self._active = False
            raise

    def end(self) -> None:
        """Take them out. The lock is held."""
        self._active = False
        if self._in or self._earlier:
            put_back([*self._earlier, *self._made] if self._earlier else self._made)
            self._in = False
            self._earlier = []
        if not self._kept:
            self.forget()

    def _put(self) -> None:
        if self._active and not self._in:
            self._in = True
            for owner, name, _, replacement in self._made:
                setattr(owner, name, replacement)

    def _set_aside(self) -> None:
        self._earlier += self._made
        self._in = False
        self.forget()

    def _imported(self) -> None:
        if self._in:
            # Clients that were made before, of the module from before, go on.
            under(_patching, self._set_aside)
        if self._active:
            self._begin()

    def _begin(self) -> None:
        if self._in:
            return
        try:
            if not self._fit():
                # Another thread may be in the midst of it, whose import's end begins as well.
                __import__(self.module)  # in C, unlike importlib's
                if self.are_in:
                    return
                self.made()
            under(_patching, self._put)
        except BaseException as error:
            # What is in place in a module from before stays.
            active, earlier, self._earlier = self._active, self._earlier, []
            self.take_out()
            self._active, self._earlier = active, earlier
            if not self._tolerates(error):
                raise

    def _tolerates(self, error: BaseException) -> bool:
        """Whether all goes on without the patches, for which ``make`` has raised this."""
        return False


def put_in(patches: Iterable[ModulePatches]) -> None:
    """Begin each: a start of a mock has seventy of them, and most fit as they are kept."""
    for one in under(_patching, _resume, patches):
        one.start()


def take_out(patches: Iterable[ModulePatches]) -> None:
    """End each."""
    under(_patching, _end, patches)


def _resume(patches: Iterable[ModulePatches]) -> list[ModulePatches]:
    return [one for one in patches if not one.resume()]


def _end(patches: Iterable[ModulePatches]) -> None:
    for one in patches:
        one.end()


class PatchTable(Generic[Module]):
    """Patches of one kind, of core and of plugins, put in and taken out together."""

    def __init__(self, modules: Iterable[Module]) -> None:
        self._modules = list(modules)
        self._on = False

    def __iter__(self) -> Iterator[Module]:
        return iter(tuple(self._modules))

    def begin(self, patches: Module) -> None:
        """Add a plugin's; they are put in while the table is on."""
        if patches not in self._modules:
            self._modules.append(patches)
        if self._on:
            patches.put_in()

    def end(self, patches: Module) -> None:
        """Take them out, and out of the table; harmless if they aren't there."""
        patches.take_out()
        if patches in self._modules:
            self._modules.remove(patches)

    def switch(self, on: bool) -> None:
        """Put all in, or take all out, but for what somebody else has patched over since."""
        if on:
            self._on = True
            put_in(self._modules)
        elif self._on:
            take_out(reversed(self._modules))
            self._on = False


class LatePart(Generic[State]):
    """State that a plugin makes when a module is imported, with the patches that feed it."""

    def __init__(self, module: str) -> None:
        self._patches = ModulePatches(module, self._begun, kept=False)
        self._make: Callable[[], tuple[State, Sequence[Patch]]] | None = None
        self._made: State | None = None

    @property
    def now(self) -> State | None:
        """The state; None as long as the module is not imported, and without a mock."""
        return None if self._made is None or not self._patches.are_in else self._made

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
        state = None if self._made is None else self.now
        self._patches.take_out()
        self._make = self._made = None
        return state

    def _begun(self) -> Sequence[Patch]:
        assert self._make is not None
        if self._patches.imported_anew:
            return ()  # the state is that of the module that was imported first
        self._made, patches = self._make()
        return patches
