"""`@mock_aws` under pytest and unittest in processes of their own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from support.decorating import in_a_process

if TYPE_CHECKING:
    from pathlib import Path


NO_NETWORK = """
import ipaddress, sys

def refuse(event, args):
    if event == "socket.connect" and isinstance(args[1], tuple):
        if not ipaddress.ip_address(args[1][0]).is_loopback:
            raise RuntimeError(f"left this machine: {args[1]}")
    if event == "socket.getaddrinfo":
        raise RuntimeError(f"left this machine: {args[0]}")

sys.addaudithook(refuse)
"""

TESTS = """
import unittest
import boto3, pytest, pytest_asyncio
from aiobotocore.session import get_session
from aiomoto import mock_aws

SESSION = get_session()

def client():
    return SESSION.create_client("s3", region_name="us-east-1")

async def make(name):
    async with client() as s3:
        await s3.create_bucket(Bucket=name)

async def names():
    async with client() as s3:
        return sorted(bucket["Name"] for bucket in (await s3.list_buckets())["Buckets"])

def sync_make(name):
    boto3.client("s3", region_name="us-east-1").create_bucket(Bucket=name)

@pytest_asyncio.fixture
@mock_aws
async def bucket():
    await make("from-fixture")
    yield "from-fixture"
    assert await names() == ["from-fixture"]

@pytest.mark.asyncio
async def test_function(bucket):
    assert await names() == [bucket]

@mock_aws
class TestPlain:
    pytestmark = pytest.mark.asyncio

    @pytest.mark.parametrize("name", ["one", "two"])
    async def test_clean(self, name):
        assert await names() == []
        await make(name)
        assert await names() == [name]

    async def test_fixture(self, bucket):
        assert await names() == [bucket]

@mock_aws
class TestWithSetup:
    def setup_method(self, method):
        sync_make("setup-" + method.__name__.replace("_", "-"))

    def teardown_method(self):
        assert boto3.client("s3", region_name="us-east-1").list_buckets()["Buckets"]

    @pytest.mark.asyncio
    async def test_one(self):
        assert await names() == ["setup-test-one"]

    @pytest.mark.asyncio
    async def test_two(self):
        assert await names() == ["setup-test-two"]

@mock_aws
class TestIsolated(unittest.IsolatedAsyncioTestCase):
    def setUp(self):
        sync_make("set-up")

    async def asyncSetUp(self):
        await make("async-set-up")

    async def test_one(self):
        assert await names() == ["async-set-up", "set-up"]
        await make("one")

    async def test_two(self):
        assert await names() == ["async-set-up", "set-up"]
        await make("two")

    async def asyncTearDown(self):
        assert {"async-set-up", "set-up"} <= set(await names())

@mock_aws
class TestInherits(TestIsolated):
    async def test_three(self):
        assert await names() == ["async-set-up", "set-up"]
        await make("three")

    @unittest.expectedFailure
    async def test_expected_failure(self):
        assert await names() == []

    @unittest.skip("for a reason")
    async def test_skipped(self):
        raise AssertionError
"""


def test_under_pytest(tmp_path: Path) -> None:
    tmp_path.joinpath("conftest.py").write_text(NO_NETWORK)
    tmp_path.joinpath("test_it.py").write_text(TESTS)
    in_order = ("-p", "no:cacheprovider", "-p", "no:randomly")
    done = in_a_process(tmp_path, "-m", "pytest", "-v", *in_order, "test_it.py")
    found = re.findall(r"^test_it\.py::(\S+) ([A-Z]+)", done.stdout, re.MULTILINE)
    assert found == [
        ("test_function", "PASSED"),
        ("TestPlain::test_clean[one]", "PASSED"),
        ("TestPlain::test_clean[two]", "PASSED"),
        ("TestPlain::test_fixture", "PASSED"),
        ("TestWithSetup::test_one", "PASSED"),
        ("TestWithSetup::test_two", "PASSED"),
        ("TestIsolated::test_one", "PASSED"),
        ("TestIsolated::test_two", "PASSED"),
        # unittest's order: what is inherited among what is not.
        ("TestInherits::test_expected_failure", "XFAIL"),
        ("TestInherits::test_one", "PASSED"),
        ("TestInherits::test_skipped", "SKIPPED"),
        ("TestInherits::test_three", "PASSED"),
        ("TestInherits::test_two", "PASSED"),
    ]


def test_under_unittest(tmp_path: Path) -> None:
    tmp_path.joinpath("no_network.py").write_text(NO_NETWORK)
    tmp_path.joinpath("test_it.py").write_text("import no_network\n" + TESTS)
    done = in_a_process(tmp_path, "-m", "unittest", "-v", "test_it")
    # Its own count leaves skipped tests out in some releases of Python 3.12.
    found = re.findall(r"^(test_\w+) \(test_it\.(\w+)", done.stderr, re.MULTILINE)
    assert found == [
        ("test_expected_failure", "TestInherits"),
        ("test_one", "TestInherits"),
        ("test_skipped", "TestInherits"),
        ("test_three", "TestInherits"),
        ("test_two", "TestInherits"),
        ("test_one", "TestIsolated"),
        ("test_two", "TestIsolated"),
    ]
    assert "\nOK (skipped=1, expected failures=1)" in done.stderr


def test_a_class_that_is_not_decorated_fails_under_pytest(tmp_path: Path) -> None:
    """What the two tests above would look like without the mock."""
    tmp_path.joinpath("conftest.py").write_text(NO_NETWORK)
    tmp_path.joinpath("test_it.py").write_text(TESTS.replace("@mock_aws", ""))
    done = in_a_process(tmp_path, "-m", "pytest", "-p", "no:cacheprovider", "-q", expected=1)
    assert re.search(r"\b\d+ failed, ", done.stdout)
    assert " passed" not in done.stdout
