"""The last line: Python code that looks a name of AWS up, or connects to AWS, is refused.

What no wire answers comes by here, below asyncio, trio, gevent and every HTTP client that is
written in Python. Audit hooks would see the same calls, but they cost every `open()` of the
process, and none can be removed.
"""

from __future__ import annotations

import inspect
import sys
from functools import wraps
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from .compat.sockets import HostOf, socket_calls
from .plugin.patches import MISSING, put_back

if TYPE_CHECKING:
    from .interfaces import Front

_SELF = __name__.partition(".")[0]


class LastLine:
    """Patches of Python's socket module, in place while a mock is active."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._begun = False
        self._calls: list[_Call] = []

    def put_in(self) -> None:
        """Put in what isn't in place, at each start: pytest-socket, for one, puts back Python's."""
        if not self._calls:
            self._calls = [_Call(*call) for call in socket_calls()]
        first, self._begun = not self._begun, True
        for call in self._calls:
            present = getattr(call.owner, call.name)
            anew = first or call.replaced is None
            if present is call.replaced or (anew and call.makes(present, self._front)):
                setattr(call.owner, call.name, call.replacement)

    def take_out(self) -> None:
        """Put back, but for what somebody else has patched over since."""
        if self._begun:
            put_back([(one.owner, one.name, one.original, one.replacement) for one in self._calls])
            self._begun = False


class _Call:
    """A function or a method, and what replaces it, which is kept for the next mock."""

    #: What is called below.
    replaced: Any = None
    replacement: Any = MISSING
    #: What the owner itself has of that name; methods are inherited.
    original: Any = MISSING

    def __init__(self, owner: Any, name: str, host_of: HostOf) -> None:
        self.owner, self.name, self._host_of = owner, name, host_of

    def makes(self, present: Any, front: Front) -> bool:
        """Make a replacement of what is there, unless it is a function of somebody else's.

        pytest-socket puts back what is its own alone.
        """
        if isinstance(self.owner, ModuleType) and isinstance(present, FunctionType):
            return False
        host_of, check = self._host_of, front.check_host

        @wraps(present)
        def call(*args: Any, **kwargs: Any) -> Any:
            check(host_of(args, kwargs))
            return present(*args, **kwargs)

        self.original = vars(self.owner).get(self.name, MISSING)
        self.replacement, self.replaced = call, present
        return True


def asked_by() -> str | None:
    """The package that has called, through Python's own modules; None if that can't be seen.

    A look-up of asyncio is made in a thread of its own, where nobody else is.
    """
    frame = inspect.currentframe()
    while frame is not None:
        package = str(frame.f_globals.get("__name__", "")).partition(".")[0]
        if package != _SELF and package not in sys.stdlib_module_names:
            return package or None
        frame = frame.f_back
    return None
