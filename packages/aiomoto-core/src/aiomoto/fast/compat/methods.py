"""botocore's client classes: their methods are made once from the same model.

A client's class has a function for each operation, for EC2 some 800; making
them looks at every operation's model. The classes stay different ones, and so
do the clients.
"""

from __future__ import annotations

from typing import Any

from ...compat import attribute, require_attributes
from ...plugin.patches import Patch
from ..views import View, view

_MODEL = "botocore.model"
#: By the kind of creator and the identity of the operations: the functions, and the operations.
_methods: dict[tuple[type, int], tuple[dict[str, Any], Any]] = {}
#: Operations none of which is there for endpoint discovery, by their identity.
_without_discovery: dict[int, Any] = {}
#: Whether operations need endpoint discovery, by their identity; and the operations.
_required: dict[int, tuple[bool, Any]] = {}


def of_classes() -> list[Patch]:
    """The methods of client classes."""
    methods = attribute("botocore", "botocore.client", "ClientCreator", "_create_methods")
    require_attributes("botocore", _MODEL, "ServiceModel", "_service_description")
    create_methods = methods.original

    def shared_methods(self: Any, service_model: Any) -> Any:
        """The methods of a client class, by their names; a dict of the caller's own."""
        description = service_model._service_description
        operations = _untouched(description)
        if operations is None:
            return create_methods(self, service_model)
        key = (type(self), id(operations))
        if key not in _methods:
            # On a model that nobody else has, and so nobody changes.
            private = type(service_model)(view(description.source), service_model.service_name)
            _methods[key] = create_methods(self, private), operations
        return dict(_methods[key][0])

    return [methods.patch(shared_methods)]


def discovery() -> list[Patch]:
    """Whether a service has endpoint discovery, and needs it; all operations are looked at."""
    require_attributes("botocore", _MODEL, "ServiceModel", "_service_description")
    operation = attribute("botocore", _MODEL, "ServiceModel", "endpoint_discovery_operation")
    requires = attribute("botocore", _MODEL, "ServiceModel", "endpoint_discovery_required")

    class Operation:
        """``ServiceModel.endpoint_discovery_operation``."""

        def __get__(self, model: Any, owner: Any = None) -> Any:
            if model is None:
                return self
            operations = _untouched(model._service_description)
            if operations is not None and id(operations) in _without_discovery:
                return None
            found = operation.original.__get__(model, owner)
            if operations is not None and found is None:
                _without_discovery[id(operations)] = operations
            return found

    class Required:
        """``ServiceModel.endpoint_discovery_required``."""

        def __get__(self, model: Any, owner: Any = None) -> Any:
            if model is None:
                return self
            operations = model._service_description.get("operations")
            # The operation for the discovery itself was looked at before.
            if not isinstance(operations, View) or not operations.is_unchanged():
                return requires.original.__get__(model, owner)
            key = id(operations.source)
            if key not in _required:
                _required[key] = requires.original.__get__(model, owner), operations.source
            return _required[key][0]

    return [operation.patch(Operation()), requires.patch(Required())]


def _untouched(description: Any) -> Any:
    """The shared operations of a model that nobody has looked into yet; else None."""
    if not isinstance(description, View):
        return None
    operations = description.get("operations")
    untouched = isinstance(operations, View) and operations.is_untouched()
    if not untouched or description.source.get("operations") is not operations.source:
        return None
    return operations.source
