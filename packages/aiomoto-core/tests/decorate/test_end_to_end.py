"""`@mock_aws` with real clients, in the tests and fixtures of this very run."""

from __future__ import annotations

import asyncio
import functools
import os
import unittest
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import moto
import pytest
import pytest_asyncio
from aiobotocore.session import get_session
from support.decorating import (
    REGION,
    buckets,
    is_on,
    make,
    run_unittest,
)

from aiomoto import mock_aws

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path


@functools.cache
def shared_session() -> Any:
    """A session keeps the JSON models that it has read."""
    return get_session()


def client(service: str = "s3") -> Any:
    return shared_session().create_client(service, region_name=REGION)


async def async_buckets() -> list[str]:
    async with client() as async_s3:
        return sorted(bucket["Name"] for bucket in (await async_s3.list_buckets())["Buckets"])


async def async_make(name: str) -> None:
    async with client() as async_s3:
        await async_s3.create_bucket(Bucket=name)


@pytest.mark.asyncio
@mock_aws
async def test_coroutine_test() -> None:
    await async_make("made-async")
    assert await async_buckets() == ["made-async"]
    assert buckets() == ["made-async"]  # sync boto3 sees the same


@pytest.mark.asyncio
@mock_aws()
@pytest.mark.parametrize("name", ["one", "two"])
async def test_parametrized_coroutine_test_is_clean_each_time(name: str, tmp_path: Path) -> None:
    assert tmp_path.name.startswith("test_parametrized")  # fixtures are found through the wrapper
    assert await async_buckets() == []
    await async_make(name)
    assert await async_buckets() == [name]


@mock_aws
@pytest.mark.asyncio
async def test_below_or_above_the_mark_makes_no_difference() -> None:
    assert await async_buckets() == []


@pytest.mark.asyncio
async def test_reset_and_remove_data_of_mock_aws() -> None:
    @mock_aws(remove_data=False)
    async def leave() -> None:
        await async_make("left")

    @mock_aws(reset=False)
    async def look() -> list[str]:
        return await async_buckets()

    await leave()
    assert await look() == ["left"]
    assert await look() == []


@pytest.mark.asyncio
async def test_config_of_mock_aws() -> None:
    @mock_aws(config={"core": {"mock_credentials": False}})
    async def key() -> str | None:
        return os.environ.get("AWS_ACCESS_KEY_ID")

    @mock_aws
    async def mocked_key() -> str | None:
        return os.environ.get("AWS_ACCESS_KEY_ID")

    assert await key() is None
    assert await mocked_key() is not None
    assert "AWS_ACCESS_KEY_ID" not in os.environ


@pytest.mark.asyncio
async def test_concurrent_calls_share_one_state() -> None:
    both = asyncio.Event()

    @mock_aws
    async def first() -> list[str]:
        await async_make("made-by-first")
        await both.wait()
        return await async_buckets()

    @mock_aws
    async def second() -> list[str]:
        try:
            await async_make("made-by-second")
            return await async_buckets()
        finally:
            both.set()

    a, b = await asyncio.gather(first(), second())
    assert a == ["made-by-first", "made-by-second"]
    assert b in (a, ["made-by-second"])
    assert not is_on()


@pytest.mark.asyncio
async def test_motos_decorator_below_ours() -> None:
    @mock_aws
    @moto.mock_aws
    async def body() -> list[str]:
        await async_make("made")
        return await async_buckets()

    assert await body() == ["made"]


@pytest.fixture
@mock_aws
def bucket() -> Iterator[str]:
    make("from-a-fixture")
    yield "from-a-fixture"
    assert is_on()
    assert "from-a-fixture" in buckets()


@pytest_asyncio.fixture
@mock_aws
async def async_bucket() -> AsyncIterator[str]:
    await async_make("from-an-async-fixture")
    yield "from-an-async-fixture"
    assert is_on()
    assert "from-an-async-fixture" in await async_buckets()


