"""Around each test: the mock where marker or option ask for it, and the look for leaks."""

from __future__ import annotations

import sys
from functools import partial

import pytest

from . import settings
from .fixtures import settings_of_mock
from .loops import LEAKS, loop_of, runs_coroutine
from .verdict import leaked
from .wider import held


@pytest.fixture(autouse=True)
def _aiomoto(request: pytest.FixtureRequest) -> None:
    """The mock of the marker ``aws`` and of ``aiomoto_autouse``, and the check for leaks."""
    # Not imported for its own sake. pytest-socket puts Python's own back after each test.
    if (engine := sys.modules.get("aiomoto.engine")) is not None:
        engine.engine.guard_again()
    if settings.looks_for_leaks(request.node):
        _look_for_leaks(request)
    if settings.is_wanted(request.node):
        _start(request)


def _look_for_leaks(request: pytest.FixtureRequest) -> None:
    from ..testing.leaks import Leaks

    leaks = Leaks(partial(held, request.config))

    def finish() -> None:
        del request.node.stash[LEAKS]
        if found := leaks.finish():
            lines = "\n".join(f"  {one}" for one in found)
            leaked(request.node, f"This test left something behind:\n{lines}")

    request.node.stash[LEAKS] = leaks
    # Before any other fixture of this test is set up, so that it runs after their
    # end. A fixture's own end would come before that of what it asks for.
    request.node.addfinalizer(finish)
    leaks.start()
    if runs_coroutine(request):
        loop_of(request)


def _start(request: pytest.FixtureRequest) -> None:
    mock = request.getfixturevalue("aws")
    started, wanted = settings_of_mock(mock), settings.of_node(request.node)
    if started is not None and started != wanted:
        settings.refuse(
            f"{request.node.nodeid}: its @pytest.mark.aws comes too late, as its fixture `aws` "
            "has a wider scope and was started before. Mark what has that scope (the module, by "
            "pytestmark), or give the settings to aws_fixture(...)."
        )
