"""The locks of this process that a fork, or a finaliser, may find taken.

Each lock of core, and each of a plugin, is made with :func:`guarded`, which says where it
stands in the one order in which code nests them (:class:`Order`). Before ``os.fork`` all are
taken in that order, and moto's own, and released in both processes afterwards: a child, in which
no other thread goes on, finds none that is taken for ever.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from enum import IntEnum
from operator import itemgetter
from typing import Any, ParamSpec, Protocol, TypeVar
from weakref import ReferenceType, ref

__all__ = ["Order", "guarded"]

P = ParamSpec("P")
T = TypeVar("T")

#: Seconds that a fork waits for these locks altogether; then it goes on without those left.
WAITS = 5.0


class Order(IntEnum):
    """Where a lock is taken: inside those above it, around those below it."""

    #: Starts and stops of mocks.
    ENGINE = 0
    #: Around moto's computing.
    DISPATCH = 1
    #: moto's own; they are found, not made here.
    MOTO = 2
    #: Those of plugins, among themselves in the order in which they were made.
    PLUGIN = 3
    #: Locks in which no other is taken.
    LEAF = 4


class Lock(Protocol):
    """What ``threading.Lock()`` and ``threading.RLock()`` give."""

    def acquire(self, blocking: bool = ..., timeout: float = ...) -> bool: ...
    def release(self) -> None: ...


L = TypeVar("L", bound=Any)

_guarded: dict[ReferenceType[Any], Order] = {}
#: Makes one fork wait for the other.
_forking = threading.RLock()
#: What the fork that is under way has taken.
_taken: list[Any] = []


def guarded(lock: L, order: Order) -> L:
    """Have a lock taken before each fork; returns it. It is held weakly."""
    _guarded[ref(lock, _guarded.pop)] = order
    return lock


def under(lock: Lock, step: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """``step(*args)`` while the lock is held.

    As a ``with`` statement, which may leave the lock taken for ever where a signal's
    exception comes between taking it and the block (CPython 3.14).
    """
    taken: list[bool] = []
    try:
        # One call of C takes it and notes that; no signal handler runs in between.
        taken.extend(map(lock.acquire, (True,)))
        return step(*args, **kwargs)
    finally:
        if taken:
            lock.release()


def unless_taken(lock: Lock, step: Callable[[], object]) -> bool:
    """``step()`` while the lock is held, if nobody holds it; returns whether that was so."""
    taken: list[bool] = []
    try:
        taken.extend(map(lock.acquire, (False,)))
        if taken[0]:
            step()
        return taken[0]
    finally:
        if taken == [True]:
            lock.release()


def entered() -> bool:
    """Whether this thread is inside any of the locks: a finaliser can run anywhere.

    True also while another thread has one of those that are not reentrant, as some of moto's.
    """
    return any(map(_may_be_mine, _all()))


def _may_be_mine(lock: Any) -> bool:
    try:
        threading.Condition(lock).notify(0)
    except RuntimeError:
        return False
    return True


def _all() -> list[Any]:
    """The locks of now, in order."""
    found = [(order, lock) for one, order in list(_guarded.items()) if (lock := one()) is not None]
    found += [(Order.MOTO, lock) for lock in _of_moto()]
    return [lock for _, lock in sorted(found, key=itemgetter(0))]


def _of_moto() -> list[Any]:
    if "moto.core.models" not in sys.modules:
        return []
    from .compat.moto_locks import locks

    return locks()


def _before_fork() -> None:
    until = time.monotonic() + WAITS
    locks = (_forking, *_all())
    _taken.extend(one for one in locks if one.acquire(timeout=max(until - time.monotonic(), 0)))


def _after_fork() -> None:
    while _taken:
        _taken.pop().release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork
    )
