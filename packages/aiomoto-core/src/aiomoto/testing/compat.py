"""The one module of the kit that touches private names of moto, werkzeug and Python.

Each class looks its names up when it is made, and raises
:class:`aiomoto.IncompatibleLibrary` for one that is missing.
"""

from __future__ import annotations

import contextlib
import copy
import sys
from collections.abc import Iterator
from typing import Any
from unittest import mock

from ..compat import require

#: In aiobotocore since it runs on trio.
ASYNC_PRIMITIVES = "aiobotocore._async_primitives"
#: Module, class and method that put a patch of ``unittest.mock`` in place.
UNITTEST_PATCH = ("unittest.mock", "_patch", "__enter__")


class Moto:
    """moto: the switches that its mock turns, and its server."""

    def __init__(self) -> None:
        self._mock: Any = require("moto", "moto.core.models", "MockAWS")
        for name in ("_nested_count", "_mocks_active"):
            require("moto", "moto.core.models", "MockAWS", name)
        self._stubber: Any = require("moto", "moto.core.models", "botocore_stubber")
        self._config: Any = require("moto", "moto.core.config", "default_user_config")

    def state(self) -> dict[str, Any]:
        """What starting a mock changes in moto, as values."""
        return {
            "mocks that count": self._mock._nested_count,
            "mocks are active": self._mock._mocks_active,
            "stubber is enabled": self._stubber.enabled,
            "configuration": copy.deepcopy(self._config),
        }


class MotoServer:
    """moto: the application of its server, and the class that handles its requests."""

    def __init__(self) -> None:
        module = "moto.moto_server.werkzeug_app"
        dispatcher = require("moto", module, "DomainDispatcherApplication")
        self.application: Any = dispatcher(require("moto", module, "create_backend_app"))
        plain = require("werkzeug", "werkzeug.serving", "WSGIRequestHandler")
        # moto 5.1 has no handler of its own.
        self.handler_class: Any = getattr(sys.modules[module], "MotoRequestHandler", plain)
        self.make_server: Any = require("werkzeug", "werkzeug.serving", "make_server")


@contextlib.contextmanager
def tls_transports_close() -> Iterator[None]:
    """Have TLS transports of asyncio close at once.

    They wait for the peer to say goodbye, which a test's loop may not live to see: the socket
    is then reported as unclosed. Nobody can wait for those that aiohttp closes on its own, as
    werkzeug ends each connection after one answer.
    """
    transport = require("Python", "asyncio.sslproto", "_SSLProtocolTransport")
    with mock.patch.object(transport, "close", transport.abort):
        yield
