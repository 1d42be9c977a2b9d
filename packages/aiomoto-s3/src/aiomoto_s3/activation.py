"""What this package changes while a mock is active, now or when a module is imported."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from aiomoto.locks import Order, guarded
from aiomoto.plugin.imports import when_imported

if TYPE_CHECKING:
    from .filesystems import Filesystems
    from .local_caches import LocalCaches

_S3FS, _CACHED = "s3fs.core", "fsspec.implementations.cached"


class Activation:
    """Puts the changes in with the first mock and takes them out with the last."""

    def __init__(self) -> None:
        self._lock = guarded(threading.RLock(), Order.PLUGIN)
        self._active = False
        self._filesystems: Filesystems | None = None
        self._caches: LocalCaches | None = None
        self._forget: list[Callable[[], None]] = []

    def start(self) -> None:
        """Change s3fs and fsspec, or wait for them; undone if anything goes wrong."""
        self._active = True
        try:
            for module in (_S3FS, _CACHED):
                self._forget.append(when_imported(module, self._change_filesystems))
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Put back what :meth:`start` and later imports changed."""
        with self._lock:
            self._active = False
            filesystems, self._filesystems = self._filesystems, None
            caches, self._caches = self._caches, None
            forget, self._forget = self._forget, []
        try:
            for one in forget:
                one()
            if caches is not None:
                caches.stop()
        finally:
            if filesystems is not None:
                filesystems.stop()

    def reset(self) -> None:
        """Forget what was seen of buckets that are gone; everything stays open."""
        with self._lock:
            for one in (self._filesystems, self._caches):
                if one is not None:
                    one.reset()

    def _change_filesystems(self) -> None:
        if _S3FS not in sys.modules:
            return  # fsspec alone has no S3
        from . import compat
        from .filesystems import Filesystems
        from .local_caches import LocalCaches

        with self._lock:
            if not self._active:
                return
            if self._filesystems is None:
                filesystems = Filesystems(compat.S3fs())
                filesystems.start()
                self._filesystems = filesystems
            if self._caches is None and _CACHED in sys.modules:
                caches = LocalCaches(compat.FsspecCaches(compat.S3fs()))
                caches.start()
                self._caches = caches


activation = Activation()
