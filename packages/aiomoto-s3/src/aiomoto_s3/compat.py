"""The one module of this package that touches private names of moto, s3fs and fsspec.

Each class looks its names up when it is made, and raises
:class:`aiomoto.IncompatibleLibrary` for one that is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, MutableMapping
from typing import Any

from aiomoto.compat.names import attribute, mentions, require, require_attributes
from aiomoto.compat.open_clients import close_client


class MotoBodies:
    """moto: what decodes bodies with trailing checksums."""

    def __init__(self) -> None:
        module, name = "moto.s3.responses", "S3Response"
        self.decoder = attribute("moto", module, name, "_handle_encoded_body")
        used = ("request", "body", "raw_body")
        methods = ("setup_class", "_get_checksum")
        require_attributes("moto", module, name, *used, methods=methods)


class MotoObjects:
    """moto: how objects are stored."""

    def __init__(self) -> None:
        #: The property that writes an object's bytes into a ``SpooledTemporaryFile``.
        self.value = attribute("moto", "moto.s3.models", "FakeKey", "value")
        self._md5: Any = require("moto", "moto.s3.models", "md5_hash")
        own = ("_max_buffer_size", "_value_buffer", "_etag")
        require_attributes("moto", "moto.s3.models", "FakeKey", *own)

    @staticmethod
    def is_for_a_file(key: Any, value: Any) -> bool:
        """Whether moto will end with a file for these bytes."""
        return isinstance(value, bytes) and len(value) > key._max_buffer_size

    @staticmethod
    def to_file(key: Any) -> None:
        """Have a file now, before anything is written."""
        key._value_buffer.rollover()

    def set_etag(self, key: Any, value: bytes) -> None:
        """What moto works out when the entity tag is first asked for."""
        if key._etag is None:
            key._etag = self._md5(value).hexdigest()


class S3fs:
    """s3fs: what a file system keeps on itself, and how its clients are closed at once."""

    #: What belongs to one mock. ``set_session`` uses them all, which is how they are checked.
    CLIENT, CREATOR, SESSION = "_s3", "_s3creator", "session"
    HELPER, LOCK, LISTINGS = "_kwargs_helper", "_set_session_lock", "dircache"

    def __init__(self) -> None:
        names = (self.CLIENT, self.CREATOR, self.SESSION, self.HELPER)
        self.filesystem_class: Any = require_attributes(
            "s3fs", "s3fs.core", "S3FileSystem", *names, methods=("set_session",)
        )
        self.base_class: Any = require("fsspec", "fsspec.spec", "AbstractFileSystem")
        self._region_cache: Any = require_attributes(
            "s3fs", "s3fs.utils", "S3BucketRegionCache", "_client", "_regions", "_buckets"
        )
        require("fsspec", "fsspec.spec", "AbstractFileSystem", "_cache")
        self.close_session: Any = require("s3fs", "s3fs.core", "S3FileSystem", "close_session")
        #: s3fs has this lock since 2025.12 or so.
        self.has_lock = mentions(self.filesystem_class.set_session, self.LOCK)

    def injected_session(self, filesystem: Any) -> Any:
        """The session that the user gave to a file system, None if it makes its own."""
        options = vars(filesystem).get("storage_options") or {}
        return options.get("session")

    @property
    def metadata(self) -> dict[Any, Any]:
        """What ``S3FileSystem`` remembers of objects, for all instances together."""
        found: dict[Any, Any] = getattr(self.filesystem_class, "_metadata_cache", {})
        return found

    # -- fsspec's cache of instances ------------------------------------------

    def classes(self) -> Iterator[Any]:
        """Every class of file systems, of whatever kind."""
        waiting, seen = [self.base_class], {self.base_class}
        while waiting:
            found = waiting.pop()
            yield found
            for child in type.__subclasses__(found):
                if child not in seen:
                    seen.add(child)
                    waiting.append(child)

    def instances(self, cls: Any) -> MutableMapping[str, Any]:
        """The cached instances of one class by token."""
        found: MutableMapping[str, Any] = vars(cls).get("_cache", {})
        return found

    def latest(self, cls: Any) -> Any:
        """The token of the instance that ``cls.current()`` gives."""
        return vars(cls).get("_latest")

    def set_latest(self, cls: Any, token: Any) -> None:
        """Change what ``cls.current()`` gives."""
        cls._latest = token

    def reaches_s3(self, value: Any, depth: int = 4) -> bool:
        """Whether a file system is S3's, or one around it: a cache, a folder, an archive."""
        if isinstance(value, self.filesystem_class):
            return True
        if depth == 0:
            return False
        # Caching file systems answer for the inner one; look at what they themselves hold.
        try:
            held: dict[str, Any] = object.__getattribute__(value, "__dict__")
        except AttributeError:
            return False
        inner: Iterable[Any] = held.values() if isinstance(value, self.base_class) else ()
        for one in (*inner, held.get("fs")):
            candidates = one.values() if isinstance(one, dict) else (one,)
            for candidate in candidates:
                known = isinstance(candidate, self.base_class) or hasattr(candidate, "fs")
                if known and self.reaches_s3(candidate, depth - 1):
                    return True
        return False

    # -- closing ----------------------------------------------------------------

    def clients(self, creator: Any) -> list[Any]:
        """The clients that one creator made: one, or one for each region."""
        if isinstance(creator, self._region_cache):
            found = [creator._client, *creator._regions.values()]
        else:
            found = [getattr(creator, "_client", None)]
        return [client for client in found if client is not None]

    def forget_regions(self, creator: Any) -> None:
        """Have a creator of one client per region ask anew where each bucket is."""
        if isinstance(creator, self._region_cache):
            creator._buckets.clear()

    def close_now(self, creator: Any) -> None:
        """Close a creator's clients without awaiting anything.

        What is below is memory, so nothing is lost by it; the sessions count
        as closed afterwards, also for their own finalizers.
        """
        for client in self.clients(creator):
            close_client(client)


class FsspecCaches:
    """fsspec: what a file system that keeps local copies holds on itself."""

    STORAGE, METADATA, MAPPER = "storage", "_metadata", "_mapper"
    LOADED, SIZE = "last_cache", "_cache_size"
    NAMES = frozenset({STORAGE, METADATA, MAPPER, LOADED, SIZE})
    #: The file that lists the copies of a folder.
    LIST = "cache"

    def __init__(self, s3fs: S3fs) -> None:
        module = "fsspec.implementations.cached"
        self._metadata_class: Any = require("fsspec", module, "CacheMetadata")
        self.is_s3: Callable[[Any], bool] = s3fs.reaches_s3
        names, methods = (*sorted(self.NAMES), "fs"), ("__init__", "load_cache")
        self.caching_class: Any = require_attributes(
            "fsspec", module, "CachingFileSystem", *names, methods=methods
        )

    @staticmethod
    def held(filesystem: Any) -> dict[str, Any]:
        """What a file system holds itself; it answers for the one below it where it can."""
        found: dict[str, Any] = object.__getattribute__(filesystem, "__dict__")
        return found

    def is_around_s3(self, held: dict[str, Any]) -> bool:
        """Whether the file system that holds this is complete, and its objects are S3's."""
        return self.STORAGE in held and "fs" in held and self.is_s3(held["fs"])

    def metadata(self, storage: list[str]) -> Any:
        """A list of the copies in folders, as it is read from them."""
        found = self._metadata_class(storage)
        found.load()
        return found
