"""Fixtures of wider scopes than a test's: what they set up and what they hold is no leak."""

from __future__ import annotations

import contextlib
import gc
import sys
from collections.abc import Generator, Iterable
from types import FunctionType, ModuleType
from typing import Any

import pytest

#: The definitions of those that are set up now.
_alive: set[Any] = set()


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: Any) -> Generator[None, Any, Any]:
    """Fixtures of a wider scope: what they set up is no leak of the test that came first."""
    if fixturedef.scope == "function":
        return (yield)
    watched = sys.modules.get("aiomoto.testing.leaks")
    with contextlib.ExitStack() as stack:
        for watch in watched.watching() if watched is not None else ():
            stack.enter_context(watch.allowed())
        value = yield
        _alive.add(fixturedef)
        return value


def pytest_fixture_post_finalizer(fixturedef: Any) -> None:
    """Stop treating this fixture's objects as held."""
    _alive.discard(fixturedef)


def held(config: pytest.Config, wanted: Iterable[object]) -> set[int]:
    """The ids of those objects that a wider fixture leads to, by its value or its generator.

    A pool of connections opens one when a test needs it, and keeps it for the next.
    """
    missing = {id(one) for one in wanted}
    found = set[int]()
    seen = set[int]()
    ends = _ends(config)
    todo = list(_alive)
    while todo and missing:
        one = todo.pop()
        if id(one) in seen or isinstance(one, ends):
            continue
        seen.add(id(one))
        if id(one) in missing:
            missing.remove(id(one))
            found.add(id(one))
        # Not a function's globals.
        parts = one.__closure__ or () if isinstance(one, FunctionType) else gc.get_referents(one)
        todo.extend(parts)
    return found


def _ends(config: pytest.Config) -> tuple[type, ...]:
    """What leads to everything, a test's own included: modules, event loops, pytest, the mock."""
    found = [ModuleType, type, pytest.Config, pytest.FixtureRequest, pytest.Item, pytest.Collector]
    found.append(type(config.pluginmanager.getplugin("funcmanage")))
    for module, name in (("asyncio", "AbstractEventLoop"), ("aiomoto.mock", "MockAWS")):
        if module in sys.modules:
            found.append(getattr(sys.modules[module], name))
    return tuple(found)
