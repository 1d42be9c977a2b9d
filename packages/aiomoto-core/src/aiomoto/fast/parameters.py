"""botocore's parameters of endpoint rules: most operations say nothing about most of them.

For each parameter of each call, botocore asks an operation's model for static values, for
members of the input and for paths, the client for its settings, and an enumeration whether it
knows a name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..compat import EndpointParameters

if TYPE_CHECKING:
    from ..plugin.patches import Patch

#: Where a client's resolver keeps, by operation, the parameters that may have a value. It
#: keeps what it finds in an operation's model itself as well.
_KEPT = "_aiomoto_possible"


def patches(optimises: Callable[[], bool]) -> list[Patch]:
    """What to replace in botocore while a mock is active."""
    parameters = EndpointParameters()
    cls, resolve, builtin = parameters.cls, parameters.resolve, parameters.builtin
    names = frozenset(parameters.known_builtins)

    def quick_resolve(self: Any, param_name: Any, operation_model: Any, call_args: Any) -> Any:
        """The value that operation, input or client have for a parameter; None if none has."""
        if optimises():
            known = vars(self).setdefault(_KEPT, {})
            found = known.get(operation_model)
            if found is None:
                found = known[operation_model] = parameters.possible(self, operation_model)
            if param_name not in found:
                return None
        return resolve(self, param_name, operation_model, call_args)

    def quick_builtin(self: Any, builtin_name: Any, builtins: Any) -> Any:
        """The value of one that the client knows of itself."""
        if builtin_name not in names or not optimises():
            return builtin(self, builtin_name, builtins)
        found = builtins.get(builtin_name)
        return found() if callable(found) else found

    return [
        (cls, "_resolve_param_from_context", quick_resolve),
        (cls, "_resolve_param_as_builtin", quick_builtin),
    ]
