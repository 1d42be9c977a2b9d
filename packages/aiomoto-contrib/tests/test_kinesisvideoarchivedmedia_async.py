"""Kinesis Video: a client at the address that another one got, and the clip as a stream."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("aws")]

FRAGMENTS: dict[str, Any] = {
    "FragmentSelectorType": "PRODUCER_TIMESTAMP",
    "TimestampRange": {"StartTimestamp": 0, "EndTimestamp": 10},
}


async def endpoint_for(connect: Any, backend: str, api: str, name: str = "door") -> str:
    """The address that serves an API of a new stream."""
    async with connect("kinesisvideo", backend) as video:
        await video.create_stream(StreamName=name)
        answer = await video.get_data_endpoint(StreamName=name, APIName=api)
        address: str = answer["DataEndpoint"]
        return address


async def clip(media: Any, name: str = "door") -> Any:
    return await media.get_clip(StreamName=name, ClipFragmentSelector=FRAGMENTS)


async def test_a_clip_is_a_stream(connect: Any, boto: Any, pieces: Any, backend: str) -> None:
    address = await endpoint_for(connect, backend, "GET_CLIP")
    where = {"endpoint_url": address}
    async with connect("kinesis-video-archived-media", backend, client=where) as media:
        answer = await clip(media)
        assert answer["ContentType"] == "video/mp4"
        found = await pieces(answer["Payload"], 4)
        assert len(found) > 1
    theirs = boto("kinesis-video-archived-media", **where).get_clip(
        StreamName="door", ClipFragmentSelector=FRAGMENTS
    )
    assert theirs["Payload"].read() == b"".join(found)


async def test_many_clips_through_few_connections(connect: Any, backend: str) -> None:
    """Each body holds its connection until it is read."""
    address = await endpoint_for(connect, backend, "GET_CLIP")
    where = {"endpoint_url": address}
    async with connect(
        "kinesis-video-archived-media", backend, client=where, max_pool_connections=2
    ) as media:

        async def size() -> int:
            answer = await clip(media)
            async with answer["Payload"] as payload:
                return len(await payload.read())

        sizes = await asyncio.gather(*(size() for _ in range(10)))
        assert len(set(sizes)) == 1
        assert sizes[0] > 0


@pytest.mark.parametrize(
    ("api", "operation", "answer_key", "path"),
    [
        (
            "GET_HLS_STREAMING_SESSION_URL",
            "get_hls_streaming_session_url",
            "HLSStreamingSessionURL",
            "/hls/v1/getHLSMasterPlaylist.m3u8",
        ),
        (
            "GET_DASH_STREAMING_SESSION_URL",
            "get_dash_streaming_session_url",
            "DASHStreamingSessionURL",
            "/dash/v1/getDASHManifest.mpd",
        ),
    ],
)
async def test_each_session_has_a_url_of_its_own(
    connect: Any, api: str, operation: str, answer_key: str, path: str
) -> None:
    address = await endpoint_for(connect, "aiohttp", api)
    where = {"endpoint_url": address}
    async with connect("kinesis-video-archived-media", client=where) as media:
        answers = await asyncio.gather(
            *(getattr(media, operation)(StreamName="door") for _ in range(3))
        )
    urls = {answer[answer_key] for answer in answers}
    assert len(urls) == 3
    assert all(url.startswith(f"{address}{path}?SessionToken=") for url in urls)


async def test_errors_are_typed(connect: Any, backend: str) -> None:
    address = await endpoint_for(connect, backend, "GET_CLIP")
    where = {"endpoint_url": address}
    async with connect("kinesis-video-archived-media", backend, client=where) as media:
        with pytest.raises(media.exceptions.ResourceNotFoundException):
            await clip(media, "nowhere")
