"""moto's own stubber, silent while ours answer.

moto's stubber hangs in the event system of every session made after moto was
imported, aiobotocore's too, where its synchronous answers break. While an
aiomoto mock is active it says nothing there, and the request goes on to the
HTTP client, where it is answered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..compat import moto

if TYPE_CHECKING:
    from ..interfaces import Front
    from ..plugin.patches import Patch


def patches(front: Front) -> list[Patch]:
    """Make what is replaced in moto while a mock is active."""

    def silent(self: Any, event_name: str, request: Any, **kwargs: Any) -> None:
        """Leave the request to the HTTP client."""

    return [(moto().stubber_class, "__call__", silent)]
