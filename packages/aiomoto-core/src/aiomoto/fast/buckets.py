"""moto's S3: whether a host name has the bucket in it, which it works out six times a request."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..compat import require

if TYPE_CHECKING:
    from ..plugin.patches import Patch

_NAME = "subdomain_based_buckets"


class _Request:
    """As much of a request as is looked at."""

    def __init__(self, host: str) -> None:
        self.headers = {"host": host}


def patches(optimises: Callable[[], bool]) -> list[Patch]:
    """What to replace in moto while a mock is active."""
    cls = require("moto", "moto.s3.responses", "S3Response")
    if not isinstance(vars(cls).get(_NAME), staticmethod):
        return []  # an older moto, which might ask the object
    decide = require("moto", "moto.s3.responses", "S3Response", _NAME)
    settings = require("moto", "moto.settings")
    custom_endpoints = require("moto", "moto.settings", "get_s3_custom_endpoints")

    @lru_cache(maxsize=1024)
    def known(host: str, ignored: bool, custom: tuple[str, ...]) -> Any:
        return decide(_Request(host))

    def subdomain_based_buckets(request: Any) -> Any:
        """Whether the bucket is in the host's name; else it is the path's first part."""
        host = request.headers.get("host") if optimises() else None
        if not host:
            return decide(request)
        ignored = getattr(settings, "S3_IGNORE_SUBDOMAIN_BUCKETNAME", False)
        return known(host, ignored, tuple(custom_endpoints()))

    return [(cls, _NAME, staticmethod(subdomain_based_buckets))]
