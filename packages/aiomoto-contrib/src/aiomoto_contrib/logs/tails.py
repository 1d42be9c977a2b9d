"""The sessions of live tails: what each follows, and what it has not sent yet."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiomoto import eventstream

from ..common.live import LiveBodies, Script, Until

if TYPE_CHECKING:
    from aiomoto import AwsRequest, AwsResponse, Clock, Engine

    from .compat import Logs

#: Seconds after which a session times out.
_LIFETIME = 3 * 3600.0
#: Seconds after which an update comes even if there is nothing new.
_EVERY = 1.0
#: Log events in one update.
_MOST_EVENTS = 500
#: Log events that wait for a slow client; older ones are dropped.
_MOST_WAITING = 5000


@dataclass(eq=False)
class Session:
    """What one session follows, and what it has not sent yet."""

    groups: frozenset[str]
    streams: frozenset[str]
    prefixes: tuple[str, ...]
    matches: Callable[[str], bool]
    started: float
    waiting: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=_MOST_WAITING))

    def follows(self, stream: Any) -> bool:
        """Whether a log stream of moto is one that was asked for."""
        name = stream.log_stream_name
        if stream.log_group.arn not in self.groups:
            return False
        if self.streams:
            return name in self.streams
        return not self.prefixes or name.startswith(self.prefixes)


class LiveTail:
    """All sessions of a mock."""

    def __init__(self, engine: Engine, moto: Logs) -> None:
        self._engine = engine
        self._moto = moto
        self.bodies = LiveBodies(engine.clock)
        self._sessions: dict[Session, None] = {}

    def start(self, request: AwsRequest) -> AwsResponse:
        """moto's answer, which has what was logged before, and what is logged from now on."""
        from botocore.eventstream import EventStreamBuffer

        answer = self._engine.ask_moto(request)
        if answer.status >= 300:
            return answer
        buffer = EventStreamBuffer()
        buffer.add_data(answer.body)
        [start] = [
            json.loads(message.payload)
            for message in buffer
            if message.headers.get(":event-type") == "sessionStart"
        ]
        session = Session(
            frozenset(start["logGroupIdentifiers"]),
            frozenset(start["logStreamNames"]),
            tuple(start["logStreamNamePrefixes"]),
            self._moto.filter_class(start["logEventFilterPattern"]).matches,
            self._engine.clock.time(),
        )
        self._sessions[session] = None
        script = _script(session, answer.body, self._engine.clock)
        return self.bodies.respond(
            request, answer.headers, script, lambda: self._sessions.pop(session, None)
        )

    def put(self, stream: Any, events: Iterable[Any]) -> None:
        for session in tuple(self._sessions):
            if session.follows(stream):
                session.waiting.extend(
                    {
                        "ingestionTime": event.ingestion_time,
                        "logGroupIdentifier": stream.log_group.arn,
                        "logStreamName": stream.log_stream_name,
                        "message": event.message,
                        "timestamp": event.timestamp,
                    }
                    for event in events
                    if session.matches(event.message)
                )
        self.bodies.changed()


def _script(session: Session, first: bytes, clock: Clock) -> Script:
    yield first
    end = session.started + _LIFETIME
    spoke = session.started
    while not clock.reached(end):
        if session.waiting or clock.reached(spoke + _EVERY):
            spoke = clock.time()
            yield _update(session.waiting)
        else:
            yield Until(min(end, spoke + _EVERY))
    message = {"message": "Live Tail sessions time out after three hours."}
    yield eventstream.exception("SessionTimeoutException", json.dumps(message).encode())


def _update(waiting: deque[dict[str, Any]]) -> bytes:
    results = [waiting.popleft() for _ in range(min(len(waiting), _MOST_EVENTS))]
    update = {"sessionMetadata": {"sampled": False}, "sessionResults": results}
    return eventstream.event("sessionUpdate", json.dumps(update).encode())
