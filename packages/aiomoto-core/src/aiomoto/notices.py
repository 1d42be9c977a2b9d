"""Warnings to the user, at the line of the user's code that led to them."""

from __future__ import annotations

import inspect
import sysconfig
import warnings
from functools import cache
from pathlib import Path
from types import FrameType

from .errors import AiomotoWarning

_LIBRARIES = ("stdlib", "purelib", "platlib", "scripts")


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
    paths = (sysconfig.get_path(name) for name in _LIBRARIES)
    return (str(Path(__file__).parent), *paths, "<")
