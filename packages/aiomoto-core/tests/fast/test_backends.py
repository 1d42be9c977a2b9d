"""moto's short cuts give what moto's own way gives."""

from __future__ import annotations

import gzip
import inspect
from typing import Any, ClassVar

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from moto.core import request as request_module
from moto.core import responses as responses_module
from moto.core.responses import BaseResponse
from multidict import CIMultiDict

from aiomoto import mock_aws
from aiomoto.fast.backends import MethodNames
from aiomoto.fast.environs import environ, parsed

build: Any = getattr(request_module.Request, "from_primitives", None)
has_requests = pytest.mark.since_moto("5.2.4", "its handlers get botocore's requests")

SEGMENTS = st.text("abz09-_.~!$&'()*+,=:@%/;é ?#", max_size=12)
NAMES = st.sampled_from(
    ["Host", "X-Amz-Target", "x-amz-meta-a", "x-amz-meta-a_b", "Content-Type", "A_B", "Accept"]
) | st.sampled_from(["content-length", "Transfer-Encoding", "Authorization", "x-amz-date"])
VALUES = st.text("abc/;=, é123", max_size=8) | st.sampled_from(
    ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json"]
)


@has_requests
@given(
    method=st.sampled_from(["GET", "PUT", "POST", "DELETE", "HEAD"]),
    path=SEGMENTS,
    query=SEGMENTS,
    headers=st.lists(st.tuples(NAMES, VALUES), max_size=6),
    body=st.binary(max_size=20),
)
@example("PUT", "b/%41%2F%E2%82%AC", "a=b&c", [("Host", "h"), ("host", "i")], b"x")
@example("GET", "/double//slash", "", [], b"")
@example("POST", "", "", [("content-type", "multipart/form-data; boundary=x")], b"")
@example("POST", "", "", [("content-type", "application/json"), ("Content-Type", "b")], b"{}")
def test_the_environ_is_the_builders(
    method: str, path: str, query: str, headers: list[tuple[str, str]], body: bytes
) -> None:
    url = f"https://bucket.s3.amazonaws.com/{path}" + (f"?{query}" if query else "")
    given_headers = CIMultiDict(headers)
    made = environ(build, method, url, given_headers, body)
    if made is None:
        return  # moto's own way is taken
    expected = dict(build(method, url, given_headers, body).environ)
    del expected["werkzeug.request"]
    for one in (made, expected):
        one["wsgi.input"] = one["wsgi.input"].read()
    assert made == expected


@has_requests
@pytest.mark.parametrize(
    "body", [b"", b"a=b", gzip.compress(b"a=b")], ids=["empty", "plain", "compressed"]
)
@pytest.mark.parametrize("encoding", [None, "gzip"])
@pytest.mark.parametrize(
    "kind", [None, "application/json", "application/x-www-form-urlencoded; charset=utf-8"]
)
def test_what_a_request_has_parsed(body: bytes, encoding: str | None, kind: str | None) -> None:
    headers: CIMultiDict[str] = CIMultiDict()
    if kind:
        headers["Content-Type"] = kind
    if encoding:
        headers["Content-Encoding"] = encoding
    given = ("POST", "https://sqs.us-east-1.amazonaws.com/", headers, body)
    made = environ(build, *given)
    if made is None:
        return  # moto's own way is taken
    quick, slow = parsed(request_module.Request(made), body), build(*given)
    for name in ("data", "form", "files", "values"):
        assert getattr(quick, name) == getattr(slow, name)
        assert type(getattr(quick, name)) is type(getattr(slow, name))
    assert quick.get_data() == slow.get_data()


@has_requests
@given(path=SEGMENTS, query=SEGMENTS, host=st.sampled_from(["", "h.example", "h:444", "é.b"]))
@example("b/k", "", "")
@example("/double//slash", "a=b&c", "h.example")
@example("~$&'()*+,=:@", "?a=~/:", "h:444")
def test_what_a_request_knows_of_its_address(path: str, query: str, host: str) -> None:
    url = f"https://bucket.s3.amazonaws.com/{path}" + (f"?{query}" if query else "")
    headers = CIMultiDict({"Host": host} if host else {})
    made = environ(build, "GET", url, headers, b"")
    if made is None:
        return  # moto's own way is taken
    quick, slow = parsed(request_module.Request(made), b""), build("GET", url, headers, b"")
    for name in ("url", "url_root", "root_url", "raw_url", "base_url", "args", "values"):
        assert getattr(quick, name) == getattr(slow, name), name


@has_requests
def test_the_usual_requests_take_the_short_way() -> None:
    headers = CIMultiDict({"Host": "sqs.us-east-1.amazonaws.com", "X-Amz-Target": "A.B"})
    for url in ("https://sqs.us-east-1.amazonaws.com/", "https://b.s3.amazonaws.com/k%20e/y?x=1"):
        assert environ(build, "POST", url, headers, b"{}") is not None
    url = "https://sqs.us-east-1.amazonaws.com/queue"
    request = parsed(request_module.Request(environ(build, "POST", url, headers, b"{}")), b"{}")
    assert {"url", "url_root", "args", "form", "data"} <= vars(request).keys()


