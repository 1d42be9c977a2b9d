"""Fixtures for pytest, which loads this in every run: nothing heavy is imported."""

from __future__ import annotations

import pytest

from aiomoto.pytest_plugin import Boto3Clients, client_fixture


def pytest_configure(config: pytest.Config) -> None:
    """Add the fixtures of clients."""
    for service in ("kinesis", "sns"):
        client_fixture(config, service, name=f"{service}_client", max_pool_connections=100)


@pytest.fixture
def kinesis_stream(boto3_client: Boto3Clients) -> str:
    """The name of a new stream of one shard, in the default region."""
    name = "aiomoto-stream"
    boto3_client("kinesis").create_stream(StreamName=name, ShardCount=1)
    return name


@pytest.fixture
def sns_topic(boto3_client: Boto3Clients) -> str:
    """The ARN of a new topic, in the default region."""
    return str(boto3_client("sns").create_topic(Name="aiomoto-topic")["TopicArn"])
