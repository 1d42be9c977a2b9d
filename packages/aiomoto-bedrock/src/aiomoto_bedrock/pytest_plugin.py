"""Fixtures for pytest, which loads this in every run: nothing heavy is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aiomoto.pytest_plugin import client_fixture

if TYPE_CHECKING:
    from aiomoto import MockAWS

    from .supplied import Replies


def pytest_configure(config: pytest.Config) -> None:
    """Add the fixture ``bedrock_client``, for the runtime."""
    client_fixture(config, "bedrock-runtime", name="bedrock_client", max_pool_connections=100)


@pytest.fixture
def bedrock_replies(aws: MockAWS) -> Replies:
    """``replies``: what models will reply, empty at first."""
    from .supplied import replies

    return replies
