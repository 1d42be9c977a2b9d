"""The shape of a plugin for services of moto: when it begins, what it keeps, how it ends."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Generic, cast

from ..background import background
from .imports import LatePart, ModulePatches, State
from .marker import hookimpl

if TYPE_CHECKING:
    from ..interfaces import Engine
    from .fast_paths import FastPath
    from .patches import Patch


class ServicePlugin(Generic[State]):
    """Owns services; has patches and state of a mock from the import of moto's module on.

    A subclass sets the attributes, overrides :meth:`begin`, and adds the hooks that it needs.
    """

    #: The services that it owns, by their names in ``moto.backend_index``.
    services: ClassVar[tuple[str, ...]]
    #: The module of moto that it changes; empty if none.
    module: ClassVar[str] = ""
    #: Whether it starts jobs (``aiomoto.background``); they end with the mock.
    has_jobs: ClassVar[bool] = False
    #: What changes nothing but how fast moto is; off where it does not fit.
    fast_paths: Sequence[FastPath] = ()

    def __init__(self) -> None:
        self._part: LatePart[State] = LatePart(self.module)
        self._shared = ModulePatches(self.module, self.patches)

    @property
    def now(self) -> State | None:
        """The state; None as long as moto's module is not imported, and without a mock."""
        return self._part.now

    def patches(self) -> Sequence[Patch]:
        """Make the patches that all mocks share, once; moto's module is imported."""
        return ()

    def begin(self, engine: Engine) -> tuple[State, Sequence[Patch]]:
        """Make the state of a mock, and the patches that are its own; :meth:`patches` were made.

        Nothing is left changed if it raises.
        """
        return cast("State", None), ()

    def end(self, state: State) -> None:
        """End what goes on, before the patches are taken out. The jobs have ended."""

    @hookimpl
    def aiomoto_services(self) -> Sequence[str]:
        """Own the services."""
        return self.services

    @hookimpl
    def aiomoto_activate(self, engine: Engine) -> None:
        """Begin, now or when moto's module is imported."""
        if self.module:
            self._part.begin(partial(self._begin, engine))
        for path in self.fast_paths:
            engine.fast_paths.begin(path)
        if self.has_jobs:
            background.open(self)

    def _begin(self, engine: Engine) -> tuple[State, Sequence[Patch]]:
        shared = self._shared.made()
        state, own = self.begin(engine)
        return state, [*shared, *own] if own else shared

    @hookimpl
    def aiomoto_deactivate(self, engine: Engine) -> None:
        """End: jobs, state, patches; the rest too if one raises, and harmless if done twice."""
        # Without `Undo`: a start and a stop of fourteen plugins are to cost next to nothing.
        try:
            for path in self.fast_paths:
                engine.fast_paths.end(path)
            if self.has_jobs:
                background.close(self)
        finally:
            try:
                if (state := self._part.now) is not None:
                    self.end(state)
            finally:
                self._part.end()
