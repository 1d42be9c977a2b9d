"""Bedrock runtime: the test says what models reply, piece by piece where they stream."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from botocore.exceptions import ClientError, EventStreamError
from support import streams

from aiomoto import UnsupportedOperation, mock_aws
from aiomoto.clock import RealClock
from aiomoto_bedrock import Failure, InvalidReply, ModelRequest, Pause, replies

if TYPE_CHECKING:
    from aiomoto.testing.clients import Connect

MODEL = "anthropic.claude-3-haiku-20240307-v1:0"
MESSAGES = [{"role": "user", "content": [{"text": "How is the weather?"}]}]
SUNNY = "It is  sunny."
Boto = Callable[[str], Any]


async def converse(bedrock: Any, model: str = MODEL) -> str:
    answer = await bedrock.converse(modelId=model, messages=MESSAGES)
    text: str = answer["output"]["message"]["content"][0]["text"]
    return text


async def converse_stream(bedrock: Any, model: str = MODEL) -> Any:
    return (await bedrock.converse_stream(modelId=model, messages=MESSAGES))["stream"]


async def invoke_stream(bedrock: Any, model: str = MODEL) -> Any:
    call = bedrock.invoke_model_with_response_stream
    return (await call(modelId=model, body=b'{"prompt": "Hi"}'))["body"]


async def chunks(stream: Any) -> list[bytes]:
    return [event["chunk"]["bytes"] async for event in stream]


def delta(text: str) -> dict[str, Any]:
    return {"contentBlockDelta": {"delta": {"text": text}, "contentBlockIndex": 0}}


# -- without replies -------------------------------------------------------------


@pytest.mark.asyncio
async def test_invoke_model_without_accept(connect: Connect, backend: str) -> None:
    """``Accept: */*`` says as much as none (RFC 9110, section 12.5.1); moto would take it.

    aiohttp and httpx send one of their own.
    """
    async with mock_aws(), connect("bedrock-runtime", backend=backend) as bedrock:
        answer = await bedrock.invoke_model(modelId="model", body=json.dumps({}))
        assert json.loads(await answer["body"].read()) == {}


@pytest.mark.asyncio
async def test_what_has_no_reply_says_how_to_supply_one(connect: Connect) -> None:
    async with mock_aws(), connect("bedrock-runtime") as bedrock:
        for call in (converse, converse_stream, invoke_stream):
            with pytest.raises(UnsupportedOperation, match=r"model 'm'; supply .*replies\.add"):
                await call(bedrock, "m")
        # Not moto's {} where the test has begun to say what models reply.
        replies.add(b"{}")
        await bedrock.invoke_model(modelId="m", body=b"{}")
        with pytest.raises(UnsupportedOperation, match=r"InvokeModel .*'m'"):
            await bedrock.invoke_model(modelId="m", body=b"{}")


# -- Converse ----------------------------------------------------------------------


@pytest.mark.asyncio
async def test_a_text(connect: Connect, backend: str) -> None:
    async with mock_aws(clock="virtual"), connect("bedrock-runtime", backend=backend) as bedrock:
        replies.add(SUNNY)
        answer = await bedrock.converse(modelId=MODEL, messages=MESSAGES)
    answer.pop("ResponseMetadata")
    assert answer == {
        "output": {"message": {"role": "assistant", "content": [{"text": SUNNY}]}},
        "stopReason": "end_turn",
        "usage": {"inputTokens": 5, "outputTokens": 3, "totalTokens": 8},  # in words
        "metrics": {"latencyMs": 0},
    }


@pytest.mark.asyncio
async def test_a_text_word_by_word(connect: Connect) -> None:
    async with mock_aws(clock="virtual"), connect("bedrock-runtime") as bedrock:
        replies.add(SUNNY)
        events = [event async for event in await converse_stream(bedrock)]
    assert events == [
        {"messageStart": {"role": "assistant"}},
        delta("It"),
        delta(" is"),
        delta("  sunny."),
        {"contentBlockStop": {"contentBlockIndex": 0}},
        {"messageStop": {"stopReason": "end_turn"}},
        {
            "metadata": {
                "usage": {"inputTokens": 5, "outputTokens": 3, "totalTokens": 8},
                "metrics": {"latencyMs": 0},
            }
        },
    ]


@pytest.mark.asyncio
@pytest.mark.parametrize("text", ["", " ", "\n\na  b\n", "one"])
async def test_a_stream_has_every_character_of_a_text(connect: Connect, text: str) -> None:
    async with mock_aws(), connect("bedrock-runtime") as bedrock:
        replies.add(text)
        events = [event async for event in await converse_stream(bedrock)]
    deltas = [event["contentBlockDelta"] for event in events if "contentBlockDelta" in event]
    assert "".join(one["delta"]["text"] for one in deltas) == text


OUTPUT: dict[str, Any] = {
    "output": {
        "message": {
            "role": "assistant",
            "content": [
                {"reasoningContent": {"reasoningText": {"text": "Ask it.", "signature": "s"}}},
                {"reasoningContent": {"redactedContent": b"\xff"}},
                {"toolUse": {"toolUseId": "1", "name": "weather", "input": {"place": "Rome"}}},
            ],
        }
    },
    "usage": {"inputTokens": 1, "outputTokens": 2, "totalTokens": 3},
}


@pytest.mark.asyncio
async def test_an_output_is_completed(connect: Connect) -> None:
    async with mock_aws(), connect("bedrock-runtime") as bedrock:
        replies.add(OUTPUT)
        answer = await bedrock.converse(modelId=MODEL, messages=MESSAGES)
    assert answer["output"] == OUTPUT["output"]
    assert answer["usage"] == OUTPUT["usage"]
    assert answer["stopReason"] == "tool_use"


@pytest.mark.asyncio
async def test_an_output_is_streamed(connect: Connect) -> None:
    async with mock_aws(), connect("bedrock-runtime") as bedrock:
        replies.add(OUTPUT)
        events = [event async for event in await converse_stream(bedrock)]

    def of_block(index: int) -> Iterator[Any]:
        for event in events:
            [(name, value)] = event.items()
            if value.get("contentBlockIndex") == index:
                yield name, value.get("delta", value.get("start"))

    reasoning = [value["reasoningContent"] for _, value in of_block(0) if value]
    assert reasoning == [{"text": "Ask"}, {"text": " it."}, {"signature": "s"}]
    assert list(of_block(1)) == [
        ("contentBlockDelta", {"reasoningContent": {"redactedContent": b"\xff"}}),
        ("contentBlockStop", None),
    ]
    assert list(of_block(2)) == [
        ("contentBlockStart", {"toolUse": {"toolUseId": "1", "name": "weather"}}),
        ("contentBlockDelta", {"toolUse": {"input": '{"place": "Rome"}'}}),
        ("contentBlockStop", None),
    ]
    assert events[-1]["metadata"]["usage"] == OUTPUT["usage"]


# -- streams, part by part -----------------------------------------------------------


@pytest.mark.asyncio
async def test_parts_come_when_they_are_due(connect: Connect) -> None:
    mock = mock_aws(clock="virtual")
    async with mock, connect("bedrock-runtime") as bedrock:
        replies.add([{"n": 1}, Pause(2), "two", Pause(0.5), b"3"])
        start = mock.clock.time()
        seen: list[tuple[float, bytes]] = []

        async def read() -> None:
            async for event in await invoke_stream(bedrock):
                seen.append((round(mock.clock.time() - start, 3), event["chunk"]["bytes"]))

        reading = asyncio.create_task(read())
        await mock.clock.advance(1.999)
        assert seen == [(0, b'{"n": 1}')]
        await mock.clock.advance(10)
        assert seen[1:] == [(2, b'"two"'), (2.5, b"3")]
        assert reading.done()


@pytest.mark.asyncio
async def test_events_as_given(connect: Connect) -> None:
    given = [{"messageStart": {"role": "assistant"}}, delta("Hi"), delta("!")]
    async with mock_aws(), connect("bedrock-runtime") as bedrock:
        replies.add(given)
        assert [event async for event in await converse_stream(bedrock)] == given


@pytest.mark.asyncio
async def test_an_asynchronous_generator_is_read_as_the_client_reads(connect: Connect) -> None:
    told: asyncio.Queue[bytes] = asyncio.Queue()
    closed = False

    async def parts() -> AsyncIterator[bytes]:
        nonlocal closed
        try:
            while True:
                yield await told.get()
        finally:
            closed = True

    async with mock_aws(), connect("bedrock-runtime") as bedrock:
        replies.add(parts())
        stream = await invoke_stream(bedrock)
        reading = stream.__aiter__()
        for text in (b"one", b"two"):
            told.put_nowait(text)
            event = await asyncio.wait_for(anext(reading), 5)
            assert event["chunk"]["bytes"] == text
        stream.close()
        for _ in range(20):
            await asyncio.sleep(0)
        assert closed
        assert len(asyncio.all_tasks()) == 1


@pytest.mark.asyncio
async def test_an_asynchronous_generator_is_closed_with_the_stream() -> None:
    """Also where it has given a part that nobody takes: not by the garbage collector."""
    from aiomoto_bedrock.answering import Turn
    from aiomoto_bedrock.supplied import Playing

    async def parts() -> AsyncIterator[bytes]:
        while True:
            yield b"x"

    generator = parts()
    called = ModelRequest("InvokeModelWithResponseStream", "m", {})
    stream: Any = Turn(called, Playing(RealClock())).respond(generator, is_async=True).stream
    assert await anext(stream)
    await stream.aclose()
    with pytest.raises(StopAsyncIteration):
        await anext(generator)


@pytest.mark.asyncio
async def test_an_error_in_the_stream_ends_it(connect: Connect) -> None:
    failure = Failure("ModelStreamErrorException", "It broke.", fields={"originalStatusCode": 500})
    async with mock_aws(), connect("bedrock-runtime") as bedrock:
        for call, part in ((converse_stream, delta("a")), (invoke_stream, b"a")):
            replies.add([part, failure, part])
            seen = []
            with pytest.raises(EventStreamError, match="It broke") as caught:
                async for event in await call(bedrock):
                    seen.append(event)
            assert len(seen) == 1
            assert caught.value.response["Error"]["Code"] == "modelStreamErrorException"


@pytest.mark.asyncio
async def test_an_error_that_the_stream_has_no_name_for(connect: Connect) -> None:
    async with mock_aws(), connect("bedrock-runtime") as bedrock:
        replies.add([b"a", Failure("Gone", "The model is gone.")])
        with pytest.raises(EventStreamError, match=r"\(Gone\).* The model is gone\."):
            await chunks(await invoke_stream(bedrock))


# -- calls ---------------------------------------------------------------------------


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("failure", "code", "status"),
    [
        (Failure("ThrottlingException", "Slowly."), "ThrottlingException", 429),
        (Failure("ModelNotReadyException"), "ModelNotReadyException", 429),
        (Failure("Strange"), "Strange", 400),
        (Failure("Strange", status=503), "Strange", 503),
    ],
)
async def test_a_call_that_fails(
    connect: Connect, failure: Failure, code: str, status: int
) -> None:
    settings = {"retries": {"max_attempts": 0}}
    async with mock_aws(), connect("bedrock-runtime", **settings) as bedrock:
        for call in (converse, converse_stream, invoke_stream):
            replies.add(failure)
            with pytest.raises(ClientError) as caught:
                await call(bedrock)
            answer = caught.value.response
            assert answer["Error"] == {"Code": code, "Message": failure.message}
            assert answer["ResponseMetadata"]["HTTPStatusCode"] == status


@pytest.mark.asyncio
async def test_a_retry_is_a_call_of_its_own(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("botocore.retryhandler.delay_exponential", lambda *_, **__: 0)
    async with mock_aws(), connect("bedrock-runtime") as bedrock:
        replies.add(Failure("ThrottlingException"), times=2)
        replies.add("There.")
        assert await converse(bedrock) == "There."
        assert len(replies.requests) == 3


@pytest.mark.asyncio
async def test_first_come_first_served_for_whom_it_is_for(connect: Connect) -> None:
    async with mock_aws(), connect("bedrock-runtime") as bedrock:
        replies.add("always", model="meta.*", times=None)
        replies.add("haiku", model=MODEL)
        replies.add([b"chunk"], operation="InvokeModelWithResponseStream")
        replies.add("any", times=2)
        assert replies.left == 4
        profile = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/meta.llama3"
        replies.add("by ARN", model="arn:*/meta.llama3")
        assert [await converse(bedrock) for _ in range(3)] == ["haiku", "any", "any"]
        assert [await converse(bedrock, "meta.llama3") for _ in range(3)] == ["always"] * 3
        assert await converse(bedrock, profile) == "by ARN"
        assert await chunks(await invoke_stream(bedrock)) == [b"chunk"]
        assert replies.left == 0
        assert [request.model_id for request in replies.requests[-2:]] == [profile, MODEL]


