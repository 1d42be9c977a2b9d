"""moto's short cuts give what moto's own way gives."""

from __future__ import annotations

import gzip
import inspect
from typing import Any, ClassVar

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from moto.core import request as request_module
from multidict import CIMultiDict

from aiomoto import mock_aws
from aiomoto.compat.environs import environ, parsed
from aiomoto.fast.backends import MethodNames

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
def test_the_usual_requests_take_the_short_way() -> None:
    headers = CIMultiDict({"Host": "sqs.us-east-1.amazonaws.com", "X-Amz-Target": "A.B"})
    for url in ("https://sqs.us-east-1.amazonaws.com/", "https://b.s3.amazonaws.com/k%20e/y?x=1"):
        assert environ(build, "POST", url, headers, b"{}") is not None


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
