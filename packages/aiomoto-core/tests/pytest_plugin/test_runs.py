"""Runs of pytest beyond docs/pytest.md: loops, orders, processes, other plugins."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from aiomoto.testing.clients import async_libraries

OPTIONS = (
    "-p",
    "no:cacheprovider",
    "-W",
    "error",
    "--strict-markers",
    "-o",
    "asyncio_default_fixture_loop_scope=function",
)


def run(pytester: pytest.Pytester, *options: str, order: str = "no:randomly") -> pytest.RunResult:
    return pytester.runpytest_subprocess(*OPTIONS, "-p", order, *options)


def test_every_loop_scope_and_async_fixtures(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest, pytest_asyncio
        from aiomoto.pytest_plugin import aws_client_fixture, aws_fixture

        async def use(aws_client):
            sts = await aws_client("sts")
            assert (await sts.get_caller_identity())["Account"] == "123456789012"
            assert sts is await aws_client("sts")

        class Base:
            async def test_it(self, aws_client):
                await use(aws_client)

        for scope in ("function", "class", "module", "package", "session"):
            mark = pytest.mark.asyncio(loop_scope=scope)
            globals()[f"Test{scope.title()}"] = mark(type(scope, (Base,), {}))

        @pytest_asyncio.fixture(loop_scope="session")
        async def elsewhere(aws_client):
            await use(aws_client)

        @pytest.mark.asyncio
        async def test_a_fixture_of_another_loop(elsewhere, aws_client):
            await use(aws_client)

        @pytest_asyncio.fixture
        async def name(aws_client):
            await use(aws_client)
            return "name"

        def test_a_sync_test_with_an_async_fixture(name):
            assert name == "name"
        """
    )
    run(pytester, "--asyncio-mode=strict").assert_outcomes(passed=7)
    run(pytester, "--asyncio-mode=auto").assert_outcomes(passed=7)


def test_set_up_once_for_each_scope(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        import pytest_asyncio
        from aiomoto.pytest_plugin import aws_client_fixture, aws_fixture

        aws = aws_fixture("session")
        session_client = aws_client_fixture("session")

        @pytest_asyncio.fixture(scope="session", loop_scope="session")
        async def bucket(session_client):
            s3 = await session_client("s3")
            await s3.create_bucket(Bucket="once")
            return "once"
        """
    )
    body = """
        import pytest

        @pytest.mark.asyncio
        @pytest.mark.parametrize("turn", [1, 2])
        async def test_it(turn, bucket, aws_client, boto3_client):
            s3 = await aws_client("s3")
            assert [one["Name"] for one in (await s3.list_buckets())["Buckets"]] == [bucket]
            assert len(boto3_client("s3").list_buckets()["Buckets"]) == 1
    """
    pytester.makepyfile(test_one=body, test_two=body)
    run(pytester).assert_outcomes(passed=4)


BODY = """
    import boto3, pytest

    @pytest.mark.asyncio
    @pytest.mark.parametrize("turn", range(4))
    async def test_starts_empty(turn, aws_client):
        s3 = await aws_client("s3")
        assert (await s3.list_buckets())["Buckets"] == []
        await s3.create_bucket(Bucket="bucket")

    @pytest.mark.aws
    def test_fails():
        boto3.client("s3").list_buckets()
        assert 0
"""


@pytest.mark.skipif(find_spec("xdist") is None, reason="pytest-xdist is not installed")
def test_several_processes(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(BODY)
    done = run(pytester, "-n", "2")
    done.assert_outcomes(passed=4, failed=1)
    done.stdout.fnmatch_lines(["*AWS calls*", "s3 ListBuckets() -> 200 in *"])


@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("pytest_randomly", []),
        ("random_order", ["--random-order-bucket=global"]),
    ],
)
def test_random_order(pytester: pytest.Pytester, module: str, options: list[str]) -> None:
    if find_spec(module) is None:
        pytest.skip(f"{module} is not installed")
    pytester.makepyfile(BODY)
    order = "randomly" if module == "pytest_randomly" else "no:randomly"
    run(pytester, *options, order=order).assert_outcomes(passed=4, failed=1)


def test_anyio(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        f"""
        import anyio, pytest

        pytestmark = pytest.mark.anyio

        @pytest.fixture(params={async_libraries()!r})
        def anyio_backend(request):
            return request.param

        @pytest.fixture
        async def key(aws_client):
            kms = await aws_client("kms")
            return (await kms.create_key())["KeyMetadata"]["KeyId"]

        async def test_it(aws_client, key):
            kms = await aws_client("kms")
            assert [one["KeyId"] for one in (await kms.list_keys())["Keys"]] == [key]
            async with anyio.create_task_group() as group:
                group.start_soon(kms.list_keys)
        """
    )
    done = run(pytester, "-p", "no:asyncio", "-o", "asyncio_default_fixture_loop_scope=function")
    if done.ret:  # without pytest-asyncio its option is none
        options = [one for one in OPTIONS if "asyncio_default" not in one and one != "-o"]
        done = pytester.runpytest_subprocess(*options, "-p", "no:randomly", "-p", "no:asyncio")
    done.assert_outcomes(passed=len(async_libraries()))


def test_unittest_classes(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import unittest
        import pytest
        from aiobotocore.session import get_session

        @pytest.mark.aws(region="eu-west-1")
        class Test(unittest.IsolatedAsyncioTestCase):
            async def test_async(self):
                async with get_session().create_client("s3") as s3:
                    assert s3.meta.region_name == "eu-west-1"
                    assert (await s3.list_buckets())["Buckets"] == []

        class TestFixture(unittest.TestCase):
            @pytest.fixture(autouse=True)
            def _clients(self, boto3_client):
                self.sqs = boto3_client("sqs")

            def test_sync(self):
                assert "QueueUrls" not in self.sqs.list_queues()
        """
    )
    run(pytester).assert_outcomes(passed=2)


