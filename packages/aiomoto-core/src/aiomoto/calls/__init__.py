"""What AWS clients asked for: ``mock.calls``, and the report of a failed test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..lazy import lazily
from .recording import Calls, recorder

if TYPE_CHECKING:
    from .record import RecordedCall

__all__ = ["Calls", "RecordedCall", "recorder"]

if not TYPE_CHECKING:
    __getattr__ = lazily(__name__, {"RecordedCall": "record"})
