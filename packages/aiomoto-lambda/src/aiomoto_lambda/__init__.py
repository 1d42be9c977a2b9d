"""AWS Lambda for aiomoto: a Python callable, plain or async, as the code of a function."""

from .__about__ import __version__
from .context import Context
from .handlers import Handler, Handlers, handlers

__all__ = ["Context", "Handler", "Handlers", "__version__", "handlers"]
