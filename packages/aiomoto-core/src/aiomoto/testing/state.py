"""What a mock, or a test around one, may change in a process, compared before and after."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ..environment import MASK, shown

#: Classes and modules whose every attribute is compared by identity: HTTP clients,
#: AWS clients, moto. Those that aren't imported are left out.
OWNERS = (
    ("aiobotocore.client", "AioBaseClient"),
    ("aiobotocore.endpoint", "AioEndpoint"),
    ("aiobotocore.httpsession", "AIOHTTPSession"),
    ("aiobotocore.httpxsession", "HttpxSession"),
    ("aiobotocore.session", ""),
    ("aiobotocore.session", "AioSession"),
    ("aioboto3.session", "Session"),
    ("aiohttp", ""),
    ("aiohttp.client", "ClientSession"),
    ("aiohttp.client_proto", "ResponseHandler"),
    ("aiohttp.client_reqrep", "ClientRequest"),
    ("aiohttp.client_reqrep", "ClientResponse"),
    ("aiohttp.connector", "BaseConnector"),
    ("aiohttp.connector", "Connection"),
    ("aiohttp.connector", "TCPConnector"),
    ("aiohttp.streams", "StreamReader"),
    ("boto3", ""),
    ("boto3.session", "Session"),
    ("botocore.client", "BaseClient"),
    ("botocore.client", "ClientCreator"),
    ("botocore.credentials", ""),
    ("botocore.endpoint", "Endpoint"),
    ("botocore.httpsession", "URLLib3Session"),
    ("botocore.session", "Session"),
    ("http.client", "HTTPConnection"),
    ("http.client", "HTTPSConnection"),
    ("httpcore", "AsyncConnectionPool"),
    ("httpcore", "ConnectionPool"),
    ("httpcore2", "AsyncConnectionPool"),
    ("httpcore2", "ConnectionPool"),
    ("httpx", "AsyncClient"),
    ("httpx", "AsyncHTTPTransport"),
    ("httpx2", "AsyncClient"),
    ("httpx2", "AsyncHTTPTransport"),
    ("moto.core.botocore_stubber", "BotocoreStubber"),
    ("moto.core.models", "MockAWS"),
    ("requests.adapters", "HTTPAdapter"),
    ("socket", "socket"),
    ("urllib3.connection", "HTTPConnection"),
    ("urllib3.connection", "HTTPSConnection"),
    ("urllib3.connectionpool", "HTTPConnectionPool"),
)
#: pytest says there which phase of a test it is in.
_OTHERS_VARIABLES = frozenset({"PYTEST_CURRENT_TEST"})
#: What Python and libraries write there of their own accord.
_OTHERS_ATTRIBUTES = frozenset(
    {"__annotations__", "__annotate_func__", "__builtins__", "__warningregistry__"}
)
#: Stands for an attribute or variable that isn't there.
MISSING: Any = type("Missing", (), {"__repr__": lambda _: "nothing"})()


@dataclass
class State:
    """Environment variables and attributes; `attributes` by owner's module and name, then name."""

    environment: dict[str, str] = field(default_factory=dict)
    attributes: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def accept(self, changes: Iterable[Change]) -> None:
        """Take changes as if they had been there before."""
        for change in changes:
            path = change.name.removesuffix(f".{change.attribute}")
            held = self.environment if change.owner is None else self._of(path)
            if change.after is MISSING:
                held.pop(change.attribute, None)
            else:
                held[change.attribute] = change.after

    def _of(self, path: str) -> dict[str, Any]:
        named = {".".join(filter(None, key)): held for key, held in self.attributes.items()}
        return named.get(path, {})


