"""moto's S3: whether a host name has the bucket in it, which it works out six times a request."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from ..compat import attribute, incompatible, require
from ..plugin.patches import Patch


class _Request:
    """As much of a request as is looked at."""

    def __init__(self, host: str) -> None:
        self.headers = {"host": host}


def patches() -> list[Patch]:
    """Where the bucket is."""
    deciding = attribute("moto", "moto.s3.responses", "S3Response", "subdomain_based_buckets")
    if not isinstance(vars(deciding.owner)[deciding.name], staticmethod):
        # An older moto, which might ask the object.
        raise incompatible("moto", f"S3Response.{deciding.name} as a static method")
    decide = deciding.original
    settings = require("moto", "moto.settings")
    require("moto", "moto.settings", "S3_IGNORE_SUBDOMAIN_BUCKETNAME")
    custom_endpoints = require("moto", "moto.settings", "get_s3_custom_endpoints")

    @lru_cache(maxsize=1024)
    def known(host: str, ignored: bool, custom: tuple[str, ...]) -> Any:
        return decide(_Request(host))

    def subdomain_based_buckets(request: Any) -> Any:
        """Whether the bucket is in the host's name; else it is the path's first part."""
        host = request.headers.get("host")
        if not host:
            return decide(request)
        return known(host, settings.S3_IGNORE_SUBDOMAIN_BUCKETNAME, tuple(custom_endpoints()))

    return [deciding.patch(staticmethod(subdomain_based_buckets))]
