"""Replaced attributes of other libraries, for core and for plugins."""

from __future__ import annotations

from typing import Any

#: Owner, attribute, replacement.
Patch = tuple[Any, str, Any]

MISSING: Any = object()
