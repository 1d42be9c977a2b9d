"""Take event handlers that a test registers with a sync client over to its async twins.

Only what is registered after a session or a client was made counts: botocore's own handlers
are in place by then, and the twins have their own.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiobotocore.awsrequest import AioAWSResponse
from botocore.awsrequest import AWSResponse
from botocore.hooks import EventAliaser

from conformance import compat, tally

# Emitted while classes and clients are made or read, never while a call is under way.
_NOT_ABOUT_CALLS = ("creating-", "docs", "getattr", "service-data-loaded", "choose-service-name")
_METHODS = ("register", "register_first", "register_last", "unregister")


@dataclass(frozen=True)
class Registration:
    """One call of one of an emitter's methods."""

    method: str
    event_name: str
    handler: Callable[..., Any] | None
    kwargs: dict[str, Any]

    def apply(self, emitter: Any) -> None:
        getattr(emitter, self.method)(self.event_name, as_async(self.handler), **self.kwargs)


class EventLog:
    """The registrations at one emitter since the log was opened."""

    def __init__(self, earlier: EventLog | None = None) -> None:
        self.entries: list[Registration] = list(earlier.entries) if earlier else []

    @classmethod
    def of(cls, emitter: Any) -> EventLog | None:
        log = emitter.__dict__.get("_conformance_log")
        return log if isinstance(log, cls) else None

    def open_at(self, emitter: Any) -> None:
        emitter.__dict__["_conformance_log"] = self


def install() -> None:
    """Make every botocore emitter write to its log, where it has one."""
    for name in _METHODS:
        _wrap(name)


def _wrap(name: str) -> None:
    original = getattr(EventAliaser, name)
    signature = inspect.signature(original)

    def wrapper(self: EventAliaser, *args: Any, **kwargs: Any) -> Any:
        result = original(self, *args, **kwargs)
        log = EventLog.of(self)
        if log is not None:
            bound = dict(signature.bind(self, *args, **kwargs).arguments)
            del bound["self"]
            event_name = bound.pop("event_name")
            if not event_name.startswith(_NOT_ABOUT_CALLS):
                handler = bound.pop("handler", None)
                log.entries.append(Registration(name, event_name, handler, bound))
        return result

    setattr(EventAliaser, name, wrapper)


class _AsyncAnswer:
    """A handler of a sync client whose answers an async client can use.

    botocore's events say that a `before-send` handler may answer with an AWSResponse; in
    aiobotocore its content must be awaited. Equal to another wrapper of the same handler,
    so that it can be unregistered.
    """

    def __init__(self, handler: Callable[..., Any]) -> None:
        self.handler = handler

    def __call__(self, **kwargs: Any) -> Any:
        answer = self.handler(**kwargs)
        if (
            isinstance(answer, AWSResponse)
            and not isinstance(answer, AioAWSResponse)
            and kwargs.get("event_name", "").startswith("before-send")
        ):
            tally.note("sync AWSResponse of a before-send handler made awaitable")
            converted = AioAWSResponse(answer.url, answer.status_code, answer.headers, answer.raw)
            compat.set_content(converted, answer.content)
            return converted
        return answer

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _AsyncAnswer) and other.handler == self.handler

    def __hash__(self) -> int:
        return hash(self.handler)


def as_async(handler: Callable[..., Any] | None) -> Callable[..., Any] | None:
    """A sync client's handler as it is registered with an async one."""
    if handler is None or inspect.iscoroutinefunction(handler):
        return handler
    if not (inspect.isfunction(handler) or inspect.ismethod(handler)):
        # aiobotocore and aiomoto know some objects by identity (moto's own stubber).
        return handler
    return _AsyncAnswer(handler)
