"""One place for each event loop that tests run in: clients are closed there, tasks counted.

A fixture's loop is chosen where the fixture is defined. So there is one fixture
for each of pytest-asyncio's loops (``asyncio_loops``), and one for anyio's; the
functions here choose among them.
"""

from __future__ import annotations

import contextlib
import inspect
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeGuard

import pytest

if TYPE_CHECKING:
    import asyncio

    from ..testing.leaks import Leaks

Scope = Literal["function", "class", "module", "package", "session"]
SCOPES: tuple[Scope, ...] = ("function", "class", "module", "package", "session")
LEAKS = pytest.StashKey["Leaks"]()


class Loop:
    """What is open in one event loop, and closed in it."""

    def __init__(self) -> None:
        self._own = running()
        self._stacks: dict[object, contextlib.AsyncExitStack] = {}

    async def open(self, manager: Any) -> Any:
        """Enter an async context manager; it is left when this fixture ends."""
        stack = self._stacks.setdefault(running(), contextlib.AsyncExitStack())
        return await stack.enter_async_context(manager)

    async def close(self) -> None:
        """Close what was opened in this loop, which is running."""
        stack = self._stacks.pop(self._own, None)
        if stack is not None:
            await stack.aclose()

    def close_elsewhere(self) -> None:
        """Close what was opened in other loops of asyncio, which don't run now."""
        for loop in [one for one in self._stacks if one is not self._own]:
            stack = self._stacks.pop(loop)
            if _is_asyncios(loop) and not loop.is_closed():
                loop.run_until_complete(stack.aclose())


@contextlib.asynccontextmanager
async def in_loop(request: pytest.FixtureRequest) -> AsyncIterator[Loop]:
    """The life of a loop's fixture, inside that loop."""
    before = _tasks()
    loop = Loop()
    try:
        yield loop
    finally:
        await loop.close()
        leaks = request.node.stash.get(LEAKS, None)
        if leaks is not None:
            await _tasks_left(leaks, before)


@pytest.fixture
async def _aiomoto_loop_anyio(
    request: pytest.FixtureRequest, anyio_backend: Any
) -> AsyncIterator[Loop]:
    async with in_loop(request) as loop:
        yield loop


def fixture_name(scope: Scope, loop_scope: Scope) -> str:
    """The fixture of a scope that lives in one of pytest-asyncio's loops."""
    return f"_aiomoto_loop_{scope}_in_{loop_scope}"


def on_anyio(request: pytest.FixtureRequest) -> bool:
    """Whether anyio's plugin runs the test."""
    return "anyio_backend" in request.fixturenames


def has_asyncio(request: pytest.FixtureRequest) -> bool:
    """Whether pytest-asyncio's plugin is there."""
    return request.config.pluginmanager.hasplugin("asyncio")


def loop_of(request: pytest.FixtureRequest, loop_scope: Scope | None = None) -> Loop | None:
    """The loop's fixture for the scope of ``request``; None where nothing runs coroutines."""
    scope: Any = request.scope
    if on_anyio(request):
        found: Loop = request.getfixturevalue("_aiomoto_loop_anyio")
    elif has_asyncio(request):
        found = request.getfixturevalue(fixture_name(scope, loop_scope or loop_scope_of(request)))
    else:
        return None
    return found


def runs_coroutine(request: pytest.FixtureRequest) -> bool:
    """Whether the test is a coroutine function that a plugin runs."""
    function = getattr(request.node, "obj", None)
    if not inspect.iscoroutinefunction(function):
        return False
    marked = request.node.get_closest_marker("asyncio") is not None
    return on_anyio(request) or (has_asyncio(request) and marked)


def loop_scope_of(request: pytest.FixtureRequest) -> Scope:
    """In which of pytest-asyncio's loops a test runs; for other nodes, its fixtures."""
    config = request.config
    marker = request.node.get_closest_marker("asyncio") if request.scope == "function" else None
    if marker is not None:
        given = marker.kwargs.get("loop_scope") or marker.kwargs.get("scope")
        given = given or config.getini("asyncio_default_test_loop_scope")
    else:
        given = config.getini("asyncio_default_fixture_loop_scope")
    wanted: Any = given if given in SCOPES else request.scope
    # A fixture's loop lives at least as long as the fixture.
    return max(wanted, request.scope, key=SCOPES.index)


def running() -> object:
    """The event loop of asyncio, or trio's run, that is running in this thread."""
    trio = sys.modules.get("trio")
    if trio is not None:
        with contextlib.suppress(RuntimeError):
            return trio.lowlevel.current_trio_token()
    import asyncio  # which a run without coroutines need not pay for

    return asyncio.get_running_loop()


def on_trio() -> bool:
    """Whether it is trio that runs."""
    return not _is_asyncios(running())


def _is_asyncios(loop: object) -> TypeGuard[asyncio.AbstractEventLoop]:
    import asyncio

    return isinstance(loop, asyncio.AbstractEventLoop)


def _tasks() -> set[asyncio.Task[Any]]:
    import asyncio

    return set() if on_trio() else asyncio.all_tasks()


async def _tasks_left(leaks: Leaks, before: set[asyncio.Task[Any]]) -> None:
    """Note tasks that are new and don't end by themselves within some turns; end them."""
    import asyncio

    left: set[asyncio.Task[Any]] = set()
    for _ in range(5):
        left = {one for one in _tasks() - before if not _is_runners(one)}
        if not left:
            return
        await asyncio.sleep(0)
    held = leaks.held(left)
    left = {one for one in left if id(one) not in held}
    leaks.tasks_left(left)
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


def _is_runners(task: asyncio.Task[Any]) -> bool:
    """This one, and those that anyio's plugin runs tests and fixtures with."""
    import asyncio

    anyio = getattr(sys.modules.get("anyio"), "__file__", None)
    code: Any = getattr(task.get_coro(), "cr_code", None)
    if task is asyncio.current_task():
        return True
    return bool(anyio and code and code.co_filename.startswith(str(Path(anyio).parent)))
