"""A view is the JSON document that botocore's loader would have made, for one reader alone."""

from __future__ import annotations

import copy
import json
import marshal
import pickle
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiomoto.fast import views

LEAVES = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(allow_nan=False)
)
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=20,
)
DOCUMENTS = st.dictionaries(st.text(max_size=3), TREES, max_size=5)


@pytest.fixture(params=[0, 30, 4096], autouse=True)
def packed_up_to(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With all nodes apart, some, and hardly any."""
    monkeypatch.setattr(views, "_SMALL", request.param)


def as_botocore(text: str) -> Any:
    return json.loads(text, object_pairs_hook=OrderedDict)


@given(tree=TREES)
def test_a_view_is_the_document(tree: Any) -> None:
    text = json.dumps(tree)
    shared, expected = views.parse(text), as_botocore(text)
    assert views.view(shared) == expected
    assert expected == views.view(shared)
    assert json.dumps(views.view(shared)) == json.dumps(expected)
    assert repr(json.loads(json.dumps(views.view(shared)))) == repr(tree)
    assert copy.deepcopy(views.view(shared)) == expected
    assert copy.copy(views.view(shared)) == expected
    assert pickle.loads(pickle.dumps(views.view(shared))) == expected


@given(document=DOCUMENTS)
def test_it_reads_as_an_ordered_dict_does(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    shared, expected = views.parse(text), as_botocore(text)
    new = lambda: views.view(shared)  # noqa: E731
    assert isinstance(new(), OrderedDict)
    assert list(new()) == list(expected)
    assert list(new().items()) == list(expected.items())
    assert list(new().values()) == list(expected.values())
    assert dict(new()) == dict(expected)
    assert {**new()} == {**expected}
    assert new() | {"more": 1} == expected | {"more": 1}
    assert {"more": 1} | new() == {"more": 1} | expected
    assert new().copy() == expected.copy()
    assert type(new().copy()) is OrderedDict
    assert not (new() != expected)  # noqa: SIM202 - it has a method of its own
    assert list(reversed(new())) == list(reversed(expected))
    for name in expected:
        assert new()[name] == new().get(name) == new().pop(name) == expected[name]
        assert new().setdefault(name, "other") == expected[name]
    assert new().get("not there", 5) == 5
    assert "not there" not in new()
    with pytest.raises(KeyError, match="not there"):
        new()["not there"]
    if expected:
        assert new().popitem() == copy.deepcopy(expected).popitem()
    merged = new()
    merged |= {"more": 1}
    assert merged == {**expected, "more": 1}


def test_next_to_nothing_is_packed_only_to_be_thrown_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "_SMALL", 4096)
    packed: list[bytes] = []

    def dumps(value: Any, pack: Callable[[Any], bytes] = marshal.dumps) -> bytes:
        packed.append(pack(value))
        return packed[-1]

    monkeypatch.setattr(marshal, "dumps", dumps)
    # As a model is: a few members of all sizes, one of them with hundreds of small ones.
    shape = {"type": "structure", "members": {f"m{n}": {"shape": "S" * n} for n in range(20)}}
    shapes = {f"Shape{n}": shape for n in range(500)}
    model = {"metadata": {"a": "b"}, "shapes": shapes, "deep": [{"shapes": shapes}]}
    shared = views.parse(json.dumps(model))
    kept = sum(map(len, leaves(shared)))
    assert kept > 100 * 4096
    assert sum(map(len, packed)) < 1.1 * kept


def leaves(shared: Any) -> list[bytes]:
    """The nodes that are packed."""
    if isinstance(shared, bytes):
        return [shared]
    inner = shared.values() if isinstance(shared, dict) else shared
    nodes = [one for one in inner if isinstance(one, (bytes, dict, list))]
    return [leaf for node in nodes for leaf in leaves(node)]


DOCUMENT = json.dumps({"a": {"b": [{"c": 1}, {"d": {"e": "f" * 50}}]}, "g": {"h": {}}})


@pytest.mark.parametrize(
    "change",
    [
        lambda tree: tree["a"].update(b=2),
        lambda tree: tree["a"]["b"].append(3),
        lambda tree: tree["a"]["b"][0].clear(),
        lambda tree: tree["a"]["b"][1]["d"].pop("e"),
        lambda tree: tree.popitem(),
        lambda tree: tree.clear(),
        lambda tree: tree["g"]["h"].setdefault("i", []).append(1),
        lambda tree: [node.clear() for node in tree.values()],
        lambda tree: tree.move_to_end("a"),
    ],
)
def test_a_change_is_not_seen_by_others(change: Any) -> None:
    shared = views.parse(DOCUMENT)
    mine, other = views.view(shared), views.view(shared)
    change(mine)
    assert json.dumps(other) == DOCUMENT
    assert json.dumps(views.view(shared)) == DOCUMENT
    assert json.dumps(mine) != DOCUMENT


def test_what_was_looked_at_stays_the_same_object() -> None:
    mine = views.view(views.parse(DOCUMENT))
    first = mine["a"]["b"]
    assert mine["a"]["b"] is first
    first.append("mine")
    assert mine["a"]["b"][-1] == "mine"
    assert dict(mine["a"].items())["b"] is first
    own: dict[str, Any] = {"own": {}}
    mine["own"] = own
    assert mine["own"] is own


def test_whether_it_was_touched() -> None:
    shared = views.parse(DOCUMENT)
    mine = views.view(shared)
    assert mine.is_untouched()
    assert list(mine) == ["a", "g"]
    assert len(mine) == 2
    assert mine.is_untouched()
    mine["a"]
    assert not mine.is_untouched()
    for change in (lambda one: one.pop("g"), lambda one: one.update(z=1), lambda one: one.items()):
        other = views.view(shared)
        change(other)
        assert not other.is_untouched()


def test_whether_anything_was_changed() -> None:
    text = json.dumps({"a": {"b": 1, "c": [1, 2]}, "d": 2, "long": ["x" * 5000, {"y": 1}]})
    shared = views.parse(text)
    tree = views.view(shared)
    assert tree.is_unchanged()
    assert tree["a"]["c"] == [1, 2]
    assert tree["long"][1] == {"y": 1}
    assert not tree.is_untouched()
    assert tree.is_unchanged()
    tree["a"]["c"].append(3)
    assert not tree.is_unchanged()
    for change in (
        lambda tree: tree.pop("d"),
        lambda tree: tree.update(e=1),
        lambda tree: tree["long"][1].update(z=1),
        lambda tree: tree.__setitem__("d", 3),
    ):
        other = views.view(shared)
        change(other)
        assert not other.is_unchanged()
