"""aiobotocore's clients: whether one is open, and closing it from where nothing can be awaited."""

from __future__ import annotations

from typing import Any

__all__ = ["close_client"]


def is_open(client: Any) -> bool:
    """Whether an aiobotocore client has an HTTP session that was not closed."""
    http_session = client._endpoint.http_session
    if getattr(http_session, "_sessions", None):
        return True
    return getattr(http_session, "_session", None) is not None


def close_client(client: Any) -> None:
    """Close an aiobotocore client on aiohttp without awaiting anything.

    What is below is memory, so nothing is lost by it; the sessions count as
    closed afterwards, also for their own finalizers. On httpx there is nothing
    that would be lost or would warn.
    """
    http_session = client._endpoint.http_session
    sessions = getattr(http_session, "_sessions", None) or {}
    for session in list(sessions.values()):
        connector = session.connector
        session.detach()
        if connector is not None:
            connector._close()
    sessions.clear()
