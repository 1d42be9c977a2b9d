"""botocore's parameters of endpoint rules: most operations say nothing about most of them.

For each parameter of each call, botocore asks an operation's model for static values, for
members of the input and for paths, the client for its settings, and an enumeration whether it
knows a name.
"""

from __future__ import annotations

from typing import Any

from ...compat import attribute, require
from ...plugin.patches import Patch

_REGIONS, _RESOLVER = "botocore.regions", "EndpointRulesetResolver"
#: Where a client's resolver keeps, by operation, the parameters that may have a value. It
#: keeps what it finds in an operation's model itself as well.
_KEPT = "_aiomoto_possible"


def of_operations() -> list[Patch]:
    """Which parameters an operation, its input or the client may have a value for."""
    resolving = attribute("botocore", _REGIONS, _RESOLVER, "_resolve_param_from_context")
    for part in ("static", "dynamic", "client"):
        require("botocore", _REGIONS, _RESOLVER, f"_get_{part}_context_params")
    require("botocore", "botocore.model", "OperationModel", "operation_context_parameters")
    resolve = resolving.original

    def quick_resolve(self: Any, param_name: Any, operation_model: Any, call_args: Any) -> Any:
        """The value of a parameter; None if it has none."""
        known = vars(self).setdefault(_KEPT, {})
        possible = known.get(operation_model)
        if possible is None:
            possible = known[operation_model] = {
                *self._get_static_context_params(operation_model),
                *self._get_dynamic_context_params(operation_model),
                *operation_model.operation_context_parameters,
                *self._get_client_context_params(),
            }
        if param_name not in possible:
            return None
        return resolve(self, param_name, operation_model, call_args)

    return [resolving.patch(quick_resolve)]


def of_clients() -> list[Patch]:
    """The parameters that a client knows of itself."""
    resolving = attribute("botocore", _REGIONS, _RESOLVER, "_resolve_param_as_builtin")
    enumeration = require("botocore", _REGIONS, "EndpointResolverBuiltins")
    names = frozenset(enumeration.__members__.values())
    resolve = resolving.original

    def quick_builtin(self: Any, builtin_name: Any, builtins: Any) -> Any:
        if builtin_name not in names:
            return resolve(self, builtin_name, builtins)
        value = builtins.get(builtin_name)
        return value() if callable(value) else value

    return [resolving.patch(quick_builtin)]
