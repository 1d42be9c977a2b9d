"""Who records calls: always on, cheap, bounded."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, overload

from ..locks import Order, guarded, under

if TYPE_CHECKING:
    from ..request import AwsRequest, Call
    from .record import RecordedCall

#: How many calls one `Calls` keeps; older ones are dropped, and counted.
KEPT = 10_000
#: Bytes of one body that is kept, and of all bodies together. Bodies are not
#: copied: the client's own bytes are held.
BODY_LIMIT = 256 * 1024  # request.LARGE, without an import in every run of pytest
BODIES_LIMIT = 32 * 1024 * 1024


class Calls(Sequence["RecordedCall"]):
    """Calls in the order in which they were made, while a mock was active.

    `dropped` says how many of the oldest ones are no longer kept.
    """

    def __init__(self, calls: Iterable[RecordedCall] = (), *, dropped: int = 0) -> None:
        self._calls: deque[RecordedCall] = deque(calls, maxlen=KEPT)
        self.dropped = dropped

    def add(self, call: RecordedCall) -> None:
        if len(self._calls) == KEPT:
            self.dropped += 1
        self._calls.append(call)

    def clear(self) -> None:
        """Forget all calls; what is asserted then is about later ones."""
        self._calls.clear()
        self.dropped = 0

    @property
    def failed(self) -> Calls:
        """Those that were answered with an error, or by an exception."""
        return Calls(
            one for one in self._list() if one.error is not None or (one.status or 0) >= 400
        )

    def filter(
        self,
        service: str | None = None,
        operation: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Calls:
        """Those of a service, of an operation, and with parameters that are equal.

        Other parameters don't matter. `parameters` is for names that Python or
        this function takes: ``parameters={"service": "web"}``.
        """
        from .record import differences

        wanted = {**(parameters or {}), **more}
        return Calls(
            (
                one
                for one in self._list()
                if one.is_for(service, operation) and not differences(one, wanted)
            ),
            dropped=self.dropped,
        )

    def assert_called(
        self,
        service: str,
        operation: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> RecordedCall:
        """Fail unless there was such a call (see `filter`); gives the last of them.

        :raises AssertionError: naming the calls that were nearest to it.
        """
        __tracebackhide__ = True
        found = self.filter(service, operation, parameters, **more)
        if not found:
            self._fail("was not called", service, operation, {**(parameters or {}), **more})
        return found[-1]

    def assert_called_once(
        self,
        service: str,
        operation: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> RecordedCall:
        """Fail unless there was exactly one such call; gives it."""
        __tracebackhide__ = True
        self.assert_count(1, service, operation, parameters, **more)
        return self.filter(service, operation, parameters, **more)[0]

    def assert_not_called(
        self,
        service: str,
        operation: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> None:
        """Fail if there was such a call."""
        __tracebackhide__ = True
        self.assert_count(0, service, operation, parameters, **more)

    def assert_count(
        self,
        count: int,
        service: str,
        operation: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> None:
        """Fail unless there were so many such calls."""
        __tracebackhide__ = True
        found = self.filter(service, operation, parameters, **more)
        if len(found) != count:
            wish = f"should be {_times(count)}" if count else "should not be"
            text = f"was called {_times(len(found))}" if found else "was not called"
            text += f", {wish}"
            self._fail(text, service, operation, {**(parameters or {}), **more}, found)

    def _fail(
        self,
        text: str,
        service: str,
        operation: str | None,
        wanted: Mapping[str, Any],
        found: Sequence[RecordedCall] = (),
    ) -> None:
        __tracebackhide__ = True
        from .display import explained

        raise AssertionError(explained(self, text, service, operation, wanted, found))

    def _list(self) -> list[RecordedCall]:
        # A copy in one step, as other threads may be calling.
        return list(self._calls)

    @overload
    def __getitem__(self, index: int) -> RecordedCall: ...
    @overload
    def __getitem__(self, index: slice) -> Calls: ...
    def __getitem__(self, index: int | slice) -> RecordedCall | Calls:
        if isinstance(index, slice):
            return Calls(self._list()[index])
        return self._calls[index]

    def __len__(self) -> int:
        return len(self._calls)

    def __iter__(self) -> Iterator[RecordedCall]:
        return iter(self._list())

    def __repr__(self) -> str:
        shown = ", ".join(map(repr, islice(self._list(), 20)))
        return f"<Calls [{shown}{', ...' if len(self) > 20 else ''}]>"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


class Recorder:
    """Hands each call of the process to all who listen."""

    def __init__(self) -> None:
        self._lock = guarded(threading.RLock(), Order.LEAF)
        #: By who listens; several may share one `Calls`.
        self._heard: dict[object, Calls] = {}
        self._listeners: tuple[Calls, ...] = ()
        self._bodies: deque[RecordedCall] = deque()
        self._held = 0

    def listen(self, calls: Calls, owner: object = None) -> None:
        """Add calls to ``calls`` from now on, in the name of ``owner``, else of itself."""
        under(self._lock, self._listen, calls, calls if owner is None else owner)

    def leave(self, owner: object) -> None:
        """Stop what one `listen` began; nothing if it has not."""
        under(self._lock, self._leave, owner)

    def _listen(self, calls: Calls, owner: object) -> None:
        self._heard[owner] = calls
        self._renew()

    def _leave(self, owner: object) -> None:
        self._heard.pop(owner, None)
        self._renew()
        if not self._heard:
            # What was recorded belongs to the listeners alone from here on.
            self._bodies.clear()
            self._held = 0

    def _renew(self) -> None:
        self._listeners = tuple({id(calls): calls for calls in self._heard.values()}.values())

    def begin(self, request: AwsRequest, call: Call | None) -> RecordedCall:
        """Record a request that is about to be answered."""
        from .record import RecordedCall

        record = RecordedCall(request, call)
        if size := record.size:
            self._hold(record, size)
        for listener in self._listeners:
            listener.add(record)
        return record

    def _hold(self, record: RecordedCall, size: int) -> None:
        if size > BODY_LIMIT:
            record.forget_body()
            return
        with self._lock:
            self._bodies.append(record)
            self._held += size
            while self._held > BODIES_LIMIT or len(self._bodies) > KEPT:
                oldest = self._bodies.popleft()
                self._held -= oldest.size
                oldest.forget_body()


#: The recorder of this process.
recorder = Recorder()
