"""The one room of core that touches private names and internals of other libraries.

Each part has a class here whose constructor looks every name up and raises
:class:`~aiomoto.errors.IncompatibleLibrary` for one that is missing. The
constructors run when the part is put in: of a wire, a version that changed is refused
before anything is patched, and the error names what changed; a fast path is off then.
"""

from __future__ import annotations

from .backends import Moto, moto
from .bodies import JsonParsers
from .events import Emitter, EventNames, HandlerTrees
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
from .sending import (
    CanonicalHeaders,
    EndpointBuiltins,
    EndpointParameters,
    Headers,
    Messages,
    RequestBodies,
    SignedHeaders,
    SigningKeys,
    UserAgentComponents,
    UserAgents,
    dates,
)
from .sessions import ServiceLists, ServiceModels, TlsContexts, client_methods, json_open_methods
from .transports import Aiohttp, Httpcore
from .whole_bodies import AiobotocoreBodies, AiohttpBodies, HttpcoreBodies

__all__ = [
    "AiobotocoreBodies",
    "Aiohttp",
    "AiohttpBodies",
    "CanonicalHeaders",
    "Emitter",
    "EndpointBuiltins",
    "EndpointParameters",
    "EventNames",
    "HandlerTrees",
    "Headers",
    "Httpcore",
    "HttpcoreBodies",
    "JsonParsers",
    "Messages",
    "Moto",
    "RequestBodies",
    "ServiceLists",
    "ServiceModels",
    "SignedHeaders",
    "SigningKeys",
    "TlsContexts",
    "UserAgentComponents",
    "UserAgents",
    "attribute",
    "client_methods",
    "close_client",
    "dates",
    "dns_suffixes",
    "incompatible",
    "is_open",
    "json_open_methods",
    "mentions",
    "moto",
    "refuse_peer_distribution",
    "require",
    "require_attributes",
]
