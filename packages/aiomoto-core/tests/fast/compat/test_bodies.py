"""A JSON body says the same to moto in a mock as outside."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.model import OperationModel, ServiceModel
from hypothesis import given
from hypothesis import strategies as st

from aiomoto import mock_aws

parse_module: Any = pytest.importorskip("moto.core.parse")
JSONParser: Any = parse_module.JSONParser

SHAPES: dict[str, Any] = {
    "Input": {
        "type": "structure",
        "members": {
            "Text": {"shape": "Text"},
            "Renamed": {"shape": "Text", "locationName": "other"},
            # Two that are the same in JSON.
            "Twin": {"shape": "Text", "locationName": "Text"},
            "Number": {"shape": "Number"},
            "Data": {"shape": "Data"},
            "Nested": {"shape": "Input"},
            "List": {"shape": "List"},
            "Map": {"shape": "Map"},
            "Free": {"shape": "Free"},
        },
    },
    "Text": {"type": "string"},
    "Number": {"type": "integer"},
    "Data": {"type": "blob"},
    "List": {"type": "list", "member": {"shape": "Input"}},
    "Map": {"type": "map", "key": {"shape": "Text"}, "value": {"shape": "Input"}},
    "Free": {"type": "structure", "members": {}, "document": True},
}


def operation() -> OperationModel:
    service = ServiceModel({"metadata": {}, "operations": {}, "shapes": SHAPES}, "service")
    return OperationModel({"name": "Act", "input": {"shape": "Input"}}, service, "Act")


MODEL = operation()
PLAIN = st.one_of(st.none(), st.text(max_size=3), st.integers(0, 9))


def structures(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {},
        optional={
            "Text": st.none() | st.text(max_size=3),
            "other": st.text(max_size=3),
            "Renamed": st.text(max_size=3),
            "Number": st.none() | st.integers(0, 9) | st.just("7"),
            "Data": st.just("aGVsbG8="),
            "Nested": st.none() | inner,
            "List": st.lists(inner, max_size=2),
            "Map": st.dictionaries(st.text(max_size=2), inner, max_size=2),
            "Free": st.dictionaries(st.text(max_size=2), PLAIN, max_size=2),
            "unknown": PLAIN,
        },
    )


BODIES = st.recursive(st.just({}), structures, max_leaves=6)


def read(body: Any, parser: Any = JSONParser, **options: Any) -> Any:
    """What moto makes of it, or the error; an object as its pairs, so that order counts."""
    try:
        found = parser(MODEL, **options).parse({"body": json.dumps(body).encode()})
    except (AttributeError, TypeError, ValueError) as error:
        return type(error), str(error)
    return ordered(found)


def ordered(found: Any) -> Any:
    if isinstance(found, dict):
        return type(found), [(name, ordered(value)) for name, value in found.items()]
    return [ordered(one) for one in found] if isinstance(found, list) else found


@given(body=BODIES)
def test_bodies_are_read_as_by_moto(body: Any) -> None:
    with mock_aws(optimise=False):
        expected = read(body)
    with mock_aws():
        assert read(body) == expected


def test_members_are_found_by_their_names_in_json() -> None:
    with mock_aws():
        assert read({"other": "x"}) == (dict, [("Renamed", "x")])
        assert read({"Text": "x"}) == (dict, [("Text", "x"), ("Twin", "x")])
        assert read({"Renamed": "x"}) == (dict, [])


@pytest.mark.parametrize("body", [None, [], "text", 5, [{"Text": "x"}], {"Nested": [1]}])
def test_what_is_no_structure(body: Any) -> None:
    with mock_aws(optimise=False):
        expected = read(body)
    with mock_aws():
        assert read(body) == expected


class OtherMap(dict[str, Any]):
    pass


class Shouting(JSONParser):  # type: ignore[misc]
    """A parser that has words to say about strings."""

    def _parse_string(self, shape: Any, value: Any) -> Any:
        return value.upper()


def test_parsers_of_a_kind_of_their_own() -> None:
    body = {"Text": "x", "Map": {"a": {"other": "y"}}}
    with mock_aws(optimise=False):
        expected = [read(body, map_type=OtherMap), read(body, Shouting)]
    with mock_aws():
        assert [read(body, map_type=OtherMap), read(body, Shouting)] == expected
        assert expected[0][0] is OtherMap
        assert read({"Text": "x"}, Shouting) == (dict, [("Text", "X"), ("Twin", "X")])


def test_what_is_kept_is_kept_by_the_model() -> None:
    model = operation()
    shape: Any = model.input_shape
    with mock_aws(optimise=False):
        JSONParser(model).parse({"body": b"{}"})
    before = set(vars(shape))
    with mock_aws():
        JSONParser(model).parse({"body": b"{}"})
    assert set(vars(shape)) - before == {"_aiomoto_json_members"}
