"""What S3 adds to core; core finds it through the entry point group ``aiomoto``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiomoto import ServicePlugin, hookimpl
from aiomoto.plugin.imports import LatePart
from aiomoto.undo import Undo

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aiomoto.engine import Engine
    from aiomoto.plugin.patches import Patch
    from aiomoto.request import AwsRequest

    from .filesystems import Filesystems
    from .local_caches import LocalCaches


class S3Plugin(ServicePlugin[None]):
    """Takes large bodies apart in linear time, and gives S3 file systems a clean start."""

    services = ("s3", "s3control", "s3tables", "s3vectors")
    module = "moto.s3.responses"

    def __init__(self) -> None:
        super().__init__()
        self._optimises: Callable[[], bool] = bool
        self._filesystems: LatePart[Filesystems] = LatePart("s3fs.core")
        self._caches: LatePart[LocalCaches] = LatePart("fsspec.implementations.cached")

    def begin(self, engine: Engine) -> tuple[None, Sequence[Patch]]:
        """Ask this mock whether it optimises."""
        self._optimises = engine.optimises
        return None, ()

    def patches(self) -> Sequence[Patch]:
        """Take and store large bodies in place of moto."""
        from . import compat
        from .bodies import handle_encoded_body, storing

        moto = compat.MotoBodies()
        return [
            (moto.responses, moto.DECODER, handle_encoded_body),
            (moto.key_class, "value", storing(moto, lambda: self._optimises())),
        ]

    @hookimpl
    def aiomoto_activate(self, engine: Engine) -> None:
        """Begin with moto, and with s3fs and fsspec."""
        with Undo() as undo:
            undo.add(self.aiomoto_deactivate)
            super().aiomoto_activate(engine)
            self._filesystems.begin(self._begin_filesystems)
            undo.keep()

    def _begin_filesystems(self) -> tuple[Filesystems, Sequence[Patch]]:
        from .compat import FsspecCaches, S3fs
        from .filesystems import Filesystems
        from .local_caches import LocalCaches

        s3fs = S3fs()

        def begin_caches() -> tuple[LocalCaches, Sequence[Patch]]:
            caches = LocalCaches(FsspecCaches(s3fs))
            return caches, caches.patches()

        filesystems = Filesystems(s3fs)
        with Undo() as undo:
            undo.add(filesystems.stop)
            filesystems.start()
            self._caches.begin(begin_caches)
            undo.keep()
        return filesystems, filesystems.patches()

    @hookimpl
    def aiomoto_deactivate(self) -> None:
        """Put moto and s3fs back, and close what file systems opened."""
        with Undo() as ending:
            ending.add(super().aiomoto_deactivate)
            for part in (self._filesystems, self._caches):
                ending.add(part.end)
                if part.now is not None:
                    ending.add(part.now.stop)

    @hookimpl
    def aiomoto_reset(self) -> None:
        """Empty the listings of S3 file systems with the buckets."""
        for part in (self._filesystems, self._caches):
            if part.now is not None:
                part.now.reset()

    @hookimpl
    def aiomoto_handle(self, request: AwsRequest) -> None:
        """Have moto's S3 given a large body's payload as it is."""
        if request.service == "s3":
            request.takes_apart = True


#: What the entry point names.
plugin = S3Plugin()
