"""HTTP/1.1 framing off requests and onto responses, in whatever pieces it comes."""

from __future__ import annotations

from http.client import HTTPResponse
from io import BytesIO
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from aiomoto.request import AwsRequest, AwsResponse, headers_of
from aiomoto.wire.http1 import RequestReader, response_body, response_head

HEAD = b"PUT /key HTTP/1.1\r\nHost: s3.amazonaws.com\r\nX: y\r\n\r\n"
KINDS = st.sampled_from([bytes, bytearray, memoryview])


def fed(reader: RequestReader, message: bytes, cuts: list[int], kind: Any = bytes) -> None:
    """Feed a message in pieces; complete exactly with the last byte, not before."""
    edges = [0, *sorted(cut for cut in cuts if 0 < cut < len(message)), len(message)]
    for start, end in pairwise(edges):
        assert not reader.complete
        reader.feed(kind(message[start:end]))
    assert reader.complete


def chunked(body: bytes, sizes: list[int], extension: bytes = b"") -> bytes:
    out = b""
    while body:
        size = sizes.pop() if sizes else len(body)
        piece, body = body[:size], body[size:]
        out += b"%x%s\r\n%s\r\n" % (len(piece), extension, piece)
    return out + b"0\r\n\r\n"


CUTS = st.lists(st.integers(1, 400), unique=True, max_size=12)


@given(body=st.binary(min_size=1, max_size=300), cuts=CUTS, kind=KINDS)
def test_body_with_a_length(body: bytes, cuts: list[int], kind: Any) -> None:
    reader = RequestReader(CIMultiDict([("Content-Length", str(len(body)))]))
    fed(reader, HEAD + body, cuts, kind)
    assert reader.body == body


@given(
    body=st.binary(max_size=300),
    sizes=st.lists(st.integers(1, 90), max_size=20),
    extension=st.sampled_from([b"", b";name=value", b";chunk-signature=" + b"a" * 64]),
    cuts=CUTS,
    kind=KINDS,
)
def test_chunked_body(
    body: bytes, sizes: list[int], extension: bytes, cuts: list[int], kind: Any
) -> None:
    message = HEAD + chunked(body, sizes, extension)
    reader = RequestReader(CIMultiDict([("transfer-encoding", "chunked"), ("Content-Length", "7")]))
    edges = [0, *sorted(cut for cut in cuts if 0 < cut < len(message)), len(message)]
    for start, end in pairwise(edges):
        reader.feed(kind(message[start:end]))
    assert reader.complete
    assert reader.body == body


@given(body=st.binary(min_size=1, max_size=60), kind=KINDS)
def test_byte_by_byte(body: bytes, kind: Any) -> None:
    for headers, framed in (
        ([("Content-Length", str(len(body)))], body),
        ([("Transfer-Encoding", "chunked")], chunked(body, [3, 1, 20, 2])),
    ):
        reader = RequestReader(CIMultiDict(headers))
        for byte in HEAD + framed:
            reader.feed(kind(bytes([byte])))
        assert reader.complete
        assert reader.body == body


@pytest.mark.parametrize("headers", [[], [("Content-Length", "0")]])
def test_no_body(headers: list[tuple[str, str]]) -> None:
    reader = RequestReader(CIMultiDict(headers))
    fed(reader, HEAD, [1, 30, len(HEAD) - 1])
    assert reader.body == b""


def test_body_that_looks_like_framing() -> None:
    body = b"\r\n\r\n0\r\n\r\n5\r\nhello\r\n" * 3
    reader = RequestReader(CIMultiDict([("Content-Length", str(len(body)))]))
    fed(reader, HEAD + body, [len(HEAD) - 2, len(HEAD) + 2])
    assert reader.body == body
    reader = RequestReader(CIMultiDict([("Transfer-Encoding", "chunked")]))
    reader.feed(HEAD + chunked(body, [2, 9, 4]))
    assert reader.body == body


def test_sizes_in_upper_case_and_with_zeros() -> None:
    reader = RequestReader(CIMultiDict([("Transfer-Encoding", "Chunked")]))
    reader.feed(HEAD + b"00A\r\n0123456789\r\n000\r\n\r\n")
    assert (reader.complete, reader.body) == (True, b"0123456789")


