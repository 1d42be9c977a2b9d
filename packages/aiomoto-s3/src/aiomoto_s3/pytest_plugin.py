"""Fixtures for pytest: ``s3_client``, ``s3_bucket`` and ``s3_filesystem``, inside ``aws``.

pytest loads this module in every run, so it imports nothing heavy.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import pytest

from aiomoto.pytest_plugin import Boto3Clients, client_fixture

if TYPE_CHECKING:
    from aiomoto import MockAWS


def pytest_configure(config: pytest.Config) -> None:
    """Add the fixture ``s3_client``."""
    client_fixture(config, "s3", name="s3_client")


@pytest.fixture
def s3_bucket(boto3_client: Boto3Clients) -> str:
    """The name of an empty bucket, in the default region."""
    name = "aiomoto-bucket"
    s3 = boto3_client("s3")
    region = s3.meta.region_name
    where = {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=name, **({} if region == "us-east-1" else where))
    return name


@pytest.fixture
def s3_filesystem(request: pytest.FixtureRequest, aws: MockAWS) -> Any:
    """An ``s3fs.S3FileSystem``; asynchronous in a coroutine test."""
    s3fs = pytest.importorskip("s3fs", reason="the fixture s3_filesystem needs s3fs")
    return s3fs.S3FileSystem(asynchronous=inspect.iscoroutinefunction(request.function))
