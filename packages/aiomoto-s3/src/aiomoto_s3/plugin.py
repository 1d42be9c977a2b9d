"""What S3 adds to core; core finds it through the entry point group ``aiomoto``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiomoto import FastPath, LatePart, ModulePatches, ServicePlugin, hookimpl
from aiomoto.undo import Undo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiomoto import AwsRequest, Engine, Front, Patch

    from .filesystems import Filesystems
    from .local_caches import LocalCaches


def _bodies() -> Sequence[Patch]:
    from .bodies import decoded_once

    return decoded_once()


def _objects() -> Sequence[Patch]:
    from .bodies import stored_at_once

    return stored_at_once()


class S3Plugin(ServicePlugin[None]):
    """Has large bodies copied less often, and gives S3 file systems a clean start."""

    services = ("s3", "s3control", "s3tables", "s3vectors")
    _decoder = FastPath("aws-chunked bodies", "moto.s3.responses", _bodies)
    fast_paths = (_decoder, FastPath("large objects", "moto.s3.models", _objects))

    def __init__(self) -> None:
        super().__init__()
        self._filesystems: LatePart[Filesystems] = LatePart("s3fs.core")
        self._caches: LatePart[LocalCaches] = LatePart("fsspec.implementations.cached")

    @hookimpl
    def aiomoto_wires(self, front: Front) -> list[ModulePatches]:
        """Serve pyarrow."""

        def arrow() -> Sequence[Patch]:
            from .arrow import patches

            return patches(front)

        return [ModulePatches("pyarrow.fs", arrow)]

    @hookimpl
    def aiomoto_activate(self, engine: Engine) -> None:
        """Begin with moto, and with s3fs and fsspec."""
        super().aiomoto_activate(engine)
        try:
            self._filesystems.begin(self._begin_filesystems)
        except Exception:
            self.aiomoto_deactivate(engine)
            raise

    def _begin_filesystems(self) -> tuple[Filesystems, Sequence[Patch]]:
        from .compat import FsspecCaches, S3fs
        from .filesystems import Filesystems
        from .local_caches import LocalCaches

        s3fs = S3fs()

        def begin_caches() -> tuple[LocalCaches, Sequence[Patch]]:
            caches = LocalCaches(FsspecCaches(s3fs))
            return caches, caches.patches()

        filesystems = Filesystems(s3fs)
        try:
            filesystems.start()
            self._caches.begin(begin_caches)
        except BaseException:
            filesystems.stop()
            raise
        return filesystems, filesystems.patches()

    @hookimpl
    def aiomoto_deactivate(self, engine: Engine) -> None:
        """Put moto and s3fs back, and close what file systems opened."""
        ending = Undo()
        ending.add(super().aiomoto_deactivate, engine)
        for part in (self._filesystems, self._caches):
            ending.add(part.end)
            if part.now is not None:
                ending.add(part.now.stop)
        ending.close()

    @hookimpl
    def aiomoto_reset(self) -> None:
        """Empty the listings of S3 file systems with the buckets."""
        for part in (self._filesystems, self._caches):
            if part.now is not None:
                part.now.reset()

    @hookimpl
    def aiomoto_handle(self, request: AwsRequest) -> None:
        """Have moto's S3 given the payload of a large body without its framing."""
        if request.service == "s3":
            request.payload_only = self._decoder.are_in


plugin = S3Plugin()
