"""Private names and internals of other libraries, which core touches here alone.

Each part has a class here whose constructor looks every name up and raises
:class:`~aiomoto.errors.IncompatibleLibrary` for one that is missing. The constructors run
when the part is put in: a version that changed is refused before anything is patched.
"""

from __future__ import annotations

from .backends import Moto, moto
from .http_connections import HttpClient
from .names import (
    attribute,
    incompatible,
    mentions,
    refuse_peer_distribution,
    require,
    require_attributes,
)
from .open_clients import close_client, is_open
from .partitions import dns_suffixes
from .transports import Aiohttp, Httpcore

__all__ = [
    "Aiohttp",
    "HttpClient",
    "Httpcore",
    "Moto",
    "attribute",
    "close_client",
    "dns_suffixes",
    "incompatible",
    "is_open",
    "mentions",
    "moto",
    "refuse_peer_distribution",
    "require",
    "require_attributes",
]
