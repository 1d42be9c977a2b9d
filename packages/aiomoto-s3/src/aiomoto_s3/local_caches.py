"""fsspec's local copies of S3 objects, apart from those of before and after a mock.

``filecache``, ``simplecache`` and ``blockcache`` keep what they have read in a
folder. While a mock is active, those around an S3 file system use an empty one:
their own, if nothing is in it yet, else a temporary one in its place. What they put
there is taken away with the mock's end, and with each reset.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiomoto.locks import Order, guarded

from .compat import FsspecCaches

if TYPE_CHECKING:
    from aiomoto import Patch

_TABLE = "_aiomoto_s3_cache"


class LocalCaches:
    """Where caching file systems keep copies, from one mock's start to its stop."""

    def __init__(self, seam: FsspecCaches) -> None:
        self._seam = seam
        self._lock = guarded(threading.RLock(), Order.PLUGIN)
        self._folders: dict[str, _Folder] = {}
        self._tables: list[tuple[dict[str, Any], list[_Folder]]] = []

    def patches(self) -> list[Patch]:
        """Have file systems look at their folders through this."""
        seam, cls = self._seam, self._seam.caching_class
        look_up = vars(cls)["__getattribute__"]

        def getattribute(filesystem: Any, name: str) -> Any:
            """An attribute: of this mock, the file system's own, or that of the one below it."""
            table = self._table(filesystem) if name in seam.NAMES else None
            return look_up(filesystem, name) if table is None else table[name]

        attributes = [(cls, name, _Attribute(name, self)) for name in seam.NAMES]
        return [*attributes, (cls, "__getattribute__", getattribute)]

    def stop(self) -> None:
        with self._lock:
            for folder in self._folders.values():
                folder.empty()
                folder.remove()
            self._folders.clear()
            for table, _ in self._tables:
                table.clear()
            self._tables.clear()

    def reset(self) -> None:
        """Take away what came in so far; the mock goes on."""
        with self._lock:
            for folder in self._folders.values():
                folder.empty()
            for table, folders in self._tables:
                self._forget(table, folders)

    def assign(self, filesystem: Any, name: str, value: Any) -> None:
        """Keep a value for this mock, or for good where the file system isn't S3's."""
        table = self._table(filesystem)
        (self._seam.held(filesystem) if table is None else table)[name] = value

    def _table(self, filesystem: Any) -> dict[str, Any] | None:
        """What one file system holds in this mock; None if it isn't around one of S3."""
        held = self._seam.held(filesystem)
        with self._lock:
            owner, table = held.get(_TABLE, (None, None))
            if owner is self:
                return table  # type: ignore[no-any-return]
            if not self._seam.is_around_s3(held):
                return None
            folders = [self._folder(path) for path in held[self._seam.STORAGE]]
            table = {self._seam.MAPPER: _Naming(held[self._seam.MAPPER], folders[-1])}
            self._forget(table, folders)
            self._tables.append((table, folders))
            held[_TABLE] = (self, table)
        return table

    def _folder(self, path: str) -> _Folder:
        if path not in self._folders:
            self._folders[path] = _Folder(path)
        return self._folders[path]

    def _forget(self, table: dict[str, Any], folders: list[_Folder]) -> None:
        seam, storage = self._seam, [folder.path for folder in folders]
        table[seam.STORAGE] = storage
        table[seam.METADATA] = seam.metadata(storage)
        table[seam.LOADED] = time.time()
        table[seam.SIZE] = None


class _Folder:
    """Where copies lie: the folder that was given, if it is empty, else one in its place."""

    def __init__(self, given: str) -> None:
        path = Path(given)
        self._is_own = path.is_dir() and any(path.iterdir())
        self.path = tempfile.mkdtemp(prefix="aiomoto-") if self._is_own else given
        #: Names of copies. Others are the user's.
        self.names: set[str] = set()

    def empty(self) -> None:
        """Take the copies away, and the list of them."""
        for name in (*self.names, FsspecCaches.LIST):
            with suppress(OSError):
                Path(self.path, name).unlink()
        self.names.clear()

    def remove(self) -> None:
        """Take the folder away, if it was made for the mock."""
        if self._is_own:
            shutil.rmtree(self.path, ignore_errors=True)


class _Naming:
    """fsspec's mapper from an object to the name of its copy, which notes the names."""

    def __init__(self, mapper: Any, folder: _Folder) -> None:
        self._mapper = mapper
        self._folder = folder

    def __call__(self, path: str) -> Any:
        name = self._mapper(path)
        self._folder.names.add(name)
        return name

    def __eq__(self, other: object) -> bool:
        return bool(self._mapper == (other._mapper if isinstance(other, _Naming) else other))

    def __hash__(self) -> int:
        return hash(self._mapper)


class _Attribute:
    """An attribute of caching file systems; they are read through ``__getattribute__``."""

    def __init__(self, name: str, caches: LocalCaches) -> None:
        self._name = name
        self._caches = caches

    def __get__(self, filesystem: Any, owner: Any = None) -> Any:
        return self

    def __set__(self, filesystem: Any, value: Any) -> None:
        self._caches.assign(filesystem, self._name, value)
