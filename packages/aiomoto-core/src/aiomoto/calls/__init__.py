"""What AWS clients asked for: ``mock.calls``, and the report of a failed test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .recording import Calls, recorder

if TYPE_CHECKING:
    from .record import RecordedCall

__all__ = ["Calls", "RecordedCall", "recorder"]


def __getattr__(name: str) -> object:
    """Import what pytest's start has no use for when it is first asked for."""
    if name != "RecordedCall":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .record import RecordedCall

    return RecordedCall
