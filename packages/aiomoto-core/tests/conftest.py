"""What every test of core stands on: no developer's AWS settings, clients, httpx in both names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import aiomoto.testing.clients

if TYPE_CHECKING:
    from types import ModuleType


@pytest.fixture(autouse=True)
def _hermetic(hermetic: None) -> None:
    """The developer's machine says nothing about AWS."""


@pytest.fixture(params=["httpx", "httpx2"])
def httpx_module(request: pytest.FixtureRequest) -> ModuleType:
    """Each of the httpx distributions that is installed."""
    return pytest.importorskip(request.param)  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def clients() -> ModuleType:
    """AWS clients that cost little to make."""
    return aiomoto.testing.clients
