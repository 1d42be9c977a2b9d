"""Lambda functions whose code is a Python callable, plain or async, of the test.

Tests use :data:`handlers`.
"""

from .context import Context
from .handlers import Handler, Handlers, handlers

__all__ = ["Context", "Handler", "Handlers", "handlers"]
