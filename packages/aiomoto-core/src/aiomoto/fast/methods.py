"""botocore's client classes: their methods are made once from the same model.

A client's class has a function for each operation, for EC2 some 800; making
them looks at every operation's model. The classes stay different ones, and so
do the clients.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..compat import Clients
from .views import View, view

if TYPE_CHECKING:
    from ..plugin.patches import Patch

#: By the kind of creator and the identity of the operations: the functions, and the operations.
_methods: dict[tuple[type, int], tuple[dict[str, Any], Any]] = {}
#: Operations none of which is there for endpoint discovery, by their identity.
_without_discovery: dict[int, Any] = {}
#: Whether operations need endpoint discovery, by their identity; and the operations.
_required: dict[int, tuple[bool, Any]] = {}


def patches(optimises: Callable[[], bool]) -> list[Patch]:
    """What to replace in botocore while a mock is active."""
    clients = Clients()
    create_methods = clients.create_methods
    discovery, required = clients.discovery_operation, clients.discovery_required

    def shared_methods(self: Any, service_model: Any) -> Any:
        """The methods of a client class, by their names; a dict of the caller's own."""
        description = clients.description(service_model)
        operations = _untouched(description) if optimises() else None
        if operations is None:
            return create_methods(self, service_model)
        key = (type(self), id(operations))
        if key not in _methods:
            # On a model that nobody else has, and so nobody changes.
            private = type(service_model)(view(description.source), service_model.service_name)
            _methods[key] = create_methods(self, private), operations
        return dict(_methods[key][0])

    class Discovery:
        """``ServiceModel.endpoint_discovery_operation``, for which all operations are looked at."""

        def __get__(self, model: Any, owner: Any = None) -> Any:
            if model is None:
                return self
            operations = _untouched(clients.description(model)) if optimises() else None
            if operations is not None and id(operations) in _without_discovery:
                return None
            found = discovery.__get__(model, owner)
            if operations is not None and found is None:
                _without_discovery[id(operations)] = operations
            return found

    class Required:
        """``ServiceModel.endpoint_discovery_required``: the same of it."""

        def __get__(self, model: Any, owner: Any = None) -> Any:
            if model is None:
                return self
            operations = clients.description(model).get("operations") if optimises() else None
            # The operation for the discovery itself was looked at before.
            if not isinstance(operations, View) or not operations.is_unchanged():
                return required.__get__(model, owner)
            key = id(operations.source)
            if key not in _required:
                _required[key] = required.__get__(model, owner), operations.source
            return _required[key][0]

    return [
        (clients.creator_class, clients.create_methods_name, shared_methods),
        (clients.model_class, "endpoint_discovery_operation", Discovery()),
        (clients.model_class, "endpoint_discovery_required", Required()),
    ]


def _untouched(description: Any) -> Any:
    """The shared operations of a model that nobody has looked into yet; else None."""
    if not isinstance(description, View):
        return None
    operations = description.get("operations")
    untouched = isinstance(operations, View) and operations.is_untouched()
    if not untouched or description.source.get("operations") is not operations.source:
        return None
    return operations.source
