"""``aiomoto_wires``: a plugin brings the wire of a client that core has never heard of."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from aiomoto import (
    AwsRequest,
    Call,
    Front,
    IncompatibleLibrary,
    ModulePatches,
    Patch,
    PluginError,
    RealRequestBlocked,
    hookimpl,
    mock_aws,
)
from aiomoto.compat.names import require
from aiomoto.request import current_call, headers_of

NAME = "aiomoto_toy_client"
STS = "https://sts.us-east-1.amazonaws.com/"
ELSEWHERE = "https://minio.example.org/"
IDENTITY = b"Action=GetCallerIdentity&Version=2011-06-15"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CLIENT = '''
class NetworkError(Exception):
    pass

class Transport:
    """What HTTP goes through; ``sent`` is the network."""
    sent = []

    async def send(self, method, url, headers, body):
        Transport.sent.append(url)
        return 200, b"from the network"

    def send_now(self, method, url, headers, body):
        Transport.sent.append(url)
        return 200, b"from the network"

class Client:
    """An AWS client on it, which takes every error for the network's."""

    async def call(self, service, operation, url, headers, body):
        try:
            return await Transport().send("POST", url, headers, body)
        except Exception as error:
            raise NetworkError from error
'''


class Toy:
    """Brings the wire of both layers."""

    def __init__(self, make: Callable[[Front], list[Patch]] | None = None) -> None:
        self.make = patches if make is None else make

    @hookimpl
    def aiomoto_wires(self, front: Front) -> list[ModulePatches]:
        return [ModulePatches(NAME, partial(self.make, front))]


def patches(front: Front) -> list[Patch]:
    transport, client = require(NAME, NAME, "Transport"), require(NAME, NAME, "Client")
    send, send_now, call = transport.send, transport.send_now, client.call

    def judged(method: str, url: str, headers: Any, body: bytes) -> AwsRequest | None:
        named = current_call.get()
        aws_url = front.judge(url, headers, named)
        if aws_url is None:
            return None
        return AwsRequest(method, aws_url, headers_of(headers), body, original_url=url, call=named)

    async def answered(self: Any, *given: Any) -> tuple[int, bytes]:
        if (request := judged(*given)) is None:
            return await send(self, *given)  # type: ignore[no-any-return]
        response = await front.answer(request)
        return response.status, response.body

    def answered_now(self: Any, *given: Any) -> tuple[int, bytes]:
        if (request := judged(*given)) is None:
            return send_now(self, *given)  # type: ignore[no-any-return]
        response = front.answer_sync(request)
        return response.status, response.body

    async def named(self: Any, service: str, operation: str, *given: Any) -> Any:
        with Call(service, operation, endpoint_prefix=service):
            return await call(self, service, operation, *given)

    return [
        (transport, "send", answered),
        (transport, "send_now", answered_now),
        (client, "call", named),
    ]


@pytest.fixture(autouse=True)
def on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / f"{NAME}.py").write_text(CLIENT)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    sys.modules.pop(NAME, None)


def toy() -> Any:
    return importlib.import_module(NAME)


@pytest.mark.asyncio
@pytest.mark.parametrize("imported", ["before", "inside"])
async def test_a_call_is_answered_and_on_record_by_its_name(imported: str) -> None:
    if imported == "before":
        toy()
    with mock_aws(plugins=[Toy()]) as mock:
        status, body = await toy().Client().call("sts", "GetCallerIdentity", STS, FORM, IDENTITY)
    assert (status, b"<Account>123456789012</Account>" in body) == (200, True)
    assert toy().Transport.sent == []
    assert [(one.service, one.operation, one.status) for one in mock.calls] == [
        ("sts", "GetCallerIdentity", 200)
    ]


@pytest.mark.asyncio
async def test_a_plain_request_is_named_by_what_it_says() -> None:
    with mock_aws(plugins=[Toy()]) as mock:
        given = ("POST", STS, FORM, IDENTITY)
        answers = [await toy().Transport().send(*given), toy().Transport().send_now(*given)]
    assert all(status == 200 and b"<Account>" in body for status, body in answers)
    assert [one.operation for one in mock.calls] == ["GetCallerIdentity"] * 2
    assert toy().Transport.sent == []


@pytest.mark.asyncio
async def test_what_may_not_leave_is_refused_past_the_clients_own_errors() -> None:
    with mock_aws(plugins=[Toy()]) as mock:
        with pytest.raises(RealRequestBlocked, match="sts: GetCallerIdentity would have left for"):
            await toy().Client().call("sts", "GetCallerIdentity", ELSEWHERE, FORM, IDENTITY)
    assert toy().Transport.sent == []
    [call] = mock.calls
    assert (call.service, call.operation) == ("sts", "GetCallerIdentity")
    assert isinstance(call.error, RealRequestBlocked)


@pytest.mark.asyncio
async def test_declared_and_passing_addresses_are_as_for_every_client() -> None:
    urls = {"urls": ["https://passes.example.org"]}
    with mock_aws(plugins=[Toy()], endpoints=[ELSEWHERE], config={"core": {"passthrough": urls}}):
        call = partial(toy().Client().call, "sts", "GetCallerIdentity")
        assert b"<Account>" in (await call(ELSEWHERE, FORM, IDENTITY))[1]
        passed = ["https://passes.example.org/", "http://localhost:9000/"]
        for url in passed:
            assert await call(url, FORM, IDENTITY) == (200, b"from the network")
        assert toy().Transport().send_now("GET", "https://example.com/", {}, b"")[0] == 200
    assert toy().Transport.sent == [*passed, "https://example.com/"]


@pytest.mark.asyncio
async def test_the_wire_comes_and_goes_with_its_plugin() -> None:
    original = toy().Transport.send
    with mock_aws():
        assert toy().Transport.send is original
        inner, outer = mock_aws(plugins=[Toy()]), mock_aws()
        inner.start()
        outer.start()
        assert toy().Transport.send is not original
        ours = toy().Transport.send
        inner.stop()
        assert toy().Transport.send is original
        outer.stop()
    # Somebody may put back what they have found in a mock.
    assert await ours(toy().Transport(), "POST", STS, FORM, IDENTITY) == (200, b"from the network")


def test_a_wire_that_does_not_fit_fails_the_start() -> None:
    def misfit(front: Front) -> list[Patch]:
        return [*patches(front), (require(NAME, NAME, "Transport", "nosuch"), "send", None)]

    original = toy().Transport.send
    with pytest.raises(IncompatibleLibrary, match=rf"{NAME}\.Transport\.nosuch"):
        mock_aws(plugins=[Toy(misfit)]).start()
    assert toy().Transport.send is original


def test_a_plugin_that_fails_takes_its_wire_with_it() -> None:
    class Failing(Toy):
        @hookimpl
        def aiomoto_activate(self) -> None:
            assert toy().Transport.send is not original  # the wire comes first
            raise LookupError("activate")

    original = toy().Transport.send
    with pytest.raises(LookupError, match="activate"):
        mock_aws(plugins=[Failing()]).start()
    assert toy().Transport.send is original


@pytest.mark.parametrize("given", [None, "text", {NAME: patches}, [patches], [ModulePatches]])
def test_what_is_no_list_of_patches_is_refused(given: object) -> None:
    class Mistaken:
        @hookimpl
        def aiomoto_wires(self) -> object:
            return given

    text = f"aiomoto_wires() returns a list of ModulePatches, got {given!r}."
    with pytest.raises(PluginError, match=re.escape(text)):
        mock_aws(plugins=[Mistaken()]).start()


def test_an_error_of_the_hook_is_the_plugins() -> None:
    class Broken:
        @hookimpl
        def aiomoto_wires(self) -> object:
            raise LookupError("wires")

    with pytest.raises(PluginError, match=r"aiomoto_wires\(\) raised LookupError\('wires'\)"):
        mock_aws(plugins=[Broken()]).start()
