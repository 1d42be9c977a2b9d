"""``mock.calls``: what is recorded, for whom, and how it is asserted."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from unittest.mock import ANY

import aiohttp
import pytest
from botocore.exceptions import ClientError

from aiomoto import RealRequestBlocked, UnsupportedOperation, hookimpl, mock_aws
from aiomoto.calls import Calls, RecordedCall, recorder
from aiomoto.calls.recording import BODY_LIMIT
from aiomoto.request import LARGE, AwsRequest, AwsResponse

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType


def test_a_body_that_is_not_held_twice_is_not_recorded() -> None:
    assert BODY_LIMIT == LARGE


def names(calls: Calls) -> list[str | None]:
    return [one.operation for one in calls]


@pytest.mark.asyncio
async def test_async_and_sync_clients(clients: ModuleType, backend: str) -> None:
    async with mock_aws() as mock, clients.aio("s3", backend) as s3:
        await s3.create_bucket(Bucket="docs")
        await s3.put_object(Bucket="docs", Key="k", Body=b"data", Metadata={"a": "b"})
        with clients.sync("sqs") as sqs:
            sqs.create_queue(QueueName="q")
        with pytest.raises(ClientError):
            await s3.get_object(Bucket="docs", Key="none")
    one = mock.calls.assert_called("s3", "PutObject", Bucket="docs", Body=b"data")
    assert (one.service, one.status, one.error, one.error_code) == ("s3", 200, None, None)
    assert one.duration is not None
    assert 0 < one.duration < 30
    assert one.parameters["Metadata"] == {"a": "b"}
    assert names(mock.calls) == ["CreateBucket", "PutObject", "CreateQueue", "GetObject"]
    assert [one.error_code for one in mock.calls.failed] == ["NoSuchKey"]
    mock.calls.assert_called_once("sqs", "create_queue", QueueName=ANY)
    mock.calls.assert_not_called("sns")
    assert names(mock.calls.filter("s3", Key="k")) == ["PutObject"]
    assert names(mock.calls.filter(service="s3", operation="GetObject")) == ["GetObject"]
    assert names(mock.calls.filter(parameters={"QueueName": "q"})) == ["CreateQueue"]


@pytest.mark.asyncio
@pytest.mark.parametrize("style", ["path", "virtual"])
async def test_a_presigned_url_is_the_operation_that_it_was_signed_for(
    clients: ModuleType, style: str
) -> None:
    where = {"Bucket": "docs", "Key": "a b"}
    config = {"s3": {"addressing_style": style}}
    async with mock_aws() as mock, clients.aio("s3", config=config) as s3:
        await s3.create_bucket(Bucket="docs")
        url = await s3.generate_presigned_url("get_object", Params=where)
        async with aiohttp.ClientSession() as session:
            async with session.get(url) as answer:
                assert answer.status == 404
            async with session.put(url.replace("?", "?x=y&"), data=b"body") as answer:
                assert answer.status == 200
    get, put = mock.calls[1:]
    assert (get.service, get.operation, get.method) == ("s3", "GetObject", "GET")
    assert get.parameters == where
    assert "Signature" in get.url
    assert str(get).startswith("s3 GetObject(Bucket='docs', Key='a b') -> 404 NoSuchKey in ")
    assert put.operation == "PutObject"
    assert put.parameters["Body"] == b"body"


@pytest.mark.asyncio
async def test_a_presigned_action_is_read_from_the_query(clients: ModuleType) -> None:
    async with mock_aws() as mock, clients.aio("sts") as sts:
        role = {
            "RoleArn": "arn:aws:iam::123456789012:role/r",
            "RoleSessionName": "me",
            "DurationSeconds": 900,
        }
        url = await sts.generate_presigned_url("assume_role", Params=role, HttpMethod="GET")
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            assert answer.status == 200
    assert mock.calls[-1].operation == "AssumeRole"
    assert mock.calls[-1].parameters == role


@pytest.mark.asyncio
async def test_plugins_see_the_operation_of_a_plain_request_before_it_is_dispatched(
    clients: ModuleType,
) -> None:
    seen = []

    class Watching:
        @hookimpl
        def aiomoto_services(self) -> list[str]:
            return ["route53"]

        @hookimpl
        def aiomoto_handle(self, request: AwsRequest) -> None:
            seen.append(request.operation)

    async with mock_aws(plugins=[Watching()]), aiohttp.ClientSession() as session:
        url = "https://route53.amazonaws.com/2013-04-01/hostedzone"
        async with session.get(url) as answer:
            assert answer.status == 200
    assert seen == ["ListHostedZones"]


@pytest.mark.asyncio
async def test_a_path_that_no_model_has_is_shown_as_it_is(clients: ModuleType) -> None:
    async with mock_aws() as mock, aiohttp.ClientSession() as session:
        url = "https://docs.s3.us-east-1.amazonaws.com/k"
        async with session.options(url) as answer:
            assert answer.status < 500
    assert str(mock.calls[-1]).startswith("s3 OPTIONS /k -> ")


@pytest.mark.asyncio
async def test_each_mock_has_the_calls_made_while_it_is_active(clients: ModuleType) -> None:
    async with mock_aws() as outer, clients.aio("sts") as sts:
        await sts.get_caller_identity()
        async with mock_aws() as inner:
            await sts.get_session_token()
        await sts.get_caller_identity()
        again = mock_aws()
        with again, again:
            await sts.get_session_token()
    assert names(inner.calls) == ["GetSessionToken"]
    assert names(again.calls) == ["GetSessionToken"]
    assert len(outer.calls) == 4
    with again:
        assert len(again.calls) == 0


def test_a_mock_that_was_not_started_has_no_calls() -> None:
    assert list(mock_aws().calls) == []


@pytest.mark.asyncio
async def test_a_call_that_still_waits_and_one_that_was_cancelled(clients: ModuleType) -> None:
    waiting = asyncio.Event()

    class Waits:
        @hookimpl
        def aiomoto_services(self) -> list[str]:
            return ["kms"]

        @hookimpl
        async def aiomoto_handle(self, request: AwsRequest) -> AwsResponse | None:
            waiting.set()
            await asyncio.Event().wait()
            return None

    async with mock_aws(plugins=[Waits()]) as mock, clients.aio("kms") as kms:
        task = asyncio.create_task(kms.list_keys())
        await waiting.wait()
        [call] = mock.calls
        assert str(call) == "kms ListKeys() -> no answer yet"
        assert call.duration is None
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert isinstance(call.error, asyncio.CancelledError)
        assert str(call).startswith("kms ListKeys() -> CancelledError in ")
        assert list(mock.calls.failed) == [call]


@pytest.mark.asyncio
async def test_what_is_refused_is_recorded(clients: ModuleType, backend: str) -> None:
    async with mock_aws() as mock:
        async with clients.aio("s3", backend, endpoint_url="https://minio.local") as s3:
            with pytest.raises(RealRequestBlocked):
                await s3.list_buckets()
        async with clients.aio("kms", backend) as kms:
            with pytest.raises(UnsupportedOperation):
                await kms.connect_custom_key_store(CustomKeyStoreId="c")
    blocked, unsupported = mock.calls
    assert (blocked.operation, blocked.status) == ("ListBuckets", None)
    assert isinstance(blocked.error, RealRequestBlocked)
    assert isinstance(unsupported.error, UnsupportedOperation)
    assert "UnsupportedOperation: moto" in str(unsupported)


# -- memory -----------------------------------------------------------------------


def record(body: bytes = b"") -> RecordedCall:
    return recorder.begin(AwsRequest("PUT", "https://s3.amazonaws.com/b/k", {}, body), None)  # type: ignore[arg-type]


def test_bodies_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aiomoto.calls.recording.BODY_LIMIT", 10)
    monkeypatch.setattr("aiomoto.calls.recording.BODIES_LIMIT", 25)
    calls = Calls()
    recorder.listen(calls)
    try:
        assert [record(b"x" * size).complete for size in (10, 11)] == [True, False]
        for _ in range(2):
            record(b"x" * 10)
    finally:
        recorder.leave(calls)
    assert [one.complete for one in calls] == [False, False, True, True]


def test_the_number_of_calls_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aiomoto.calls.recording.KEPT", 3)
    calls = Calls()
    recorder.listen(calls)
    try:
        for _ in range(5):
            record()
    finally:
        recorder.leave(calls)
    assert (len(calls), calls.dropped) == (3, 2)
    with pytest.raises(AssertionError, match="The 2 oldest calls are no longer kept"):
        calls.assert_called("sqs")
    calls.clear()
    assert (len(calls), calls.dropped) == (0, 0)


def test_nothing_is_held_after_the_mock(run_program: Callable[..., str]) -> None:
    # By itself, since aiomoto's pytest plugin holds the calls of a test until its end.
    program = """
        import gc, weakref
        from aiomoto import mock_aws
        from aiomoto.testing import clients

        with mock_aws() as mock, clients.sync("kms") as kms:
            kms.create_key(Description="x" * 100)
            seen = weakref.ref(mock.calls[0])
        assert seen() is not None
        del mock
        gc.collect()
        assert seen() is None
    """
    run_program(program)


# -- what an assertion says --------------------------------------------------------


@pytest.fixture
def calls(clients: ModuleType) -> Calls:
    with mock_aws() as mock, clients.sync("ssm") as ssm, clients.sync("kms") as kms:
        ssm.put_parameter(Name="size", Value="geheim", Type="SecureString")
        ssm.put_parameter(Name="colour", Value="geheim", Type="String")
        kms.list_keys()
    return mock.calls


@pytest.mark.parametrize(
    ("method", "arguments", "more", "said"),
    [
        (
            "assert_called",
            ("ssm", "PutParameter"),
            {"Name": "colour", "Type": "StringList", "Value": "other"},
            "ssm PutParameter(Name='colour', Type='StringList', Value=***) was not called.\n"
            "Nearest, with what is otherwise:\n"
            "  ssm PutParameter(Name='colour', Value=***, Type='String') -> 200 in * ms\n"
            "    Type is 'String', not 'StringList'\n"
            "    Value is another\n"
            "  ssm PutParameter(Name='size', Value=***, Type='SecureString') -> 200 in * ms\n"
            "    Name is 'size', not 'colour'\n"
            "    Type is 'SecureString', not 'StringList'\n"
            "    Value is another",
        ),
        (
            "assert_called",
            ("kms", "ListKeys"),
            {"Limit": 3},
            "kms ListKeys(Limit=3) was not called.\nNearest, with what is otherwise:\n"
            "  kms ListKeys() -> 200 in * ms\n    Limit is not there, should be 3",
        ),
        (
            "assert_called",
            ("kms", "ListKey"),
            {},
            "kms ListKey was not called.\nCalled were operations with names like it: ListKeys.\n"
            "All calls:\n  ssm PutParameter(*\n  ssm PutParameter(*\n  kms ListKeys() -> *",
        ),
        (
            "assert_not_called",
            ("kms",),
            {},
            "kms (any operation) was called once, should not be.\nSuch calls were:\n  kms *",
        ),
        (
            "assert_called_once",
            ("ssm", "PutParameter"),
            {},
            "ssm PutParameter was called twice, should be once.\nSuch calls were:\n  ssm *",
        ),
        (
            "assert_count",
            (2, "kms", "CreateKey"),
            {},
            "kms CreateKey was not called, should be twice.\n*",
        ),
    ],
)
def test_messages(calls: Calls, method: str, arguments: Any, more: Any, said: str) -> None:
    from fnmatch import fnmatchcase

    with pytest.raises(AssertionError) as raised:
        getattr(calls, method)(*arguments, **more)
    text = str(raised.value)
    assert "geheim" not in text
    assert fnmatchcase(text, said), text


def test_without_any_call() -> None:
    with pytest.raises(AssertionError, match=r"s3 PutObject\(Key='k'\) was not called\.\nThere"):
        Calls().assert_called("s3", "PutObject", Key="k")


def test_as_a_sequence(calls: Calls) -> None:
    assert len(calls) == 3
    assert calls[0].operation == "PutParameter"
    assert names(calls[1:]) == ["PutParameter", "ListKeys"]
    assert repr(calls[2:]).startswith("<Calls [<kms ListKeys() -> 200 in ")
