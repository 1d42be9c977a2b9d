"""What this package changes while a mock is active, now or when moto's S3 or s3fs is imported."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from aiomoto.plugin.imports import LatePatches, when_imported
from aiomoto.plugin.patches import Prepared

if TYPE_CHECKING:
    from aiomoto.plugin.patches import Patch

    from .filesystems import Filesystems

_MOTO = "moto.s3.responses"
_S3FS = "s3fs.core"


class Activation:
    """Puts the changes in with the first mock and takes them out with the last."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._active = False
        self._moto = LatePatches(_MOTO, Prepared(_MOTO, _bodies).get)
        self._filesystems: Filesystems | None = None
        self._forget: Callable[[], None] | None = None

    def start(self) -> None:
        """Change moto and s3fs, or wait for them; undone if anything goes wrong."""
        self._active = True
        try:
            self._moto.put_in()
            self._forget = when_imported(_S3FS, self._change_s3fs)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Put back what :meth:`start` and later imports changed."""
        with self._lock:
            self._active = False
            filesystems, self._filesystems = self._filesystems, None
            forget, self._forget = self._forget, None
        try:
            if forget is not None:
                forget()
            if filesystems is not None:
                filesystems.stop()
        finally:
            self._moto.take_out()

    def reset(self) -> None:
        """Forget what was seen of buckets that are gone; everything stays open."""
        with self._lock:
            if self._filesystems is not None:
                self._filesystems.reset()

    def _change_s3fs(self) -> None:
        from . import compat
        from .filesystems import Filesystems

        with self._lock:
            if self._filesystems is not None or not self._active:
                return
            filesystems = Filesystems(compat.S3fs())
            filesystems.start()
            self._filesystems = filesystems


def _bodies() -> list[Patch]:
    from . import compat
    from .bodies import handle_encoded_body

    moto = compat.MotoBodies()
    return [(moto.responses, moto.DECODER, handle_encoded_body)]


activation = Activation()
