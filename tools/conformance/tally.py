"""What went through async clients, and what did not, with the reason."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict

OUTSIDE = "client not made by a botocore session"
NO_SERVICE = "to an address of AWS that moto has no service for, without an AWS client"
WITHIN_MOTO = "made by moto itself while it answers a call"

_lock = threading.Lock()
_async_calls: Counter[str] = Counter()
_sync_calls: dict[str, Counter[str]] = defaultdict(Counter)
_notes: Counter[str] = Counter()


def count_async(service: str, operation: str) -> None:
    """A call that an async client carries out."""
    with _lock:
        _async_calls[f"{service}:{operation}"] += 1


def count_sync(service: str, operation: str, reason: str) -> None:
    """A call that stays with plain boto3."""
    with _lock:
        _sync_calls[reason][f"{service}:{operation}"] += 1


def note(what: str) -> None:
    """Something the bridge did for a call so that an async client could carry it out."""
    with _lock:
        _notes[what] += 1


def snapshot() -> dict[str, object]:
    """All counts so far."""
    with _lock:
        return {
            "async": dict(_async_calls),
            "sync": {reason: dict(calls) for reason, calls in _sync_calls.items()},
            "notes": dict(_notes),
        }
