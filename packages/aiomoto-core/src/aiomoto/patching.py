"""Puts the patches of HTTP clients in, now or when they are imported, and takes them out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from . import compat
from .fast import backends, dates, identifiers
from .plugin.imports import LatePatches
from .plugin.patches import Prepared
from .wire import stubber

if TYPE_CHECKING:
    from .engine import Engine
    from .plugin.patches import Patch


def _aiohttp(engine: Engine) -> list[Patch]:
    from .wire import aiohttp

    return aiohttp.patches(engine)


def _httpx(library: str, engine: Engine) -> list[Patch]:
    from .wire import httpx

    return httpx.patches(engine, library)


def _httpx_responses(library: str, engine: Engine) -> list[Patch]:
    from .wire import httpx_bodies

    return httpx_bodies.response_patches(library)


def _botocore(engine: Engine) -> list[Patch]:
    from .wire import botocore

    return botocore.patches(engine)


def _loaders(engine: Engine) -> list[Patch]:
    from .fast import loaders

    return loaders.patches(engine.optimises)


def _events(engine: Engine) -> list[Patch]:
    from .fast import events

    return events.patches(engine.optimises)


def _methods(engine: Engine) -> list[Patch]:
    from .fast import methods

    return methods.patches(engine.optimises)


def _user_agents(engine: Engine) -> list[Patch]:
    from .fast import useragents

    return useragents.patches(engine.optimises)


def _rule_sets(engine: Engine) -> list[Patch]:
    from .fast import rulesets

    return rulesets.patches(engine.optimises)


def _signing(engine: Engine) -> list[Patch]:
    from .fast import signing

    return signing.patches(engine.optimises)


def _parameters(engine: Engine) -> list[Patch]:
    from .fast import parameters

    return parameters.patches(engine.optimises)


def _accounts(engine: Engine) -> list[Patch]:
    from .fast import accounts

    return accounts.patches(engine.optimises)


def _buckets(engine: Engine) -> list[Patch]:
    from .fast import buckets

    return buckets.patches(engine.optimises)


def _underscores(module: str, engine: Engine) -> list[Patch]:
    return backends.underscores(module, engine.optimises)


def _headers(engine: Engine) -> list[Patch]:
    from .fast import headers

    return headers.patches(engine.optimises)


def _messages(engine: Engine) -> list[Patch]:
    from .fast import headers

    return headers.message_patches(engine.optimises)


def _dates(engine: Engine) -> list[Patch]:
    return dates.reading(engine.optimises)


def _awaiting(module: str, engine: Engine) -> list[Patch]:
    from .fast import awaiting

    return awaiting.patches(module, engine.optimises)


def _emitting(engine: Engine) -> list[Patch]:
    from .fast import awaiting

    found = awaiting.patches("aiobotocore.hooks", engine.optimises)
    return found + awaiting.emitting(engine.optimises)


def _certificates(module: str, engine: Engine) -> list[Patch]:
    from .fast import certificates

    return certificates.patches(module, engine.optimises)


def _aiobotocore(engine: Engine) -> list[Patch]:
    from .wire import botocore

    return botocore.async_patches(engine)


def _moto(engine: Engine) -> list[Patch]:
    return [
        *stubber.patches(engine, compat.moto()),
        *backends.patches(engine.optimises),
        *dates.writing(engine.optimises),
        *identifiers.patches(engine.optimises),
    ]


#: The module whose import brings an HTTP client, a part of one, or a backend of moto in,
#: and what is then patched. What the test never imports is not imported for it either.
CLIENTS: dict[str, Callable[[Engine], list[Patch]]] = {
    "botocore.httpsession": _botocore,
    "botocore.loaders": _loaders,
    "botocore.hooks": _events,
    "botocore.endpoint_provider": _rule_sets,
    "botocore.useragent": _user_agents,
    "botocore.client": _methods,
    "botocore.auth": _signing,
    "botocore.awsrequest": _headers,
    "botocore.compat": _messages,
    "botocore.utils": _dates,
    "botocore.regions": _parameters,
    "moto.iam.models": _accounts,
    "moto.s3.responses": _buckets,
    "moto.sqs.models": partial(_underscores, "moto.sqs.models"),
    "aiobotocore.httpsession": partial(_certificates, "aiobotocore.httpsession"),
    "aiobotocore.httpxsession": partial(_certificates, "aiobotocore.httpxsession"),
    "aiobotocore.endpoint": _aiobotocore,
    "aiobotocore.hooks": _emitting,
    "aiobotocore.parsers": partial(_awaiting, "aiobotocore.parsers"),
    "aiobotocore.regions": partial(_awaiting, "aiobotocore.regions"),
    "aiobotocore.retryhandler": partial(_awaiting, "aiobotocore.retryhandler"),
    "aiohttp": _aiohttp,
    "httpcore": partial(_httpx, "httpcore"),
    "httpcore2": partial(_httpx, "httpcore2"),
    "httpx": partial(_httpx_responses, "httpx"),
    "httpx2": partial(_httpx_responses, "httpx2"),
}


#: Made anew by each mock: the pools in memory are its own, and the wire of aiohttp looks
#: up once by itself.
_EACH_TIME = frozenset({"aiohttp", "httpcore", "httpcore2"})


class ClientPatches:
    """The patches of one engine: put in together, and for clients imported later; taken out."""

    def __init__(self, engine: Engine) -> None:
        self._late = [_late("moto.core.responses", partial(_moto, engine))]
        self._late += [_late(name, partial(make, engine)) for name, make in CLIENTS.items()]

    def put_in(self) -> None:
        """Patch moto and every HTTP client that is imported, now or while active."""
        for patches in self._late:
            patches.put_in()

    def take_out(self) -> None:
        """Put the originals back, but for what somebody else has patched over since."""
        for patches in reversed(self._late):
            patches.take_out()


def _late(name: str, make: Callable[[], list[Patch]]) -> LatePatches:
    return LatePatches(name, make if name in _EACH_TIME else Prepared(name, make).get)
