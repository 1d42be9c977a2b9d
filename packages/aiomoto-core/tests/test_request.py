"""The request and the response that every wire shares."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.compat import HTTPHeaders
from multidict import CIMultiDict
from werkzeug.datastructures import Headers

from aiomoto.request import AwsRequest, AwsResponse, Call, headers_of, text


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


@pytest.mark.parametrize(
    ("service", "operation", "method", "url", "content", "body", "expected"),
    [
        ("athena", "StartQueryExecution", "POST", "/", "application/x-amz-json-1.1",
         b'{"QueryString": "SELECT 1"}', {"QueryString": "SELECT 1"}),
        ("ses", "SendEmail", "POST", "/", "application/x-www-form-urlencoded",
         b"Action=SendEmail&Source=a%40b&Destination.ToAddresses.member.1=c&Version=2010-12-01",
         {"Source": "a@b", "Destination": {"ToAddresses": ["c"]}}),
        ("awslambda", "Invoke", "POST", "/2015-03-31/functions/f/invocations?Qualifier=1", "",
         b"{}", {"FunctionName": "f", "Qualifier": "1", "Payload": b"{}"}),
        ("s3", "GetObject", "GET", "/bucket/key", "", b"", {"Bucket": "bucket", "Key": "key"}),
        ("athena", "StartQueryExecution", "POST", "/", "application/x-amz-json-1.1", b"{", {}),
        ("athena", None, "POST", "/", "", b"{}", {}),
        (None, None, "GET", "/", "", b"", {}),
    ],
)  # fmt: skip
def test_parameters_of_every_protocol(
    service: str, operation: str, method: str, url: str, content: str, body: bytes, expected: Any
) -> None:
    headers = headers_of({"Content-Type": content} if content else {})
    url = f"https://s3.us-east-1.amazonaws.com{url}"
    request = AwsRequest(method, url, headers, body, service=service, operation=operation)
    assert request.parameters == expected


def test_parameters_go_by_the_clients_name_of_the_service() -> None:
    # moto answers both at one host.
    url, body = "https://email.x/v2/email/outbound-emails", b'{"FromEmailAddress": "a@b"}'
    request = AwsRequest("POST", url, headers_of({}), body, service="ses", operation="SendEmail")
    assert request.parameters == {}
    request.call = Call("sesv2", "SendEmail")
    assert request.parameters == {"FromEmailAddress": "a@b"}
