"""What a mock, a client and a call cost, in counts that are the same on every machine.

No times: `hatch run bench` has those. What is counted is what Python's profiler
sees (``sys.setprofile``): calls of Python functions and of C functions.
"""

from __future__ import annotations

import gc
import importlib
import inspect
import json
import socket
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, NamedTuple

import boto3
import moto
import pytest
import pytest_asyncio
from aiobotocore.session import AioSession
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from moto.core.models import responses_mock

import aiomoto
from aiomoto import compat, mock_aws
from aiomoto.fast import backends, rulesets
from aiomoto.fast.compat import events, loaders, methods, useragents
from aiomoto.plugin.imports import ModulePatches
from aiomoto.testing import programs
from aiomoto.wire import botocore as wire_botocore
from aiomoto.wire import stubber

REGION = "us-east-1"
SOURCES = str(Path(aiomoto.__file__).parent)
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


# -- a client of a fresh session ---------------------------------------------------------


async def make_client(service: str) -> None:
    """A session and a client, as a test has them."""
    async with AioSession().create_client(service, region_name=REGION):
        pass


async def fast_and_slow(service: str) -> tuple[Counts, Counts]:
    """What a further client costs, and what one costs without the fast paths."""
    with mock_aws():
        await make_client(service)
        with counting() as fast:
            await make_client(service)
    with mock_aws(optimise=False), counting() as slow:
        await make_client(service)
    return fast, slow


@pytest.mark.asyncio
@pytest.mark.parametrize("service", ["s3", "dynamodb", "sqs", "ec2"])
async def test_a_client_of_a_fresh_session_reads_nothing_again(service: str) -> None:
    fast, slow = await fast_and_slow(service)
    assert (fast.files, fast.of(json.loads)) == (0, 0)
    # Otherwise this would count what isn't done anyway.
    assert slow.files > 5
    assert slow.of(json.loads) > 5


@pytest.mark.asyncio
@pytest.mark.parametrize(("service", "times"), [("s3", 2.5), ("ec2", 3)])
async def test_a_client_of_a_fresh_session_is_made_in_fewer_calls(
    service: str, times: float
) -> None:
    # What parses JSON is C and one call, so that time is saved more than this.
    fast, slow = await fast_and_slow(service)
    assert fast.all * times < slow.all


# -- start and stop ----------------------------------------------------------------------


def start_and_stop(mock: Any) -> Counts:
    """Of a warm mock."""
    with mock:
        pass
    gc.collect()  # what is freed meanwhile calls back
    with counting() as counts, mock:
        pass
    return counts


def test_a_start_registers_next_to_nothing_with_responses() -> None:
    ours, motos = start_and_stop(mock_aws()), start_and_stop(moto.mock_aws())
    add = type(responses_mock).add
    # Two for each HTTP method, where moto has one for each pattern and method.
    assert ours.of(add) <= 14
    assert motos.of(add) > 500


def test_starting_and_stopping_is_a_fifth_of_motos_calls() -> None:
    # However many of the modules that are patched have been imported by now.
    ours, motos = start_and_stop(mock_aws()), start_and_stop(moto.mock_aws())
    assert ours.all * 5 < motos.all


def test_a_start_makes_no_list_of_patches_again() -> None:
    ours = start_and_stop(mock_aws())
    makers: list[Any] = [stubber.patches, wire_botocore.patches, wire_botocore.async_patches]
    for room in (backends, events, loaders, methods, rulesets, useragents):
        functions = inspect.getmembers(room, inspect.isfunction)
        makers += [
            one for _, one in functions if one.__annotations__.get("return") == "list[Patch]"
        ]
    assert len(makers) > 15
    assert [maker.__name__ for maker in makers if ours.of(maker)] == []
    assert ours.of(ModulePatches.resume) > len(makers)


def test_a_start_that_is_not_the_first_imports_nothing() -> None:
    # unittest.mock looks its targets up by name, and an interrupt in an import may leave the
    # lock of all imports taken.
    def imports(counts: Counts) -> int:
        return sum(n for code, n in counts.python.items() if code.co_name == "_get_module_lock")

    assert imports(start_and_stop(mock_aws())) == 0
    with counting() as counts, suppress(ImportError):
        importlib.import_module("aiomoto_not_there")
    assert imports(counts) > 0  # as of unittest.mock, from Python 3.11 on


# -- a call ------------------------------------------------------------------------------


class Put(NamedTuple):
    """An object put with boto3 inside moto's mock, and with aiobotocore inside ours."""

    plain: Counts
    #: For a URL that was not asked for before.
    first: Counts
    again: Counts


@pytest_asyncio.fixture
async def put() -> Put:
    def key(number: int) -> dict[str, Any]:
        return {**BUCKET, "Key": f"key-{number}", "Body": b"x"}

    with moto.mock_aws():
        s3 = boto3.client("s3", region_name=REGION)
        s3.create_bucket(**BUCKET)
        s3.put_object(**key(0))
        with counting() as plain:
            s3.put_object(**key(1))
    async with mock_aws(), AioSession().create_client("s3", region_name=REGION) as client:
        await client.create_bucket(**BUCKET)
        await client.put_object(**key(0))
        with counting() as first:
            await client.put_object(**key(1))
        with counting() as again:
            await client.put_object(**key(1))
    return Put(plain, first, again)


