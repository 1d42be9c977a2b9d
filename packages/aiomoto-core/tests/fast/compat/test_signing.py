"""Requests are signed in a mock as they are outside."""

from __future__ import annotations

import datetime
from io import BytesIO
from typing import Any

import botocore.auth
import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials

from aiomoto import mock_aws

MOMENT = datetime.datetime(2026, 3, 4, 5, 6, 7, tzinfo=datetime.timezone.utc)
BODIES: list[Any] = [None, b"", b"{}", '{"t": "ext"}', {"a": "b c", "d": ["e", "f"]}]
#: Names that are signed, that are not, twice the same, and one that is given by hand.
HEADERS = [
    {},
    {"Host": "other.example"},
    {"User-Agent": "x", "X-Amz-Target": "A.B", "Expect": "100-continue", "X-Spaces": " a   b "},
]


@pytest.fixture(autouse=True)
def _moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A signature is of a second."""
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *_, **__: MOMENT)


def signed(auth_class: Any, headers: dict[str, str], data: Any, token: str | None = None) -> Any:
    """What is sent, after it was signed twice, as a retry is."""
    url = "https://bucket.s3.eu-west-1.amazonaws.com/a%20b?x=1&a=2"
    request = AWSRequest("PUT", url, headers, data)
    request.headers.add_header("x-amz-meta-one", "1")
    request.headers.add_header("X-Amz-Meta-One", "2")
    auth = auth_class(Credentials("AKID", "secret", token), "s3", "eu-west-1")
    auth.add_auth(request)
    auth.add_auth(request)
    return request.url, request.headers.items(), request.body, request.prepare().headers.items()


def settled(found: Any) -> Any:
    """A view of headers compares by identity."""
    return *found[:3], list(found[3])


@pytest.mark.parametrize("headers", HEADERS, ids=["none", "host", "several"])
@pytest.mark.parametrize("data", BODIES, ids=["none", "empty", "bytes", "text", "form"])
@pytest.mark.parametrize("auth_class", [SigV4Auth, S3SigV4Auth, SigV4QueryAuth])
def test_the_signature_is_the_same(auth_class: Any, data: Any, headers: dict[str, str]) -> None:
    expected = settled(signed(auth_class, headers, data, "token"))
    with mock_aws():
        for _ in range(2):
            assert settled(signed(auth_class, headers, data, "token")) == expected


def test_keys_are_of_their_secret_day_region_and_service(monkeypatch: pytest.MonkeyPatch) -> None:
    def signature(secret: str, service: str, region: str, moment: datetime.datetime) -> str:
        monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *_, **__: moment)
        request = AWSRequest("GET", "https://sqs.amazonaws.com/", {}, b"")
        SigV4Auth(Credentials("AKID", secret), service, region).add_auth(request)
        return str(request.headers["Authorization"])

    cases = [
        ("one", "sqs", "us-east-1", MOMENT),
        ("two", "sqs", "us-east-1", MOMENT),
        ("one", "sns", "us-east-1", MOMENT),
        ("one", "sqs", "eu-west-1", MOMENT),
        ("one", "sqs", "us-east-1", MOMENT + datetime.timedelta(days=1)),
    ]
    expected = [signature(*case) for case in cases]
    assert len(set(expected)) == len(cases)
    with mock_aws():
        for _ in range(2):
            assert [signature(*case) for case in cases] == expected


@pytest.mark.parametrize(
    "url",
    [
        "https://host.example/",
        "https://host.example:443/a",
        "https://host.example:444/a:80/",
        "http://host.example:80/",
        "http://host.example:443/",
        "https://HOST.example/",
        "https://user:password@host.example/",
        "https://host.example",
        "https://host.example?a=/",
        "https://[2001:db8::1]:444/a",
        "https://host.example:65535/",
        "https://host.example:65536/",
        "https://host_name.example:65536/",
    ],
)
def test_hosts(url: str) -> None:
    def host() -> Any:
        request = AWSRequest("GET", url, {}, b"")
        try:
            return SigV4Auth(Credentials("AKID", "s"), "s3", "r").headers_to_sign(request)["host"]
        except ValueError as error:
            return str(error)

    expected = host()
    with mock_aws():
        for _ in range(2):
            assert host() == expected


@pytest.mark.parametrize(
    "pairs",
    [
        [("b", " 1  2\t3 "), ("a", "x"), ("b", "4"), ("c-d", "")],
        [("B", "1"), ("b", "2")],
        [("a", "é")],
        [("a", "x\udc80")],
        [("a", "lengthy " * 40), ("a", "x\n y")],
        [("1", "no letter"), ("1", "2")],
        [],
    ],
    ids=["usual", "capitals", "latin", "surrogate", "lengthy", "digits", "none"],
)
def test_lines_of_headers(pairs: list[tuple[str, str]]) -> None:
    message: Any = HTTPHeaders()
    message._headers.extend(pairs)

    def outcome(auth_class: Any) -> Any:
        try:
            return auth_class(Credentials("AKID", "s"), "s3", "r").canonical_headers(message)
        except Exception as error:
            return type(error), str(error)

    expected = [outcome(SigV4Auth), outcome(Bracketing)]
    with mock_aws():
        assert [outcome(SigV4Auth), outcome(Bracketing)] == expected


class Bracketing(SigV4Auth):
    """What signs has its own idea of a value."""

    def _header_value(self, value: Any) -> str:
        return f"<{value}>"


def test_a_file_is_the_body_itself() -> None:
    file = BytesIO(b"content")
    with mock_aws():
        request = AWSRequest("PUT", "https://s3.amazonaws.com/b/k", {}, file)
        assert request.body is file


def test_headers_that_change_are_signed_anew() -> None:
    def signatures() -> list[tuple[str, str]]:
        request = AWSRequest("GET", "https://one.example/", {"X-One": "1"}, b"")
        auth, found = SigV4Auth(Credentials("AKID", "secret"), "s3", "eu-west-1"), []
        for change in (
            lambda: None,
            lambda: request.headers.replace_header("X-One", "2"),
            lambda: request.headers.add_header("X-Two", "3"),
            lambda: setattr(request, "url", "https://two.example/"),
        ):
            change()
            auth.add_auth(request)
            found.append((auth.headers_to_sign(request)["host"], request.headers["Authorization"]))
        return found

    expected = signatures()
    assert len(set(expected)) == 4
    with mock_aws():
        assert signatures() == expected