@pytest.mark.asyncio
async def test_a_callable_gets_the_request(connect: Connect, backend: str) -> None:
    def plain(request: ModelRequest) -> str:
        words: str = request.body["messages"][-1]["content"][0]["text"]
        return f"{request.operation} {request.model_id}: {words.upper()}"

    async def waits(request: ModelRequest) -> dict[str, Any]:
        await asyncio.sleep(0)
        return {"said": request.body}

    async with mock_aws(), connect("bedrock-runtime", backend=backend) as bedrock:
        replies.add(plain)
        assert await converse(bedrock) == f"Converse {MODEL}: HOW IS THE WEATHER?"
        replies.add(waits)
        answer = await bedrock.invoke_model(modelId="m", body=b'{"prompt": "Hi"}')
        assert json.loads(await answer["body"].read()) == {"said": {"prompt": "Hi"}}
        replies.add(lambda request: request.body)
        answer = await bedrock.invoke_model(modelId="m", body=b"\xff")
        assert await answer["body"].read() == b"\xff"


@pytest.mark.asyncio
async def test_an_exception_of_a_callable_reaches_the_caller(connect: Connect) -> None:
    error = LookupError("no such question")

    def fails(_: ModelRequest) -> str:
        raise error

    async with mock_aws(), connect("bedrock-runtime") as bedrock:
        replies.add(fails)
        with pytest.raises(LookupError) as caught:
            await converse(bedrock)
        assert caught.value is error


