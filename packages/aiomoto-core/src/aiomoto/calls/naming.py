"""Which operation a request is for, where its client does not say: by botocore's models.

Clients of botocore say their operation. What is here is for plain HTTP clients, so for
presigned URLs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import parse_qs, parse_qsl, urlsplit

from ..request import AwsRequest
from .models import described
from .uris import Template, segments_of, with_bucket

#: Smithy RPC v2 CBOR, "Requests": the path names the operation.
_RPC_PATH = re.compile(r"/service/[^/]+/operation/(?P<operation>\w+)$")
#: An action of the Query protocol stands near the beginning of a body.
_HEAD = 4096


def name_operation(request: AwsRequest) -> None:
    """Fill in the operation, unless it is known: as the client says, else as the request does."""
    if request.operation is None:
        call = request.call
        if call is not None and call.operation:
            request.operation = call.operation
        else:
            request.operation = _operation_of(request)


def _operation_of(request: AwsRequest) -> str | None:
    target = request.headers.get("X-Amz-Target", "")
    if target:
        return target.rsplit(".", 1)[-1]
    parts = urlsplit(request.url)
    if "Smithy-Protocol" in request.headers and (rpc := _RPC_PATH.search(parts.path)):
        return rpc["operation"]
    operations = rest_operations(request.service) if request.service else None
    if operations is None:
        return _action_of(request, parts.query)
    path = with_bucket(parts.netloc, parts.path) if request.service == "s3" else parts.path
    return operations.find(request.method, path, parts.query, request.headers)


def _action_of(request: AwsRequest, query: str) -> str | None:
    """The action of a request of the Query protocol, which may be a GET."""
    form = query
    if request.aws_chunked is not None:
        pass  # too large for a form
    elif request.body[:7] == b"Action=" or b"&Action=" in request.body[:_HEAD]:
        form = request.body[: 16 * _HEAD].decode("utf-8", "replace")
    actions = parse_qs(form).get("Action") if "Action=" in form else None
    return actions[0] if actions else None


class RestOperation(NamedTuple):
    """How one operation is told from the others."""

    name: str
    template: Template
    required_query: frozenset[str]
    required_headers: frozenset[str]
    deprecated: bool

    @classmethod
    def of(
        cls, name: str, description: Mapping[str, Any], shapes: Mapping[str, Any]
    ) -> RestOperation:
        """From a model as it is in botocore's files."""
        shape = shapes[description["input"]["shape"]] if "input" in description else {}
        required: dict[str, set[str]] = {"querystring": set(), "header": set()}
        for member in shape.get("required", ()):
            given = shape["members"][member]
            if given.get("location") in required:
                required[given["location"]].add(given.get("locationName", member))
        return cls(
            name,
            Template.parse(description["http"]["requestUri"]),
            frozenset(required["querystring"]),
            frozenset(required["header"]),
            bool(description.get("deprecated")),
        )

    @property
    def rank(self) -> tuple[Any, ...]:
        """Of operations that fit one request, the one that asks for most comes first."""
        asks = len(self.template.query) + len(self.required_query) + len(self.required_headers)
        return (-self.template.literals, -asks, self.deprecated, self.name)


class RestOperations:
    """The operations of a service by method and path; made once, when it is first asked for."""

    def __init__(self, operations: Mapping[str, Any], shapes: Mapping[str, Any]) -> None:
        self._by_length: dict[tuple[str, int], list[RestOperation]] = {}
        self._greedy: dict[str, list[RestOperation]] = {}
        for name, description in operations.items():
            operation = RestOperation.of(name, description, shapes)
            method = description["http"]["method"]
            if operation.template.greedy is None:
                length = len(operation.template.before)
                self._by_length.setdefault((method, length), []).append(operation)
            else:
                self._greedy.setdefault(method, []).append(operation)
        for several in (*self._by_length.values(), *self._greedy.values()):
            several.sort(key=lambda one: one.rank)

    def find(self, method: str, path: str, query: str, headers: Mapping[str, str]) -> str | None:
        """The name of the operation; None if none fits.

        One that lacks a required parameter is taken if no other fits.
        """
        given = dict(parse_qsl(query, keep_blank_values=True))
        lacking: str | None = None
        exact = self._by_length.get((method, len(segments_of(path))), [])
        for operation in exact + self._greedy.get(method, []):
            template = operation.template
            if not all(
                name in given and value in ("", given[name]) for name, value in template.query
            ):
                continue
            if template.match(path) is None:
                continue
            if operation.required_query <= given.keys() and all(
                name in headers for name in operation.required_headers
            ):
                return operation.name
            lacking = lacking or operation.name
        return lacking


@cache
def rest_operations(service: str) -> RestOperations | None:
    """The operations of a service by its name in moto; None if it is none of REST."""
    model = described(service)
    if model is None or not model["metadata"]["protocol"].startswith("rest"):
        return None
    return RestOperations(model["operations"], model["shapes"])
