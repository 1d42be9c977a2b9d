"""The calls of sockets and event loops that name a host: which they are, and where it stands."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from .names import require

#: The host in the arguments of a call, if there is one.
HostOf = Callable[[tuple[Any, ...], Mapping[str, Any]], object]


def _argument(place: int, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    return args[place] if len(args) > place else kwargs.get(name)


def _address(place: int, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    address = _argument(place, name, args, kwargs)
    # That of a Unix socket is no tuple.
    return address[0] if isinstance(address, (tuple, list)) and address else None


_NAME = partial(_argument, 0, "host")
#: ``socket.getaddrinfo`` and gevent's call that of ``_socket``: who has imported the function
#: earlier is seen, and a test's own in its place is not disturbed.
_LOOK_UPS = {
    "_socket": ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr"),
    "socket": ("gethostbyname", "gethostbyname_ex", "gethostbyaddr"),
}
#: Of methods, the first argument is the object.
_METHODS: dict[str, HostOf] = {
    "connect": partial(_address, 1, "address"),
    "connect_ex": partial(_address, 1, "address"),
    "sendto": partial(_address, -1, "address"),
}
_LOOP_METHODS: dict[str, HostOf] = {
    "create_connection": partial(_argument, 2, "host"),
    "create_datagram_endpoint": partial(_address, 3, "remote_addr"),
    "getaddrinfo": partial(_argument, 1, "host"),
    "sock_connect": partial(_address, 2, "address"),
}
_LOOPS = {
    "asyncio": ("BaseEventLoop", ("create_connection",)),
    "uvloop": ("Loop", tuple(_LOOP_METHODS)),
}


def socket_calls() -> Iterator[tuple[Any, str, HostOf]]:
    """Owner and name of what looks hosts up and connects, in Python's own modules.

    The class of sockets is the one that others stand on: pytest-socket's is over it, gevent's
    is in its place.
    """
    for module, names in _LOOK_UPS.items():
        for name in names:
            require("Python", module, name)
            yield require("Python", module), name, _NAME
    classes = (cls for cls in socket.socket.__mro__ if cls.__module__ == "socket")
    socket_class = next(classes, socket.socket)
    for name, host_of in _METHODS.items():
        yield socket_class, name, host_of


def loop_calls(library: str) -> Iterator[tuple[Any, str, HostOf]]:
    """The same of event loops: uvloop's don't use Python's sockets, and asyncio's swallow what
    those raise while they try several addresses.
    """
    name, methods = _LOOPS[library]
    for method in methods:
        require(library, library, name, method)
        yield require(library, library, name), method, _LOOP_METHODS[method]
