"""What a mock, a client and a call cost, in counts that are the same on every machine.

No times: `hatch run bench` has those. What is counted is what Python's profiler
sees (``sys.setprofile``): calls of Python functions and of C functions.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from types import CodeType, FrameType
from typing import Any

import boto3
import moto
import pytest
from aiobotocore.session import AioSession
from moto.core.models import responses_mock

from aiomoto import mock_aws

REGION = "us-east-1"
BUCKET = {"Bucket": "bucket"}


class Counts:
    """The calls of one thread while they were counted."""

    def __init__(self) -> None:
        self.python: Counter[CodeType] = Counter()
        self.c: Counter[str] = Counter()

    def of(self, function: Callable[..., Any]) -> int:
        """How often a Python function was called."""
        return self.python[function.__code__]  # type: ignore[attr-defined]

    @property
    def all(self) -> int:
        """Every call of a Python function, and every resumption of a coroutine."""
        return self.python.total()

    @property
    def patterns(self) -> int:
        """How often a regular expression was tried."""
        names = ("match", "search", "fullmatch", "finditer", "findall", "sub", "subn", "split")
        return sum(self.c[f"Pattern.{name}"] for name in names)

    @property
    def files(self) -> int:
        """How many files were opened."""
        return self.c["open"]


@contextmanager
def counting() -> Iterator[Counts]:
    counts = Counts()

    def note(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            counts.python[frame.f_code] += 1
        elif event == "c_call":
            counts.c[getattr(argument, "__qualname__", "")] += 1

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield counts
    finally:
        sys.setprofile(before)


async def first_call(service: str, operation: str) -> None:
    """A session, a client and a call."""
    async with AioSession().create_client(service, region_name=REGION) as client:
        await getattr(client, operation)()


FIRST_CALLS = [("s3", "list_buckets"), ("ec2", "describe_vpcs")]


@pytest.mark.asyncio
@pytest.mark.parametrize(("service", "operation"), FIRST_CALLS)
async def test_a_client_of_a_fresh_session_reads_nothing_again(
    service: str, operation: str
) -> None:
    with mock_aws():
        await first_call(service, operation)
        with counting() as fast:
            await first_call(service, operation)
    with mock_aws(optimise=False), counting() as slow:
        await first_call(service, operation)
    assert (fast.files, fast.of(json.loads)) == (0, 0)
    # Otherwise this would count what isn't done anyway.
    assert slow.files > 5
    assert slow.of(json.loads) > 5


@pytest.mark.asyncio
@pytest.mark.parametrize(("service", "operation"), FIRST_CALLS)
async def test_a_client_of_a_fresh_session_costs_a_tenth(service: str, operation: str) -> None:
    with mock_aws():
        await first_call(service, operation)
        with counting() as fast:
            await first_call(service, operation)
    with mock_aws(optimise=False), counting() as slow:
        await first_call(service, operation)
    print(fast.all, slow.all, slow.all/fast.all)


def test_a_start_registers_next_to_nothing_with_responses() -> None:
    def start_and_stop(mock: Any) -> Counts:
        with mock:
            pass
        with counting() as counts, mock:
            pass
        return counts

    ours, motos = start_and_stop(mock_aws()), start_and_stop(moto.mock_aws())
    add = type(responses_mock).add
    print(ours.of(add), motos.of(add), ours.all, motos.all, ours.patterns, motos.patterns)


@pytest.mark.asyncio
async def test_a_request_tries_few_patterns() -> None:
    def key(number: int) -> dict[str, Any]:
        return {**BUCKET, "Key": f"key-{number}", "Body": b"x"}

    with moto.mock_aws():
        s3 = boto3.client("s3", region_name=REGION)
        s3.create_bucket(**BUCKET)
        s3.put_object(**key(0))
        with counting() as plain:
            s3.put_object(**key(1))
    with mock_aws():
        async with AioSession().create_client("s3", region_name=REGION) as client:
            await client.create_bucket(**BUCKET)
            await client.put_object(**key(0))
            with counting() as first:
                await client.put_object(**key(1))
            with counting() as again:
                await client.put_object(**key(1))
    print(plain.patterns, first.patterns, again.patterns, plain.all, first.all, again.all)


@pytest.mark.asyncio
async def test_nothing_is_left_of_mocks_and_clients() -> None:
    async def once() -> None:
        async with mock_aws(), AsyncExitStack() as stack:
            for _ in range(2):
                made = AioSession().create_client("s3", region_name=REGION)
                s3 = await stack.enter_async_context(made)
                await s3.create_bucket(**BUCKET)
                await s3.put_object(**BUCKET, Key="key", Body=b"x")

    def objects() -> int:
        gc.collect()
        return len(gc.get_objects())

    for _ in range(3):
        await once()
    before = objects()
    for _ in range(5):
        await once()
    print(objects() - before)


def test_import_of_the_mock_imports_few_modules() -> None:
    program = "import sys; sys.path[:] = {!r}; before = len(sys.modules)\n{}\nprint(len(sys.modules) - before)"
    for statement in ("import aiomoto", "from aiomoto import mock_aws", "import asyncio"):
        done = subprocess.run(
            [sys.executable, "-S", "-c", program.format(sys.path, statement)],
            capture_output=True, text=True, check=True, timeout=60,
        )
        print(statement, done.stdout)
