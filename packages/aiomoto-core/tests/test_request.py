"""The request and the response that every wire shares."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.compat import HTTPHeaders
from multidict import CIMultiDict
from werkzeug.datastructures import Headers

from aiomoto.request import AwsResponse, headers_of, text


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, []),
        ({"A": "1", "B": 2}, [("A", "1"), ("B", "2")]),
        ({"A": ["1", "2"], "B": ("3",)}, [("A", "1"), ("A", "2"), ("B", "3")]),
        ({"A": []}, []),
        ([("A", "1"), ("A", "2")], [("A", "1"), ("A", "2")]),
        (Headers([("A", "1"), ("A", "2")]), [("A", "1"), ("A", "2")]),
        ({"A": b"caf\xc3\xa9", "B": True}, [("A", "café"), ("B", "True")]),
    ],
)
def test_response_headers(given: Any, expected: list[tuple[str, str]]) -> None:
    assert list(AwsResponse.of(200, given).headers.items()) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [("", b""), (b"", b""), ("é", b"\xc3\xa9"), (b"\x00", b"\x00"), (bytearray(b"a"), b"a")],
)
def test_response_body(given: Any, expected: bytes) -> None:
    body = AwsResponse.of(200, {}, given).body
    assert body == expected
    assert type(body) is bytes


def test_response_without_a_body() -> None:
    """Some of moto's handlers return None."""
    assert AwsResponse.of(204, {}, None).body == b""  # type: ignore[arg-type]


def test_status_is_a_plain_int() -> None:
    from http import HTTPStatus

    status = AwsResponse.of(HTTPStatus.NOT_FOUND).status
    assert type(status) is int
    assert f"{status}" == "404"


def test_request_headers_keep_order_and_duplicates() -> None:
    pairs = [("B", "1"), ("a", b"2"), ("B", 3)]
    assert list(headers_of(pairs).items()) == [("B", "1"), ("a", "2"), ("B", "3")]


@pytest.mark.parametrize(
    "given",
    [
        {"Content-Type": "a"},
        CIMultiDict([("Content-Type", "a")]),
        HTTPHeaders.from_pairs([("Content-Type", b"a")]).items(),
    ],
)
def test_request_headers_are_case_insensitive(given: Any) -> None:
    assert headers_of(given)["content-type"] == "a"


def test_text() -> None:
    assert [text(one) for one in ("a", b"b", 3, 1.5)] == ["a", "b", "3", "1.5"]
