"""Plugins: the marker for hook implementations, the hooks, and what loads them."""

from __future__ import annotations

from .marker import ENTRY_POINT_GROUP, hookimpl

__all__ = ["ENTRY_POINT_GROUP", "hookimpl"]
