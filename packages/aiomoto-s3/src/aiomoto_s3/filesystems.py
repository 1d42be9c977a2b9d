"""s3fs: what S3 file systems remember during a mock, apart from before and after.

An ``S3FileSystem`` keeps listings, a session, clients and their regions on
itself, and fsspec keeps the instances. While a mock is active these attributes
lead to a table of that mock; what the instance held before lies untouched
below it. So instances need not be found, whoever made them and whenever.
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import ExitStack
from copy import copy
from typing import TYPE_CHECKING, Any

from aiomoto.bells import running_loop
from aiomoto.locks import Order, guarded

from .compat import S3fs

if TYPE_CHECKING:
    from aiomoto import Patch

_TABLE = "_aiomoto_s3"
#: Closing is a callback on a loop that has nothing else to do; more would be a deadlock.
_PATIENCE = 5.0


class Filesystems:
    """The state of all S3 file systems from one mock's start to its stop."""

    def __init__(self, seam: S3fs) -> None:
        self._seam = seam
        self._lock = guarded(threading.RLock(), Order.PLUGIN)
        self._tables: list[dict[str, Any]] = []
        self._opened: dict[int, tuple[asyncio.AbstractEventLoop | None, Any]] = {}
        self._undo = ExitStack()

    def patches(self) -> list[Patch]:
        """Make the patches that lead to the tables of this mock."""
        seam, cls = self._seam, self._seam.filesystem_class
        names = [seam.CLIENT, seam.CREATOR, seam.SESSION, seam.HELPER, seam.LISTINGS]
        names += [seam.LOCK] * seam.has_lock
        attributes = [(cls, name, _Attribute(name, self)) for name in names]
        return [*attributes, (cls, "close_session", staticmethod(self.close_session))]

    def start(self) -> None:
        """Hide what file systems hold until now."""
        self._hide_metadata()
        self._hide_instances()

    def stop(self) -> None:
        """Close what was opened in between, and show again what was hidden."""
        with self._undo:
            with self._lock:
                opened, self._opened = list(self._opened.values()), {}
            for loop, creator in opened:
                self._close(loop, creator, wait=True)
        for table in self._tables:
            table.clear()
        self._tables.clear()

    def reset(self) -> None:
        """Empty the listings of this mock, and where its buckets were; clients stay open."""
        with self._lock:
            for table in self._tables:
                listings = table.get(self._seam.LISTINGS)
                if listings is not None:
                    listings.clear()
            for _, creator in self._opened.values():
                self._seam.forget_regions(creator)
        self._seam.metadata.clear()

    def _hide_metadata(self) -> None:
        metadata = self._seam.metadata
        before = dict(metadata)
        metadata.clear()
        self._undo.callback(metadata.update, before)
        self._undo.callback(metadata.clear)

    def _hide_instances(self) -> None:
        """Take instances that reach S3 out of fsspec's caches; others stay."""
        hidden = self._take_instances()
        latest = {cls: self._seam.latest(cls) for cls in hidden}

        def show() -> None:
            for cls in self._take_instances():
                self._seam.set_latest(cls, latest.get(cls))
            for cls, instances in hidden.items():
                self._seam.instances(cls).update(instances)
                self._seam.set_latest(cls, latest[cls])

        self._undo.callback(show)

    def _take_instances(self) -> dict[Any, dict[str, Any]]:
        taken: dict[Any, dict[str, Any]] = {}
        for cls in self._seam.classes():
            cache = self._seam.instances(cls)
            for token, instance in list(cache.items()):
                if self._seam.reaches_s3(instance):
                    taken.setdefault(cls, {})[token] = instance
                    cache.pop(token, None)
        return taken

    # -- one file system's state ------------------------------------------------

    def table(self, filesystem: Any) -> dict[str, Any]:
        """What one file system holds in this mock."""
        held = vars(filesystem)
        with self._lock:
            owner, kept = held.get(_TABLE, (None, {}))
            if owner is self:
                return kept  # type: ignore[no-any-return]
            table = self._fresh(filesystem, held)
            self._tables.append(table)
            held[_TABLE] = (self, table)
        return table

    def _fresh(self, filesystem: Any, held: dict[str, Any]) -> dict[str, Any]:
        seam, table = self._seam, dict[str, Any]()
        if seam.CLIENT in held:
            table[seam.CLIENT] = None
        if seam.SESSION in held:
            table[seam.SESSION] = seam.injected_session(filesystem)
        if seam.LISTINGS in held:
            table[seam.LISTINGS] = copy(
                held[seam.LISTINGS]
            )  # an empty one (``DirCache.__reduce__``)
        if seam.LOCK in held:
            table[seam.LOCK] = asyncio.Lock()
        return table

    def assign(self, filesystem: Any, name: str, value: Any) -> None:
        """Keep a value for this mock; one that is made in it gets its state of rest below."""
        seam = self._seam
        self.table(filesystem)[name] = value
        held = vars(filesystem)
        if name == seam.CREATOR:
            with self._lock:
                self._opened[id(value)] = (running_loop(), value)
        elif name not in held:
            if name == seam.LISTINGS:
                held[name] = copy(value)
            elif name == seam.LOCK:
                held[name] = asyncio.Lock()
            elif name in (seam.CLIENT, seam.SESSION):  # as the constructor sets them
                held[name] = value

    # -- closing -----------------------------------------------------------------

    def close_session(self, loop: Any, s3: Any) -> None:
        """In place of ``S3FileSystem.close_session``, which is also its finalizer.

        That one runs the closing on whatever loop is running where the
        garbage is collected. Here it runs on the loop that the client belongs
        to, and what the mock's end has closed is not closed again.
        """
        with self._lock:
            known = self._opened.pop(id(s3), None)
        if known is not None:
            self._close(loop or known[0], s3, wait=False)
        elif not _is_creator(s3):  # a client, from a user's own call
            self._seam.close_session(loop, s3)

    def _close(self, loop: asyncio.AbstractEventLoop | None, creator: Any, *, wait: bool) -> None:
        if loop is None or not loop.is_running() or loop is running_loop():
            self._seam.close_now(creator)
            return
        closed = threading.Event()

        def close() -> None:
            try:
                self._seam.close_now(creator)
            finally:
                closed.set()

        try:
            loop.call_soon_threadsafe(close)
        except RuntimeError:  # closed in between
            self._seam.close_now(creator)
        else:
            if wait:
                closed.wait(_PATIENCE)


class _Attribute:
    """An attribute of ``S3FileSystem`` whose value belongs to one mock."""

    def __init__(self, name: str, filesystems: Filesystems) -> None:
        self._name = name
        self._filesystems = filesystems

    def __get__(self, filesystem: Any, owner: Any = None) -> Any:
        if filesystem is None:
            return self
        try:
            return self._filesystems.table(filesystem)[self._name]
        except KeyError:
            message = f"{type(filesystem).__name__!r} object has no attribute {self._name!r}"
            raise AttributeError(message, name=self._name, obj=filesystem) from None

    def __set__(self, filesystem: Any, value: Any) -> None:
        self._filesystems.assign(filesystem, self._name, value)

    def __delete__(self, filesystem: Any) -> None:
        self._filesystems.table(filesystem).pop(self._name, None)


def _is_creator(value: Any) -> bool:
    """Creators are entered to get a client; a client has a ``meta``."""
    return not hasattr(value, "meta")
