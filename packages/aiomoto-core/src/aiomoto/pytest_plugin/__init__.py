"""aiomoto in pytest: fixtures, the marker ``aws``, and what a failed test asked of AWS.

pytest imports this package in every run where aiomoto-core is installed, so
nothing heavy is imported before a test asks for it. docs/pytest.md shows all.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

import pytest

from . import settings, verdict, wider
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
from .report import keep_calls, show_calls
from .services import client_fixture

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
]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options of the configuration file."""
    settings.add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker, check the options, add what needs pytest-asyncio."""
    config.addinivalue_line("markers", settings.MARKER)
    settings.check(config)
    verdict.install(config)
    if config.pluginmanager.hasplugin("asyncio"):
        from . import asyncio_loops

        config.pluginmanager.register(asyncio_loops, "aiomoto-asyncio")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Keep the calls of each test."""
    with keep_calls(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: Any) -> Generator[None, Any, Any]:
    """What a fixture of a wider scope sets up is no leak of the test that came first."""
    return (yield from wider.set_up(fixturedef))


def pytest_fixture_post_finalizer(fixturedef: Any) -> None:
    """It is over with what it holds."""
    wider.torn_down(fixturedef)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Show them where it failed."""
    report = yield
    show_calls(item, report)
    return report
