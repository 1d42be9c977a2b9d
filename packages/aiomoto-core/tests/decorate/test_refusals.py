"""What can't be decorated, and what to do instead."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from support.decorating import (
    Recorder,
)

from aiomoto import mock_aws
from aiomoto.decorate import decorate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator


def a_function() -> None:
    """For the refusals."""


async def a_coroutine_function() -> None:
    pass


def a_generator() -> Iterator[None]:
    yield


async def an_async_generator() -> AsyncIterator[None]:
    yield


@contextlib.contextmanager
def a_context() -> Iterator[None]:
    yield


@contextlib.asynccontextmanager
async def an_async_context() -> AsyncIterator[None]:
    yield


@pytest.fixture
def a_fixture() -> int:
    return 1


@pytest_asyncio.fixture
async def an_async_fixture() -> int:
    return 1


CALLED = "It has been called already: decorate the function and call the result."
BY_NAME = (
    "A configuration is passed by name: mock_aws(config=...). "
    "Around a block of code, write `with mock_aws():` or `async with mock_aws():`."
)
FIXTURE = "Put @mock_aws below @pytest.fixture, next to the function."
CONTEXT = "Put @mock_aws below @contextmanager or @asynccontextmanager."


@pytest.mark.parametrize(
    ("target", "given", "advice"),
    [
        (staticmethod(a_function), "staticmethod: ", "Put @mock_aws below @staticmethod."),
        (classmethod(a_function), "classmethod: ", "Put @mock_aws below @classmethod."),
        (a_generator(), "generator: <generator object a_gen", CALLED),
        (an_async_generator(), "async_generator: <async_generator ob", CALLED),
        (a_fixture, "", FIXTURE),
        (an_async_fixture, "", FIXTURE),
        (a_context, "function: <function a_context", CONTEXT),
        (an_async_context, "function: <function an_async_c", CONTEXT),
        ({"core": {}}, "dict: {'core': {}}. ", BY_NAME),
        ("s3", "str: 's3'. ", BY_NAME),
        (None, "NoneType: None. ", BY_NAME),
        (property(a_function), "property: <property object at", BY_NAME),
    ],
)
def test_refused(target: Any, given: str, advice: str, mock: Recorder) -> None:
    with pytest.raises(TypeError) as refused:
        decorate(target, mock)
    text = str(refused.value)
    assert text.startswith(
        "mock_aws decorates functions, coroutine functions, generator functions, async generator "
        "functions, other callables and classes; this is a " + given
    )
    assert text.endswith(". " + advice)
    assert mock.events == []


def test_a_coroutine_is_refused(mock: Recorder) -> None:
    coroutine = a_coroutine_function()
    try:
        with pytest.raises(TypeError, match=r"; this is a coroutine: <coroutine obj.*") as refused:
            decorate(coroutine, mock)
        assert str(refused.value).endswith(". " + CALLED)
    finally:
        coroutine.close()


def test_a_fixture_of_older_pytests_is_refused(mock: Recorder) -> None:
    """Before 8.4 a fixture was a function that carried its marker."""

    def fixture() -> None:
        pass

    fixture._pytestfixturefunction = object()  # type: ignore[attr-defined]
    with pytest.raises(TypeError, match=re.escape(FIXTURE)):
        decorate(fixture, mock)

    class TestIt:
        pass

    TestIt.fixture = fixture  # type: ignore[attr-defined]
    assert vars(decorate(TestIt, mock))["fixture"] is fixture


def test_mock_aws_refuses_too() -> None:
    with pytest.raises(TypeError, match="this is a generator: .*" + re.escape(CALLED)):
        mock_aws()(a_generator())  # type: ignore[call-overload]
