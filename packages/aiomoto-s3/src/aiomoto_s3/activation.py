"""What this package changes while a mock is active, now or when s3fs is imported."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack

from wrapt import register_post_import_hook

from aiomoto.plugin.patches import Patches

from . import compat
from .bodies import handle_encoded_body, storing
from .filesystems import Filesystems
from .local_caches import LocalCaches

_S3FS, _CACHED = "s3fs.core", "fsspec.implementations.cached"


class Activation:
    """Puts the changes in with the first mock and takes them out with the last."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._hooked = False
        self._active = False
        self._filesystems: Filesystems | None = None
        self._caches: LocalCaches | None = None
        self._undo = ExitStack()

    def start(self, optimises: Callable[[], bool]) -> None:
        """Change moto, and s3fs if it is imported; undone if anything goes wrong."""
        with ExitStack() as undo:
            self._change_moto(undo, optimises)
            self._undo = undo.pop_all()
        self._active = True
        try:
            if _S3FS in sys.modules:
                self._change_s3fs()
            if not self._hooked:
                # They run at once where a module is imported, and stay registered.
                for module in (_S3FS, _CACHED):
                    register_post_import_hook(lambda _: self._imported(), module)
                self._hooked = True
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Put back what :meth:`start` and later imports changed."""
        with self._lock:
            self._active = False
            self._filesystems = self._caches = None
            undo, self._undo = self._undo, ExitStack()
        undo.close()

    def reset(self) -> None:
        """Forget what was seen of buckets that are gone; everything stays open."""
        with self._lock:
            for one in (self._filesystems, self._caches):
                if one is not None:
                    one.reset()

    def _imported(self) -> None:
        if self._active and _S3FS in sys.modules:
            self._change_s3fs()

    def _change_moto(self, undo: ExitStack, optimises: Callable[[], bool]) -> None:
        moto, patches = compat.MotoBodies(), Patches()
        undo.callback(patches.take_out)
        patches.put_in(
            [
                (moto.responses, moto.DECODER, handle_encoded_body),
                (moto.key_class, "value", storing(moto, optimises)),
            ]
        )

    def _change_s3fs(self) -> None:
        with self._lock:
            if not self._active:
                return
            if self._filesystems is None:
                filesystems = Filesystems(compat.S3fs())
                filesystems.start()
                self._undo.callback(filesystems.stop)
                self._filesystems = filesystems
            if self._caches is None and _CACHED in sys.modules:
                caches = LocalCaches(compat.FsspecCaches(compat.S3fs()))
                caches.start()
                self._undo.callback(caches.stop)
                self._caches = caches


activation = Activation()
