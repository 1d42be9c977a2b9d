"""Replaced attributes of other libraries."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from aiomoto import IncompatibleLibrary

#: Owner, attribute, replacement.
Patch = tuple[Any, str, Any]

_MISSING: Any = object()


class Patches:
    """Replaced attributes: put in together, put back in the reverse order."""

    def __init__(self) -> None:
        self._done: list[tuple[Any, str, Any, Any]] = []

    def put_in(self, patches: list[Patch]) -> None:
        """Replace; all or nothing."""
        try:
            for owner, name, replacement in patches:
                original = vars(owner).get(name, _MISSING)
                setattr(owner, name, replacement)
                self._done.append((owner, name, original, replacement))
        except BaseException:
            self.take_out()
            raise

    def take_out(self) -> None:
        """Put back, but for what somebody else has patched over since."""
        while self._done:
            owner, name, original, replacement = self._done.pop()
            if vars(owner).get(name) is not replacement:
                continue
            if original is _MISSING:
                delattr(owner, name)
            else:
                setattr(owner, name, original)


def check_instances(cls: Any, *names: str) -> None:
    """Look for attributes of instances: set in the constructor, or properties of the class.

    An instance made to look might stay in moto's trackers.

    :raises IncompatibleLibrary: for one that is missing.
    """
    for name in names:
        if name not in cls.__init__.__code__.co_names and not hasattr(cls, name):
            attribute = f"{cls.__module__}.{cls.__name__}().{name}"
            raise IncompatibleLibrary("moto", version("moto"), attribute)