class Responses:
    def act(self) -> None:
        """An action."""

    not_a_method = 5

    @classmethod
    def made(cls) -> None:
        """No function of the class's."""

    @property
    def calculated(self) -> int:
        return 1


def test_names_of_methods() -> None:
    names = MethodNames(Responses)
    expected = [name for name, _ in inspect.getmembers(Responses, inspect.isfunction)]
    assert list(names) == expected == ["act"]
    for name in ("act", "not_a_method", "made", "calculated", "nothing", "__init__", 5):
        assert (name in names) == (name in expected)


class Named:
    class Meta:
        serialization_aliases: ClassVar = {"A": "b"}

    b = "aliased"


@pytest.mark.parametrize("obj", [{"A": 1}, {"a": 1}, {"A": None}, {}, Named(), {"A.B": 1}])
@pytest.mark.parametrize("key", ["A", "A.B"])
@pytest.mark.parametrize("picker", ["AttributePicker", "XFormedAttributePicker"])
@pytest.mark.parametrize("transformers", [None, {".A": lambda value: "transformed"}])
def test_what_is_picked(obj: Any, key: str, picker: str, transformers: Any) -> None:
    serialize = pytest.importorskip("moto.core.serialize")

    def pick() -> Any:
        context = serialize.AttributePickerContext(obj=obj, key=key, shape=None)
        return getattr(serialize, picker)(response_transformers=transformers)(context)

    with mock_aws(optimise=False):
        expected = pick()
    with mock_aws():
        assert pick() == expected


@has_requests
def test_headers_of_requests_keep_the_spelling_that_was_noted() -> None:
    names = ["x-amz-meta-a_b", "x-amz-meta-c-d", "Host", "Content-Type", "Content-Length"]
    headers = CIMultiDict((name, "1") for name in names)

    def seen(given: CIMultiDict[str]) -> list[Any]:
        request = build("PUT", "https://bucket.s3.amazonaws.com/k", given, b"x")
        return [list(request.headers), list(request.headers.keys()), request.headers.get("host")]

    without = CIMultiDict((name, "1") for name in names if "_" not in name)
    expected = [seen(headers), seen(without)]
    with mock_aws():
        assert [seen(headers), seen(without)] == expected
    assert "x-amz-meta-a_b" in expected[0][1]


DATE = "20261125"
HEX = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    "text",
    [
        f"AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/{DATE}/us-east-1/s3/aws4_request, "
        f"SignedHeaders=host;x-amz-date, Signature={HEX}",
        f"AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/{DATE}/us-east-1/s3/aws4_request, "
        f"SignedHeaders=host, Signature={HEX} ABCDEFGHIJKLMNOPQRST:",
        f"AWS4-HMAC-SHA256 Credential=FOOBARKEY/{DATE}/us-east-1/s3/aws4_request, "
        f"SignedHeaders=host;x-amz-date, Signature={HEX}",
        f"AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE1/{DATE}/us-east-1/s3/aws4_request, "
        f"SignedHeaders=host, Signature={HEX}",
        f"AWS4-HMAC-SHA256 Credential=FOOBARKEY/{DATE}/us-01234567890123456789/s3/aws4_request, "
        f"SignedHeaders=host, Signature={HEX}",
        f"AWS4-HMAC-SHA256 Credential=FOOBARKEY/{DATE}/us-east-1/a-01234567890123456789/"
        f"aws4_request, SignedHeaders=host, Signature={HEX}",
        f"AWS4-HMAC-SHA256 Credential=FAKE/{DATE}/us-east-1/ABCDEFGHIJKLMNOPQRST/aws4_request",
        "AWS AKIAIOSFODNN7EXAMPLE:signature",
        "Bearer AKIAIOSFODNN7EXAMPLE/",
        "",
    ],
)
def test_the_access_key_of_a_signature(text: str) -> None:
    expected = BaseResponse.access_key_regex.search(text)
    with mock_aws():
        found = BaseResponse.access_key_regex.search(text)
        assert BaseResponse.access_key_regex.pattern
    assert (found and found.group("access_key")) == (expected and expected.group("access_key"))


@pytest.mark.parametrize("blanks", [True, False])
@pytest.mark.parametrize(
    "text", ["", "{}", '{"a": 1, "b": [2]}', '{"a": "x=y&z"}', '{"a": "1+1%20"}', "a=b&c", "é", "{"]
)
def test_fields_of_bodies(text: str, blanks: bool) -> None:
    expected = responses_module.parse_qsl(text, keep_blank_values=blanks)
    with mock_aws():
        assert responses_module.parse_qsl(text, keep_blank_values=blanks) == expected


def test_partitions_of_regions() -> None:
    regions = ["us-east-1", "cn-north-1", "us-gov-west-1", "aws-cn", "", "nowhere-1", None]
    expected = [responses_module.get_partition(region) for region in regions]
    with mock_aws():
        for _ in range(2):
            assert [responses_module.get_partition(region) for region in regions] == expected
