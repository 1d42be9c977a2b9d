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
    from .mock import MockAWS, mock_aws
    from .plugin.marker import hookimpl
    from .plugin.service import ServicePlugin
    from .request import AwsRequest, AwsResponse

__all__ = [
    "AiomotoError",
    "AiomotoWarning",
    "AwsRequest",
    "AwsResponse",
    "Calls",
    "ConflictingDistribution",
    "IncompatibleLibrary",
    "InvalidOption",
    "MockAWS",
    "PluginError",
    "RealRequestBlocked",
    "RecordedCall",
    "ServicePlugin",
    "UnsupportedOperation",
    "__version__",
    "hookimpl",
    "mock_aws",
]

_MODULES = {
    "AwsRequest": "request",
    "AwsResponse": "request",
    "Calls": "calls",
    "MockAWS": "mock",
    "RecordedCall": "calls",
    "ServicePlugin": "plugin.service",
    "hookimpl": "plugin.marker",
    "mock_aws": "mock",
}


if not TYPE_CHECKING:
    _imported = lazily(__name__, {name: _MODULES.get(name, "errors") for name in __all__})

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
