"""Handlers and names of events, which sessions and clients share."""

from __future__ import annotations

import contextlib
import copy
from functools import partial
from typing import Any

import botocore.hooks
import pytest
from aiobotocore.session import AioSession
from botocore.hooks import EVENT_ALIASES, EventAliaser, HierarchicalEmitter, NodeList
from hypothesis import given
from hypothesis import strategies as st

from aiomoto import mock_aws

REGION = "us-east-1"


def with_kwargs(**kwargs: Any) -> None:
    """A handler."""


def without(event_name: str) -> None:
    """No handler for botocore."""


class Handlers:
    def method(self, **kwargs: Any) -> None:
        """A handler."""

    def wrong(self) -> None:
        """None."""

    def __call__(self, **kwargs: Any) -> None:
        """A handler."""


HANDLERS = [
    with_kwargs,
    without,
    Handlers().method,
    Handlers().wrong,
    Handlers(),
    Handlers.method,
    partial(with_kwargs, one=1),
    partial(without, "name"),
    lambda **kwargs: None,
    lambda: None,
    print,
]


@pytest.mark.parametrize("handler", HANDLERS, ids=range(len(HANDLERS)))
def test_whether_a_handler_takes_keywords(handler: Any) -> None:
    def answer() -> Any:
        try:
            return bool(botocore.hooks.accepts_kwargs(handler))
        except (TypeError, ValueError) as error:
            return type(error)

    expected = answer()
    with mock_aws():
        assert answer() == expected


def test_event_names() -> None:
    names = [f"before-call.{old}.Op" for old in EVENT_ALIASES] + ["a.b.c", "docs.*.autoscaling.x"]
    slow = EventAliaser(HierarchicalEmitter())
    expected = [slow._alias_event_name(name) for name in names]
    with mock_aws():
        for _ in range(2):
            quick = EventAliaser(HierarchicalEmitter())
            assert [quick._alias_event_name(name) for name in names] == expected
        own = EventAliaser(HierarchicalEmitter(), {"a": "z"})
        assert own._alias_event_name("a.b") == "z.b"
        assert quick._alias_event_name("a.b") == "a.b"


@pytest.mark.asyncio
async def test_handlers_are_of_one_session() -> None:
    heard = []
    async with mock_aws():
        one, other = AioSession(), AioSession()
        one.register("before-call.sqs.ListQueues", lambda **kwargs: heard.append("one"))
        async with (
            one.create_client("sqs", region_name=REGION) as first,
            other.create_client("sqs", region_name=REGION) as second,
        ):
            second.meta.events.register(
                "before-call.sqs.ListQueues", lambda **kwargs: heard.append("second")
            )
            await first.list_queues()
            await second.list_queues()
    assert heard == ["one", "second"]


KEYS = ["a", "a.b", "a.b.c", "a.*.c", "*", "b.c"]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["copy", "register", "register_first", "register_last", "unregister"]),
        st.integers(0, 5),
        st.sampled_from(KEYS),
        st.integers(0, 2),
    ),
    max_size=30,
)


def heard(emitters: list[HierarchicalEmitter]) -> list[Any]:
    """What each of them has for each event, looked for anew."""
    return [[list(one._handlers.prefix_search(key)) for key in KEYS] for one in emitters]


def played(steps: list[tuple[str, int, str, int]], emitters: list[HierarchicalEmitter]) -> Any:
    """Each step is taken by one of the emitters, of which copies make more."""
    handlers = [with_kwargs, HANDLERS[2], HANDLERS[8]]
    for step, which, key, handler in steps:
        emitter = emitters[which % len(emitters)]
        if step == "copy":
            emitters.append(copy.copy(emitter))
            continue
        # botocore's own error for a key of which only longer ones have handlers.
        with contextlib.suppress(AttributeError):
            getattr(emitter, step)(key, handlers[handler])
    return heard(emitters)


@given(before=STEPS, during=STEPS, after=STEPS)
def test_a_copy_has_the_same_handlers_and_is_of_its_own(
    before: list[Any], during: list[Any], after: list[Any]
) -> None:
    plain, ours = [HierarchicalEmitter()], [HierarchicalEmitter()]
    played(before, plain)
    played(before, ours)
    with mock_aws():
        found = played(during, ours)
    assert found == played(during, plain)
    # Trees that were made in a mock are used after it as well.
    assert played(after, ours) == played(after, plain)


def test_branches_are_shared_until_they_change() -> None:
    emitter = HierarchicalEmitter()
    for key in KEYS:
        emitter.register(key, with_kwargs)
    with mock_aws():
        copied = copy.copy(emitter)
    theirs, ours = emitter._handlers, copied._handlers
    assert isinstance(ours, botocore.hooks._PrefixTrie)
    assert ours is not theirs
    assert ours._root is theirs._root
    copied.register("a.b", HANDLERS[2])
    branches, others = ours._root["children"], theirs._root["children"]
    assert branches["b"] is others["b"]
    assert branches["a"]["children"]["*"] is others["a"]["children"]["*"]
    assert type(branches["a"]["children"]["b"]["values"]) is NodeList
    own = branches["a"]
    copied.register("a.b", HANDLERS[8])
    assert ours._root["children"]["a"] is own, "what is its own is copied once"


def test_classes_of_others_are_copied_as_they_say() -> None:
    class Trie(botocore.hooks._PrefixTrie):  # type: ignore[misc]
        pass

    emitter = HierarchicalEmitter()
    emitter._handlers = Trie()
    emitter.register("a", with_kwargs)
    with mock_aws():
        copied = copy.copy(emitter)
    assert type(copied._handlers) is type(emitter._handlers) is Trie
    assert copied._handlers._root is not emitter._handlers._root
    assert heard([copied]) == heard([emitter])
