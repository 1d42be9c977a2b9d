"""moto's reading of JSON bodies: what a body doesn't have is not looked for.

An attribute of DynamoDB is a structure of eleven members, only one of which is ever there.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from ...compat import attribute, require
from ...plugin.patches import Patch

_MODULE, _PARSER = "moto.core.parse", "BaseJSONParser"
#: Where a shape keeps what was found in it, as it does with its own ``members``.
_KEPT = "_aiomoto_json_members"
#: Each member's name in JSON, its own name and its shape.
_Members = list[tuple[str, str, Any]]


def patches() -> list[Patch]:
    """The structures of a body."""
    structures = attribute("moto", _MODULE, _PARSER, "_parse_structure")
    parse_shape = require("moto", _MODULE, _PARSER, "_parse_shape")
    default = require("moto", _MODULE, _PARSER, "_default_handle")
    require("moto", _MODULE, _PARSER, "MAP_TYPE")
    slowly = structures.original

    @cache
    def takes_strings(kind: Any) -> bool:
        """Whether parsers of a class take strings as they are."""
        return (
            kind._parse_shape is parse_shape
            and kind._default_handle is default
            and not hasattr(kind, "_parse_string")
        )

    def quick_parse(self: Any, shape: Any, value: Any) -> Any:
        """The members of a structure that are there, in the order of the model."""
        if type(value) is not dict or shape.is_document_type:
            return slowly(self, shape, value)
        members = getattr(shape, _KEPT, None) or _members(shape)
        kind: Any = type(self)
        strings = takes_strings(kind)
        parsed = self.MAP_TYPE()
        for name, member_name, member in members:
            raw = value.get(name)
            if raw is not None:
                plain = strings and member.type_name == "string"
                parsed[member_name] = raw if plain else self._parse_shape(member, raw)
        return parsed

    return [structures.patch(quick_parse)]


def _members(shape: Any) -> _Members:
    found = [
        (member.serialization.get("name", name), name, member)
        for name, member in shape.members.items()
    ]
    setattr(shape, _KEPT, found)
    return found