# -- the mock ------------------------------------------------------------------------


def test_replies_are_for_one_mock() -> None:
    with pytest.raises(RuntimeError, match="needs an active mock_aws"):
        replies.add("x")
    with mock_aws():
        replies.add("x")
        with mock_aws():
            replies.add("y")
        assert replies.left == 2
        replies.clear()
        assert replies.left == 0
        replies.add("z")
    with mock_aws():
        assert (replies.left, replies.requests) == (0, [])


def test_a_synchronous_client_gets_it_all_at_once(boto: Boto) -> None:
    with mock_aws():
        bedrock = boto("bedrock-runtime")
        replies.add(SUNNY)
        answer = bedrock.converse_stream(modelId=MODEL, messages=MESSAGES)
        assert len(list(answer["stream"])) == 7
        replies.add([b"a", Pause(3600), Failure("ThrottlingException"), b"b"])
        answer = bedrock.invoke_model_with_response_stream(modelId="m", body=b"{}")
        with pytest.raises(EventStreamError):
            assert [event["chunk"]["bytes"] for event in answer["body"]] == [b"a"]

        async def parts() -> AsyncIterator[bytes]:
            yield b""

        async def later(_: ModelRequest) -> str:
            return ""

        for reply in (parts(), later):
            replies.add(reply)
            with pytest.raises(InvalidReply, match="synchronous client can't await it"):
                bedrock.invoke_model_with_response_stream(modelId="m", body=b"{}")


