"""A body whose payload and framing are kept separately, and lost in no piece of it."""

from __future__ import annotations

import weakref
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from aiomoto.aws_chunked import AwsChunkedBody, decode_aws_chunked
from aiomoto.request import LARGE, AwsRequest
from aiomoto.wire.http1 import RequestReader

TRAILER = b"x-amz-checksum-crc32:AAAAAA==\r\n\r\n"
CUTS = st.lists(st.integers(1, 400), unique=True, max_size=12)


def framed(data: bytes, size: int, trailer: bytes = TRAILER) -> bytes:
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(one), one) for one in pieces) + b"0\r\n" + trailer


def taken(body: bytes, cuts: list[int] = []) -> AwsChunkedBody:  # noqa: B006 - it is read only
    chunked = AwsChunkedBody()
    edges = [0, *sorted(cut for cut in cuts if 0 < cut < len(body)), len(body)]
    for start, end in pairwise(edges):
        chunked.add(memoryview(body)[start:end])
    return chunked


@given(data=st.binary(max_size=300), size=st.integers(1, 90), cuts=CUTS)
def test_payload_and_framing_of_whatever_pieces(data: bytes, size: int, cuts: list[int]) -> None:
    body = framed(data, size)
    chunked = taken(body, cuts)
    behind = (b"\r\n" if data else b"") + b"0\r\n" + TRAILER
    assert (chunked.regular, chunked.payload, chunked.trailer) == (True, data, behind)
    assert (chunked.whole(), chunked.size) == (body, len(body))


@given(
    data=st.binary(max_size=40),
    size=st.integers(1, 20),
    cuts=CUTS,
    changes=st.lists(
        st.tuples(st.integers(0, 90), st.sampled_from(list(b"\r\n0123abc;-+ _"))), max_size=3
    ),
    length=st.integers(0, 120),
)
def test_a_damaged_body_is_whole_and_read_as_moto_reads_it(
    data: bytes, size: int, cuts: list[int], changes: list[tuple[int, int]], length: int
) -> None:
    damaged = bytearray(framed(data, size))[:length]
    for place, byte in changes:
        if place < len(damaged):
            damaged[place] = byte
    body = bytes(damaged)
    chunked = taken(body, cuts)
    assert (chunked.whole(), chunked.size) == (body, len(body))
    if chunked.regular:
        assert chunked.payload == decode_aws_chunked(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"3\r\nabc",
        b"3\r\nabc\r\n",
        b"3\nabc\n0\n",
        b"\r\n3\r\nabc\r\n0\r\n\r\n",
        b"3\r\nabc0\r\n\r\n",
        b"3\r\nabcd\r\n0\r\n\r\n",
        b"-1\r\nabc",
        b"0x3\r\nabc\r\n0\r\n\r\n",
        b"3;chunk-signature=0\r\nabc\r\n0\r\n\r\n",
        b"no framing at all, but long",
    ],
    ids=repr,
)
def test_irregular(body: bytes) -> None:
    for cuts in ([], list(range(1, len(body)))):
        chunked = taken(body, cuts)
        assert (chunked.regular, chunked.whole()) == (False, body)


def test_the_payload_is_not_copied_to_be_given() -> None:
    chunked = taken(framed(bytes(5000), 900))
    assert chunked.payload is chunked.payload


# -- in a request ------------------------------------------------------------------


def read(body: bytes, **headers: str) -> AwsRequest:
    """What the far end of a connection makes of a request with this body."""
    given: CIMultiDict[str] = CIMultiDict(
        {
            "Transfer-Encoding": "chunked",
            "X-Amz-Content-SHA256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
    )
    reader = RequestReader(given)
    reader.feed(b"PUT / HTTP/1.1\r\n\r\n")
    for start in range(0, len(body), 70_000):
        piece = body[start : start + 70_000]
        reader.feed(b"%x\r\n%b\r\n" % (len(piece), piece))
    reader.feed(b"0\r\n\r\n")
    assert reader.complete
    assert reader.body == body
    request = AwsRequest("PUT", "https://s3.amazonaws.com/b/k", given)
    reader.hand_over(request)
    return request


DATA = bytes(range(256)) * 2000
LENGTH = {"X_Amz_Decoded_Content_Length": str(len(DATA))}


@pytest.mark.parametrize("headers", [LENGTH, {}, {"X_Amz_Decoded_Content_Length": "many"}])
def test_a_large_body_is_in_two_parts_until_somebody_asks_for_it(headers: dict[str, str]) -> None:
    request = read(framed(DATA, 1 << 17), **headers)
    assert request.aws_chunked is not None
    assert request.aws_chunked.payload == DATA
    alive = weakref.ref(request.aws_chunked)
    assert request.body == framed(DATA, 1 << 17)
    assert request.body is request.body
    assert request.aws_chunked is None
    assert alive() is None  # it is not held twice


def test_a_body_that_is_set_is_the_body() -> None:
    request = read(framed(DATA, 1 << 17), **LENGTH)
    request.body = b"other"
    assert (request.body, request.aws_chunked) == (b"other", None)


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (framed(b"small", 10), {"X_Amz_Decoded_Content_Length": "5"}),
        (framed(b"small", 10), {}),
        (framed(DATA, 1 << 17)[:-50], LENGTH),
        (framed(DATA, 1 << 17), {"X_Amz_Content_SHA256": "UNSIGNED-PAYLOAD"}),
        (bytes(LARGE * 2), LENGTH),
        (b"", LENGTH),
    ],
    ids=["small", "small of unknown size", "cut off", "framed otherwise", "not framed", "none"],
)
def test_other_bodies_are_bytes(body: bytes, headers: dict[str, Any]) -> None:
    request = read(body, **headers)
    assert (request.aws_chunked, request.body) == (None, body)
