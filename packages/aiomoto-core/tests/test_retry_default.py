"""botocore 1.44, whose clients have the retry mode ``standard`` unless told otherwise.

No aiobotocore allows it yet; users lift its cap by hand. The 1.43 that aiobotocore 3 has
can be switched to the same rules before it is imported; an older botocore has none of
them, and is told the mode.
"""

from __future__ import annotations

from collections.abc import Callable

import botocore.configprovider

PROGRAM = """
import asyncio
import random

import boto3
import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session

from aiomoto import RealRequestBlocked, UnsupportedOperation, hookimpl, mock_aws
from aiomoto.request import AwsResponse
from aiomoto.testing.clients import BACKENDS, missing

random.random = lambda: 1e-6  # how long botocore waits between attempts


class Unavailable:
    requests = 0

    @hookimpl
    def aiomoto_services(self):
        return ["ebs"]

    @hookimpl
    def aiomoto_handle(self, request):
        self.requests += 1
        return AwsResponse(503)


def client(service, http_session, **kwargs):
    config = AioConfig(http_session_cls=http_session)
    return get_session().create_client(service, config=config, **kwargs)


async def use(http_session):
    plugin = Unavailable()
    async with mock_aws(plugins=[plugin]) as mock:
        async with client("s3", http_session) as s3:
            assert s3.meta.config.retries["mode"] == "standard"
            await s3.create_bucket(Bucket="bucket")
            await s3.put_object(Bucket="bucket", Key="key", Body=b"content")
            body = (await s3.get_object(Bucket="bucket", Key="key"))["Body"]
            assert await body.read() == b"content"
            with pytest.raises(s3.exceptions.NoSuchKey):
                await s3.get_object(Bucket="bucket", Key="missing")
            assert len(mock.calls) == 4
        async with client("sqs", http_session) as sqs:
            url = (await sqs.create_queue(QueueName="queue"))["QueueUrl"]
            await sqs.send_message(QueueUrl=url, MessageBody="text")
            assert len((await sqs.receive_message(QueueUrl=url))["Messages"]) == 1
        mock.calls.clear()
        async with client("s3", http_session, endpoint_url="https://minio.example.org") as s3:
            with pytest.raises(RealRequestBlocked):
                await s3.list_buckets()
        async with client("gamelift", http_session) as gamelift:
            with pytest.raises(UnsupportedOperation):
                await gamelift.list_builds()
        assert len(mock.calls) == 2
        async with client("ebs", http_session) as ebs:
            with pytest.raises(ebs.exceptions.ClientError) as raised:
                await ebs.list_snapshot_blocks(SnapshotId="snap-1")
            retries = raised.value.response["ResponseMetadata"]["RetryAttempts"]
            assert (plugin.requests, retries) == (3, 2)


for name, http_session in BACKENDS.items():
    if not missing(name):
        asyncio.run(use(http_session))
with mock_aws():
    s3 = boto3.client("s3")
    assert s3.meta.config.retries["mode"] == "standard"
    assert s3.list_buckets()["Buckets"] == []
    s3.close()
"""


def test_standard_is_the_default(run_program: Callable[..., str]) -> None:
    known = hasattr(botocore.configprovider, "NEW_RETRIES_ENABLED")
    environ = {"AWS_NEW_RETRIES_2026": "true"} if known else {"AWS_RETRY_MODE": "standard"}
    run_program(PROGRAM, "-W", "ignore::DeprecationWarning", **environ)
