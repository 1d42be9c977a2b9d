"""Waiting rooms: one for each queue that somebody waits at, in the order of arrival.

For each message that becomes receivable one waiter is called, the one who has
waited longest. Whoever is called and leaves without it (cancelled, or the
message was taken by a short poll) has the next one called.
"""

from __future__ import annotations

import threading
from typing import Any

from aiomoto.bells import Bell
from aiomoto.locks import Order, guarded

from .compat.queues import Sqs


class Waiter:
    """One long poll. The rooms' lock guards all but ``bell``."""

    def __init__(self, bell: Bell) -> None:
        self.bell = bell
        self.room: Room | None = None
        #: It was told that there is a message for it.
        self.called = False
        #: It is asking moto right now, and can't be called.
        self.asking = False
        #: The queue has to be looked at before the next sleep.
        self.looks = True
        #: For which moment, in moto's milliseconds, it has set its alarm.
        self.alarm: float | None = None
        #: The count of changes that its latest asking has seen.
        self.seen = 0


class Room:
    """The waiters at one queue."""

    def __init__(self, queue: Any) -> None:
        self.queue = queue
        self.waiters: dict[Waiter, None] = {}
        self.changes = 0

    def head(self) -> Waiter | None:
        """Who is called next; it also has the alarm for messages that become visible."""
        return next((one for one in self.waiters if not one.called and not one.asking), None)


class Rooms:
    """All rooms; safe to use from any thread."""

    def __init__(self, sqs: Sqs) -> None:
        self._sqs = sqs
        # Taken inside core's lock around moto's state, never around it.
        self._lock = guarded(threading.RLock(), Order.PLUGIN)
        self._rooms: dict[Any, Room] = {}
        self.closed = False

    def close(self) -> None:
        """Wake everybody, as the mock has ended."""
        with self._lock:
            self.closed = True
            for room in self._rooms.values():
                for waiter in room.waiters:
                    waiter.bell.ring()

    # -- what happens to queues ---------------------------------------------

    def changed(self, queue: Any) -> None:
        """Call as many waiters as there are messages that nobody was called for."""
        if queue not in self._rooms:
            return
        with self._lock:
            room = self._rooms.get(queue)
            if room is not None:
                room.changes += 1
                self._call(room)

    def gone(self, queue: Any) -> None:
        """Call all: asking moto again tells each what has become of the queue."""
        with self._lock:
            room = self._rooms.get(queue)
            for waiter in tuple(room.waiters) if room else ():
                waiter.called = True
                waiter.bell.ring()

    def reserved(self, queue: Any) -> bool:
        """Whether as many waiters have been called as there are messages."""
        if queue not in self._rooms:
            return False
        with self._lock:
            room = self._rooms.get(queue)
            called = _called(room) if room is not None else 0
            return called > 0 and self._sqs.look(queue, called + 1).available <= called

    # -- what waiters do ------------------------------------------------------

    def enter(self, waiter: Waiter, queue: Any) -> None:
        """Wait at this queue from now on, as the last in line."""
        with self._lock:
            if waiter.room is not None and waiter.room.queue is queue:
                return
            self._remove(waiter)
            waiter.room = self._rooms.setdefault(queue, Room(queue))
            waiter.room.waiters[waiter] = None
            waiter.looks = True

    def leave(self, waiter: Waiter) -> None:
        """Wait no more; whoever is next takes over."""
        with self._lock:
            room = waiter.room
            self._remove(waiter)
            if room is not None and room.waiters and not self.closed:
                self._call(room)

    def begin(self, waiter: Waiter) -> None:
        """The waiter asks moto now."""
        with self._lock:
            waiter.called, waiter.asking = False, True
            waiter.seen = waiter.room.changes if waiter.room is not None else 0

    def end(self, waiter: Waiter) -> None:
        """The waiter has asked; it looks again only if something happened meanwhile.

        Were it to look whenever moto had nothing for it, it would never sleep
        over a message that moto keeps back for a reason that it can't see.
        """
        with self._lock:
            waiter.asking = False
            if waiter.room is not None and waiter.room.changes != waiter.seen:
                waiter.looks = True

    def until_due(self, waiter: Waiter) -> float | None:
        """Seconds in which the waiter has to look again, 0 for now; None if others will call."""
        with self._lock:
            room, now = waiter.room, self._sqs.now()
            if room is None or self.closed:
                return 0
            if waiter.looks or (waiter.alarm is not None and now >= waiter.alarm):
                waiter.looks, waiter.alarm = False, None
                self._call(room)
            if waiter.called:
                return 0
            if room.head() is not waiter:
                waiter.alarm = None
                return None
            waiter.alarm = self._sqs.look(room.queue, len(room.waiters) + 1).due
            return None if waiter.alarm is None else max(waiter.alarm - now, 0) / 1000

    def _remove(self, waiter: Waiter) -> None:
        room, waiter.room = waiter.room, None
        if room is not None:
            room.waiters.pop(waiter, None)
            if not room.waiters:
                self._rooms.pop(room.queue, None)

    def _call(self, room: Room) -> None:
        look = self._sqs.look(room.queue, len(room.waiters))
        wanted = look.available - _called(room)
        for waiter in tuple(room.waiters):
            if wanted <= 0:
                break
            if waiter.called or waiter.asking:
                continue
            waiter.called = True
            if not waiter.bell.ring():
                self._remove(waiter)
            elif waiter.bell.alive():
                wanted -= 1
        head = room.head()
        if head is None or look.due is None:
            return
        if head.alarm is None or look.due < head.alarm:
            head.bell.ring()  # only to set its alarm: nobody has one, or a later one


def _called(room: Room) -> int:
    """How many were called and will hear it soon: one whose loop stands still may never."""
    return sum(1 for one in room.waiters if one.called and one.bell.alive())
