"""Polly: audio as a stream, and as a presigned URL that a player fetches."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("aws")]

SPEECH = {"OutputFormat": "mp3", "Text": "Grüße & <x>", "VoiceId": "Joanna"}
LEXICON = """<?xml version="1.0" encoding="UTF-8"?>
<lexicon version="1.0" xmlns="http://www.w3.org/2005/01/pronunciation-lexicon"
 alphabet="ipa" xml:lang="en-US">
<lexeme><grapheme>W3C</grapheme><alias>World \N{SNOWMAN} Wide</alias></lexeme></lexicon>"""


async def test_speech_is_a_stream(connect: Any, boto: Any, pieces: Any, backend: str) -> None:
    async with connect("polly", backend) as polly:
        answer = await polly.synthesize_speech(**SPEECH)
        assert answer["ContentType"] == "audio/mpeg"
        found = await pieces(answer["AudioStream"], 3)
        assert [len(piece) for piece in found] == [3, 3, 2]
        assert boto("polly").synthesize_speech(**SPEECH)["AudioStream"].read() == b"".join(found)


async def test_more_streams_than_connections(connect: Any, backend: str) -> None:
    async with connect("polly", backend, max_pool_connections=2) as polly:

        async def speak(form: str) -> str:
            answer = await polly.synthesize_speech(**{**SPEECH, "OutputFormat": form})
            async with answer["AudioStream"] as stream:
                await stream.read()
            kind: str = answer["ContentType"]
            return kind

        kinds = await asyncio.gather(*map(speak, ["mp3", "ogg_vorbis", "pcm"] * 4))
        assert kinds == ["audio/mpeg", "audio/ogg", "audio/pcm"] * 4


async def test_a_stream_that_is_dropped_gives_its_connection_back(
    connect: Any, backend: str
) -> None:
    async with connect("polly", backend, max_pool_connections=1) as polly:
        for _ in range(3):
            answer = await polly.synthesize_speech(**SPEECH)
            async with answer["AudioStream"]:
                pass  # nobody listens


async def test_a_presigned_request_is_a_get(connect: Any, backend: str) -> None:
    """botocore makes a GET of it, with what was the body in the query (botocore.signers)."""
    async with connect("polly", backend) as polly:
        url = await polly.generate_presigned_url("synthesize_speech", Params=SPEECH)
    assert url.startswith("https://polly.us-east-1.amazonaws.com/v1/speech?")
    assert "VoiceId=Joanna" in url
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        assert response.status == 200
        assert response.content_type == "audio/mpeg"
        assert await response.read()


async def test_a_lexicon_keeps_its_characters(connect: Any, boto: Any, backend: str) -> None:
    async with connect("polly", backend) as polly:
        await polly.put_lexicon(Name="words", Content=LEXICON)
        assert (await polly.get_lexicon(Name="words"))["Lexicon"]["Content"] == LEXICON
        pages = polly.get_paginator("list_lexicons").paginate()
        assert [name async for name in pages.search("Lexicons[].Name")] == ["words"]
        assert boto("polly").get_lexicon(Name="words")["Lexicon"]["Content"] == LEXICON
        with pytest.raises(polly.exceptions.LexiconNotFoundException):
            await polly.synthesize_speech(**SPEECH, LexiconNames=["other"])
        with pytest.raises(polly.exceptions.TextLengthExceededException):
            await polly.synthesize_speech(**{**SPEECH, "Text": "x" * 3001})
