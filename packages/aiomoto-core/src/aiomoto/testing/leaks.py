"""Finds what a test leaves behind, and says who left it.

Environment variables, patches of HTTP and AWS clients (see ``state.OWNERS``),
mocks that were started and not stopped, AWS clients and sockets that were not
closed, tasks that go on. What was found is put back or closed, so that the tests
that follow don't fail of it too.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import sysconfig
import traceback
import weakref
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from . import state

#: Where a frame is not the culprit's: this package, libraries, Python itself.
_OTHERS = (
    str(Path(__file__).parent.parent),
    sysconfig.get_path("stdlib"),
    sysconfig.get_path("purelib"),
    sysconfig.get_path("platlib"),
)
_hooked = False
_watches: list[Leaks] = []


def watching() -> list[Leaks]:
    """Those that have been started and not finished."""
    return list(_watches)


class Leaks:
    """What is left behind between `start` and `finish`."""

    def __init__(self) -> None:
        self._before = state.State()
        self._mocks: tuple[object, ...] = ()
        self._made: dict[Any, str] = {}
        self._clients: list[tuple[Any, str]] = []
        self._sockets: weakref.WeakKeyDictionary[Any, str] = weakref.WeakKeyDictionary()
        self._tasks: list[str] = []
        self._patched: list[tuple[Any, str, Any, Any]] = []

    def start(self) -> None:
        """Watch from now on."""
        _hook()
        _watches.append(self)
        for module in _TRACKED:
            self.track(module)
        self._mocks = _mocks()
        self._before = state.snapshot()

    def finish(self) -> list[str]:
        """End, put back what was left behind; a line for each find."""
        found = [*self._mocks_left(), *self._clients_left()]
        for change in state.changes(self._before):
            if change.attribute == "DEFAULT_SESSION":
                continue  # boto3's own, made by its first client
            kind = "environment" if change.owner is None else "patch"
            found.append(f"{kind}: {change}")
            if not isinstance(change.before, (int, str)) or change.owner is None:
                change.undo()
        found += self._sockets_left()
        found += self._tasks
        self._untrack()
        _watches.remove(self)
        return found

    @contextlib.contextmanager
    def allowed(self) -> Iterator[None]:
        """What changes or is opened in this block is to stay: a fixture of a wider scope."""
        before, clients, sockets = state.snapshot(), len(self._clients), set(self._sockets)
        mocks = _mocks()
        try:
            yield
        finally:
            self._before.accept(state.changes(before))
            del self._clients[clients:]
            for sock in set(self._sockets) - sockets:
                del self._sockets[sock]
            self._mocks += tuple(one for one in _mocks() if one not in mocks)

    def tasks_left(self, tasks: Iterable[asyncio.Task[Any]]) -> None:
        """Note tasks that are to be over by now, and aren't."""
        for task in tasks:
            coroutine: Any = task.get_coro()
            frame = getattr(coroutine, "cr_frame", None)
            at = f", at {frame.f_code.co_filename}:{frame.f_lineno}" if frame else ""
            name = getattr(coroutine, "__qualname__", repr(coroutine))
            self._tasks.append(
                f"task: {task.get_name()} still runs {name}(){at}. Await it, or cancel it and "
                "await it."
            )

    def _mocks_left(self) -> list[str]:
        found = []
        for lease in reversed(_mocks()):
            if lease not in self._mocks:
                where = self._made.get(lease, "an unknown place")
                found.append(f"mock: mock_aws() was started and not stopped, at {where}")
                _release(lease)
        return found

    def _clients_left(self) -> list[str]:
        from ..compat import close_client, is_open

        found = []
        for client, where in self._clients:
            if is_open(client):
                service = client.meta.service_model.service_name
                found.append(
                    f"client: an aiobotocore client for {service} was not closed, opened at "
                    f"{where}. Use `async with`, or the fixture aws_client."
                )
                close_client(client)
        return found

    def _sockets_left(self) -> list[str]:
        found = []
        for sock, where in list(self._sockets.items()):
            # An event loop has a pair of Unix sockets.
            if sock.fileno() != -1 and sock.family.name in ("AF_INET", "AF_INET6"):
                found.append(f"socket: {sock!r} was not closed, made at {where}")
                sock.close()
        return found

    # -- who made it ---------------------------------------------------------------

    def track(self, module: str) -> None:
        """Have one class tell of its instances, if it is imported by now."""
        owner_name, attribute, wrapper = _TRACKED[module]
        owner = getattr(sys.modules.get(module), owner_name, None)
        if owner is None or any(owner is one[0] for one in self._patched):
            return
        original = vars(owner).get(attribute, state.MISSING)
        replacement = wrapper(self, getattr(owner, attribute))
        setattr(owner, attribute, replacement)
        self._patched.append((owner, attribute, original, replacement))

    def _untrack(self) -> None:
        for owner, attribute, original, replacement in reversed(self._patched):
            if vars(owner).get(attribute) is not replacement:
                continue
            if original is state.MISSING:
                delattr(owner, attribute)
            else:
                setattr(owner, attribute, original)
        self._patched.clear()

    def of_client(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """``__aenter__`` of clients, noting who opened them."""

        async def __aenter__(client: Any) -> Any:
            self._clients.append((client, culprit()))
            return await original(client)

        return __aenter__

    def of_mock(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """``acquire`` of the engine, noting who started a mock."""

        def acquire(engine: Any, *args: Any) -> Any:
            lease = original(engine, *args)
            self._made[lease] = culprit()
            return lease

        return acquire

    def of_socket(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """``__init__`` of sockets, noting who made them."""

        def __init__(sock: Any, *args: Any, **kwargs: Any) -> None:
            original(sock, *args, **kwargs)
            self._sockets[sock] = culprit()

        return __init__


#: Module to class, method, and what wraps it.
_TRACKED: dict[str, tuple[str, str, Callable[[Leaks, Any], Callable[..., Any]]]] = {
    "aiobotocore.client": ("AioBaseClient", "__aenter__", Leaks.of_client),
    "aiomoto.engine": ("Engine", "acquire", Leaks.of_mock),
    "socket": ("socket", "__init__", Leaks.of_socket),
}


def culprit() -> str:
    """``file:line`` of the code that called, outside of libraries as far as there is any."""
    stack = traceback.StackSummary.extract(
        traceback.walk_stack(None), lookup_lines=False, limit=200
    )
    own = next((one for one in stack if not one.filename.startswith((*_OTHERS, "<"))), None)
    return f"{own.filename}:{own.lineno}" if own else "an unknown place"


def _hook() -> None:
    """See to modules that are imported while something is watched; once."""
    global _hooked
    if _hooked:
        return
    _hooked = True
    from ..plugin.imports import when_imported

    for module in _TRACKED:
        if module not in sys.modules:
            when_imported(module, partial(_imported, module))


def _imported(name: str) -> None:
    for watch in _watches:
        watch.track(name)


def _mocks() -> tuple[Any, ...]:
    engine = sys.modules.get("aiomoto.engine")
    return engine.engine.leases if engine is not None else ()


def _release(lease: Any) -> None:
    from ..engine import engine

    engine.release(lease, remove_data=True)
