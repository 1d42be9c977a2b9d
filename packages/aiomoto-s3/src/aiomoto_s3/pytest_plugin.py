"""Fixtures for users' tests; pytest loads this module, so it imports nothing heavy."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest


@pytest.fixture
def s3_client(request: pytest.FixtureRequest) -> Iterator[Any]:
    """An aiobotocore S3 client inside a running mock.

    It is made and closed outside of the test's event loop, so it serves
    pytest-asyncio in either mode and anyio alike; with anyio on trio it is one
    of aiobotocore's httpx backend.
    """
    from aiobotocore.config import AioConfig
    from aiobotocore.session import get_session

    from aiomoto import mock_aws

    from .compat import close_client

    library = _async_library(request)
    settings: dict[str, Any] = {}
    if library == "trio":
        from aiobotocore.httpxsession import HttpxSession

        settings["http_session_cls"] = HttpxSession
    with mock_aws():
        made = get_session().create_client("s3", config=AioConfig(**settings))
        client = _in_thread(made.__aenter__, library)
        try:
            yield client
        finally:
            close_client(client)


@pytest.fixture
def s3_bucket() -> Iterator[str]:
    """The name of an empty bucket inside a running mock, in the default region."""
    import boto3

    from aiomoto import mock_aws

    name = "aiomoto-bucket"
    with mock_aws():
        s3 = boto3.client("s3")
        region = s3.meta.region_name
        where = {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3.create_bucket(Bucket=name, **({} if region == "us-east-1" else where))
        s3.close()
        yield name


@pytest.fixture
def s3_filesystem(request: pytest.FixtureRequest) -> Iterator[Any]:
    """An ``s3fs.S3FileSystem`` inside a running mock; asynchronous in a coroutine test."""
    from aiomoto import mock_aws

    s3fs = pytest.importorskip("s3fs", reason="the fixture s3_filesystem needs s3fs")
    with mock_aws():
        yield s3fs.S3FileSystem(asynchronous=inspect.iscoroutinefunction(request.function))


def _async_library(request: pytest.FixtureRequest) -> str:
    """What the test runs on: ``asyncio``, or ``trio`` if anyio's plugin was told so."""
    if "anyio_backend_name" not in request.fixturenames:
        if "anyio_backend" not in request.fixturenames:
            return "asyncio"
        backend = request.getfixturevalue("anyio_backend")
        return str(backend if isinstance(backend, str) else backend[0])
    return str(request.getfixturevalue("anyio_backend_name"))


def _in_thread(call: Callable[[], Coroutine[Any, Any, Any]], library: str) -> Any:
    """Run a coroutine to its end, whatever loop may be running in this thread."""
    import anyio

    done: dict[str, Any] = {}

    def run() -> None:
        try:
            done["value"] = anyio.run(call, backend=library)
        except BaseException as error:
            done["error"] = error

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if "error" in done:
        raise done["error"]
    return done["value"]
