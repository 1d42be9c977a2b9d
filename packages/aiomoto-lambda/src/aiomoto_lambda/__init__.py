"""AWS Lambda for aiomoto: a Python callable, plain or async, as the code of a function."""

from typing import TYPE_CHECKING

from aiomoto.lazy import lazily

from .__about__ import __version__

if TYPE_CHECKING:
    from .context import Context
    from .registered import Handler, Handlers, handlers

__all__ = ["Context", "Handler", "Handlers", "__version__", "handlers"]

if not TYPE_CHECKING:
    __getattr__ = lazily(__name__, {**dict.fromkeys(__all__, "registered"), "Context": "context"})
