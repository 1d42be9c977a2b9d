"""A fast path whose library has changed is off, says so, and nothing else notices."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from importlib import import_module
from typing import Any

import pytest
from aiobotocore.config import AioConfig
from aiobotocore.httpxsession import HttpxSession
from aiobotocore.session import AioSession

from aiomoto import IncompatibleLibrary, mock_aws
from aiomoto.plugin.fast_paths import FastPath
from aiomoto.testing import clients, fast_paths, programs

REGION = "us-east-1"
#: More than the wires hand over at once.
BODY = bytes(range(256)) * 1024

PATHS = []
for path in fast_paths.installed():
    with suppress(ImportError):  # of an older library, or one that isn't installed
        import_module(path.module)
        PATHS.append(path)
NEEDED = {path: fast_paths.needed(path) for path in PATHS}
NAMES = sorted({name for names in NEEDED.values() for name in names})
#: Modules whose fast paths concern clients on httpx.
HTTPX = ("httpx", "httpcore", "aiobotocore.httpxsession", "aiobotocore.response")

#: Fast paths of which an older library of the supported ranges has not all that they need.
KNOWN_OFF = {
    "TLS contexts without threads (aiobotocore.httpsession)": "_build_ssl_contexts",
    "whole bodies (aiobotocore.response)": "_fill_buffer",
    "moto's requests (moto.core.request)": "from_primitives",
    "moto's headers (moto.core.request)": "EnvironHeaders",
    "moto's buckets (moto.s3.responses)": "static method",
}


async def works(**settings: Any) -> None:
    """Put and get with three services, with clients of a fresh session."""
    session = AioSession()
    config = AioConfig(**settings)
    async with (
        session.create_client("s3", region_name=REGION, config=config) as s3,
        session.create_client("dynamodb", region_name=REGION, config=config) as dynamodb,
        session.create_client("sqs", region_name=REGION, config=config) as sqs,
    ):
        await s3.create_bucket(Bucket="bucket")
        await s3.put_object(Bucket="bucket", Key="key", Body=BODY)
        got = await s3.get_object(Bucket="bucket", Key="key")
        assert await got["Body"].read() == BODY
        assert got["ContentLength"] == len(BODY)
        keys: Any = {"AttributeName": "id", "KeyType": "HASH"}
        await dynamodb.create_table(
            TableName="table",
            KeySchema=[keys],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        item = {"id": {"S": "1"}, "names": {"L": [{"S": "a"}, {"N": "1"}]}}
        await dynamodb.put_item(TableName="table", Item=item)
        found = await dynamodb.get_item(TableName="table", Key={"id": {"S": "1"}})
        assert found["Item"] == item
        url = (await sqs.create_queue(QueueName="queue"))["QueueUrl"]
        await sqs.send_message(QueueUrl=url, MessageBody="body")
        received = await sqs.receive_message(QueueUrl=url)
        assert [one["Body"] for one in received["Messages"]] == ["body"]


def test_there_is_something_to_break() -> None:
    assert len(PATHS) >= 40
    assert len(NAMES) > 100
    assert all(NEEDED.values())


@pytest.mark.asyncio
@pytest.mark.parametrize("name", NAMES)
async def test_without_a_name_what_needs_it_is_off_and_all_works(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    expected = {str(path): path for path, names in NEEDED.items() if name in names}
    with fast_paths.missing(name, PATHS):
        async with mock_aws() as mock:
            await works()
            concerns_httpx = any(path.module.startswith(HTTPX) for path in expected.values())
            if concerns_httpx and clients.httpx_modules():
                mock.reset()
                await works(http_session_cls=HttpxSession)
            off = {str(path): path.reason for path in PATHS if path.reason is not None}
            assert not any(path.are_in for path in expected.values())
    with mock_aws():
        known = {str(path) for path in PATHS if path.reason is not None}
    assert off.keys() - known == expected.keys() - known
    for path in expected.keys() - known:
        assert name.rpartition(".")[2] in str(off[path])
    assert caplog.records == []


def test_on_supported_versions_all_is_on() -> None:
    with mock_aws():
        off = {str(path): str(path.reason) for path in PATHS if path.reason is not None}
        assert all(path.are_in for path in PATHS if str(path) not in off)
    unknown = {path for path, reason in off.items() if KNOWN_OFF.get(path, "?") not in reason}
    assert unknown == set()


def test_it_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="aiomoto")
    name = "botocore.auth.SigV4Auth._sign"
    path = next(path for path, names in NEEDED.items() if name in names)
    # In this process it may have been said by another test.
    fresh = FastPath(path.name, path.module, lambda: import_module("no_such_module").patches)
    for _ in range(2):
        fresh.put_in()
        assert not fresh.are_in
        fresh.take_out()
    fresh.forget()
    fresh.put_in()
    fresh.take_out()
    said = "ModuleNotFoundError: No module named 'no_such_module'"
    assert [record.getMessage() for record in caplog.records] == [
        f"Fast path off, all else works: keys of signatures (botocore.auth): {said}"
    ]


def test_what_cannot_be_put_in_is_off_too() -> None:
    fresh = FastPath("texts", "builtins", lambda: [(Owner, "value", 2), (str, "upper", None)])
    fresh.put_in()
    assert (fresh.are_in, Owner.value) == (False, 1)
    assert "cannot set 'upper'" in str(fresh.reason)
    fresh.take_out()
    assert Owner.value == 1


class Owner:
    value = 1


def test_an_interrupt_is_no_reason() -> None:
    def make() -> Any:
        raise KeyboardInterrupt

    fresh = FastPath("texts", "builtins", make)
    with pytest.raises(KeyboardInterrupt):
        fresh.put_in()
    assert fresh.reason is None


# -- with the leases -----------------------------------------------------------------------


def attributes(path: FastPath) -> list[tuple[Any, str]]:
    """What a fast path replaces; nothing where the library is too old for it."""
    path.forget()
    try:
        return [(owner, name) for owner, name, _ in path.made()]
    except IncompatibleLibrary:
        return []


ATTRIBUTES = [one for path in PATHS for one in attributes(path)]


def in_place() -> dict[Any, Any]:
    """What each attribute is that some fast path replaces."""
    return {(owner, name): vars(owner).get(name) for owner, name in ATTRIBUTES}


@pytest.fixture
def before() -> Iterator[dict[Any, Any]]:
    state = in_place()
    yield state
    assert in_place() == state


def replaced(before: dict[Any, Any]) -> bool:
    """Whether all are replaced; none is, where not."""
    seen = {now is not was for now, was in zip(in_place().values(), before.values(), strict=True)}
    assert len(seen) == 1
    return seen.pop()


def test_no_attribute_is_replaced_twice() -> None:
    assert len(set(ATTRIBUTES)) == len(ATTRIBUTES) > 50


def test_without_fast_paths_nothing_is_replaced(
    before: dict[Any, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with mock_aws():
        assert replaced(before)
    with mock_aws(optimise=False):
        assert not replaced(before)
    monkeypatch.setenv("AIOMOTO_OPTIMISE", "0")
    with mock_aws():
        assert not replaced(before)
        with mock_aws(optimise=True):
            assert not replaced(before)


def test_they_go_with_the_leases(before: dict[Any, Any]) -> None:
    with mock_aws():
        with mock_aws(optimise=False):
            assert not replaced(before)
            with mock_aws():
                assert not replaced(before)
        assert replaced(before)
    slow, fast = mock_aws(optimise=False), mock_aws()
    slow.start()
    fast.start()
    assert not replaced(before)
    slow.stop()
    assert replaced(before)
    fast.stop()
    assert not replaced(before)


def test_a_start_that_fails_leaves_none_in(before: dict[Any, Any]) -> None:
    with ExitStack() as stack:
        stack.enter_context(mock_aws(optimise=False))
        with pytest.raises(ValueError, match="core"):
            mock_aws(config={"nonsense": {}}).start()
        assert not replaced(before)
    with mock_aws():
        with pytest.raises(ValueError, match="core"):
            mock_aws(config={"nonsense": {}}, optimise=False).start()
        assert replaced(before)


# -- libraries in which a name is really another ----------------------------------------------


#: The names of issue 15, as they are in botocore, and what is off without them.
RENAMED = {
    "_parse_timestamp_with_tzinfo": {"dates in answers (botocore.utils)"},
    "to_string": {
        "components of the User-Agent (botocore.useragent)",
        "the User-Agent (botocore.useragent)",
    },
    "_resolve_param_as_builtin": {"endpoint parameters of clients (botocore.regions)"},
    "_sign": {"keys of signatures (botocore.auth)"},
}
PROGRAM = """
import asyncio, re, sys
from importlib.machinery import PathFinder, SourceFileLoader
from typing import Any

