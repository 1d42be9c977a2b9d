"""Names of a package that are imported when they are first used.

pytest imports each package that brings fixtures, also in runs that have no use for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

__all__ = ["lazily"]


def lazily(package: str, modules: Mapping[str, str]) -> Callable[[str], object]:
    """Make a package's ``__getattr__``: ``modules`` has the submodule of each name.

    To be put where type checkers don't look, as they take every name for one of the package's
    then. No submodule may have the name of what is imported: it would win. Source: PEP 562.
    """

    def imported(name: str) -> object:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = import_module(package)
        value: object = getattr(import_module(f".{modules[name]}", package), name)
        setattr(module, name, value)
        return value

    return imported
