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


def _named(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    flags = _argument(1, "flags", args, kwargs)
    if isinstance(flags, int) and flags & socket.NI_NUMERICHOST:
        return None  # nothing is looked up
    return _address(0, "sockaddr", args, kwargs)


_NAME = partial(_argument, 0, "host")
_LOOK_UPS: dict[str, HostOf] = {
    "getaddrinfo": _NAME,
    "gethostbyname": _NAME,
    "gethostbyname_ex": _NAME,
    "gethostbyaddr": _NAME,
    "getnameinfo": _named,
}
#: Of methods, the first argument is the object.
_METHODS: dict[str, HostOf] = {
    "connect": partial(_address, 1, "address"),
    "connect_ex": partial(_address, 1, "address"),
    "sendto": partial(_address, -1, "address"),
    "sendmsg": partial(_address, 4, "address"),
}
_RESOLVERS = {
    "getaddrinfo": "host",
    "gethostbyname": "hostname",
    "gethostbyname_ex": "hostname",
    "gethostbyaddr": "ip_address",
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

    ``socket.getaddrinfo`` and gevent's call that of ``_socket``: who has imported the function
    earlier is seen, and a test's own in its place is not disturbed.

    The class of sockets is Python's own, whatever a test or gevent has in its place.
    """
    for module in ("_socket", "socket"):
        for name, host_of in _LOOK_UPS.items():
            if (module, name) != ("socket", "getaddrinfo"):
                require("Python", module, name)
                yield require("Python", module), name, host_of
    below: Any = require("Python", "_socket", "socket")
    classes = (cls for cls in below.__subclasses__() if cls.__module__ == "socket")
    yield from _methods(next(classes))


def gevent_socket_calls() -> Iterator[tuple[Any, str, HostOf]]:
    """The same of gevent's sockets, which stand on no class of Python's."""
    yield from _methods(require("gevent", "gevent.socket", "socket"))


def gevent_resolver_calls() -> Iterator[tuple[Any, str, HostOf]]:
    """The look-ups of those resolvers of gevent's that ask the network themselves."""
    cls = require("gevent", "gevent.resolver", "AbstractResolver")
    for name, argument in _RESOLVERS.items():
        if name in dir(cls):
            yield cls, name, partial(_argument, 1, argument)


def websocket_calls(module: str) -> Iterator[tuple[Any, str, HostOf]]:
    """Look up how websockets, from 15 on, asks a proxy: a socket sees that one's host alone."""
    for name in ("connect_http_proxy", "connect_socks_proxy"):
        if name in dir(require("websockets", module)):
            yield require("websockets", module), name, _host_of_uri


def _host_of_uri(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    return getattr(_argument(1, "ws_uri", args, kwargs), "host", None)


def _methods(socket_class: type) -> Iterator[tuple[Any, str, HostOf]]:
    for name, host_of in _METHODS.items():
        if name in dir(socket_class):  # Windows has no sendmsg
            yield socket_class, name, host_of


def loop_calls(library: str) -> Iterator[tuple[Any, str, HostOf]]:
    """The same of event loops: uvloop's don't use Python's sockets, and asyncio's swallow what
    those raise while they try several addresses.
    """
    name, methods = _LOOPS[library]
    for method in methods:
        require(library, library, name, method)
        yield require(library, library, name), method, _LOOP_METHODS[method]