def test_bytes_after_the_end_are_not_the_body_s() -> None:
    reader = RequestReader(CIMultiDict([("Content-Length", "2")]))
    reader.feed(HEAD + b"ab")
    reader.feed(b"cd")
    assert reader.body == b"ab"


def test_head_longer_than_one_write() -> None:
    head = b"GET / HTTP/1.1\r\nX: " + b"x" * 200_000 + b"\r\n\r\n"
    reader = RequestReader(CIMultiDict([("Content-Length", "3")]))
    fed(reader, head + b"abc", [70_000, 140_000])
    assert reader.body == b"abc"


def test_long_head_in_one_write() -> None:
    head = b"GET / HTTP/1.1\r\nX: " + b"x" * 200_000 + b"\r\n\r\n"
    reader = RequestReader(CIMultiDict([("Content-Length", "3")]))
    reader.feed(head + b"abc")
    assert (reader.complete, reader.body) == (True, b"abc")


@pytest.mark.parametrize(
    ("value", "expects"), [("100-continue", True), ("100-Continue", True), ("something", False)]
)
def test_expect(value: str, expects: bool) -> None:
    reader = RequestReader(CIMultiDict([("Expect", value), ("Content-Length", "1")]))
    reader.feed(HEAD)
    assert reader.expects_continue is expects
    assert not reader.complete


# -- responses ---------------------------------------------------------------------


def parsed(method: str, response: AwsResponse) -> HTTPResponse:
    """As Python's own client reads it."""
    request = AwsRequest(method, "https://s3.amazonaws.com/", headers_of([]))
    stream = BytesIO(response_head(request, response) + response_body(request, response))
    result = HTTPResponse(type("Socket", (), {"makefile": lambda *_: stream})(), method=method)  # type: ignore[arg-type]
    result.begin()
    return result


@given(body=st.binary(max_size=50), length=st.none() | st.integers(0, 99), method=st.just("GET"))
def test_length_is_that_of_the_body(body: bytes, length: int | None, method: str) -> None:
    headers = {} if length is None else {"content-length": length}
    result = parsed(method, AwsResponse.of(200, headers, body))
    assert result.read() == body
    assert result.headers.get_all("Content-Length") == [str(len(body))]


def test_head_keeps_the_length_of_what_get_would_give() -> None:
    result = parsed("HEAD", AwsResponse.of(200, {"Content-Length": "11"}, b""))
    assert result.headers["Content-Length"] == "11"
    assert result.read() == b""


@pytest.mark.parametrize("status", [204, 304])
def test_status_without_a_body(status: int) -> None:
    result = parsed("GET", AwsResponse.of(status, {}, b"ignored"))
    assert "Content-Length" not in result.headers
    assert result.read() == b""


def test_headers_keep_duplicates_and_order() -> None:
    given = [("Set-Cookie", "a"), ("X", "ü"), ("Set-Cookie", "b")]
    result = parsed("GET", AwsResponse.of(200, given, b""))
    assert result.headers.get_all("Set-Cookie") == ["a", "b"]
    assert result.headers["X"].encode("latin-1").decode() == "ü"


def test_transfer_encoding_of_moto_is_dropped() -> None:
    """The body is framed by its length; both together are an error (RFC 9112, section 6.2)."""
    result = parsed("GET", AwsResponse.of(200, {"Transfer-Encoding": "chunked"}, b"abc"))
    assert "Transfer-Encoding" not in result.headers
    assert result.read() == b"abc"


@pytest.mark.parametrize(("status", "reason"), [(200, "OK"), (404, "Not Found"), (299, "Unknown")])
def test_status_line(status: int, reason: str) -> None:
    result = parsed("GET", AwsResponse.of(status))
    assert (result.version, result.status, result.reason) == (11, status, reason)


@pytest.mark.parametrize("value", ["a\r\nInjected: b", "a\nb", "a\rb"])
def test_line_break_in_a_header_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match=r"moto answered with a line break in the header 'X-Amz'"):
        response_head(AwsRequest("GET", "", headers_of([])), AwsResponse.of(200, {"X-Amz": value}))
