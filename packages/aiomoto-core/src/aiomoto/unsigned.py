"""Which service an unsigned request to a declared endpoint is for, as moto's server finds it.

Source: moto/moto_server/werkzeug_app.py, ``DomainDispatcherApplication``. What it is
imported for, flask, need not be installed here. S3 is the last guess, which is the caller's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qs

from .calls.models import described
from .request import text

#: moto's own API, in the domain where moto's mock has it.
MOTO_API = "http://motoapi.amazonaws.com"
_METADATA = "http://169.254.169.254"
_REGION = "us-east-1"
_TARGETS = {
    "AWSCognitoIdentityService": "cognito-identity",
    "AWSCognitoIdentityProviderService": "cognito-idp",
}
_ACTIONS = {"AssumeRoleWithSAML": "sts", "AssumeRoleWithWebIdentity": "sts"}
_VERSIONS = {"2009-04-15": "sdb"}
# The keys of a Cognito user pool, whose id begins with its region.
_WELL_KNOWN = re.compile(
    r"/(?P<pool>[^/]+)/(?:.*/)?\.well-known/(?:jwks\.json|openid-configuration)/?"
)
# Where moto has itself called back: /cloudformation_us-east-1/cfnresponse.
_OF_MOTO = re.compile(r"/(?P<service>[a-z][a-z0-9-]*)_(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)/")

#: How much of a form is looked at.
_FORM = 1 << 16
#: Endpoint prefix and region.
Meant = tuple[str, str]


def origin_of(path: str) -> str | None:
    """Scheme and host of what moto's server has below paths of its own."""
    if path == "/moto-api" or path.startswith("/moto-api/"):
        return MOTO_API
    return _METADATA if path.startswith(("/latest/meta-data/", "/latest/api/")) else None


def service_of(
    path: str, query: str, headers: Mapping[str, str], declared_for: str | None
) -> Meant | None:
    """What can be told before the body is there; ``path`` is empty where a bucket is in the host.

    ``declared_for`` is the service of ``AWS_ENDPOINT_URL_<SERVICE>``: it is asked where the
    request itself says nothing certain.
    """
    target = text(headers.get("X-Amz-Target", "")).partition(".")[0]
    if target in _TARGETS:
        return _TARGETS[target], _REGION
    if action := _of_form(query):
        return action
    if pool := _WELL_KNOWN.fullmatch(path):
        region, mark, _ = pool["pool"].rpartition("_")
        return "cognito-idp", region if mark else _REGION
    if declared_for is not None and (model := described(declared_for)) is not None:
        return model["metadata"]["endpointPrefix"], _REGION
    if own := _OF_MOTO.match(path):
        return own["service"], own["region"]
    return None


def service_of_body(headers: Mapping[str, str], body: bytes) -> Meant | None:
    """What a form says, which is known once the request is complete."""
    kind = text(headers.get("Content-Type", ""))
    if not kind.startswith("application/x-www-form-urlencoded"):
        return None
    return _of_form(body[:_FORM].decode("utf-8", "replace"))


def _of_form(form: str) -> Meant | None:
    if "Action=" not in form and "Version=" not in form:
        return None
    fields = parse_qs(form)
    service = _ACTIONS.get(fields.get("Action", [""])[0])
    service = service or _VERSIONS.get(fields.get("Version", [""])[0])
    return (service, _REGION) if service else None