@pytest_asyncio.fixture
async def async_client(async_bucket: str) -> AsyncIterator[Any]:
    async with client() as async_s3:
        yield SimpleNamespace(s3=async_s3, bucket=async_bucket)


@pytest.mark.asyncio
async def test_fixtures_hold_the_mock_during_the_test(
    bucket: str, async_bucket: str, async_client: Any
) -> None:
    names = [found["Name"] for found in (await async_client.s3.list_buckets())["Buckets"]]
    assert sorted(names) == sorted([async_bucket, bucket]) == buckets()


@pytest.mark.asyncio
@mock_aws
async def test_a_decorated_test_keeps_what_a_decorated_fixture_made(async_bucket: str) -> None:
    assert await async_buckets() == [async_bucket]


def test_trio() -> None:
    trio = pytest.importorskip("trio")

    @mock_aws
    async def body() -> list[str]:
        await trio.lowlevel.checkpoint()
        make("made-in-trio")
        return buckets()

    @mock_aws
    async def items() -> AsyncIterator[list[str]]:
        await trio.lowlevel.checkpoint()
        yield buckets()

    async def main() -> list[list[str]]:
        return [await body(), *[found async for found in items()]]

    assert trio.run(main) == [["made-in-trio"], []]


@mock_aws
class TestPytestClass:
    prepared: list[tuple[str, bool]]

    def setup_class(cls) -> None:  # no @classmethod: pytest takes it so, too
        cls.prepared = [("setup_class", is_on())]

    def teardown_class(cls) -> None:
        assert not is_on()

    def test_class_wide_setup_is_outside(self) -> None:
        assert self.prepared == [("setup_class", False)]

    def test_first(self) -> None:
        assert buckets() == []
        make("made")

    def test_second(self) -> None:
        assert buckets() == []
        make("made")

    @pytest.mark.asyncio
    @pytest.mark.parametrize("name", ["one", "two"])
    async def test_async(self, name: str) -> None:
        assert await async_buckets() == []
        await self.make_async(name)
        assert await async_buckets() == [name]

    async def make_async(self, name: str) -> None:
        await async_make(name)

    @pytest_asyncio.fixture
    @mock_aws
    async def own_bucket(self) -> AsyncIterator[str]:
        await self.make_async("own")
        yield "own"

    @pytest.mark.asyncio
    async def test_fixture_of_the_class(self, own_bucket: str) -> None:
        assert await async_buckets() == [own_bucket]

    class TestNested:
        def setup_method(self) -> None:
            make("made-in-setup")

        @pytest.mark.asyncio
        @pytest.mark.parametrize("name", ["one", "two"])
        async def test_shares_setup_only(self, name: str) -> None:
            assert await async_buckets() == ["made-in-setup"]
            await async_make(name)


def test_isolated_asyncio_test_case_with_an_async_client() -> None:
    seen: list[Any] = []

    @mock_aws
    class TestIt(unittest.IsolatedAsyncioTestCase):
        async def asyncSetUp(self) -> None:
            # Made in asyncSetUp, used in the test, closed in the cleanup.
            self.s3 = await self.enter(client())
            await self.s3.create_bucket(Bucket="made-in-setup")

        async def enter(self, context: Any) -> Any:
            entered = await context.__aenter__()
            self.addAsyncCleanup(context.__aexit__, None, None, None)
            return entered

        async def names(self) -> list[str]:
            return sorted(each["Name"] for each in (await self.s3.list_buckets())["Buckets"])

        async def test_a(self) -> None:
            await self.s3.create_bucket(Bucket="made-in-a")
            seen.append(await self.names())

        async def test_b(self) -> None:
            seen.append(await self.names())

        async def asyncTearDown(self) -> None:
            seen.append((is_on(), await self.names()))

    assert isinstance(TestIt("test_a"), unittest.IsolatedAsyncioTestCase)
    assert run_unittest(TestIt) == 2
    assert seen == [
        ["made-in-a", "made-in-setup"],
        (True, ["made-in-a", "made-in-setup"]),
        ["made-in-setup"],
        (True, ["made-in-setup"]),
    ]
