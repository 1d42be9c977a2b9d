"""What a test says that models reply: the queue, and what may be in it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from aiomoto import AiomotoError

if TYPE_CHECKING:
    from aiomoto import Clock
    from aiomoto.bells import AsyncBell

OPERATIONS = ("Converse", "ConverseStream", "InvokeModel", "InvokeModelWithResponseStream")


class InvalidReply(AiomotoError, ValueError):
    """A reply that can't be one, or not one to this call: what was given, what is allowed."""


@dataclass(frozen=True)
class ModelRequest:
    """A model call, as a callable reply gets it."""

    #: ``Converse``, ``ConverseStream``, ``InvokeModel`` or ``InvokeModelWithResponseStream``.
    operation: str
    #: The model's ID or ARN, as the client gave it.
    model_id: str
    #: The request: decoded JSON (for Converse ``messages``, ``inferenceConfig`` and so on),
    #: else bytes.
    body: Any


@dataclass(frozen=True)
class Failure:
    """An error: of the call, or in the stream where it stands among a stream's parts.

    :param code: as botocore has it, for instance ``ThrottlingException``.
    :param status: the HTTP status of a failed call; if None, the one in AWS's model, else 400.
    :param fields: further members, such as ``originalStatusCode`` of
        ``ModelStreamErrorException``.
    """

    code: str
    message: str = ""
    status: int | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Pause:
    """So many seconds of the mock's clock between two parts of a stream.

    A synchronous client, which gets the whole stream at once, doesn't wait.
    """

    seconds: float

    def __post_init__(self) -> None:
        given: object = self.seconds
        if not isinstance(given, (int, float)) or not given >= 0:
            raise InvalidReply(f"Pause takes seconds from 0 on; got {self.seconds!r}.")


#: A part of a stream: an event of ConverseStream, or a chunk of
#: InvokeModelWithResponseStream (what is no bytes goes as JSON).
Part = Mapping[str, Any] | bytes | str | Failure | Pause
#: A reply that says all.
Content = str | bytes | Mapping[str, Any] | Failure | Iterable[Part] | AsyncIterable[Part]
#: A reply, or what makes one of the request.
Reply = Content | Callable[[ModelRequest], Content | Awaitable[Content]]


@dataclass(eq=False)
class _Entry:
    reply: Reply
    model: str | None
    operation: str | None
    #: How many calls it still answers; None is all.
    left: int | None

    def fits(self, request: ModelRequest) -> bool:
        if self.operation not in (None, request.operation):
            return False
        return self.model is None or fnmatchcase(request.model_id, self.model)


class Playing:
    """One mock's time of replies: its clock, and who waits for it."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._over = False
        self._bells: set[AsyncBell] = set()

    async def pause(self, called: ModelRequest, seconds: float) -> bool:
        """Wait so long in the answer to a call; False if the mock has ended meanwhile."""
        from aiomoto.bells import async_bell
        from aiomoto.standstill import waiting

        until = self.clock.time() + seconds
        still = waiting(self.clock, f"bedrock-runtime {called.operation}", seconds)
        bell = async_bell()
        self._bells.add(bell)
        try:
            while not self._over and not self.clock.reached(until):
                await self.clock.wait(bell, until, still)
        finally:
            self._bells.discard(bell)
        return not self._over

    def end(self) -> None:
        self._over = True
        for bell in tuple(self._bells):
            bell.ring()


class Replies:
    """The replies that models will give, first come, first served; from any thread."""

    def __init__(self) -> None:
        self._playing: Playing | None = None
        self._entries: list[_Entry] = []
        #: Every model call of this mock that came here, in order, answered or not.
        self.requests: list[ModelRequest] = []
        #: Whether a reply was added in this mock.
        self.used = False

    def add(
        self,
        reply: Reply,
        *,
        model: str | None = None,
        operation: str | None = None,
        times: int | None = 1,
    ) -> None:
        """Have a model call answered so.

        :param reply: one of

            - a text: the model's message, word by word in a stream (Converse,
              ConverseStream);
            - a mapping: the output of Converse as boto3 returns it, of which only
              ``output`` is needed (ConverseStream streams it), or the JSON body of
              InvokeModel;
            - bytes: the body of InvokeModel;
            - an iterable, or an asynchronous one: the parts of a stream. An iterator
              serves one call;
            - a :class:`Failure`;
            - a callable that gets the :class:`ModelRequest` and returns one of these, or
              awaits and returns one.
        :param model: only for this model ID; a pattern in the manner of the shell
            (``anthropic.*``); for all if None.
        :param operation: only for this operation, for instance ``ConverseStream``.
        :param times: how many calls it answers; None for all.
        :raises InvalidReply: for arguments that are not usable, naming what is.
        :raises RuntimeError: outside of a mock, and if moto has no Bedrock runtime.
        """
        if self._playing is None:
            raise RuntimeError(
                "replies.add() needs an active mock_aws, whose end forgets all replies, and "
                "moto 5.2 or newer. Call it inside of the mock."
            )
        if not isinstance(reply, (str, bytes, Failure, Iterable, AsyncIterable)) and not callable(
            reply
        ):
            raise InvalidReply(
                "A reply is a text, bytes, a mapping, an iterable of parts, a Failure, or a "
                f"callable that makes one of these; got {reply!r}."
            )
        if operation is not None and operation not in OPERATIONS:
            raise InvalidReply(f"operation is one of {', '.join(OPERATIONS)}; got {operation!r}.")
        pattern: object = model
        if pattern is not None and not isinstance(pattern, str):
            raise InvalidReply(f"model is a model ID, or a pattern of one; got {model!r}.")
        calls: object = times
        if calls is not None and (not isinstance(calls, int) or calls < 1):
            raise InvalidReply(f"times is a whole number from 1 on, or None; got {times!r}.")
        self.used = True
        self._entries.append(_Entry(reply, model, operation, times))

    @property
    def left(self) -> int:
        """How many replies wait to be used; those for all calls don't count."""
        return sum(entry.left for entry in self._entries if entry.left is not None)

    def clear(self) -> None:
        """Forget all replies that were not used."""
        self._entries.clear()

    def begin(self, clock: Clock) -> None:
        self.end()
        self._playing = Playing(clock)

    def end(self) -> None:
        playing, self._playing = self._playing, None
        self.clear()
        self.requests = []
        self.used = False
        if playing is not None:
            playing.end()

    @property
    def playing(self) -> Playing:
        if self._playing is None:
            raise RuntimeError("No mock is active.")
        return self._playing

    def take(self, request: ModelRequest) -> Reply | None:
        """The first reply that fits; None if there is none."""
        self.requests.append(request)
        for entry in tuple(self._entries):
            if entry.fits(request):
                if entry.left is not None:
                    entry.left -= 1
                    if not entry.left:
                        self._entries.remove(entry)
                return entry.reply
        return None


#: What models reply inside of the mock that is active; empty when the first mock starts.
replies = Replies()


def decoded(body: bytes) -> Any:
    """A request's body: decoded JSON, else bytes."""
    try:
        return json.loads(body)
    except ValueError:
        return body
