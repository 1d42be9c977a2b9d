"""What of moto reads the JSON of requests."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from .names import attribute, require


class JsonParsers:
    """The base class of moto's parsers of JSON."""

    def __init__(self) -> None:
        module = "moto.core.parse"
        self.structures = attribute("moto", module, "BaseJSONParser", "_parse_structure")
        self._parse_shape = require("moto", module, "BaseJSONParser", "_parse_shape")
        self._default = require("moto", module, "BaseJSONParser", "_default_handle")
        require("moto", module, "BaseJSONParser", "MAP_TYPE")
        self.takes_strings: Callable[[Any], bool] = cache(self._takes_strings)

    def _takes_strings(self, kind: Any) -> bool:
        """Whether parsers of a class take strings as they are."""
        return (
            kind._parse_shape is self._parse_shape
            and kind._default_handle is self._default
            and not hasattr(kind, "_parse_string")
        )

    @staticmethod
    def parse(parser: Any, shape: Any, value: Any) -> Any:
        """What a parser makes of a value of any shape."""
        return parser._parse_shape(shape, value)
