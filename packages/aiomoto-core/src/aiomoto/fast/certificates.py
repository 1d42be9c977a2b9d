"""TLS contexts of clients in a mock: the certificates are loaded when there is a handshake.

Loading the usual bundle takes 10 to 20 ms, a client needs a context, and in a mock hardly
one ever sees a socket.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..compat import require

if TYPE_CHECKING:
    from ..plugin.patches import Patch

#: Bundles that were loaded without an error, as they were then.
_good: set[tuple[str, int, int]] = set()


def patches(module: str, optimises: Callable[[], bool]) -> list[Patch]:
    """What to replace in a module of aiobotocore while a mock is active."""
    create = require("aiobotocore", module, "create_urllib3_context")

    def create_context(*args: Any, **kwargs: Any) -> Any:
        """A context that loads certificates when they are needed."""
        context = create(*args, **kwargs)
        if type(context) is ssl.SSLContext and optimises():
            context.__class__ = LateContext
        return context

    return [(require("aiobotocore", module), "create_urllib3_context", create_context)]


def _loading(method: Callable[..., Any]) -> Any:
    @wraps(method)
    def loaded(self: LateContext, *args: Any, **kwargs: Any) -> Any:
        self.load_now()
        return method(self, *args, **kwargs)

    return loaded


class LateContext(ssl.SSLContext):
    """An ordinary context that loads a bundle, which is known to be a good one, late."""

    def load_verify_locations(
        self, cafile: Any = None, capath: Any = None, cadata: Any = None
    ) -> None:
        """As of any context; errors come at once."""
        bundle = _stamp(cafile) if capath is None and cadata is None else None
        if bundle is not None and bundle in _good:
            self.__dict__.setdefault("late", []).append(cafile)
            return
        super().load_verify_locations(cafile, capath, cadata)
        if bundle is not None:
            _good.add(bundle)

    def load_now(self) -> None:
        """Load what was put off."""
        for cafile in self.__dict__.pop("late", ()):
            super().load_verify_locations(cafile)

    wrap_socket = _loading(ssl.SSLContext.wrap_socket)
    wrap_bio = _loading(ssl.SSLContext.wrap_bio)
    get_ca_certs = _loading(ssl.SSLContext.get_ca_certs)
    cert_store_stats = _loading(ssl.SSLContext.cert_store_stats)


def _stamp(cafile: Any) -> tuple[str, int, int] | None:
    try:
        path = Path(os.fsdecode(cafile)).absolute()
        found = path.stat()
    except (TypeError, OSError):
        return None  # ssl has the words for it
    return str(path), found.st_mtime_ns, found.st_size
