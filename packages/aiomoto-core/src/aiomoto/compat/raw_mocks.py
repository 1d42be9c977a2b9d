"""What one of moto's own mocks keeps, to put it back when it stops.

A moto that keeps none of it under these names is left to itself.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any


def variables(mock: Any) -> MutableMapping[str, Any]:
    """By variable of the environment what it replaced; None for one that was not set."""
    found: MutableMapping[str, Any] = getattr(mock, "_orig_creds", {})
    return found


def configuration(mock: Any) -> MutableMapping[str, Any]:
    """By key of moto's configuration what it replaced."""
    patch = getattr(mock, "_user_config_mock", None)
    return getattr(patch, "_original", None) or {}


def disarm(mock: Any) -> None:
    """Have it put back nothing of these two."""
    mock._orig_creds = {}
    patch = getattr(mock, "_user_config_mock", None)
    if patch is not None:
        # It is noted as stopped, and puts its values into a dictionary that nobody has.
        patch.in_dict, target = {}, patch.in_dict
        try:
            patch.stop()
        finally:
            patch.in_dict = target


def show_session(mock: Any, hidden: list[Any] | None) -> None:
    """Put back boto3's default session that the mock put aside: into ``hidden``, if there is one.

    Otherwise the real one would be seen while others are active.
    """
    import boto3

    patch = getattr(mock, "_default_session_mock", None)
    if patch is None:
        return
    now = boto3.DEFAULT_SESSION
    patch.stop()
    if hidden is not None and boto3.DEFAULT_SESSION is not now:
        hidden[:], boto3.DEFAULT_SESSION = [boto3.DEFAULT_SESSION], now
