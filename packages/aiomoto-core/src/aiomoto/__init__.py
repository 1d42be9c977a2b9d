"""moto for async AWS clients.

Importing this package imports neither moto nor any AWS client; the first mock does.
"""

from __future__ import annotations

from .__about__ import __version__
from .errors import (
    AiomotoError,
    ConflictingDistribution,
    IncompatibleLibrary,
    InvalidOption,
    PluginError,
    RealRequestBlocked,
    UnsupportedOperation,
)
from .mock import MockAWS, mock_aws
from .plugin.marker import hookimpl
from .request import AwsRequest, AwsResponse

__all__ = [
    "AiomotoError",
    "AwsRequest",
    "AwsResponse",
    "ConflictingDistribution",
    "IncompatibleLibrary",
    "InvalidOption",
    "MockAWS",
    "PluginError",
    "RealRequestBlocked",
    "UnsupportedOperation",
    "__version__",
    "hookimpl",
    "mock_aws",
]