def test_a_failure_shows_the_calls_of_any_mock_once(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import boto3, pytest
        from aiomoto import mock_aws

        @pytest.fixture
        def sqs():
            keys = {"aws_access_key_id": "k", "aws_secret_access_key": "s"}
            yield boto3.client("sqs", region_name="us-east-1", **keys)
            assert 0, "in teardown"

        @mock_aws
        def test_decorated(sqs):
            sqs.list_queues()
            assert 0, "in the test"

        def test_without():
            assert 0
        """
    )
    done = run(pytester)
    done.assert_outcomes(failed=2, errors=1)
    text = done.stdout.str()
    assert text.count("AWS calls") == text.count("sqs ListQueues() -> 200") == 1


def test_fixtures_of_wider_scopes_leak_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import asyncio, os, pytest, pytest_asyncio, aiohttp

        @pytest.fixture(scope="module")
        def settings():
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("ORDERS", "1")
                patch.setattr(aiohttp.ClientSession, "get", lambda self: None)
                yield

        @pytest_asyncio.fixture(scope="module", loop_scope="module")
        async def background():
            task = asyncio.create_task(asyncio.sleep(60))
            yield
            task.cancel()

        @pytest.mark.asyncio(loop_scope="module")
        @pytest.mark.parametrize("turn", [1, 2])
        async def test_it(turn, settings, background, aws_client, monkeypatch):
            monkeypatch.setenv("ORDERS", "2")
            s3 = await aws_client("s3")
            await s3.list_buckets()
            done = asyncio.create_task(asyncio.sleep(0))
            await done
        """
    )
    run(pytester).assert_outcomes(passed=2)


def test_a_wider_mock_that_a_marker_starts_is_no_leak(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import boto3, os, pytest
        from aiomoto.pytest_plugin import aws_fixture

        aws = aws_fixture("module")
        pytestmark = pytest.mark.aws

        @pytest.fixture(scope="module")
        def orders():
            os.environ["ORDERS"] = "1"

        def test_first(request):
            boto3.client("s3").create_bucket(Bucket="bucket")
            request.getfixturevalue("orders")

        def test_second():
            assert len(boto3.client("s3").list_buckets()["Buckets"]) == 1
        """
    )
    run(pytester).assert_outcomes(passed=2)


@pytest.mark.parametrize("when", ["aws", "never"])
def test_leaks_are_looked_for_where_it_is_asked(pytester: pytest.Pytester, when: str) -> None:
    pytester.makepyfile(
        """
        import os

        def test_with(aws):
            os.environ["ORDERS_WITH"] = "1"

        def test_without():
            os.environ["ORDERS_WITHOUT"] = "1"
        """
    )
    done = run(pytester, "-o", f"aiomoto_leaks={when}")
    leaks = 1 if when == "aws" else 0
    done.assert_outcomes(passed=2 - leaks, failed=leaks)


def test_a_run_without_them_imports_nothing_heavy(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_it():
            heavy = {"moto", "boto3", "botocore", "aiobotocore", "aiohttp", "httpx", "aiomoto.mock"}
            assert not heavy & set(sys.modules)
        """
    )
    # respx brings a pytest plugin that imports httpx.
    run(pytester, "-p", "no:respx").assert_outcomes(passed=1)


PYTEST_SOCKET = """
import socket
import pytest
from aiomoto import RealRequestBlocked, mock_aws

@pytest.fixture(scope="session", autouse=True)
def everywhere():
    with mock_aws():
        yield

@pytest.mark.parametrize("number", range(2))
def test_in_a_mock_of_the_session(number):
    with socket.socket() as sock, pytest.raises(RealRequestBlocked):
        sock.connect(("169.254.169.254", 9))
"""


@pytest.mark.skipif(not find_spec("pytest_socket"), reason="pytest-socket is not installed")
def test_a_mock_that_outlives_what_pytest_socket_puts_back(pytester: pytest.Pytester) -> None:
    """It puts its own idea of `socket.connect` back after each test."""
    pytester.makepyfile(PYTEST_SOCKET)
    run(pytester).assert_outcomes(passed=2)


@pytest.mark.skipif(not find_spec("pytest_socket"), reason="pytest-socket is not installed")
def test_beside_disabled_sockets(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import boto3
        import pytest
        import socket

        @pytest.mark.parametrize("number", range(2))
        def test_it(number, aws):
            sts = boto3.client("sts", region_name="us-east-1")
            assert sts.get_caller_identity()["Account"] == "123456789012"
            with pytest.raises(Exception, match="tried to use socket"):
                socket.socket()
        """
    )
    run(pytester, "--disable-socket", "-o", "aiomoto_leaks=always").assert_outcomes(passed=2)
