"""The patches of other libraries, all of them: those that mocking needs, and those for speed.

Without the first there is no mock: where a name that they need is missing, the start
fails, or the import. A fast path is off where one is missing, and nothing else is.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from .plugin.fast_paths import FastPath
from .plugin.imports import ModulePatches

if TYPE_CHECKING:
    from .interfaces import Front, Surroundings
    from .plugin.patches import Patch

#: The module whose import brings in an HTTP client or the like, what makes its patches (of the
#: front where it is a wire, else of the engine), and the further arguments of that. What the
#: test never imports is not imported for it either. Plugins bring more: ``aiomoto_wires``.
NEEDED: dict[str, tuple[str, ...]] = {
    "moto.core.botocore_stubber": ("wire.stubber.patches",),
    "moto.core.models": ("nesting.patches",),
    "botocore.httpsession": ("wire.botocore.patches",),
    "botocore.client": ("wire.botocore.creators", "botocore", "botocore.client", "ClientCreator"),
    "aiobotocore.client": (
        "wire.botocore.creators",
        "aiobotocore",
        "aiobotocore.client",
        "AioClientCreator",
    ),
    "botocore.credentials": ("profiles.patches", "botocore", "botocore.credentials"),
    "aiobotocore.session": ("profiles.patches", "aiobotocore", "aiobotocore.session"),
    "aiobotocore.endpoint": ("wire.botocore.async_patches",),
    "aiohttp": ("wire.aiohttp.patches",),
    "httpcore": ("wire.httpx.patches", "httpcore"),
    "httpcore2": ("wire.httpx.patches", "httpcore2"),
    "http.client": ("wire.http_client.patches",),
    "urllib3.connectionpool": ("wire.http_client.urllib3_patches",),
    "asyncio": ("wire.loops.patches", "asyncio"),
    "uvloop": ("wire.loops.patches", "uvloop"),
    "gevent.socket": ("wire.loops.gevent_sockets",),
    "gevent.resolver": ("wire.loops.gevent_resolvers",),
    "websockets.sync.client": ("wire.loops.proxied_websockets", "websockets.sync.client"),
    "websockets.asyncio.client": ("wire.loops.proxied_websockets", "websockets.asyncio.client"),
    "websockets.trio.client": ("wire.loops.proxied_websockets", "websockets.trio.client"),
    "boto3.s3.transfer": ("wire.awscrt.transfers",),
    "awscrt.http": ("wire.awscrt.connections", "awscrt.http"),
    "awscrt.aio.http": ("wire.awscrt.connections", "awscrt.aio.http"),
    "awscrt.auth": ("wire.awscrt.credentials",),
    "awscrt.s3": ("wire.awscrt.s3_clients",),
    "awscrt.websocket": ("wire.awscrt.websockets",),
    "awscrt.mqtt": ("wire.awscrt.mqtt",),
    "awscrt.mqtt5": ("wire.awscrt.mqtt5",),
}
#: Made anew by each mock: the pools in memory are its own, and the wire of aiohttp looks
#: up once by itself.
_EACH_TIME = frozenset({"aiohttp", "httpcore", "httpcore2"})

#: What becomes faster, what makes its patches, and the modules whose import brings it in; of
#: several, each one is a fast path, and what makes the patches is given its name.
_FAST: tuple[tuple[str, ...], ...] = (
    ("data files", "compat.loaders.files", "botocore.loaders"),
    ("lists of services", "compat.loaders.services", "botocore.loaders"),
    ("names of events", "compat.events.names", "botocore.hooks"),
    ("signatures of handlers", "compat.events.signatures", "botocore.hooks"),
    ("trees of handlers", "compat.events.trees", "botocore.hooks"),
    ("endpoint rules", "rulesets.patches", "botocore.endpoint_provider"),
    ("endpoint parameters of operations", "compat.parameters.of_operations", "botocore.regions"),
    ("endpoint parameters of clients", "compat.parameters.of_clients", "botocore.regions"),
    ("methods of clients", "compat.methods.of_classes", "botocore.client"),
    ("endpoint discovery", "compat.methods.discovery", "botocore.model"),
    ("components of the User-Agent", "compat.useragents.components", "botocore.useragent"),
    ("the User-Agent", "compat.useragents.header", "botocore.useragent"),
    ("keys of signatures", "compat.signing.keys", "botocore.auth"),
    ("bodies to sign", "compat.signing.bodies", "botocore.auth"),
    ("headers to sign", "compat.signing.headers_to_sign", "botocore.auth"),
    ("canonical headers", "compat.signing.canonical_headers", "botocore.auth"),
    ("dictionaries of headers", "compat.headers.dictionaries", "botocore.awsrequest"),
    ("messages of headers", "compat.headers.messages", "botocore.compat"),
    ("dates in answers", "compat.dates.reading", "botocore.utils"),
    (
        "TLS contexts",
        "compat.certificates.late",
        "aiobotocore.httpsession",
        "aiobotocore.httpxsession",
    ),
    ("TLS contexts without threads", "compat.certificates.in_loop", "aiobotocore.httpsession"),
    ("events", "compat.awaiting.events", "aiobotocore.hooks"),
    (
        "results of handlers",
        "compat.awaiting.results",
        "aiobotocore.hooks",
        "aiobotocore.parsers",
        "aiobotocore.regions",
        "aiobotocore.retryhandler",
    ),
    ("whole bodies", "compat.whole_bodies.of_aiobotocore", "aiobotocore.response"),
    ("whole bodies", "compat.whole_bodies.of_aiohttp", "aiohttp"),
    ("whole bodies", "compat.whole_bodies.of_connections", "httpcore", "httpcore2"),
    ("whole bodies", "compat.whole_bodies.of_responses", "httpx", "httpx2"),
    ("moto's requests", "environs.patches", "moto.core.request"),
    ("moto's headers", "backends.headers", "moto.core.request"),
    ("moto's actions", "backends.methods", "moto.core.responses"),
    ("moto's names", "backends.underscores", "moto.core.responses", "moto.sqs.models"),
    ("moto's access keys", "backends.access_keys", "moto.core.responses"),
    ("moto's forms", "backends.forms", "moto.core.responses"),
    ("moto's partitions", "backends.partitions", "moto.core.responses"),
    ("moto's dates", "compat.dates.writing", "moto.core.responses"),
    ("moto's answers", "backends.members", "moto.core.serialize"),
    ("moto's JSON", "compat.bodies.patches", "moto.core.parse"),
    ("moto's identifiers", "compat.identifiers.strings", "moto.moto_api"),
    ("moto's hexadecimal identifiers", "compat.identifiers.hexadecimal", "moto.moto_api"),
    ("moto's accounts", "accounts.patches", "moto.iam.models"),
    ("moto's buckets", "buckets.patches", "moto.s3.responses"),
)


def needed(front: Front, engine: Surroundings) -> list[ModulePatches]:
    """Make the patches without which there is no mock, of the wires and of moto and sessions."""
    return [
        ModulePatches(
            module,
            _maker(make, front if make.startswith("wire.") else engine, *given),
            kept=module not in _EACH_TIME,
        )
        for module, (make, *given) in NEEDED.items()
    ]


def fast_paths() -> list[FastPath]:
    """The fast paths of core, none of which is in."""
    return [
        FastPath(name, module, _maker(f"fast.{make}", *([module] if len(modules) > 1 else ())))
        for name, make, *modules in _FAST
        for module in modules
    ]


def _maker(function: str, *arguments: Any) -> Callable[[], list[Patch]]:
    """What a function of core makes, whose own module is imported when it is wanted."""
    room, _, name = f"{__package__}.{function}".rpartition(".")

    def make() -> list[Patch]:
        # Python 3.10's import_module takes the import system's locks for what is there as well.
        module = sys.modules.get(room) or import_module(room)
        patches: list[Patch] = getattr(module, name)(*arguments)
        return patches

    return make
