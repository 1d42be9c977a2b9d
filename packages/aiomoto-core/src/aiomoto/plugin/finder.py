"""Says when a module was imported; each time, should it be imported anew."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from ..locks import Order, guarded

#: What is called with each import of a module.
_waiting: dict[str, list[Callable[[], object]]] = {}
#: Never held while something is imported: the import system has locks of its own.
_lock = guarded(threading.RLock(), Order.LEAF)


def when_imported(module: str, imported: Callable[[], object]) -> None:
    """Call ``imported()`` with each import of a module from now on.

    What it raises is raised by whoever imports the module, which doesn't count as imported then.
    """
    _finder.names.add(module)
    watch_imports()
    with _lock:
        waiting = _waiting.setdefault(module, [])
        if imported not in waiting:
            waiting.append(imported)


def watch_imports() -> None:
    """Hear of imports, also where somebody has put ``sys.meta_path`` back to what it was."""
    _finder.install()


class Finder:
    """A finder of the import system that leaves the finding to the others.

    ``imported(name)`` is called once a module of ``names`` has been executed, by whoever
    imports it.
    """

    def __init__(self, imported: Callable[[str], None]) -> None:
        self.names: set[str] = set()
        self._imported = imported

    def install(self) -> None:
        """Be asked before the others; pytest's pytester and others put ``sys.meta_path`` back."""
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec that another finder gives, with a loader that tells."""
        if name not in self.names:
            return None
        for finder in tuple(sys.meta_path):
            find = getattr(finder, "find_spec", None)
            if finder is self or find is None:
                continue
            spec: ModuleSpec | None = find(name, path, target)
            if spec is not None:
                # Another finder of this kind may have asked us before.
                if spec.loader is not None and not isinstance(spec.loader, _Loader):
                    loader: Any = _Loader(spec.loader, self._imported)
                    spec.loader = loader
                return spec
        return None


class _Loader:
    """Another loader, with a word after the module was executed."""

    def __init__(self, loader: Any, imported: Callable[[str], None]) -> None:
        self._loader = loader
        self._imported = imported

    def exec_module(self, module: ModuleType) -> None:
        # Whoever looks at the module finds its own loader.
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        self._imported(module.__name__)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)


def _imported(module: str) -> None:
    with _lock:
        waiting = tuple(_waiting.get(module, ()))
    try:
        for imported in waiting:
            imported()
    except BaseException:
        # The import system takes it out as well, but only after this.
        sys.modules.pop(module, None)
        raise


_finder = Finder(_imported)
