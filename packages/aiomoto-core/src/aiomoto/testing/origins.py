"""Notes who opens clients and sockets, starts mocks, changes variables and patches.

While somebody watches, the functions that do so tell of it: see ``_TRACKED``.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable
from functools import partial
from typing import Any

from ..warning import user_frame
from .compat import UNITTEST_PATCH
from .state import MISSING, Change, owner_of

UNKNOWN = "an unknown place"
_hooked = False
_watching: list[Origins] = []


class Origins:
    """Who did what between `start` and `stop`, each as ``file:line``."""

    def __init__(self) -> None:
        #: aiobotocore clients that were entered.
        self.clients: list[tuple[Any, str]] = []
        self.sockets: weakref.WeakKeyDictionary[Any, str] = weakref.WeakKeyDictionary()
        self._mocks: dict[Any, str] = {}
        #: Variable and value, or an owner's id and attribute, to where it was changed.
        self._places: dict[tuple[Any, Any], str] = {}
        #: Owner, attribute, original, replacement.
        self._tracked: list[tuple[Any, str, Any, Any]] = []

    def start(self) -> None:
        _hook()
        _watching.append(self)
        for module in _MODULES:
            self.track(module)

    def stop(self) -> None:
        for owner, attribute, original, replacement in reversed(self._tracked):
            if vars(owner)[attribute] is replacement:
                setattr(owner, attribute, original)
        self._tracked.clear()
        _watching.remove(self)

    def of_mock(self, lease: object) -> str:
        return self._mocks.get(lease, UNKNOWN)

    def of_change(self, change: Change) -> str | None:
        """Who made it; None for an attribute that was set by hand."""
        if change.owner is None:
            return self._places.get((change.attribute, change.after))
        return self._places.get((id(change.owner), change.attribute))

    def track(self, module: str) -> None:
        """Have a module, or a class of it, tell what is done with it, if it is imported by now."""
        for name, owner_name, attribute, wrapper in _TRACKED:
            owner = owner_of(module, owner_name) if name == module else None
            if owner is None or (owner, attribute) in (one[:2] for one in self._tracked):
                continue
            original = vars(owner)[attribute]
            replacement = wrapper(self, original)
            self._tracked.append((owner, attribute, original, replacement))
            setattr(owner, attribute, replacement)

    def client_tells(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """``__aenter__`` of clients, noting who opened them."""

        async def __aenter__(client: Any) -> Any:
            self.clients.append((client, culprit()))
            return await original(client)

        return __aenter__

    def mock_tells(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """``acquire`` of the engine, noting who started a mock."""

        def acquire(engine: Any, lease: Any, *args: Any) -> None:
            original(engine, lease, *args)
            self._mocks[lease] = culprit()

        return acquire

    def socket_tells(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """``__init__`` of sockets, noting who made them."""

        def __init__(sock: Any, *args: Any, **kwargs: Any) -> None:
            original(sock, *args, **kwargs)
            self.sockets[sock] = culprit()

        return __init__

    def server_tells(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """``accept`` of sockets: what a server accepts that was there before is the server's."""

        def accept(sock: Any) -> Any:
            connection, address = original(sock)
            if sock not in self.sockets:
                self.sockets.pop(connection, None)
            return connection, address

        return accept

    def patch_tells(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """``__enter__`` of what `unittest.mock.patch` makes, noting who patched what."""

        def __enter__(patch: Any) -> Any:
            entered = original(patch)
            self._places[id(patch.target), patch.attribute] = culprit()
            return entered

        return __enter__

    def setting_tells(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """``os.putenv``, which `os.environ` calls for each variable that is set."""

        def putenv(name: Any, value: Any) -> None:
            original(name, value)
            self._variable_is(name, os.fsdecode(value))

        return putenv

    def removal_tells(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """``os.unsetenv``, which `os.environ` calls for each variable that is removed."""

        def unsetenv(name: Any) -> None:
            original(name)
            self._variable_is(name, MISSING)

        return unsetenv

    def _variable_is(self, name: Any, value: Any) -> None:
        key = (os.fsdecode(name), value)
        # The first place: who puts the environment back, as patch.dict does, sets
        # values again that somebody else has chosen.
        if key not in self._places:
            self._places[key] = culprit()


#: Module, class, function, and what wraps it.
_TRACKED: tuple[tuple[str, str, str, Callable[[Origins, Any], Callable[..., Any]]], ...] = (
    ("aiobotocore.client", "AioBaseClient", "__aenter__", Origins.client_tells),
    ("aiomoto.engine", "Engine", "acquire", Origins.mock_tells),
    ("os", "", "putenv", Origins.setting_tells),
    ("os", "", "unsetenv", Origins.removal_tells),
    ("socket", "socket", "__init__", Origins.socket_tells),
    ("socket", "socket", "accept", Origins.server_tells),
    (*UNITTEST_PATCH, Origins.patch_tells),
)
_MODULES = tuple(dict.fromkeys(one[0] for one in _TRACKED))


def culprit() -> str:
    """``file:line`` of the code that called, outside of libraries as far as there is any."""
    frame = user_frame()
    return UNKNOWN if frame is None else f"{frame.f_code.co_filename}:{frame.f_lineno}"


def _hook() -> None:
    """See to modules that are imported while something is watched; once."""
    global _hooked
    if _hooked:
        return
    _hooked = True
    from ..plugin.finder import when_imported

    for module in _MODULES:
        when_imported(module, partial(_imported, module))


def _imported(name: str) -> None:
    for watch in _watching:
        watch.track(name)