@dataclass(frozen=True)
class Change:
    """One variable or attribute that is not as it was; `before` and `after` may be `MISSING`."""

    #: ``$AWS_PROFILE``, ``aiohttp.client.ClientSession.get``.
    name: str
    before: Any
    after: Any
    #: What has the attribute; None for a variable of the environment.
    owner: Any
    attribute: str

    def __str__(self) -> str:
        before, after = self._shown(self.before), self._shown(self.after)
        was = "it wasn't set" if self.before is MISSING else f"it was {before}"
        if self.owner is None and self.after is MISSING:
            return f"{self.name} was removed; {was}"
        return f"{self.name} is {after}; {'it was another' if after == before else was}"

    def _shown(self, value: Any) -> str:
        if self.owner is not None or value is MISSING:
            return _described(value)
        text = shown(self.attribute, value)
        return text if text == MASK else repr(text)

    def undo(self) -> None:
        if self.owner is None:
            if self.before is MISSING:
                os.environ.pop(self.attribute, None)
            else:
                os.environ[self.attribute] = self.before
        elif self.before is MISSING:
            delattr(self.owner, self.attribute)
        else:
            setattr(self.owner, self.attribute, self.before)


def import_clients() -> None:
    """Import every HTTP client, so that a snapshot holds them all."""
    from .clients import httpx_modules

    found = [one for name in httpx_modules() for one in (name, name.replace("x", "core"))]
    for module in ("aiobotocore.session", "moto.core.models", "requests", *found):
        importlib.import_module(module)


def snapshot() -> State:
    """The environment, and the attributes of those `OWNERS` that are imported by now."""
    seen = State(_environment())
    for module, name in OWNERS:
        owner = owner_of(module, name)
        if owner is not None:
            seen.attributes[module, name] = _attributes(owner)
    return seen


def changes(before: State) -> list[Change]:
    """What is not as it was when `before` was taken; owners imported since don't count."""
    found = [
        Change(f"${name}", was, now, None, name)
        for name, was, now in _unequal(before.environment, _environment())
    ]
    for (module, name), attributes in before.attributes.items():
        owner = owner_of(module, name)
        if owner is None or (
            vars(owner).keys() == attributes.keys()
            and all(map(_same, vars(owner).values(), attributes.values()))
        ):
            continue
        path = f"{module}.{name}" if name else module
        found += [
            Change(f"{path}.{attribute}", was, now, owner, attribute)
            for attribute, was, now in _unequal(attributes, _attributes(owner))
            # A module gets what is imported below it.
            if not (was is MISSING and not name)
            # After each test pytest-socket sets `socket.socket.connect` to what it inherits.
            and not _inherits(owner, attribute, was if now is MISSING else now)
        ]
    return found


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in _OTHERS_VARIABLES}


def owner_of(module: str, name: str) -> Any:
    """A module, or a class of it, if it is there.

    Where somebody has put a class of his own that stands on it, as pytest-socket does, it is the
    one below; where a test has put something else, there is none.
    """
    found = sys.modules.get(module)
    if found is None or not name:
        return found
    bases = getattr(getattr(found, name, None), "__mro__", ())
    of_module = (one for one in bases if (one.__module__, one.__name__) == (module, name))
    return next(of_module, bases[0] if bases else None)


def _attributes(owner: Any) -> dict[str, Any]:
    return dict(vars(owner))


def _inherits(owner: Any, attribute: str, value: Any) -> bool:
    """Whether a class would have this value if the attribute weren't set there."""
    bases = owner.__mro__[1:] if isinstance(owner, type) else ()
    return value is next((vars(one)[attribute] for one in bases if attribute in vars(one)), MISSING)


def _same(one: Any, other: Any) -> bool:
    # Numbers and texts (moto's counters) may be equal without being the same object.
    return one is other or (
        isinstance(one, (int, str)) and type(one) is type(other) and bool(one == other)
    )


def _unequal(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    pairs = (
        (key, before.get(key, MISSING), after.get(key, MISSING))
        for key in sorted(before.keys() | after.keys())
        if key not in _OTHERS_ATTRIBUTES
    )
    return [one for one in pairs if not _same(one[1], one[2])]


def _described(value: Any) -> str:
    """A value, and for what was defined somewhere, where."""
    code = getattr(value, "__code__", None)
    if code is not None:
        return f"{value.__qualname__} of {code.co_filename}:{code.co_firstlineno}"
    return repr(value)
