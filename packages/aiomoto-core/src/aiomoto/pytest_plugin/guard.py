"""Around each test: the mock where marker or option ask for it, and the look for leaks."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from . import settings
from .fixtures import settings_of_mock
from .loops import LEAKS, loop_of, runs_coroutine


@pytest.fixture(autouse=True)
def _aiomoto(request: pytest.FixtureRequest) -> None:
    """The mock of the marker ``aws`` and of ``aiomoto_autouse``, and the check for leaks."""
    marked = request.node.get_closest_marker("aws") is not None
    wanted = marked or request.config.getini("aiomoto_autouse")
    if settings.looks_for_leaks(request, uses_aws=wanted or "aws" in request.fixturenames):
        _look_for_leaks(request)
    if wanted:
        _start(request)


def _look_for_leaks(request: pytest.FixtureRequest) -> None:
    from ..testing.leaks import Leaks

    leaks = Leaks()

    def finish() -> None:
        del request.node.stash[LEAKS]
        if found := leaks.finish():
            lines = "\n".join(f"  {one}" for one in found)
            pytest.fail(f"This test left something behind:\n{lines}", pytrace=False)

    request.node.stash[LEAKS] = leaks
    # Before any other fixture of this test is set up, so that it runs after their
    # end. A fixture's own end would come before that of what it asks for.
    request.node.addfinalizer(finish)
    leaks.start()
    if runs_coroutine(request):
        loop_of(request)


@contextlib.contextmanager
def stays(fixturedef: Any) -> Iterator[None]:
    """Around the setup of a fixture; one of a wider scope than a test's may leave things."""
    watched = sys.modules.get("aiomoto.testing.leaks") if fixturedef.scope != "function" else None
    with contextlib.ExitStack() as stack:
        for watch in watched.watching() if watched is not None else ():
            stack.enter_context(watch.allowed())
        yield


def _start(request: pytest.FixtureRequest) -> None:
    mock = request.getfixturevalue("aws")
    started, wanted = settings_of_mock(mock), settings.of_node(request.node)
    if started is not None and started != wanted:
        settings.refuse(
            f"{request.node.nodeid}: its @pytest.mark.aws comes too late, as its fixture `aws` "
            "has a wider scope and was started before. Mark what has that scope (the module, by "
            "pytestmark), or give the settings to aws_fixture(...)."
        )
