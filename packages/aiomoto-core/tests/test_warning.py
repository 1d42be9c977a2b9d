"""Warnings: once, of our own class, at the user's line."""

from __future__ import annotations

import contextlib
import inspect
import os
import re
import sys
import threading
import warnings
from collections.abc import Callable
from typing import Any

import pytest

from aiomoto import AiomotoWarning, mock_aws, warning
from aiomoto.warning import user_frame, warn

MODES = ["TEST_SERVER_MODE", "TEST_PROXY_MODE"]


@pytest.fixture(autouse=True)
def _not_warned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warning, "_warned", set())


def line() -> int:
    return sys._getframe(1).f_lineno


@pytest.mark.parametrize("name", MODES)
@pytest.mark.parametrize("value", ["true", "TRUE"])
def test_a_mode_of_moto_is_named_once(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    def twice() -> int:
        with mock_aws():
            here = line() - 1
        with mock_aws():
            return here

    with pytest.warns(AiomotoWarning) as caught:
        here = twice()
    [found] = caught
    assert (found.filename, found.lineno) == (__file__, here)
    effect = "a moto server" if name == "TEST_SERVER_MODE" else "moto's proxy"
    text = str(found.message)
    assert text.startswith(f"The environment variable {name} is set. moto.mock_aws sends all calls")
    assert effect in text
    assert "aiomoto.mock_aws does not: it answers AWS clients in this process" in text
    assert text.endswith(f"Unset {name}, or use moto.mock_aws where the server is wanted.")


@pytest.mark.parametrize("value", ["", "0", "1", "false"])
def test_what_moto_takes_for_off_is_no_reason(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    for name in MODES:
        monkeypatch.setenv(name, value)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with mock_aws():
            pass


@pytest.mark.asyncio
async def test_it_points_to_the_line_that_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_SERVER_MODE", "true")
    lines = []

    async def entered() -> None:
        async with mock_aws():
            lines.append(line() - 1)

    def started() -> None:
        mock = mock_aws()
        mock.start()
        lines.append(line() - 1)
        mock.stop()

    def in_a_stack() -> None:
        with contextlib.ExitStack() as stack:
            stack.enter_context(mock_aws())
            lines.append(line() - 1)

    def decorated() -> None:
        mock_aws(lambda: None)()
        lines.append(line() - 1)

    async def all_of_them() -> None:
        await entered()
        for body in (started, in_a_stack, decorated):
            warning._warned.clear()
            body()

    with pytest.warns(AiomotoWarning) as caught:
        await all_of_them()
    assert [(one.filename, one.lineno) for one in caught] == [(__file__, at) for at in lines]


def test_as_an_error_it_stops_the_start_before_anything_is_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TEST_SERVER_MODE", "true")
    environ = dict(os.environ)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(AiomotoWarning):
            mock_aws().start()
        assert dict(os.environ) == environ
        with mock_aws():
            pass


def test_importing_aiomoto_warns_of_nothing(run_program: Callable[..., str]) -> None:
    run_program("import aiomoto, aiomoto.pytest_plugin", "-W", "error", TEST_SERVER_MODE="true")


# -- whose line it is -------------------------------------------------------------------------


def test_it_is_the_nearest_line_of_the_users() -> None:
    def call() -> None:
        with contextlib.ExitStack() as stack:
            stack.callback(warn, "look here")

    with pytest.warns(AiomotoWarning, match="^look here$") as caught:
        call()
    lines, first = inspect.getsourcelines(call)
    assert caught[0].filename == __file__
    assert caught[0].lineno in range(first, first + len(lines))


def test_a_filter_by_module_and_once_for_each_line_works() -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("error")
        warnings.filterwarnings("default", module=re.escape(__name__))
        for _ in range(3):
            warn("again")
    assert len(caught) == 1


def test_where_no_user_is_it_is_said_all_the_same() -> None:
    frames: list[Any] = []
    names = {"frames": frames, "user_frame": user_frame, "warn": warn}
    # As in a thread of a library: none of its frames is a user's.
    thread = threading.Thread(target=exec, args=("frames.append(user_frame()); warn('x')", names))
    with pytest.warns(AiomotoWarning, match="^x$"):
        run(thread)
    assert frames == [None]


def run(thread: threading.Thread) -> None:
    thread.start()
    thread.join()
