"""pyarrow: what it reads and writes by ``s3://`` goes through s3fs, which is answered.

Its own client for S3 is in C++ and opens its own connections. ``FileSystem.from_uri`` is where
pyarrow.parquet, pyarrow.dataset and pandas get a file system; the classes themselves can't be
changed, so the names in ``pyarrow.fs`` are: to classes that take each other's instances for
theirs.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from aiomoto import Call, RealRequestBlocked
from aiomoto.compat.names import require

if TYPE_CHECKING:
    from aiomoto import Front, Patch

#: What it reads where no endpoint is given. Source: Apache Arrow's documentation, "Filesystem
#: Interface: Amazon S3".
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")


def patches(front: Front) -> list[Patch]:
    """Make what is replaced in ``pyarrow.fs`` while a mock is active."""
    module = require("pyarrow", "pyarrow.fs")
    if not hasattr(module, "S3FileSystem"):
        return []  # built without it
    resolve = require("pyarrow", "pyarrow.fs", "resolve_s3_region")

    def resolve_s3_region(bucket: str, *args: Any, **kwargs: Any) -> Any:
        """Refuse to ask AWS where a bucket is."""
        _refuse(front, _url(bucket, {}))
        return resolve(bucket, *args, **kwargs)

    return [
        (module, "FileSystem", _serving(front, module)),
        (module, "S3FileSystem", _refusing(front, module.S3FileSystem)),
        (module, "resolve_s3_region", resolve_s3_region),
    ]


class _Likeness(type):
    """Of a class that stands for its base: what is the one's is the other's."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _stood_for(cls)) or type.__instancecheck__(cls, instance)

    def __subclasscheck__(cls, other: type) -> bool:
        return issubclass(other, _stood_for(cls)) or type.__subclasscheck__(cls, other)


def _stood_for(cls: Any) -> Any:
    # Classes that a test derives stand for nothing.
    return vars(cls).get("aiomoto_stands_for", ())


def _serving(front: Front, module: Any) -> Any:
    original: Any = module.FileSystem

    class FileSystem(original, metaclass=_Likeness):  # type: ignore[misc]
        aiomoto_stands_for = original

        @staticmethod
        def from_uri(uri: Any) -> Any:
            """File system and path of a URI; s3fs for one of S3 that is answered."""
            parts = urlsplit(os.fspath(uri))
            if not front.active or parts.scheme != "s3":
                return original.from_uri(uri)
            options = dict(parse_qsl(parts.query))
            url = _url(parts.hostname or "", options)
            if not _is_answered(front, url):
                return original.from_uri(uri)
            if find_spec("s3fs") is None:
                raise RealRequestBlocked(url, asked_by="pyarrow")
            filesystem = module.PyFileSystem(module.FSSpecHandler(_s3fs(parts, options)))
            return filesystem, unquote(f"{parts.hostname or ''}{parts.path}").rstrip("/")

    return FileSystem


def _refusing(front: Front, original: Any) -> Any:
    class S3FileSystem(original, metaclass=_Likeness):  # type: ignore[misc]
        aiomoto_stands_for = original

        def __new__(cls, *args: Any, **options: Any) -> Any:
            """Refuse one for AWS; give the real one for others."""
            _refuse(front, _url("", options))
            return original(*args, **options)

    return S3FileSystem


def _s3fs(parts: SplitResult, options: dict[str, str]) -> Any:
    client = {}
    if region := options.get("region"):
        client["region_name"] = region
    if options.get("endpoint_override"):
        client["endpoint_url"] = _url("", options)
    return require("s3fs", "s3fs", "S3FileSystem")(
        key=parts.username and unquote(parts.username),
        secret=parts.password and unquote(parts.password),
        client_kwargs=client,
    )


def _url(bucket: str, options: dict[str, Any]) -> str:
    """Where its client would go."""
    endpoint: str | None = options.get("endpoint_override")
    if not endpoint:
        endpoint = next(filter(None, map(os.environ.get, _ENDPOINTS)), None)
    if not endpoint:
        host = f"{bucket}.s3" if bucket else "s3"
        return f"https://{host}.{options.get('region') or 'us-east-1'}.amazonaws.com/"
    return endpoint if "://" in endpoint else f"{options.get('scheme') or 'https'}://{endpoint}"


def _is_answered(front: Front, url: str) -> bool:
    return front.judge(url, {}, Call("s3")) is not None


def _refuse(front: Front, url: str) -> None:
    if front.active and _is_answered(front, url):
        raise RealRequestBlocked(url, asked_by="pyarrow")
