"""The async twin of a sync client: same session, credentials, configuration and handlers."""

from __future__ import annotations

import inspect
import itertools
import weakref
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import aiobotocore.config
import botocore.session

from conformance import bodies, compat
from conformance.events import EventLog
from conformance.loops import LoopRunner, current_runner
from conformance.settings import Line

_sync_create_client = botocore.session.Session.create_client
_signature = inspect.signature(_sync_create_client)
_keys = itertools.count()


class Twin:
    """An async client that lives on one runner's loop."""

    def __init__(self, client: Any, stack: AsyncExitStack) -> None:
        self.client = client
        # How many of its origin's event registrations it has.
        self.registered = 0
        self._stack = stack

    async def aclose(self) -> None:
        await self._stack.aclose()


class Origin:
    """How a sync client was made, so that a twin of it can be made on any loop."""

    def __init__(
        self, session: botocore.session.Session, client: Any, arguments: dict[str, Any], line: Line
    ) -> None:
        self._key = next(_keys)
        self._session = session
        self._arguments = {
            **arguments,
            **compat.key_arguments(client),
            "region_name": compat.resolved_region(session, arguments),
        }
        self._line = line
        # Not the client itself: it holds this object, and the two would die late.
        self._client = weakref.ref(client)
        self.events = EventLog(EventLog.of(session.get_component("event_emitter")))
        self.events.open_at(client.meta.events)
        client.__dict__["_conformance_origin"] = self

    @staticmethod
    def of(client: Any) -> Origin | None:
        # By way of __dict__: a missing attribute of a client emits an event.
        origin = client.__dict__.get("_conformance_origin")
        return origin if isinstance(origin, Origin) else None

    def twin(self, runner: LoopRunner) -> Any:
        """The async client on this runner's loop."""
        twin = runner.kept(self._key)
        if not isinstance(twin, Twin):
            twin = runner.run(self._make())
            runner.keep(self._key, twin)
            weakref.finalize(self, _retire, weakref.ref(runner), self._key)
        for registration in self.events.entries[twin.registered :]:
            registration.apply(twin.client.meta.events)
        twin.registered = len(self.events.entries)
        return twin.client

    def call(self, operation_name: str, params: dict[str, Any]) -> Any:
        runner = current_runner()
        twin = self.twin(runner)
        operation = twin.meta.service_model.operation_model(operation_name)
        params = bodies.to_async(params, _payload_member(operation))
        response = runner.run(compat.make_api_call(twin, operation_name, params))
        return bodies.to_sync(runner, response)

    async def _make(self) -> Twin:
        session = compat.twin_session(self._session)
        config = aiobotocore.config.AioConfig(**_backend_options(self._line))
        for more in (self._session.get_default_client_config(), self._arguments.get("config")):
            if more is not None:
                config = config.merge(more)
        arguments = {**self._arguments, "config": config}
        if self._line.client == "aioboto3":
            context = compat.aioboto3_session(session).client(**arguments)
        else:
            context = session.create_client(**arguments)
        stack = AsyncExitStack()
        client = await stack.enter_async_context(context)
        # So that a test's `except client.exceptions.X` catches what the twin raises.
        compat.share_exceptions(self._client(), client)
        return Twin(client, stack)


def create_client(line: Line) -> Callable[..., Any]:
    """A stand-in for botocore's Session.create_client that makes the twin as well.

    At once, so that the twin sees the environment that the sync client saw.
    """

    def create(self: botocore.session.Session, *args: Any, **kwargs: Any) -> Any:
        client = _sync_create_client(self, *args, **kwargs)
        arguments = dict(_signature.bind(self, *args, **kwargs).arguments)
        del arguments["self"]
        origin = Origin(self, client, arguments, line)
        if not compat.inside_running_loop():
            origin.twin(current_runner())
        return client

    return create


def _retire(runner: weakref.ref[LoopRunner], key: int) -> None:
    alive = runner()
    if alive is not None:
        alive.retire(key)


def _payload_member(operation: Any) -> str | None:
    """The name of the parameter that becomes the body of the request as it is."""
    if operation.get_streaming_input() is None:
        return None
    return str(operation.input_shape.serialization["payload"])


def _backend_options(line: Line) -> dict[str, Any]:
    if line.backend == "aiohttp":
        return {}
    from aiobotocore.httpxsession import HttpxSession

    return {"http_session_cls": HttpxSession}