@pytest.mark.parametrize("library", ["asyncio", "trio"])
def test_plain_httpx_gets_it_piece_by_piece(library: str) -> None:
    async def main() -> None:
        async with mock_aws():
            given: list[Any] = [delta("a"), Pause(0.01), delta("b")]
            replies.add(given)
            url = "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse-stream"
            async with streams.opened(url, "", messages=MESSAGES) as reading:
                for part in (given[0], given[2]):
                    assert await anext(reading) == next(iter(part.items()))
                with pytest.raises(StopAsyncIteration):
                    await anext(reading)

    pytest.importorskip(library)
    anyio.run(main, backend=library)


@pytest.mark.asyncio
@pytest.mark.parametrize("clock", ["real", "virtual"])
async def test_the_end_of_the_mock_ends_a_pause(connect: Connect, clock: str) -> None:
    keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
    async with connect("bedrock-runtime", client=keys) as bedrock:
        with mock_aws(clock=clock):
            replies.add([b"a", Pause(1000), b"b"])
            reading = asyncio.create_task(chunks(await invoke_stream(bedrock)))
            await asyncio.sleep(0.01)
        assert await asyncio.wait_for(reading, 5) == [b"a"]


def test_the_end_of_the_mock_ends_a_pause_of_plain_httpx() -> None:
    """There the reader's own task waits, which core can't cancel."""

    async def main() -> None:
        url = "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse-stream"
        mock = mock_aws()
        mock.start()
        replies.add([delta("a"), Pause(1000), delta("b")])
        async with streams.opened(url, "", messages=MESSAGES) as reading:
            assert (await anext(reading))[0] == "contentBlockDelta"
            asyncio.get_running_loop().call_later(0.01, mock.stop)
            with pytest.raises(StopAsyncIteration):
                await asyncio.wait_for(anext(reading), 5)

    asyncio.run(main())


