"""A model's message as Converse has it, and as the events of ConverseStream.

Source: Amazon Bedrock API Reference, "Converse" and "ConverseStream".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from .shapes import check_output
from .supplied import InvalidReply, ModelRequest

Event = dict[str, Any]

#: A word, with the space before it: what one event brings.
_PIECES = re.compile(r"\s*\S+\s*$|\s*\S+|\s+")


def output_of(reply: str | Mapping[str, Any], request: ModelRequest, latency: float) -> Event:
    """The output of Converse, with what the reply leaves out.

    :param latency: seconds.
    :raises InvalidReply: if the reply is no such output.
    """
    given = _message(reply) if isinstance(reply, str) else reply
    if "output" not in given:
        raise InvalidReply(
            "A mapping as reply to Converse is its output as boto3 returns it, so it has at least "
            f"the key 'output'; got {reply!r}."
        )
    blocks = _blocks(given)
    tools = any("toolUse" in block for block in blocks if isinstance(block, Mapping))
    output = {
        "stopReason": "tool_use" if tools else "end_turn",
        "usage": _usage(request, blocks),
        "metrics": {"latencyMs": round(latency * 1000)},
        **given,
    }
    check_output(output)
    return output


def events_of(output: Event) -> Iterator[Event]:
    """The events that stream an output, without the metadata that end it.

    :raises InvalidReply: for a content block that has no form in a stream.
    """
    yield {"messageStart": {"role": output["output"]["message"]["role"]}}
    for index, block in enumerate(output["output"]["message"]["content"]):
        for event in _events_of_block(block):
            name = next(iter(event))
            yield {name: {"contentBlockIndex": index, **event[name]}}
    stop = {"stopReason": output["stopReason"]}
    if "additionalModelResponseFields" in output:
        stop["additionalModelResponseFields"] = output["additionalModelResponseFields"]
    yield {"messageStop": stop}


def metadata_of(output: Event, latency: float) -> Event:
    """The event that ends a stream."""
    more = {name: output[name] for name in ("trace", "performanceConfig") if name in output}
    metrics = {"latencyMs": round(latency * 1000)}
    return {"metadata": {"usage": output["usage"], "metrics": metrics, **more}}


def _events_of_block(block: Mapping[str, Any]) -> Iterator[Event]:
    if "text" in block:
        for piece in _PIECES.findall(block["text"]):
            yield {"contentBlockDelta": {"delta": {"text": piece}}}
    elif "toolUse" in block:
        tool = block["toolUse"]
        start = {name: tool[name] for name in ("toolUseId", "name")}
        yield {"contentBlockStart": {"start": {"toolUse": start}}}
        delta = {"toolUse": {"input": json.dumps(tool["input"])}}
        yield {"contentBlockDelta": {"delta": delta}}
    elif "reasoningContent" in block:
        reasoning = block["reasoningContent"]
        text = reasoning.get("reasoningText", {})
        for piece in _PIECES.findall(text.get("text", "")):
            yield {"contentBlockDelta": {"delta": {"reasoningContent": {"text": piece}}}}
        for part in (text, reasoning):
            for name in ("signature", "redactedContent"):
                if name in part:
                    delta = {"reasoningContent": {name: part[name]}}
                    yield {"contentBlockDelta": {"delta": delta}}
    else:
        raise InvalidReply(
            f"A content block with {', '.join(block)} can't be made into events; text, toolUse "
            "and reasoningContent can. Give ConverseStream the list of its events."
        )
    yield {"contentBlockStop": {}}


def _message(text: str) -> Event:
    return {"output": {"message": {"role": "assistant", "content": [{"text": text}]}}}


def _blocks(output: Mapping[str, Any]) -> list[Any]:
    try:
        return list(output["output"]["message"]["content"])
    except (KeyError, TypeError):
        return []  # check_output has the words for that


def _usage(request: ModelRequest, blocks: list[Any]) -> dict[str, int]:
    """Words, as a model's tokens aren't known."""
    asked = request.body if isinstance(request.body, Mapping) else {}
    sent, got = _words([asked.get("system"), asked.get("messages")]), _words(blocks)
    return {"inputTokens": sent, "outputTokens": got, "totalTokens": sent + got}


def _words(value: Any) -> int:
    """The words of all texts in a value, whatever holds them."""
    if isinstance(value, str):
        return len(value.split())
    if isinstance(value, Mapping):
        return sum(map(_words, value.values()))
    return sum(map(_words, value)) if isinstance(value, (list, tuple)) else 0
