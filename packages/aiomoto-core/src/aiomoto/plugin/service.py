"""The shape of a plugin for services of moto: when it begins, what it keeps, how it ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Generic

from ..undo import Undo
from .imports import LatePart, State
from .marker import hookimpl

if TYPE_CHECKING:
    from ..engine import Engine
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

    def __init__(self) -> None:
        self._part: LatePart[State] = LatePart(self.module)

    @property
    def now(self) -> State | None:
        """The state; None as long as moto's module is not imported, and without a mock."""
        return self._part.now

    def begin(self, engine: Engine) -> tuple[State, Sequence[Patch]]:
        """Make the state, and the patches of moto's module, which is imported.

        Nothing is left changed if it raises.
        """
        raise NotImplementedError

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
            self._part.begin(lambda: self.begin(engine))
        if self.has_jobs:
            from ..background import background

            background.open()

    @hookimpl
    def aiomoto_deactivate(self) -> None:
        """End: jobs, state, patches; the rest too if one raises."""
        with Undo() as ending:
            ending.add(self._part.end)
            if (state := self.now) is not None:
                ending.add(self.end, state)
            if self.has_jobs:
                from ..background import background

                ending.add(background.close)
