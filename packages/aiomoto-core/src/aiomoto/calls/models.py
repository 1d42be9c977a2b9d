"""botocore's service models by any of a service's names: botocore's, moto's, AWS's."""

from __future__ import annotations

from functools import cache
from typing import Any

#: Ids of services that neither are like botocore's name nor among its aliases.
_IDS = {"lexmodelsv2": "lexv2-models", "lexruntimev2": "lexv2-runtime"}


@cache
def described(service: str) -> Any:
    """A service's model as it is in botocore's file; None if there is none of that name.

    ``lambda``, ``awslambda`` (moto's name) and ``LAMBDA`` (as in ``AWS_ENDPOINT_URL_LAMBDA``)
    are the same service.
    """
    name = _name_of(service)
    return None if name is None else _loader().load_service_model(name, "service-2")


@cache
def service_model(service: str) -> Any:
    """The same as botocore's ``ServiceModel``."""
    import botocore.model

    description = described(service)
    if description is None:
        return None
    return botocore.model.ServiceModel(description, _name_of(service))


@cache
def operation_model(service: str, operation: str) -> Any:
    """The model of an operation; None if the service or the operation is unknown."""
    model = service_model(service)
    known = model is not None and operation in model.operation_names
    return model.operation_model(operation) if known else None


@cache
def _loader() -> Any:
    """One that no client has: a client of S3 takes the bucket out of its models."""
    import botocore.loaders

    return botocore.loaders.create_loader()


@cache
def _names() -> dict[str, str]:
    """Plain names to botocore's; ids of services (``Cognito Identity Provider``) are among them."""
    from botocore.utils import EVENT_ALIASES

    known = _loader().list_available_services("service-2")
    ids = {_plain(alias): name for name, alias in EVENT_ALIASES.items() if name in known}
    return {**_IDS, **ids, **{_plain(name): name for name in known}}


def _name_of(service: str) -> str | None:
    plain = _plain(service)
    return _names().get(plain) or _names().get(plain.removeprefix("aws"))


def _plain(name: str) -> str:
    return name.replace("-", "").replace("_", "").replace(" ", "").lower()
