"""Puts the patches of HTTP clients in, now or when they are imported, and takes them out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from . import compat, nesting
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


def _aiobotocore(engine: Engine) -> list[Patch]:
    from .wire import botocore

    return botocore.async_patches(engine)


def _profiles(library: str, module: str, engine: Engine) -> list[Patch]:
    from . import profiles

    return profiles.patches(library, module, engine)


def _moto(engine: Engine) -> list[Patch]:
    return [
        *stubber.patches(engine, compat.moto()),
        *nesting.patches(engine, compat.moto()),
        *backends.patches(engine.optimises),
        *dates.writing(engine.optimises),
        *identifiers.patches(engine.optimises),
    ]


def _fast(room: str, *arguments: str, maker: str = "patches") -> Callable[[Engine], list[Patch]]:
    """What one room of ``fast/`` makes, which is imported when it is wanted."""

    def make(engine: Engine) -> list[Patch]:
        module = import_module(f".fast.{room}", __package__)
        found: list[Patch] = getattr(module, maker)(*arguments, engine.optimises)
        return found

    return make


#: The module whose import brings an HTTP client, a part of one, or a backend of moto in,
#: and what is then patched. What the test never imports is not imported for it either.
CLIENTS: dict[str, Callable[[Engine], list[Patch]]] = {
    "botocore.httpsession": _botocore,
    "botocore.credentials": partial(_profiles, "botocore", "botocore.credentials"),
    "aiobotocore.session": partial(_profiles, "aiobotocore", "aiobotocore.session"),
    "botocore.loaders": _fast("loaders"),
    "botocore.hooks": _fast("events"),
    "botocore.endpoint_provider": _fast("rulesets"),
    "botocore.useragent": _fast("useragents"),
    "botocore.client": _fast("methods"),
    "botocore.auth": _fast("signing"),
    "botocore.awsrequest": _fast("headers"),
    "botocore.compat": _fast("headers", maker="message_patches"),
    "botocore.utils": _fast("dates", maker="reading"),
    "botocore.regions": _fast("parameters"),
    "moto.core.parse": _fast("bodies"),
    "moto.iam.models": _fast("accounts"),
    "moto.s3.responses": _fast("buckets"),
    "moto.sqs.models": _fast("backends", "moto.sqs.models", maker="underscores"),
    "aiobotocore.httpsession": _fast("certificates", "aiobotocore.httpsession"),
    "aiobotocore.httpxsession": _fast("certificates", "aiobotocore.httpxsession"),
    "aiobotocore.endpoint": _aiobotocore,
    "aiobotocore.hooks": _fast("awaiting", "aiobotocore.hooks", maker="of_hooks"),
    "aiobotocore.parsers": _fast("awaiting", "aiobotocore.parsers"),
    "aiobotocore.regions": _fast("awaiting", "aiobotocore.regions"),
    "aiobotocore.retryhandler": _fast("awaiting", "aiobotocore.retryhandler"),
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
