"""The patches of other libraries, all of them: those that mocking needs, and those for speed.

Without the first there is no mock: where a name that they need is missing, the start
fails, or the import. A fast path is off where one is missing, and nothing else is.
"""

from __future__ import annotations

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
    "botocore.credentials": ("profiles.patches", "botocore", "botocore.credentials"),
    "aiobotocore.session": ("profiles.patches", "aiobotocore", "aiobotocore.session"),
    "aiobotocore.endpoint": ("wire.botocore.async_patches",),
    "aiohttp": ("wire.aiohttp.patches",),
    "httpcore": ("wire.httpx.patches", "httpcore"),
    "httpcore2": ("wire.httpx.patches", "httpcore2"),
}
#: Made anew by each mock: the pools in memory are its own, and the wire of aiohttp looks
#: up once by itself.
_EACH_TIME = frozenset({"aiohttp", "httpcore", "httpcore2"})

#: What becomes faster, the module whose import brings it in, what makes its patches, and the
#: arguments of that.
_FAST: tuple[tuple[str, ...], ...] = (
    ("data files", "botocore.loaders", "loaders.files"),
    ("lists of services", "botocore.loaders", "loaders.services"),
    ("names of events", "botocore.hooks", "events.names"),
    ("signatures of handlers", "botocore.hooks", "events.signatures"),
    ("trees of handlers", "botocore.hooks", "events.trees"),
    ("endpoint rules", "botocore.endpoint_provider", "rulesets.patches"),
    ("endpoint parameters of operations", "botocore.regions", "parameters.of_operations"),
    ("endpoint parameters of clients", "botocore.regions", "parameters.of_clients"),
    ("methods of clients", "botocore.client", "methods.of_classes"),
    ("endpoint discovery", "botocore.model", "methods.discovery"),
    ("components of the User-Agent", "botocore.useragent", "useragents.components"),
    ("the User-Agent", "botocore.useragent", "useragents.header"),
    ("keys of signatures", "botocore.auth", "signing.keys"),
    ("bodies to sign", "botocore.auth", "signing.bodies"),
    ("headers to sign", "botocore.auth", "signing.headers_to_sign"),
    ("canonical headers", "botocore.auth", "signing.canonical_headers"),
    ("dictionaries of headers", "botocore.awsrequest", "headers.dictionaries"),
    ("messages of headers", "botocore.compat", "headers.messages"),
    ("dates in answers", "botocore.utils", "dates.reading"),
    ("TLS contexts", "aiobotocore.httpsession", "certificates.late", "aiobotocore.httpsession"),
    ("TLS contexts", "aiobotocore.httpxsession", "certificates.late", "aiobotocore.httpxsession"),
    ("TLS contexts without threads", "aiobotocore.httpsession", "certificates.in_loop"),
    ("events", "aiobotocore.hooks", "awaiting.events"),
    ("results of handlers", "aiobotocore.hooks", "awaiting.results", "aiobotocore.hooks"),
    ("results of handlers", "aiobotocore.parsers", "awaiting.results", "aiobotocore.parsers"),
    ("results of handlers", "aiobotocore.regions", "awaiting.results", "aiobotocore.regions"),
    (
        "results of handlers",
        "aiobotocore.retryhandler",
        "awaiting.results",
        "aiobotocore.retryhandler",
    ),
    ("whole bodies", "aiobotocore.response", "whole_bodies.of_aiobotocore"),
    ("whole bodies", "aiohttp", "whole_bodies.of_aiohttp"),
    ("whole bodies", "httpcore", "whole_bodies.of_connections", "httpcore"),
    ("whole bodies", "httpcore2", "whole_bodies.of_connections", "httpcore2"),
    ("whole bodies", "httpx", "whole_bodies.of_responses", "httpx"),
    ("whole bodies", "httpx2", "whole_bodies.of_responses", "httpx2"),
    ("moto's requests", "moto.core.request", "environs.patches"),
    ("moto's headers", "moto.core.request", "backends.headers"),
    ("moto's actions", "moto.core.responses", "backends.methods"),
    ("moto's names", "moto.core.responses", "backends.underscores", "moto.core.responses"),
    ("moto's names", "moto.sqs.models", "backends.underscores", "moto.sqs.models"),
    ("moto's access keys", "moto.core.responses", "backends.access_keys"),
    ("moto's forms", "moto.core.responses", "backends.forms"),
    ("moto's partitions", "moto.core.responses", "backends.partitions"),
    ("moto's dates", "moto.core.responses", "dates.writing"),
    ("moto's answers", "moto.core.serialize", "backends.members"),
    ("moto's JSON", "moto.core.parse", "bodies.patches"),
    ("moto's identifiers", "moto.moto_api._internal.moto_random", "identifiers.strings"),
    (
        "moto's hexadecimal identifiers",
        "moto.moto_api._internal.moto_random",
        "identifiers.hexadecimal",
    ),
    ("moto's accounts", "moto.iam.models", "accounts.patches"),
    ("moto's buckets", "moto.s3.responses", "buckets.patches"),
)


def needed(front: Front, engine: Surroundings) -> list[ModulePatches]:
    """What core needs to mock: the wires, and what keeps moto and sessions in step with them."""
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
        FastPath(name, module, _maker(f"fast.{make}", *given))
        for name, module, make, *given in _FAST
    ]


def _maker(function: str, *arguments: Any) -> Callable[[], list[Patch]]:
    """What a function of core makes, whose own module is imported when it is wanted."""
    room, _, name = function.rpartition(".")

    def make() -> list[Patch]:
        patches: list[Patch] = getattr(import_module(f".{room}", __package__), name)(*arguments)
        return patches

    return make