NAME, BODY, REGION = {name!r}, bytes(1 << 18), "us-east-1"
seen = []

class Renaming(SourceFileLoader):
    def get_code(self, fullname):
        source = self.get_source(fullname)
        changed = re.sub(rf"\\b{{NAME}}\\b", f"other_{{NAME}}", source)
        if changed != source:
            seen.append(fullname)
        return compile(changed, self.path, "exec")

class Finder(PathFinder):
    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        spec = super().find_spec(fullname, path, target)
        if fullname.startswith(("botocore.", "aiobotocore.")) and spec is not None:
            if isinstance(spec.loader, SourceFileLoader):
                spec.loader = Renaming(spec.loader.name, spec.loader.path)
        return spec

sys.meta_path.insert(0, Finder)

from aiomoto import mock_aws
from aiomoto.engine import engine

{works}

with mock_aws():
    from aiobotocore.config import AioConfig
    from aiobotocore.session import AioSession
    asyncio.run(works())
assert seen
for path in engine.fast_paths:
    if path.reason is not None and NAME in path.reason:
        print(path)
"""


@pytest.mark.parametrize("name", RENAMED)
def test_a_library_in_which_a_name_is_another(name: str) -> None:
    """Loaded anew with the name changed wherever it stands, as a release might have it."""
    said = programs.run(PROGRAM.format(name=name, works=inspect.getsource(works)))
    assert set(said.splitlines()) == RENAMED[name]
