"""moto's SQS: its queues seen from outside, and the places where they change."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from aiomoto import Clock, Patch
from aiomoto.compat.names import require, require_attributes

_MODELS = "moto.sqs.models"


class Look(NamedTuple):
    """What a queue has for those who wait at it."""

    #: Messages that can be received now; of a FIFO queue, groups that have one.
    available: int
    #: When the next message becomes visible, in moto's milliseconds; None if none will.
    due: float | None


@dataclass
class Note:
    """What moto's receive was called with while it answered one request."""

    #: Whether the asker is a waiter whose turn it is.
    called: bool = False
    #: moto's queue object; None if the request was refused before a queue was looked at.
    queue: Any = None
    #: Seconds to wait for a message, from the request or else from the queue.
    wait: int = 0
    #: The messages received, as moto's copies.
    messages: list[Any] = field(default_factory=list)
    #: Whether ``messages`` are brought back instead of others being received.
    brings_back: bool = False

    def waits(self) -> bool:
        """Whether there was nothing, and the asker wants to wait."""
        return self.queue is not None and self.wait > 0 and not self.messages


class Watcher(Protocol):
    """Who wants to hear what happens to queues. Called in the thread in which it happens."""

    def changed(self, queue: Any) -> None:
        """A message may be receivable now, or become so earlier than before."""

    def gone(self, queue: Any) -> None:
        """The queue doesn't exist any more."""

    def reserved(self, queue: Any) -> bool:
        """Whether all that can be received is on its way to those who came first."""


