"""moto for async AWS clients.

Importing this package imports neither moto nor any AWS client; the first mock
does. The names below are imported when they are first used, since pytest imports
this package in runs that have no use for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .__about__ import __version__
from .lazy import lazily

if TYPE_CHECKING:
    from .calls import Calls, RecordedCall
    from .clock import Clock, VirtualClock
    from .errors import (
        AiomotoError,
        AiomotoWarning,
        ConflictingDistribution,
        IncompatibleLibrary,
        InvalidOption,
        PluginError,
        RealRequestBlocked,
        UnsupportedOperation,
    )
    from .interfaces import Engine, Front
    from .mock import MockAWS, mock_aws
    from .plugin.fast_paths import FastPath
    from .plugin.imports import LatePart, ModulePatches
    from .plugin.marker import hookimpl
    from .plugin.patches import Patch
    from .plugin.service import ServicePlugin
    from .request import AwsRequest, AwsResponse, Call

__all__ = [
    "AiomotoError",
    "AiomotoWarning",
    "AwsRequest",
    "AwsResponse",
    "Call",
    "Calls",
    "Clock",
    "ConflictingDistribution",
    "Engine",
    "FastPath",
    "Front",
    "IncompatibleLibrary",
    "InvalidOption",
    "LatePart",
    "MockAWS",
    "ModulePatches",
    "Patch",
    "PluginError",
    "RealRequestBlocked",
    "RecordedCall",
    "ServicePlugin",
    "UnsupportedOperation",
    "VirtualClock",
    "__version__",
    "hookimpl",
    "mock_aws",
]

#: Module to names; those of no module here are errors.
_NAMES = {
    "calls": {"Calls", "RecordedCall"},
    "clock": {"Clock", "VirtualClock"},
    "interfaces": {"Engine", "Front"},
    "mock": {"MockAWS", "mock_aws"},
    "plugin.fast_paths": {"FastPath"},
    "plugin.imports": {"LatePart", "ModulePatches"},
    "plugin.marker": {"hookimpl"},
    "plugin.patches": {"Patch"},
    "plugin.service": {"ServicePlugin"},
    "request": {"AwsRequest", "AwsResponse", "Call"},
}


if not TYPE_CHECKING:
    _named = {name: module for module, names in _NAMES.items() for name in names}
    _imported = lazily(__name__, dict.fromkeys(__all__, "errors") | _named)

    def __getattr__(name: str) -> object:
        """Import a name of `__all__` from its module."""
        if name not in __all__:
            from .peer import NAMES, advice

            if name in NAMES:
                # `from aiomoto import ...` has a text of its own for an AttributeError.
                raise ImportError(
                    f"cannot import name {name!r} from {__name__!r}: {advice(name)}",
                    name=__name__,
                    path=__file__,
                )
        return _imported(name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
