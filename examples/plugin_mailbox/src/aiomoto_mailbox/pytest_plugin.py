"""The fixtures ``mailbox`` and ``ses_client``; pytest loads this in every run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from aiomoto.pytest_plugin import Boto3Clients, client_fixture

if TYPE_CHECKING:
    from .plugin import Mail


def pytest_configure(config: pytest.Config) -> None:
    client_fixture(config, "ses", name="ses_client")


@pytest.fixture
def mailbox(aws: Any, boto3_client: Boto3Clients) -> list[Mail]:
    """The mails that were sent, in order; anybody at example.com may send."""
    from .plugin import plugin

    boto3_client("ses").verify_domain_identity(Domain="example.com")
    return plugin.mails