class Sqs:
    """Every name of moto's SQS that long polls rely on, looked up before anything is patched."""

    def __init__(self) -> None:
        self.models = require("moto", _MODELS)
        methods = ("receive_message", "change_message_visibility", "delete_queue", "get_queue")
        self.backend_class = require_attributes("moto", _MODELS, "SQSBackend", *methods)
        for name in ("unix_time", "unix_time_millis"):
            require("moto", _MODELS, name)
        changes = ("add_message", "delete_message")
        own = ("_messages", "_pending_messages", "fifo_queue", "name")
        self.queue_class = require_attributes("moto", _MODELS, "Queue", *changes, *own)
        times = ("visible", "visible_at", "delayed_until", "sent_timestamp", "group_id")
        handles = ("receipt_handle", "_old_receipt_handles", "approximate_receive_count")
        first = "approximate_first_receive_timestamp"
        self.message_class = require_attributes("moto", _MODELS, "Message", *times, *handles, first)
        self._notes = threading.local()
        #: Who hears of what happens: those who wait in the mock of now.
        self.watcher: Watcher

    def now(self) -> float:
        """The time that moto's SQS goes by, in milliseconds."""
        return float(self.models.unix_time_millis())

    def look(self, queue: Any, limit: int) -> Look:
        """See what a queue has; ``available`` is counted up to ``limit``.

        Copies are looked through, since other threads may be changing the queue.
        """
        now = self.now()
        held = set()
        if queue.fifo_queue:
            held = {one.group_id for one in tuple(queue._pending_messages) if one.visible_at > now}
        available, due = 0, None
        for message in tuple(queue._messages):
            at = max(message.visible_at, message.delayed_until)
            if at > now:
                due = at if due is None else min(at, due)
            elif not queue.fifo_queue:
                available += 1
            elif message.group_id not in held:
                held.add(message.group_id)
                available += 1
            if available >= limit:
                break
        return Look(available, due)

    @contextmanager
    def noting(self, note: Note) -> Iterator[None]:
        """Have this thread's next receive not wait in moto, and note what it was asked for."""
        self._notes.note = note
        try:
            yield
        finally:
            self._notes.note = None

    def patches(self) -> list[Patch]:
        """Make what is replaced in moto while a mock is active and ``watcher`` is set."""

        def visible(message: Any) -> bool:
            """From the moment on, not after it: where time stands still that is never."""
            return bool(self.now() >= message.visible_at)

        return [
            (self.message_class, "visible", property(visible)),
            *self._queue_patches(),
            *self._backend_patches(),
        ]

    def time_patches(self, clock: Clock) -> list[Patch]:
        """What else to replace in moto, so that it goes by a mock's virtual clock."""
        if not clock.virtual:
            return []

        # Whole milliseconds, so that sums of moto's times are exact; the
        # microsecond puts what ends at this moment behind us.
        def unix_time(dt: Any = None) -> float:
            return original_time(dt) if dt else round(clock.time() * 1000) / 1000 + 1e-6

        def unix_time_millis(dt: Any = None) -> float:
            return original_millis(dt) if dt else float(round(clock.time() * 1000))

        original_time = self.models.unix_time
        original_millis = self.models.unix_time_millis
        return [
            (self.models, "unix_time", unix_time),
            (self.models, "unix_time_millis", unix_time_millis),
        ]

    def _queue_patches(self) -> list[Patch]:
        add, delete = self.queue_class.add_message, self.queue_class.delete_message

        def add_message(queue: Any, message: Any) -> Any:
            """Tell those who wait; a Lambda trigger, which receives in here, must not wait."""
            nested, self._notes.adding = getattr(self._notes, "adding", False), True
            try:
                return add(queue, message)
            finally:
                self._notes.adding = nested
                self.watcher.changed(queue)

        def delete_message(queue: Any, *args: Any, **kwargs: Any) -> Any:
            """Tell those who wait for the message's group."""
            result = delete(queue, *args, **kwargs)
            if queue.fifo_queue:
                self.watcher.changed(queue)
            return result

        return [
            (self.queue_class, "add_message", add_message),
            (self.queue_class, "delete_message", delete_message),
        ]

    def _backend_patches(self) -> list[Patch]:
        cls = self.backend_class
        receive, change = cls.receive_message, cls.change_message_visibility
        delete_queue, reset = cls.delete_queue, cls.reset

        def receive_message(
            backend: Any,
            queue_name: str,
            count: int,
            wait_seconds_timeout: int,
            *args: Any,
            **kwargs: Any,
        ) -> Any:
            """Note what is asked for and don't wait, where the asker waits himself."""
            note: Note | None = getattr(self._notes, "note", None)
            queue = backend.get_queue(queue_name)
            self._drop_expired(queue)
            if note is None:
                wait = 0 if getattr(self._notes, "adding", False) else wait_seconds_timeout
                result = receive(backend, queue_name, count, wait, *args, **kwargs)
            else:
                self._notes.note = None  # a redrive in here may receive for a Lambda trigger
                if note.brings_back:
                    _bring_back(queue, note.messages)
                    self.watcher.changed(queue)
                    return []
                note.queue, note.wait = queue, int(wait_seconds_timeout)
                if note.wait and not note.called and self.watcher.reserved(queue):
                    return []
                result = receive(backend, queue_name, count, 0, *args, **kwargs)
                note.messages = result
            if result:
                self.watcher.changed(queue)
            return result

        def change_message_visibility(backend: Any, queue_name: str, *args: Any, **kw: Any) -> Any:
            """Tell those who wait: it may be receivable now, or its group."""
            result = change(backend, queue_name, *args, **kw)
            self.watcher.changed(backend.get_queue(queue_name))
            return result

        def delete_queue_and_tell(backend: Any, queue_name: str, *args: Any, **kwargs: Any) -> Any:
            queue = backend.queues.get(queue_name)
            result = delete_queue(backend, queue_name, *args, **kwargs)
            self.watcher.gone(queue)
            return result

        def reset_and_tell(backend: Any) -> Any:
            queues = list(vars(backend).get("queues", {}).values())
            result = reset(backend)
            for queue in queues:
                self.watcher.gone(queue)
            return result

        return [
            (cls, "receive_message", receive_message),
            (cls, "change_message_visibility", change_message_visibility),
            (cls, "delete_queue", delete_queue_and_tell),
            (cls, "reset", reset_and_tell),
        ]

    def _drop_expired(self, queue: Any) -> None:
        """Delete what is past its retention period, as SQS does.

        moto stops at the first such message, hiding those after it.
        Source: SQS API Reference, SetQueueAttributes, MessageRetentionPeriod.
        """
        oldest = self._oldest(queue)
        if any(message.sent_timestamp <= oldest for message in queue._messages):
            queue._messages = [one for one in queue._messages if one.sent_timestamp > oldest]
            queue._pending_messages.intersection_update(queue._messages)

    def _oldest(self, queue: Any) -> float:
        """What was sent at this moment, or before, is past the queue's retention period."""
        return float(self.now() - queue.message_retention_period * 1000)


def _bring_back(queue: Any, received: list[Any]) -> None:
    """Undo the receiving of messages, so far as nothing else has happened to them since."""
    handles = {copy.receipt_handle for copy in received}
    for message in queue._messages:
        if message.receipt_handle in handles:
            queue._pending_messages.discard(message)
            message.visible_at = 0.0
            message.receipt_handle = message._old_receipt_handles.pop()
            message.approximate_receive_count -= 1
            if not message.approximate_receive_count:
                message.approximate_first_receive_timestamp = None
