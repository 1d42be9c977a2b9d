"""From an HTTP request back to what the client was called with, by botocore's models."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ..aws_chunked import decode_aws_chunked
from . import shapes
from .models import operation_model
from .uris import Template, with_bucket


def decode(
    service: str | None,
    operation: str | None,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
) -> tuple[dict[str, Any], Any]:
    """The parameters and the botocore shape that they have; empty and None if unknown."""
    found = operation_model(service, operation) if service and operation else None
    shape = found.input_shape if found is not None else None
    content = headers.get("Content-Type", "")
    try:
        if body is not None and "x-amz-json" in content:
            return shapes.from_json(shape, json.loads(body or b"{}")), shape
        if body is not None and "x-www-form-urlencoded" in content:
            return _query(found, shape, body.decode("utf-8")), shape
        if found is None or shape is None:
            return {}, None
        if not found.service_model.protocol.startswith("rest") and "Action=" in url:
            return _query(found, shape, urlsplit(url).query), shape  # a presigned URL
        return _rest(found, shape, url, headers, body), shape
    except (ValueError, KeyError, TypeError, AttributeError, SyntaxError):
        # Not what the model says; a report has better things to do than to fail.
        return {}, shape


def _query(operation: Any, shape: Any, form: str) -> dict[str, Any]:
    pairs = dict(parse_qsl(form, keep_blank_values=True))
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
    uri = operation.http["requestUri"]
    if operation.service_model.service_name == "s3":
        path = with_bucket(host, path)
        # botocore's clients take the bucket out of their models.
        if "Bucket" in shape.members and "{Bucket}" not in uri:
            uri = "/{Bucket}" + uri
    labels = Template.parse(uri).match(path) or {}
    names = {
        member.serialization.get("name", name): name
        for name, member in shape.members.items()
        if member.serialization.get("location") == "uri"
    }
    return {names[key]: value for key, value in labels.items() if key in names}
