"""Addresses that were declared to count as AWS: what is taken, what is refused, and how."""

from __future__ import annotations

import contextlib
import os
from typing import Any

import pytest

from aiomoto import InvalidOption, mock_aws
from aiomoto.declared import Endpoint, custom_s3_endpoints, environment_endpoints, parse_endpoints

ALLOWED = (
    "Allowed are 'https://host', 'http://host:port', 'host' and 'host:port', each with an "
    "optional path."
)
HOST = "it has no name of a host"
PORT = "its port is not a number from 1 to 65535"
SPACES = "it has spaces or control characters in it"
USER = "it has a user name in it"
QUERY = "it has a query or a fragment"


@pytest.mark.parametrize(
    ("text", "endpoint"),
    [
        ("minio.local", Endpoint("minio.local", None, "")),
        ("minio.local:9000", Endpoint("minio.local", 9000, "")),
        ("http://minio.local", Endpoint("minio.local", 80, "")),
        ("https://minio.local/", Endpoint("minio.local", 443, "")),
        (" https://Minio.local:9000/s3/ ", Endpoint("minio.local", 9000, "/s3")),
        ("127.0.0.1:5000", Endpoint("127.0.0.1", 5000, "")),
        ("http://[::1]:5000", Endpoint("::1", 5000, "")),
        ("[::1]", Endpoint("::1", None, "")),
        ("http://my_minio-1:65535", Endpoint("my_minio-1", 65535, "")),
        ("https://bücher.example", Endpoint("xn--bcher-kva.example", 443, "")),
        ("localhost", Endpoint("localhost", None, "")),
    ],
)
def test_endpoint(text: str, endpoint: Endpoint) -> None:
    assert Endpoint.parse(text) == endpoint


REFUSED: list[tuple[Any, str]] = [
    ("", "it is empty"),
    ("  ", "it is empty"),
    (None, "it is no text"),
    (5, "it is no text"),
    (b"http://a", "it is no text"),
    ({"s3": "http://a"}, "it is no text"),
    ("*", HOST),
    ("*.local", HOST),
    ("http://", HOST),
    ("/a", HOST),
    ("http://-a", HOST),
    ("http://a..b", HOST),
    ("http://ü..b", HOST),
    ("https://a,b", HOST),
    ("x y", SPACES),
    ("http://a\n.local", SPACES),
    ("http://a\x00", SPACES),
    ("ftp://a", "'ftp' is neither 'http' nor 'https'"),
    ("s3://bucket", "'s3' is neither 'http' nor 'https'"),
    ("https://[::1", "Invalid IPv6 URL"),
    ("a:port", PORT),
    ("a:0", PORT),
    ("http://a:0", PORT),
    ("http://a:65536", PORT),
    ("http://a:-1", PORT),
    ("::1", PORT),
    ("http://a?b=c", QUERY),
    ("http://a#b", QUERY),
    ("http://a/?", QUERY),
]


@pytest.mark.parametrize(("given", "problem"), REFUSED)
def test_endpoint_refused(given: object, problem: str) -> None:
    with pytest.raises(InvalidOption) as caught:
        parse_endpoints([given])
    assert str(caught.value) == (
        f"mock_aws(endpoints=...): {given!r} is not an endpoint: {problem}. {ALLOWED}"
    )


@pytest.mark.parametrize("given", ["https://me:geheim@a", "me:geheim@a:80/b", "https://@a"])
def test_a_user_name_is_refused_and_not_shown(given: str) -> None:
    with pytest.raises(InvalidOption) as caught:
        parse_endpoints([given])
    assert f"is not an endpoint: {USER}." in str(caught.value)
    assert "geheim" not in str(caught.value)


def test_an_address_in_brackets_that_is_none() -> None:
    with pytest.raises(InvalidOption, match=r"'http://\[::g\]' is not an endpoint: "):
        parse_endpoints(["http://[::g]"])


def test_endpoints_as_one_string_are_refused() -> None:
    """It would be taken letter by letter."""
    with pytest.raises(InvalidOption) as caught:
        parse_endpoints("http://minio.local")
    assert str(caught.value) == (
        "mock_aws(endpoints=...) takes a list of addresses, got 'http://minio.local'. "
        "Write endpoints=['http://minio.local']."
    )


@pytest.mark.parametrize("given", [{"s3": "http://a"}, b"http://a", bytearray(b"a"), 5, object])
def test_endpoints_that_are_no_list(given: object) -> None:
    with pytest.raises(InvalidOption) as caught:
        parse_endpoints(given)
    assert str(caught.value) == (
        f"mock_aws(endpoints=...) takes a list of addresses, got {given!r}."
    )


@pytest.mark.parametrize("given", [["a", "b"], ("a", "b"), iter(["a", "b"])])
def test_endpoints(given: Any) -> None:
    assert [one.host for one in parse_endpoints(given)] == ["a", "b"]


def test_endpoints_of_the_environment() -> None:
    environ = {
        "AWS_ENDPOINT_URL_S3": "http://localhost:9000",
        "AWS_ENDPOINT_URL": "https://aws.local",
        "AWS_ENDPOINT_URL_SQS": "",
        "AWS_ENDPOINT": "https://no.such.variable",
        "AWS_ENDPOINT_URLS": "https://no.such.variable",
    }
    assert environment_endpoints(environ) == (
        Endpoint("aws.local", 443, ""),
        Endpoint("localhost", 9000, "", "S3"),
    )


VARIABLES = [
    ("AWS_ENDPOINT_URL", "https://[bad", "Invalid IPv6 URL"),
    ("AWS_ENDPOINT_URL_SQS", "http://a b", SPACES),
    ("MOTO_S3_CUSTOM_ENDPOINTS", "https://ceph.local,*", HOST),
]


@pytest.mark.usefixtures("restored")
@pytest.mark.parametrize(("name", "value", "problem"), VARIABLES)
@pytest.mark.parametrize("nested", [False, True])
def test_the_error_names_the_variable(name: str, value: str, problem: str, nested: bool) -> None:
    with mock_aws() if nested else contextlib.nullcontext(), pytest.MonkeyPatch.context() as patch:
        patch.setenv(name, value)
        environ = dict(os.environ)
        with pytest.raises(InvalidOption) as caught:
            mock_aws().start()
        assert dict(os.environ) == environ
    bad = value.rpartition(",")[2]
    assert str(caught.value) == (
        f"The environment variable {name}: {bad!r} is not an endpoint: {problem}. {ALLOWED}"
    )


def test_custom_s3_endpoints_that_are_set_inside_a_mock(monkeypatch: pytest.MonkeyPatch) -> None:
    """moto reads them at each request, and so do we."""
    with mock_aws():
        monkeypatch.setenv("MOTO_S3_CUSTOM_ENDPOINTS", "https://ceph.local, ")
        assert custom_s3_endpoints() == (Endpoint("ceph.local", 443, "", "S3"),)
        monkeypatch.setenv("MOTO_S3_CUSTOM_ENDPOINTS", "https://a b")
        with pytest.raises(InvalidOption, match="variable MOTO_S3_CUSTOM_ENDPOINTS: 'https://a b'"):
            custom_s3_endpoints()
