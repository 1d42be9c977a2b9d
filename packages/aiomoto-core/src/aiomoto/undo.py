"""Steps that are taken back, in reverse, all of them, with no error lost."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any

from typing_extensions import Self


class Undo:
    """What takes back the steps done so far.

    As a context manager it does so if its block raises. ``contextlib.ExitStack``
    does the same, but of several errors it raises the last and forgets the
    others; here each is the ``__context__`` of the next, with the error that is
    being handled already at the end of the chain.
    """

    def __init__(self) -> None:
        self._steps: list[Callable[[], object]] = []

    def add(self, step: Callable[..., object], *args: Any) -> None:
        """Have ``step(*args)`` called when everything is taken back."""
        self._steps.append(lambda: step(*args))

    def close(self) -> None:
        """Take everything back, the last step first; the rest too if one raises."""
        if self._steps:
            step = self._steps.pop()
            try:
                step()
            finally:
                self.close()

    def keep(self) -> Undo:
        """Hand over what has to be taken back; the block's end no longer does it."""
        kept = Undo()
        kept._steps, self._steps = self._steps, []
        return kept

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
