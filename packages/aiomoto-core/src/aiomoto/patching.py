"""Puts the patches of HTTP clients in, now or when they are imported, and takes them out."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from wrapt import register_post_import_hook

from . import compat
from .fast import backends
from .plugin.patches import Patch, Patches
from .wire import stubber

if TYPE_CHECKING:
    from .engine import Engine


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


def _certificates(module: str, engine: Engine) -> list[Patch]:
    from .fast import certificates

    return certificates.patches(module, engine.optimises)


def _aiobotocore(engine: Engine) -> list[Patch]:
    from .wire import botocore

    return botocore.async_patches(engine)


#: The module whose import brings an HTTP client in, and what is then patched.
#: A client that the test never imports is not imported for it either.
CLIENTS: dict[str, Callable[[Engine], list[Patch]]] = {
    "botocore.httpsession": _botocore,
    "botocore.loaders": _loaders,
    "botocore.hooks": _events,
    "botocore.endpoint_provider": _rule_sets,
    "botocore.useragent": _user_agents,
    "botocore.client": _methods,
    "aiobotocore.httpsession": partial(_certificates, "aiobotocore.httpsession"),
    "aiobotocore.httpxsession": partial(_certificates, "aiobotocore.httpxsession"),
    "aiobotocore.endpoint": _aiobotocore,
    "aiohttp": _aiohttp,
    "httpcore": partial(_httpx, "httpcore"),
    "httpcore2": partial(_httpx, "httpcore2"),
    "httpx": partial(_httpx_responses, "httpx"),
    "httpx2": partial(_httpx_responses, "httpx2"),
}


class ClientPatches:
    """The patches of one engine: put in together, and for clients imported later; taken out."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        #: Modules whose import is waited for.
        self._awaited: set[str] = set()
        self._active = False
        #: Never held while something is imported: the import system has locks of its own.
        self._lock = threading.Lock()
        self._installed: dict[str, Patches] = {}

    def put_in(self) -> None:
        """Patch moto and every HTTP client that is imported, now or while active."""
        moto = compat.moto()
        self._active = True
        self._install(
            "moto",
            stubber.patches(self._engine, moto) + backends.patches(self._engine.optimises),
        )
        for name in CLIENTS:
            if name in sys.modules:
                self._patch(name)
            elif name not in self._awaited:
                # A hook runs once; a module may be taken out of sys.modules and
                # imported again, as pytest's pytester does.
                self._awaited.add(name)
                register_post_import_hook(partial(self._imported, name), name)

    def take_out(self) -> None:
        """Put the originals back, but for what somebody else has patched over since."""
        with self._lock:
            self._active = False
            for done in reversed(self._installed.values()):
                done.take_out()
            self._installed.clear()

    def _imported(self, name: str, module: object) -> None:
        self._awaited.discard(name)
        if self._active:
            self._patch(name)

    def _patch(self, name: str) -> None:
        if name not in self._installed:
            self._install(name, CLIENTS[name](self._engine))

    def _install(self, name: str, patches: list[Patch]) -> None:
        with self._lock:
            if not self._active or name in self._installed:
                return
            self._installed[name] = Patches()
            self._installed[name].put_in(patches)
