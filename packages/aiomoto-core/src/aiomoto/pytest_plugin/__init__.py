"""aiomoto in pytest: fixtures, the marker ``aws``, and what a failed test asked of AWS.

pytest imports this package in every run where aiomoto-core is installed, so
nothing heavy is imported before a test asks for it. docs/pytest.md shows all.
"""

from __future__ import annotations

import pytest

from . import settings, verdict
from .clients import AwsClients, Boto3Clients
from .fixtures import (
    aws,
    aws_client,
    aws_client_fixture,
    aws_fixture,
    aws_resource,
    aws_session,
    boto3_client,
)
from .guard import _aiomoto
from .loops import _aiomoto_loop_anyio
from .report import pytest_runtest_makereport, pytest_runtest_protocol
from .services import client_fixture
from .settings import pytest_addoption
from .wider import pytest_fixture_post_finalizer, pytest_fixture_setup

__all__ = [
    "AwsClients",
    "Boto3Clients",
    "_aiomoto",
    "_aiomoto_loop_anyio",
    "aws",
    "aws_client",
    "aws_client_fixture",
    "aws_fixture",
    "aws_resource",
    "aws_session",
    "boto3_client",
    "client_fixture",
    "pytest_addoption",
    "pytest_fixture_post_finalizer",
    "pytest_fixture_setup",
    "pytest_runtest_makereport",
    "pytest_runtest_protocol",
]


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker, check the options, add what needs pytest-asyncio."""
    config.addinivalue_line("markers", settings.MARKER)
    settings.check(config)
    verdict.install(config)
    if config.pluginmanager.hasplugin("asyncio"):
        from . import asyncio_loops

        config.pluginmanager.register(asyncio_loops, "aiomoto-asyncio")
