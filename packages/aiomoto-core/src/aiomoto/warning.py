"""Warnings that point to a line of the user's."""

from __future__ import annotations

import inspect
import os
import warnings

from .errors import AiomotoWarning

#: moto's switches, and what its own mock does where one is on. Source: moto.settings, and
#: ``ServerModeMockAWS`` and ``ProxyModeMockAWS`` in moto.core.models.
_MODES = {
    "TEST_SERVER_MODE": "sends all calls to a moto server",
    "TEST_PROXY_MODE": "sends all calls through moto's proxy",
}
_warned: set[str] = set()


def warn(message: str) -> None:
    """Issue an :class:`~aiomoto.errors.AiomotoWarning` at the line that called this package."""
    frame = inspect.currentframe()
    level = 1
    while frame is not None and _is_ours(frame.f_globals.get("__name__", "")):
        frame = frame.f_back
        level += 1
    warnings.warn(message, AiomotoWarning, stacklevel=level)


def warn_of_modes() -> None:
    """Say once in a process that a switch of moto's does nothing here."""
    for name, effect in _MODES.items():
        # As moto reads it: only this word switches it on.
        if name not in _warned and os.environ.get(name, "").lower() == "true":
            _warned.add(name)
            warn(
                f"The environment variable {name} is set. moto.mock_aws {effect} then; "
                "aiomoto.mock_aws does not: it answers AWS clients in this process, and its state "
                f"is not the server's. Unset {name}, or use moto.mock_aws where the server is "
                "wanted."
            )


def _is_ours(module: str) -> bool:
    # A mock is often entered through an ExitStack.
    return module.partition(".")[0] in ("aiomoto", "contextlib")
