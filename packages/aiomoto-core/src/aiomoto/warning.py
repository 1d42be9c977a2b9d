"""Warnings that point to a line of the user's."""

from __future__ import annotations

import inspect
import os
import warnings
from functools import cache
from pathlib import Path
from types import FrameType

from .errors import AiomotoWarning

#: moto's switches, and what its own mock does where one is on. Source: moto.settings, and
#: ``ServerModeMockAWS`` and ``ProxyModeMockAWS`` in moto.core.models.
_MODES = {
    "TEST_SERVER_MODE": "sends all calls to a moto server",
    "TEST_PROXY_MODE": "sends all calls through moto's proxy",
}
_LIBRARIES = ("stdlib", "purelib", "platlib", "scripts")
_warned: set[str] = set()


def warn(text: str) -> None:
    """Issue an :class:`~aiomoto.errors.AiomotoWarning`.

    It names the line of the user's code that is being run, not one of a library. Raised, if
    the user's filters make errors of warnings.
    """
    frame = user_frame()
    if frame is None:
        warnings.warn(text, AiomotoWarning, stacklevel=2)
        return
    registry = frame.f_globals.setdefault("__warningregistry__", {})
    name = frame.f_globals.get("__name__")
    place = (frame.f_code.co_filename, frame.f_lineno)
    warnings.warn_explicit(text, AiomotoWarning, *place, module=name, registry=registry)


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


def user_frame() -> FrameType | None:
    """The innermost frame that is neither aiomoto's, nor a library's, nor Python's."""
    frame = inspect.currentframe()
    while frame is not None and _is_no_users(frame):
        frame = frame.f_back
    return frame


def _is_no_users(frame: FrameType) -> bool:
    name = str(frame.f_globals.get("__name__"))
    # Service packages are not always where libraries are: in a checkout they stand beside tests.
    return name.startswith("aiomoto_") or frame.f_code.co_filename.startswith(_others())


@cache
def _others() -> tuple[str, ...]:
    import sysconfig  # only where there is something to warn of

    paths = (sysconfig.get_path(name) for name in _LIBRARIES)
    return (str(Path(__file__).parent), *paths, "<")
