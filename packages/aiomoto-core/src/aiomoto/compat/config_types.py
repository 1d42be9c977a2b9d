"""moto's own types of its configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_type_hints, is_typeddict

from ..errors import IncompatibleLibrary
from .names import require


def config_type(defaults: Mapping[str, Any]) -> Any:
    """The type of moto's configuration, for :func:`members`.

    moto's TypedDict; where there is none that can be read, what the ``defaults`` show.
    """
    try:
        kind = require("moto", "moto.core.config", "DefaultConfig")
    except IncompatibleLibrary:
        kind = None
    return _shape(defaults) if members(kind) is None else kind


def members(kind: Any) -> Mapping[str, Any] | None:
    """Key to type of a section; None of another type, and where they can't be read."""
    if isinstance(kind, dict):
        return kind
    if not is_typeddict(kind):
        return None
    try:
        return get_type_hints(kind)
    except (NameError, TypeError):
        return None


def _shape(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _shape(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return list[str]
    return bool if isinstance(value, bool) else Any
