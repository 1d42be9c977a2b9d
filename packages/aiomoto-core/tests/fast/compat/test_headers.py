"""botocore's dictionary of headers does in a mock what it does outside."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.awsrequest import HeadersDict
from botocore.compat import HTTPHeaders
from hypothesis import example, given
from hypothesis import strategies as st

from aiomoto import mock_aws

NAMES = st.sampled_from(["Host", "host", "HOST", "x-amz-date", "X-Amz-Date", "", "é", "ETag"])
PAIRS = st.lists(st.tuples(NAMES, st.text(max_size=3)), max_size=6)


def behaviour(pairs: list[tuple[str, str]], name: str) -> list[Any]:
    """All that can be asked of it, however it was made."""
    found: list[Any] = []
    for made in (HeadersDict(pairs), HeadersDict(dict(pairs)), HeadersDict(iter(pairs))):
        view = made.items()
        found += [list(view), len(view), list(made), dict(made), repr(made), made == dict(pairs)]
        found += [name in made, made.get(name), made.get(name, "default")]
        found += [("Host", "a") in view, list(made.copy().items()), list(made.values())]
        made["later"] = "1"
        found += [list(view), list(made)]
        made.pop("LATER")
        found.append(list(view))
    return found


@given(pairs=PAIRS, name=NAMES)
def test_it_answers_the_same(pairs: list[tuple[str, str]], name: str) -> None:
    expected = behaviour(pairs, name)
    with mock_aws():
        assert behaviour(pairs, name) == expected


@pytest.mark.parametrize(
    "wrong", [[("one",)], [1], [(1, "number")], 5], ids=["short", "no pair", "no name", "no list"]
)
def test_it_refuses_the_same(wrong: Any) -> None:
    def refusal() -> tuple[type, str]:
        with pytest.raises((TypeError, ValueError, AttributeError)) as caught:
            HeadersDict(wrong)
        return caught.type, str(caught.value)

    expected = refusal()
    with mock_aws():
        assert refusal() == expected


def test_a_subclass_keeps_its_own_ways() -> None:
    class Loud(HeadersDict):  # type: ignore[misc]
        def __getitem__(self, key: Any) -> Any:
            if key == "always":
                return "there"
            return super().__getitem__(key)

    with mock_aws():
        assert "always" in Loud()
        assert Loud().get("always") == "there"
        assert list(Loud([("always", "x")]).items()) == [("always", "there")]


@given(values=st.lists(st.text(max_size=3) | st.binary(max_size=2) | st.integers(), max_size=4))
@example(["a", "\udcff", b"b", 1])
def test_a_message_gives_the_same_pairs(values: list[Any]) -> None:
    message = HTTPHeaders()
    for number, value in enumerate(values):
        message._headers.append((f"X-{number % 2}", value))
    expected = [(name, str(value)) for name, value in message.items()]
    with mock_aws():
        found = message.items()
        assert [(name, str(value)) for name, value in found] == expected
        found.append(("X-Later", "of the caller's own list"))
        assert [(name, str(value)) for name, value in message.items()] == expected
