"""The one room of core that touches private names and internals of other libraries.

Each library has a class here whose constructor looks every name up and raises
:class:`~aiomoto.errors.IncompatibleLibrary` for one that is missing. The
constructors run when the library's part is activated, so a version that
changed fails before anything is patched, and names what changed.
"""

from __future__ import annotations

from .backends import Moto, moto
from .bodies import JsonParsers
from .events import Emitter, Events
from .names import refuse_peer_distribution, require
from .open_clients import close_client, is_open
from .partitions import dns_suffixes
from .sending import EndpointParameters, Headers, Messages, Signing, UserAgents
from .sessions import Clients, Loaders, TlsContexts
from .transports import AiobotocoreHttpxBody, Aiohttp, Httpcore

__all__ = [
    "AiobotocoreHttpxBody",
    "Aiohttp",
    "Clients",
    "Emitter",
    "EndpointParameters",
    "Events",
    "Headers",
    "Httpcore",
    "JsonParsers",
    "Loaders",
    "Messages",
    "Moto",
    "Signing",
    "TlsContexts",
    "UserAgents",
    "close_client",
    "dns_suffixes",
    "is_open",
    "moto",
    "refuse_peer_distribution",
    "require",
]