# -- mistakes --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"reply": 5}, "A reply is a text, bytes, .* got 5"),
        ({"reply": "x", "operation": "converse"}, "one of Converse, .* got 'converse'"),
        ({"reply": "x", "model": 5}, "model is a model ID.* got 5"),
        ({"reply": "x", "times": 0}, "times is a whole number from 1 on.* got 0"),
    ],
)
def test_arguments_are_checked(arguments: Any, said: str) -> None:
    with mock_aws(), pytest.raises(InvalidReply, match=said):
        replies.add(**arguments)


def test_a_pause_is_checked() -> None:
    with pytest.raises(InvalidReply, match="seconds from 0 on; got -1"):
        Pause(-1)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("call", "reply", "said"),
    [
        (converse, [delta("x")], "Converse of model .* Allowed are a text, a mapping"),
        (converse, {"text": "x"}, "has at least the key 'output'"),
        (converse, {"output": {"message": {"content": []}}}, "Missing required parameter.*role"),
        (converse_stream, b"x", "Allowed are a mapping, an iterable of parts"),
        (converse_stream, [{"delta": {}}], "one key, its event, which is one of messageStart"),
        (converse_stream, [delta("x"), b"y"], "one key, its event"),
        (
            converse_stream,
            [{"contentBlockDelta": {"delta": {"text": "x"}}}],
            "no event: Missing required parameter.*contentBlockIndex",
        ),
        (
            converse_stream,
            {
                "output": {
                    "message": {
                        "role": "assistant",
                        "content": [{"image": {"format": "png", "source": {"bytes": b"x"}}}],
                    }
                }
            },
            "A content block with image can't be made into events",
        ),
        (invoke_stream, "text", "a text too, for InvokeModelWithResponseStream bytes"),
    ],
)
async def test_a_reply_that_does_not_fit_the_call(
    connect: Connect, call: Any, reply: Any, said: str
) -> None:
    async with mock_aws(), connect("bedrock-runtime") as bedrock:
        replies.add(reply)
        with pytest.raises(InvalidReply, match=said):
            await call(bedrock)


@pytest.mark.asyncio
async def test_invoke_model_takes_no_text(connect: Connect) -> None:
    async with mock_aws(), connect("bedrock-runtime") as bedrock:
        replies.add("text")
        with pytest.raises(InvalidReply, match="each model has a format of its own"):
            await bedrock.invoke_model(modelId="m", body=b"{}")
