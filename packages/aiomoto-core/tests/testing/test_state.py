"""What a test may change, compared before and after."""

from __future__ import annotations

import os
import socket
from typing import Any

import aiohttp
import pytest

from aiomoto.testing import state


def replacement(*_: Any) -> None:
    """Stands in for a method."""


def changed(before: state.State) -> list[str]:
    found = state.changes(before)
    texts = [str(one) for one in found]
    for one in found:
        one.undo()
    assert state.changes(before) == []
    return texts


def test_nothing_changed() -> None:
    before = state.snapshot()
    assert state.changes(before) == []


def test_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIOMOTO_ONE", "1")
    monkeypatch.setenv("AIOMOTO_TWO", "2")
    before = state.snapshot()
    os.environ["AIOMOTO_ONE"] = "one"
    del os.environ["AIOMOTO_TWO"]
    os.environ["AIOMOTO_THREE"] = "3"
    assert changed(before) == [
        "$AIOMOTO_ONE is 'one'; it was '1'",
        "$AIOMOTO_THREE is '3'; it wasn't set",
        "$AIOMOTO_TWO was removed; it was '2'",
    ]
    assert (os.environ["AIOMOTO_ONE"], os.environ["AIOMOTO_TWO"]) == ("1", "2")


def test_secrets_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "geheim")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "geheim")
    before = state.snapshot()
    os.environ["AWS_SECRET_ACCESS_KEY"] = "geheimer"
    del os.environ["AWS_SESSION_TOKEN"]
    os.environ["SHOP_PASSWORD"] = "geheim"
    assert changed(before) == [
        "$AWS_SECRET_ACCESS_KEY is ***; it was another",
        "$AWS_SESSION_TOKEN was removed; it was ***",
        "$SHOP_PASSWORD is ***; it wasn't set",
    ]


def test_patches() -> None:
    before = state.snapshot()
    original = aiohttp.ClientSession.get
    aiohttp.ClientSession.get = replacement  # type: ignore[assignment, method-assign]
    aiohttp.ClientSession.another = 1  # type: ignore[attr-defined]
    texts = changed(before)
    assert len(texts) == 2
    assert texts[0] == "aiohttp.client.ClientSession.another is 1; it wasn't set"
    assert texts[1].startswith("aiohttp.client.ClientSession.get is replacement of ")
    assert f"{__file__}:" in texts[1]
    assert aiohttp.ClientSession.get is original
    assert not hasattr(aiohttp.ClientSession, "another")


def test_what_a_class_inherits_may_be_set_too() -> None:
    before = state.snapshot()
    assert "connect" not in vars(socket.socket)
    socket.socket.connect = super(socket.socket, socket.socket).connect  # type: ignore[method-assign]
    try:
        assert changed(before) == []
        socket.socket.connect = replacement  # type: ignore[assignment, method-assign]
        assert len(changed(before)) == 1
    finally:
        if "connect" in vars(socket.socket):
            del socket.socket.connect


def test_the_fixture_sees_a_mock_that_goes_on(pytester: pytest.Pytester) -> None:
    pytester.makeconftest('pytest_plugins = ["aiomoto.testing.fixtures"]')
    pytester.makepyfile(
        """
        from aiomoto import mock_aws

        mock = mock_aws()

        def test_leaves_it(restored):
            mock.start()

        def test_nothing(restored):
            mock.stop()
            with mock:
                pass
        """
    )
    options = ["-p", "no:cacheprovider", "-o", "asyncio_default_fixture_loop_scope=function"]
    done = pytester.runpytest_inprocess(*options, "-p", "no:randomly")
    done.assert_outcomes(passed=2, errors=2)
    done.stdout.fnmatch_lines(["not as before:", "*$AWS_ACCESS_KEY_ID is 'FOOBARKEY'*", "moto: *"])
