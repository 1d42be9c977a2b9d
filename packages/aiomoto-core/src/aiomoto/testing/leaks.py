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
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from . import state
from .origins import Origins

_watches: list[Leaks] = []


def watching() -> list[Leaks]:
    """Those that have been started and not finished."""
    return list(_watches)


class Leaks:
    """What is left behind between `start` and `finish`.

    `held` is given objects, and gives the ids of those that are to stay: somebody
    who outlives this watch has them.
    """

    def __init__(self, held: Callable[[Iterable[object]], set[int]] = lambda _: set()) -> None:
        self.held = held
        self._before = state.State()
        self._mocks: tuple[object, ...] = ()
        self._origins = Origins()
        self._tasks: list[str] = []

    def start(self) -> None:
        _watches.append(self)
        self._origins.start()
        self._mocks = _mocks()
        self._before = state.snapshot()

    def finish(self) -> list[str]:
        """End, put back what was left behind; a line for each find."""
        try:
            return self._found()
        finally:
            self._origins.stop()
            _watches.remove(self)

    def _found(self) -> list[str]:
        found = [*self._mocks_left(), *self._clients_left()]
        for change in state.changes(self._before):
            if change.attribute == "DEFAULT_SESSION":
                continue  # boto3's own, made by its first client
            kind = "environment" if change.owner is None else "patch"
            where = self._origins.of_change(change)
            found.append(f"{kind}: {change}{f'; changed at {where}' if where else ''}")
            if not isinstance(change.before, (int, str)) or change.owner is None:
                change.undo()
        found += self._sockets_left()
        found += self._tasks
        return found

    @contextlib.contextmanager
    def allowed(self) -> Iterator[None]:
        """What changes or is opened in this block is to stay: a fixture of a wider scope."""
        origins = self._origins
        before, clients, sockets = state.snapshot(), len(origins.clients), set(origins.sockets)
        mocks = _mocks()
        try:
            yield
        finally:
            self._before.accept(state.changes(before))
            del origins.clients[clients:]
            for sock in set(origins.sockets) - sockets:
                del origins.sockets[sock]
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
                where = self._origins.of_mock(lease)
                found.append(f"mock: mock_aws() was started and not stopped, at {where}")
                _release(lease)
        return found

    def _clients_left(self) -> list[str]:
        from ..compat import close_client, is_open

        found = []
        left = [one for one in self._origins.clients if is_open(one[0])]
        held = self.held(client for client, _ in left) if left else ()
        for client, where in left:
            if id(client) in held:
                continue
            service = client.meta.service_model.service_name
            found.append(
                f"client: an aiobotocore client for {service} was not closed, opened at "
                f"{where}. Use `async with`, or the fixture aws_client."
            )
            close_client(client)
        return found

    def _sockets_left(self) -> list[str]:
        found = []
        # An event loop has a pair of Unix sockets.
        families = ("AF_INET", "AF_INET6")
        left = [
            one
            for one in self._origins.sockets.items()
            if one[0].fileno() != -1 and one[0].family.name in families
        ]
        held = self.held(sock for sock, _ in left) if left else ()
        for sock, where in left:
            if id(sock) not in held:
                found.append(f"socket: {sock!r} was not closed, made at {where}")
                sock.close()
        return found


def _mocks() -> tuple[Any, ...]:
    engine = sys.modules.get("aiomoto.engine")
    return engine.engine.leases if engine is not None else ()


def _release(lease: Any) -> None:
    from ..engine import engine

    lease.remove_data = True
    engine.release(lease)
