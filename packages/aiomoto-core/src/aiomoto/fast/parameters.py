"""botocore's parameters of endpoint rules: most operations say nothing about most of them.

For each parameter of each call, botocore asks an operation's model for static values, for
members of the input and for paths, the client for its settings, and an enumeration whether it
knows a name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..compat import EndpointBuiltins, EndpointParameters

if TYPE_CHECKING:
    from ..plugin.patches import Patch

#: Where a client's resolver keeps, by operation, the parameters that may have a value. It
#: keeps what it finds in an operation's model itself as well.
_KEPT = "_aiomoto_possible"


def of_operations() -> list[Patch]:
    """Which parameters an operation may have a value for."""
    parameters = EndpointParameters()
    resolve = parameters.resolve.original

    def quick_resolve(self: Any, param_name: Any, operation_model: Any, call_args: Any) -> Any:
        """The value that operation, input or client have for a parameter; None if none has."""
        known = vars(self).setdefault(_KEPT, {})
        possible = known.get(operation_model)
        if possible is None:
            possible = known[operation_model] = parameters.possible(self, operation_model)
        if param_name not in possible:
            return None
        return resolve(self, param_name, operation_model, call_args)

    return [parameters.resolve.patch(quick_resolve)]


def of_clients() -> list[Patch]:
    """The parameters that a client knows of itself."""
    builtins_of = EndpointBuiltins()
    resolve, names = builtins_of.resolve.original, builtins_of.known

    def quick_builtin(self: Any, builtin_name: Any, builtins: Any) -> Any:
        """The value of one that the client knows of itself."""
        if builtin_name not in names:
            return resolve(self, builtin_name, builtins)
        value = builtins.get(builtin_name)
        return value() if callable(value) else value

    return [builtins_of.resolve.patch(quick_builtin)]
