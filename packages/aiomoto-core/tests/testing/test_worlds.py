"""The comparison of the two worlds can fail."""

from __future__ import annotations

import asyncio
import gc
import urllib.request
import warnings
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from aiomoto import hookimpl
from aiomoto.testing import outcome
from aiomoto.testing.worlds import WireWorld

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiomoto.testing.network import Sockets
    from aiomoto.testing.outcome import Outcome
    from aiomoto.testing.twin import Twin
    from aiomoto.testing.worlds import World

    Compare = Callable[..., Awaitable[Outcome]]


class Tampering:
    """A plugin that makes one answer differ from what a server says."""

    def __init__(self, change: Callable[[Any], Any]) -> None:
        self._change = change

    @hookimpl
    def aiomoto_services(self) -> list[str]:
        return ["kms"]

    @hookimpl
    def aiomoto_response(self, response: Any) -> None:
        self._change(response)


def another_header(response: Any) -> None:
    response.headers["x-another"] = "1"


def no_content_type(response: Any) -> None:
    del response.headers["content-type"]


def another_body(response: Any) -> None:
    response.body = response.body.replace(b"Keys", b"Kays")


def an_error(response: Any) -> None:
    response.status = 400
    response.body = b'{"__type": "NotFoundException", "message": "gone"}'


async def list_keys(world: World) -> Any:
    async with world.client("kms") as kms:
        return await kms.list_keys()


@pytest.mark.asyncio
@pytest.mark.parametrize("change", [another_header, no_content_type, another_body, an_error])
async def test_compare_sees_a_difference(compare: Compare, change: Callable[[Any], Any]) -> None:
    await compare(list_keys)
    with pytest.raises(pytest.fail.Exception, match="in process is not as over the wire"):
        await compare(list_keys, plugins=[Tampering(change)])


@pytest.mark.asyncio
async def test_compare_takes_the_options_of_a_mock(compare: Compare) -> None:
    class Slow:
        """Makes a key known when the mock's clock has moved on."""

        @hookimpl
        def aiomoto_services(self) -> list[str]:
            return ["kms"]

        @hookimpl
        async def aiomoto_handle(self, engine: Any) -> None:
            if engine.clock.virtual:
                await engine.clock.sleep(3600)

    async def body(world: World) -> Any:
        # Making a client may take a thread's time, for which advance() doesn't wait.
        async with world.client("kms") as kms:
            answer, _ = await asyncio.gather(kms.list_keys(), world.advance(3600))
            return answer["Keys"]

    assert (await compare(body, plugins=[Slow()], clock="virtual")).value == []
    with pytest.raises(pytest.fail.Exception, match="needs a mock on virtual time"):
        await compare(lambda world: world.advance(1))


@pytest.mark.asyncio
async def test_compare_sees_another_exception(compare: Compare) -> None:
    async def body(world: World) -> None:
        raise {"wire": ValueError, "in-process": TypeError}[world.kind]("text")

    with pytest.raises(pytest.fail.Exception, match="TypeError"):
        await compare(body)


@pytest.mark.asyncio
async def test_compare_hands_back_what_the_wire_did(compare: Compare) -> None:
    async def body(world: World) -> Any:
        raise LookupError(f"{world.url('/bucket')} at 0x7f00")

    seen = await compare(body)
    assert seen.error == ("builtins.LookupError", "<aws>/bucket at <address>")
    with pytest.raises(AssertionError, match="LookupError"):
        _ = seen.value


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"Server": "a"}, {"Server": "b"}, True),
        ({"server": "a"}, {}, True),
        ({"x-amz-request-id": "a"}, {"x-amz-request-id": "b"}, True),
        ({"x-amz-request-id": "a"}, {}, False),
        ({"last-modified": "a"}, {"last-modified": "b"}, True),
        ({"last-modified": "a"}, {}, False),
        ({"content-type": "text/html; charset=utf-8"}, {}, True),
        ({"content-type": "text/plain"}, {}, False),
        ({"etag": "a"}, {"etag": "b"}, False),
        ("https://localhost:1234/b/k", "https://b.s3.amazonaws.com/k", True),
        ("https://localhost:1234/b/k", "https://b.s3.eu-west-1.amazonaws.com/k", True),
        ("https://localhost:1234/b/k", "https://s3.amazonaws.com/b/k", True),
        ("https://localhost:1234/", "https://sqs.us-east-1.amazonaws.com/", True),
        ("https://localhost:1234/b/k", "https://b.s3.amazonaws.com/j", False),
        (b"bytes", b"byte", False),
        ([1, (2, {"RequestId": "a"})], [1, [2, {"RequestId": "b"}]], True),
        (None, "", False),
    ],
)
def test_normalisation(one: Any, other: Any, same: bool) -> None:
    pair = [outcome.Outcome(result=outcome.normalise(value)) for value in (one, other)]
    assert (outcome.difference(*pair) == "") is same


def test_twin_speaks_tls_alone(twin: Twin) -> None:
    with urllib.request.urlopen(twin.url + "/", context=twin.client_context()) as answer:
        assert b"ListAllMyBucketsResult" in answer.read()
    with pytest.raises(OSError, match=r"reset|closed|Remote end"):
        urllib.request.urlopen(twin.url.replace("https", "http"))
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        urllib.request.urlopen(twin.url)


@pytest.mark.asyncio
async def test_in_process_opens_no_socket(
    make_world: Callable[..., World], backend: str, sockets: Sockets
) -> None:
    with make_world("in-process", backend).active() as world:
        await list_keys(world)
        world.boto3("sqs").list_queues()
    assert sockets.attempts == []


@pytest.mark.asyncio
async def test_wire_opens_sockets(
    make_world: Callable[..., World], backend: str, sockets: Sockets
) -> None:
    with make_world("wire", backend).active() as world:
        await list_keys(world)
    assert any(attempt.call.startswith("connect") for attempt in sockets.attempts)
    assert not sockets.refused


def test_a_connection_over_the_wire_closes_at_once(twin: Twin) -> None:
    """Also where the peer has not said goodbye when the loop ends."""

    async def connect() -> None:
        _, writer = await asyncio.open_connection("localhost", port, ssl=twin.client_context())
        writer.transport._ssl_protocol._transport.pause_reading()  # type: ignore[attr-defined]
        writer.close()

    port = urlsplit(twin.url).port
    with WireWorld("aiohttp", twin).active(), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        asyncio.run(connect())
        gc.collect()
    assert [str(one.message) for one in caught] == []
