"""From a declared endpoint back to the AWS address that moto knows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qs, urlunsplit

from . import unsigned
from .request import Call, text

#: Signing names whose endpoints have another name, for clients that are not
#: botocore's; botocore's say their endpoint prefix themselves. Source: the
#: service models' ``signingName`` and ``endpointPrefix`` in botocore.
ENDPOINT_PREFIXES = {
    "aps-workspaces": "aps",
    "codeartifact": "codeartifact",
    "elasticmapreduce": "elasticmapreduce",
    "eventbridge": "events",
    "execute-api": "execute-api",
    "iotdata": "data-ats.iot",
    "memorydb": "memory-db",
    "mobiletargeting": "pinpoint",
    "payment-cryptography": "controlplane.payment-cryptography",
    "s3express": "s3",
    "s3-object-lambda": "s3",
    "sagemaker": "api.sagemaker",
    "timestream": "ingest.timestream",
}
_SCOPE = re.compile(r"Credential=[^/]+/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request")


class Scope(NamedTuple):
    """The credential scope of a signature: what was signed for."""

    region: str
    service: str


def scope_of(headers: Mapping[str, str], query: str) -> Scope | None:
    """The credential scope of the Authorization header or of a presigned query.

    Source: AWS General Reference, "Signature Version 4 request elements".
    """
    match = _SCOPE.search(text(headers.get("Authorization", "")))
    if match is None and "X-Amz-Credential" in query:
        credential = parse_qs(query).get("X-Amz-Credential", [""])[0]
        match = _SCOPE.search(f"Credential={credential}")
    return Scope(match["region"], match["service"]) if match else None


def to_aws_url(
    parts: SplitResult,
    prefix: str,
    base_path: str,
    headers: Mapping[str, str],
    call: Call | None,
    *,
    declared_for: str | None = None,
) -> str:
    """The URL that the request would have had without the declared endpoint.

    The service is the one of the client that made the request, else the one of
    the credential scope; of an unsigned request, see :mod:`aiomoto.unsigned`.
    ``prefix`` is what stood before the endpoint's host (``bucket.``), ``base_path``
    the endpoint's own path, ``declared_for`` the service that it was declared for.
    """
    path = parts.path[len(base_path) :] or "/"
    scope = scope_of(headers, parts.query)
    region = scope.region if scope else "us-east-1"
    if call is not None and call.endpoint_prefix:
        service = call.endpoint_prefix
    elif scope is not None:
        service = ENDPOINT_PREFIXES.get(scope.service, scope.service)
        if text(headers.get("X-Amz-Target", "")).startswith("DynamoDBStreams"):
            service = "streams.dynamodb"
    else:
        # Behind a bucket's own host, all paths are the bucket's.
        own_path = "" if prefix else path
        if (origin := unsigned.origin_of(own_path)) is not None:
            return origin + urlunsplit(("", "", path, parts.query, ""))
        meant = unsigned.service_of(own_path, parts.query, headers, declared_for)
        service, region = meant or ("s3", region)
    if service == "s3-control" and prefix == "":
        prefix = text(headers.get("x-amz-account-id", ""))
        prefix += "." if prefix else ""
    host = f"{prefix}{service}.{region}.{suffix_of(region)}"
    return urlunsplit(("https", host, path, parts.query, ""))


def suffix_of(region: str) -> str:
    """moto has all partitions' handlers in two DNS suffixes."""
    return "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
