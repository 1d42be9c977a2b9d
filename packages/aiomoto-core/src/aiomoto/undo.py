"""Steps that are taken back, in reverse, all of them, with no error and no interrupt lost.

An interrupt is what a signal handler raises (``KeyboardInterrupt``, pytest-timeout's
exception), between any two instructions of the main thread. A step is therefore registered
before what it takes back is done, taking back what was not done does nothing, and a step that
was interrupted runs once more, from its beginning.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

__all__ = ["Undo"]


def surely(step: Callable[..., object], *args: Any) -> None:
    """Call ``step(*args)``, and once more if an interrupt ended it; that goes on afterwards."""
    try:
        step(*args)
    except Exception:
        raise
    except BaseException:
        step(*args)
        raise


class Undo:
    """The steps that take back what was done so far.

    Of several errors that steps raise, each is the ``__context__`` of the next, with the
    error that is being handled already at the end of the chain; ``contextlib.ExitStack``
    raises the last and forgets the others.
    """

    def __init__(self) -> None:
        self._steps: list[Callable[[], object]] = []

    def __bool__(self) -> bool:
        """Whether anything has to be taken back."""
        return bool(self._steps)

    def add(self, step: Callable[..., object], *args: Any) -> None:
        """Have ``step(*args)`` called when everything is taken back."""
        self._steps.append(partial(step, *args))

    def close(self) -> None:
        """Take everything back, the last step first; the rest too if one raises."""
        try:
            self._close()
        finally:
            if self._steps:  # an interrupt came between two of them
                self._close()

    def _close(self) -> None:
        while self._steps:
            step = self._steps[-1]
            try:
                # As `surely` does it, but an interrupt before its first line would lose the step.
                try:
                    step()
                except Exception:
                    raise
                except BaseException:
                    step()
                    raise
            except BaseException:
                try:
                    raise
                finally:
                    self._forget(step)
                    self._close()
            # As `_forget`; there are fifty steps in a stop.
            if self._steps and self._steps[-1] is step:
                self._steps.pop()

    def _forget(self, step: object) -> None:
        if self._steps and self._steps[-1] is step:
            self._steps.pop()
