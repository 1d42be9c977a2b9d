"""Fixtures for pytest, which loads this in every run: nothing heavy is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aiomoto.pytest_plugin import client_fixture

if TYPE_CHECKING:
    from aiomoto import MockAWS

    from .registered import Handlers


def pytest_configure(config: pytest.Config) -> None:
    """Add the fixture ``lambda_client``."""
    client_fixture(config, "lambda", name="lambda_client", max_pool_connections=100)


@pytest.fixture
def lambda_handlers(aws: MockAWS) -> Handlers:
    """``handlers``: which callable is the code of which function, empty at first."""
    from .registered import handlers

    return handlers
