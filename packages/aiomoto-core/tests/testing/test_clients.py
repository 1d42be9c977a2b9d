"""The fixtures ``connect`` and ``boto``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from aiomoto import mock_aws
from aiomoto.testing import clients


@pytest.mark.asyncio
async def test_what_connect_is_given(connect: clients.Connect, backend: str) -> None:
    session = clients.aio_session()
    given = {"region_name": "eu-west-1"}
    async with (
        mock_aws(),
        connect("sqs", backend) as plain,
        connect("sqs", backend, client=given, session=session, max_pool_connections=3) as other,
    ):
        url = (await plain.create_queue(QueueName="q"))["QueueUrl"]
        assert (await plain.list_queues())["QueueUrls"] == [url]
        assert "QueueUrls" not in await other.list_queues()
    config, theirs = plain.meta.config, other.meta.config
    assert (config.region_name, theirs.region_name) == ("us-east-1", "eu-west-1")
    assert (config.max_pool_connections, theirs.max_pool_connections) == (100, 3)
    # aiobotocore 2 loses `http_session_cls` where it merges two configurations.
    assert type(plain._endpoint.http_session) is clients.BACKENDS[backend]


def test_boto_gives_one_client_of_a_kind(boto: Callable[..., Any]) -> None:
    with mock_aws():
        assert boto("sqs") is boto("sqs")
        assert boto("sqs") is not boto("sqs", region_name="eu-west-1")
        assert boto("sqs").list_queues()["ResponseMetadata"]["HTTPStatusCode"] == 200
