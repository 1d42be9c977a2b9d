"""From an HTTP request back to what the client was called with, by botocore's models."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from ..aws_chunked import decode_aws_chunked
from . import shapes

# "bucket.s3.eu-west-1.amazonaws.com", "bucket.s3-website...": the bucket is in the host.
_VIRTUAL_HOST = re.compile(r"(?P<bucket>.+?)\.s3[.-]")


def decode(
    service: str | None,
    operation: str | None,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
) -> tuple[dict[str, Any], Any]:
    """The parameters and the botocore shape that they have; empty and None if unknown."""
    found = _operation(service, operation) if service and operation else None
    shape = found.input_shape if found is not None else None
    content = headers.get("Content-Type", "")
    try:
        if body is not None and "x-amz-json" in content:
            return shapes.from_json(shape, json.loads(body or b"{}")), shape
        if body is not None and "x-www-form-urlencoded" in content:
            return _query(found, shape, body), shape
        if shape is None:
            return {}, None
        return _rest(found, shape, url, headers, body), shape
    except (ValueError, KeyError, TypeError, AttributeError, SyntaxError):
        # Not what the model says; a report has better things to do than to fail.
        return {}, shape


def _query(operation: Any, shape: Any, body: bytes) -> dict[str, Any]:
    pairs = dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True))
    if shape is None:
        return {name: value for name, value in pairs.items() if name not in ("Action", "Version")}
    ec2 = operation.service_model.metadata.get("protocol") == "ec2"
    return shapes.from_query(shape, pairs, "", ec2=ec2)  # type: ignore[no-any-return]


def _rest(
    operation: Any, shape: Any, url: str, headers: Mapping[str, str], body: bytes | None
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    parts = urlsplit(url)
    in_path = _in_path(operation, shape, parts.netloc, parts.path)
    query: dict[str, list[str]] = {}
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        query.setdefault(name, []).append(value)
    for name, member in shape.members.items():
        given = member.serialization
        location, key = given.get("location"), given.get("name", name)
        if location == "uri" and name in in_path:
            found[name] = shapes.scalar(member, in_path[name])
        elif location == "querystring" and key in query:
            found[name] = shapes.scalars(member, query[key])
        elif location == "header" and key in headers:
            if headers[key] == "aws-chunked":
                continue  # the client's own doing, in its own framing
            found[name] = shapes.scalar(member, headers[key], header=True)
        elif location == "headers":
            prefixed = {
                one[len(key) :]: value
                for one, value in headers.items()
                if one.lower().startswith(key.lower())
            }
            found.update({name: prefixed} if prefixed else {})
    if body is not None:
        found.update(_payload(shape, headers, body))
    return {name: found[name] for name in shape.members if name in found}


def _payload(shape: Any, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    if "aws-chunked" in headers.get("Content-Encoding", ""):
        body = decode_aws_chunked(body)
    name = shape.serialization.get("payload")
    inner = shape.members[name] if name else shape
    if inner.type_name in ("blob", "string"):
        given: Any = body if inner.type_name == "blob" else body.decode("utf-8")
        return {name: given} if body else {}
    if not body.strip():
        return {}
    if body.lstrip()[:1] == b"<":
        value = shapes.from_xml(inner, body)
    else:
        value = shapes.from_json(inner, json.loads(body))
    return {name: value} if name else value


def _in_path(operation: Any, shape: Any, host: str, path: str) -> dict[str, str]:
    template = operation.http["requestUri"].partition("?")[0]
    if "Bucket" in shape.members and (virtual := _VIRTUAL_HOST.match(host)):
        path = f"/{virtual['bucket']}{path}"
    if "Bucket" in shape.members and "{Bucket}" not in template:
        template = "/{Bucket}" + template
    pattern = re.sub(
        r"\\{(\w+)(\\\+)?\\}",
        lambda one: f"(?P<{one[1]}>{'.+' if one[2] else '[^/]+'})",
        re.escape(template),
    )
    found = re.fullmatch(pattern + "/?", path)
    names = {
        member.serialization.get("name", name): name
        for name, member in shape.members.items()
        if member.serialization.get("location") == "uri"
    }
    values = found.groupdict() if found else {}
    return {names[key]: unquote(value) for key, value in values.items() if key in names}


def _operation(service: str, operation: str) -> Any:
    model = _model(service)
    try:
        return model.operation_model(operation) if model is not None else None
    except Exception as error:
        if type(error).__name__ != "OperationNotFoundError":
            raise
        return None


@cache
def _model(service: str) -> Any:
    """The model by botocore's name or moto's; None if there is none."""
    import botocore.loaders
    import botocore.model

    loader = botocore.loaders.create_loader()
    known = loader.list_available_services("service-2")
    by_plain_name = {name.replace("-", ""): name for name in known}
    name = by_plain_name.get(service.replace("-", ""))
    name = name or by_plain_name.get(service.removeprefix("aws"))
    if name is None:
        return None
    return botocore.model.ServiceModel(loader.load_service_model(name, "service-2"), name)
