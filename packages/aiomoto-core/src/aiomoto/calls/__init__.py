"""What AWS clients asked for: ``mock.calls``, and the report of a failed test."""

from __future__ import annotations

from .record import RecordedCall
from .recording import Calls, recorder

__all__ = ["Calls", "RecordedCall", "recorder"]