@pytest.mark.asyncio
async def test_a_request_tries_few_patterns(put: Put) -> None:
    # botocore and moto's own code for S3 try most of what is left.
    assert put.again.patterns < 0.6 * put.plain.patterns
    # A new URL: those of the backends that have its host, not all 190 of moto.
    assert put.first.patterns - put.again.patterns <= 50


@pytest.mark.asyncio
async def test_a_call_is_five_eighths_of_the_calls_of_boto3_and_moto(put: Put) -> None:
    assert put.again.all * 8 < put.plain.all * 5


@pytest.mark.asyncio
async def test_a_call_asks_nothing_of_ours_again_and_again(put: Put) -> None:
    # Such as a flag, of which each fast path once asked whether it was on.
    often = {
        code.co_name: times
        for code, times in put.again.python.items()
        if f"{SOURCES}/" in code.co_filename and f"{SOURCES}/fast/" not in code.co_filename
        if times > 20 and not code.co_name.startswith("<")
    }
    assert often == {}


@pytest.mark.asyncio
async def test_a_call_that_waits_for_nothing_has_no_timer(put: Put) -> None:
    assert put.again.of(compat.Aiohttp.timeout) == 0


def test_headers_to_sign_are_not_searched_for_by_name() -> None:
    # Not by a client: those of boto3 may sign with awscrt, where it is installed.
    auth = SigV4Auth(Credentials("AKID", "secret"), "dynamodb", REGION)

    def sign() -> Counts:
        request = AWSRequest("POST", "https://dynamodb.us-east-1.amazonaws.com/", {"A": "b"}, b"")
        with counting() as counts:
            auth.add_auth(request)
        return counts

    with mock_aws(optimise=False):
        assert sign().of(SigV4Auth._header_value) > 0
    with mock_aws():
        assert sign().of(SigV4Auth._header_value) == 0


# -- what is not AWS ---------------------------------------------------------------------


def test_other_hosts_cost_a_look_at_their_names() -> None:
    def look_up() -> Counts:
        with counting() as counts:
            socket.getaddrinfo("localhost", 80)
        return counts

    look_up()
    without = look_up()
    with mock_aws():
        look_up()
        assert look_up().all - without.all <= 5


# -- afterwards --------------------------------------------------------------------------


PROGRAM = """
import asyncio
import gc
from collections import Counter

from aiobotocore.session import AioSession

from aiomoto import mock_aws

PACKAGES = ("aiomoto", "aiobotocore", "aiohttp", "moto", "responses", "botocore")


async def once():
    async with mock_aws(), AioSession().create_client("s3", region_name="us-east-1") as s3:
        await s3.create_bucket(Bucket="bucket")
        await s3.put_object(Bucket="bucket", Key="key", Body=b"x")


def objects():
    gc.collect()
    names = Counter(str(type(one).__module__) for one in gc.get_objects())
    # Of rule sets botocore keeps a hundred answers, whatever client asked.
    del names["botocore.endpoint_provider"]
    return {name: n for name, n in names.items() if name.partition(".")[0] in PACKAGES}


async def main():
    for _ in range(3):
        await once()
    before = objects()
    for _ in range(4):
        await once()
    after = objects()
    print({name: n - before.get(name, 0) for name, n in after.items() if n != before.get(name)})
    print(before["botocore.model"] > 0)


asyncio.run(main())
"""


def test_nothing_is_left_of_mocks_and_clients() -> None:
    # In a process of its own: our pytest plugin keeps the calls of a test for its report.
    assert programs.run(PROGRAM).split("\n")[:2] == ["{}", "True"]


# -- import ------------------------------------------------------------------------------


@pytest.mark.parametrize("statement", ["import aiomoto", "from aiomoto import mock_aws"])
def test_an_import_imports_few_modules(statement: str) -> None:
    # asyncio is there already wherever aiomoto is of use.
    found = programs.run(
        f"import sys; sys.path[:] = {sys.path!r}\nimport asyncio, logging\n"
        f"before = len(sys.modules)\n{statement}\nprint(len(sys.modules) - before)",
        # A .pth file of an editable or a coverage install may import what it likes.
        "-S",
    )
    assert int(found) <= 45


FIRST_MOCK = """
from {package} import mock_aws
with mock_aws():
    pass
import sys
print(*sorted(sys.modules))
"""


def test_a_first_mock_imports_no_backend_of_moto() -> None:
    # Whatever service packages are installed: they wait for moto's modules.
    ours, motos = (
        set(programs.run(FIRST_MOCK.format(package=package)).split())
        for package in ("aiomoto", "moto")
    )
    more = {name for name in ours - motos if name.startswith("moto.")}
    # What moto records requests with is a part of its own API.
    assert {name for name in more if not name.startswith("moto.moto_api")} == set()
    packages = {name.partition(".")[0] for name in ours - motos} - sys.stdlib_module_names
    others = {name for name in packages if not name.startswith(("aiomoto", "moto"))}
    # The last one on Python 3.10, as aiohttp has it.
    assert others <= {"multidict", "pluggy", "async_timeout"}
