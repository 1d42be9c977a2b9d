"""Values of botocore's shapes, read back from JSON, from a query and from XML.

The reverse of ``botocore.serialize``, which is the source of each rule.
"""

from __future__ import annotations

import base64
import datetime
import email.utils
from typing import Any
from xml.etree import ElementTree

_NUMBERS = {"integer": int, "long": int, "float": float, "double": float}


def from_json(shape: Any, value: Any) -> Any:
    """A value of JSON; without a shape it stays as it is."""
    if shape is None or value is None:
        return value
    kind = shape.type_name
    if kind == "structure" and isinstance(value, dict):
        names = {one.serialization.get("name", name): name for name, one in shape.members.items()}
        return {
            names.get(key, key): from_json(shape.members.get(names.get(key, key)), item)
            for key, item in value.items()
        }
    if kind == "list":
        return [from_json(shape.member, item) for item in value]
    if kind == "map":
        return {key: from_json(shape.value, item) for key, item in value.items()}
    if kind == "blob":
        return base64.b64decode(value)
    if kind == "timestamp":
        return _timestamp(value)
    return value


def from_query(shape: Any, pairs: dict[str, str], prefix: str, *, ec2: bool) -> Any:
    """What stands in form data under ``prefix``; None if nothing does."""
    kind = shape.type_name
    if kind == "structure":
        return _structure_of_query(shape, pairs, prefix, ec2=ec2)
    if kind == "list":
        return _list_of_query(shape, pairs, prefix, ec2=ec2)
    if kind == "map":
        return _map_of_query(shape, pairs, prefix, ec2=ec2)
    return scalar(shape, pairs[prefix]) if prefix in pairs else None


def _structure_of_query(shape: Any, pairs: dict[str, str], prefix: str, *, ec2: bool) -> Any:
    found: dict[str, Any] = {}
    for name, member in shape.members.items():
        given = member.serialization
        key = given.get("name", name)
        if ec2:
            key = given.get("queryName") or key[0].upper() + key[1:]
        value = from_query(member, pairs, f"{prefix}.{key}" if prefix else key, ec2=ec2)
        if value is not None:
            found[name] = value
    return found if found or not prefix else None


def _list_of_query(shape: Any, pairs: dict[str, str], prefix: str, *, ec2: bool) -> Any:
    if prefix in pairs and not pairs[prefix]:
        return []
    name = shape.member.serialization.get("name")
    if not (ec2 or shape.serialization.get("flattened")):
        prefix = f"{prefix}.{name or 'member'}"
    elif name and not ec2:
        prefix = ".".join([*prefix.split(".")[:-1], name])
    items: list[Any] = []
    while True:
        item = from_query(shape.member, pairs, f"{prefix}.{len(items) + 1}", ec2=ec2)
        if item is None:
            return items or None
        items.append(item)


def _map_of_query(shape: Any, pairs: dict[str, str], prefix: str, *, ec2: bool) -> Any:
    if not shape.serialization.get("flattened"):
        prefix = f"{prefix}.entry"
    names = [one.serialization.get("name") for one in (shape.key, shape.value)]
    key, value = names[0] or "key", names[1] or "value"
    found: dict[str, Any] = {}
    while (at := f"{prefix}.{len(found) + 1}.{key}") in pairs:
        below = f"{prefix}.{len(found) + 1}.{value}"
        found[pairs[at]] = from_query(shape.value, pairs, below, ec2=ec2)
    return found or None


def from_xml(shape: Any, document: bytes) -> Any:
    """A document that a client wrote."""
    return _of_node(shape, ElementTree.fromstring(document))


def _of_node(shape: Any, node: ElementTree.Element) -> Any:
    kind = shape.type_name
    if kind == "structure":
        found = {}
        for name, member in shape.members.items():
            key = member.serialization.get("name", name)
            if member.type_name == "list" and member.serialization.get("flattened"):
                key = member.member.serialization.get("name", key)
                nodes = _named(node, key)
                if nodes:
                    found[name] = [_of_node(member.member, one) for one in nodes]
            elif nodes := _named(node, key):
                found[name] = _of_node(member, nodes[0])
        return found
    if kind == "list":
        return [_of_node(shape.member, one) for one in node]
    if kind == "map":
        return {
            (entry[0].text or ""): _of_node(shape.value, entry[1]) for entry in node if len(entry)
        }
    return scalar(shape, node.text or "")


def _named(node: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    plain = name.rpartition(":")[2]
    return [one for one in node if one.tag.rpartition("}")[2] == plain]


def scalars(shape: Any, values: list[str]) -> Any:
    """What stands in a query once, or several times for a list."""
    if shape.type_name == "list":
        return [scalar(shape.member, value) for value in values]
    return scalar(shape, values[0])


def scalar(shape: Any, value: str, *, header: bool = False) -> Any:
    """A text as the type that its shape says."""
    kind = shape.type_name
    if kind in _NUMBERS:
        return _NUMBERS[kind](value)
    if kind == "boolean":
        return value == "true"
    if kind == "blob":
        return base64.b64decode(value)
    if kind == "timestamp":
        return _timestamp(value)
    if kind == "list" and header:
        return [scalar(shape.member, one.strip()) for one in value.split(",")]
    return value


def _timestamp(value: Any) -> datetime.datetime:
    """From seconds, ISO 8601 or an HTTP date, in UTC."""
    try:
        return datetime.datetime.fromtimestamp(float(value), datetime.timezone.utc)
    except ValueError:
        pass
    try:
        return datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        return email.utils.parsedate_to_datetime(value)
