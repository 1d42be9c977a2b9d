"""Fixtures for pytest: ``sqs_client`` and ``sqs_queue``, both inside ``aws``.

pytest loads this module in every run, so it imports nothing heavy.
"""

from __future__ import annotations

import re

import pytest

from aiomoto.pytest_plugin import Boto3Clients, client_fixture

_NAME = re.compile(r"[^A-Za-z0-9_-]+")


def pytest_configure(config: pytest.Config) -> None:
    """Add the fixture ``sqs_client``; each long poll takes a connection of its pool."""
    client_fixture(config, "sqs", name="sqs_client", max_pool_connections=100)


@pytest.fixture
def sqs_queue(request: pytest.FixtureRequest, boto3_client: Boto3Clients) -> str:
    """The URL of a new standard queue, in the default region."""
    import uuid

    name = f"{_NAME.sub('-', request.node.name)[:47]}-{uuid.uuid4().hex}"
    return str(boto3_client("sqs").create_queue(QueueName=name)["QueueUrl"])
