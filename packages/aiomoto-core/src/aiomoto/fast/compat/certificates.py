"""TLS contexts of clients in a mock: the certificates are loaded when there is a handshake.

Loading the usual bundle takes 10 to 20 ms, a client needs a context, and in a mock hardly
one ever sees a socket. Without that, a context takes 0.1 ms: no thread is needed for it.
"""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Callable
from contextvars import ContextVar
from functools import cache, wraps
from pathlib import Path
from typing import Any

from ...compat import attribute, require
from ...plugin.patches import Patch

#: Bundles that were loaded without an error, as they were then. certifi's (or botocore's),
#: which a client has that is told none, is taken to be good.
_good: set[tuple[str, int, int]] = set()
#: Whether contexts are made in an event loop, so that nothing may be loaded.
_in_loop: ContextVar[bool] = ContextVar("aiomoto_in_loop", default=False)


class _WouldBlock(Exception):
    """Something has to be read from a file now."""


def late(module: str) -> list[Patch]:
    """Certificates for a module of aiobotocore, loaded when they are needed."""
    creating = attribute("aiobotocore", module, "create_urllib3_context")
    create = creating.original

    def create_context(*args: Any, **kwargs: Any) -> Any:
        context = create(*args, **kwargs)
        if type(context) is ssl.SSLContext:
            context.__class__ = LateContext
        return context

    return [creating.patch(create_context)]


def in_loop() -> list[Patch]:
    """Contexts that need no file, made without a thread; aiobotocore 3 makes them in one."""
    module, name = "aiobotocore.httpsession", "AIOHTTPSession"
    its_asyncio = attribute("aiobotocore", module, "asyncio")
    session_class = require("aiobotocore", module, name)
    build = require("aiobotocore", module, name, "_build_ssl_contexts")

    def builds(function: Any) -> bool:
        """Whether this is the method that makes them; not one that somebody else has written."""
        session = getattr(function, "__self__", None)
        return type(session) is session_class and function.__func__ is build

    return [its_asyncio.patch(_Asyncio(builds))]


class _Asyncio:
    """asyncio for aiobotocore: contexts that need no file are made without a thread.

    A thread for each client costs little to compute and much to wait for, on a busy machine.
    """

    def __init__(self, builds: Callable[[Any], bool]) -> None:
        self._builds = builds

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def to_thread(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """As asyncio's; other tasks have a turn before the result is there in any case."""
        if self._builds(function):
            token = _in_loop.set(True)
            try:
                made = function(*args, **kwargs)
            except _WouldBlock:
                pass
            else:
                await asyncio.sleep(0)
                return made
            finally:
                _in_loop.reset(token)
        return await asyncio.to_thread(function, *args, **kwargs)


def _loading(method: Callable[..., Any]) -> Any:
    @wraps(method)
    def loaded(self: LateContext, *args: Any, **kwargs: Any) -> Any:
        self.load_now()
        return method(self, *args, **kwargs)

    return loaded


class LateContext(ssl.SSLContext):
    """An ordinary context that loads a bundle, which is known or taken to be a good one, late."""

    def load_verify_locations(
        self, cafile: Any = None, capath: Any = None, cadata: Any = None
    ) -> None:
        """As of any context; errors come at once."""
        bundle = _stamp(cafile) if capath is None and cadata is None else None
        if bundle is not None and (bundle in _good or bundle[0] == _usual()):
            self.__dict__.setdefault("late", []).append(cafile)
            return
        _may_block()
        super().load_verify_locations(cafile, capath, cadata)
        if bundle is not None:
            _good.add(bundle)

    def load_cert_chain(self, *args: Any, **kwargs: Any) -> None:
        _may_block()
        super().load_cert_chain(*args, **kwargs)

    def load_now(self) -> None:
        for cafile in self.__dict__.pop("late", ()):
            super().load_verify_locations(cafile)

    wrap_socket = _loading(ssl.SSLContext.wrap_socket)
    wrap_bio = _loading(ssl.SSLContext.wrap_bio)
    get_ca_certs = _loading(ssl.SSLContext.get_ca_certs)
    cert_store_stats = _loading(ssl.SSLContext.cert_store_stats)


def _may_block() -> None:
    if _in_loop.get():
        raise _WouldBlock


@cache
def _usual() -> str:
    """The path of the bundle of a client that is told none."""
    from botocore.httpsession import get_cert_path  # aiobotocore has just had it

    return str(Path(get_cert_path(True)).absolute())


def _stamp(cafile: Any) -> tuple[str, int, int] | None:
    try:
        path = Path(os.fsdecode(cafile)).absolute()
        found = path.stat()
    except (TypeError, OSError):
        return None  # ssl has the words for it
    return str(path), found.st_mtime_ns, found.st_size
