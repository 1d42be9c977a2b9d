"""Waits for virtual time that nobody moves: they say so after some seconds of real time.

A call's wait stands still if for `PATIENCE` seconds nobody has moved the clock, asked it or
asked AWS for anything; one in the background, if nobody has moved the clock. The waiter
itself is woken then and issues the warning, in its own task or thread. So where filters make
errors of warnings, the error ends the call that would hang, and no timer can outlive the wait.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Protocol

from .errors import add_note
from .warning import warn

if TYPE_CHECKING:
    from .bells import AsyncBell, ThreadBell
    from .request import AwsRequest

__all__ = ["Standstill", "waiting"]


class Clock(Protocol):
    """The part of a mock's clock that is needed here."""

    @property
    def virtual(self) -> bool:
        """Whether time stands still unless a test moves it."""

    @property
    def activity(self) -> tuple[int, int]:
        """How often it was used, and where it stands."""


#: Seconds of real time.
PATIENCE = 5.0
_log = logging.getLogger(__name__)


def waiting(
    clock: Clock,
    wait: str,
    seconds: float | None = None,
    request: AwsRequest | None = None,
    *,
    in_background: bool = False,
) -> Standstill | None:
    """Make what a wait for the mock's clock says if nobody moves virtual time; None on real time.

    The arguments are those of :class:`Standstill`.
    """
    if not clock.virtual:
        return None
    return Standstill(clock, wait, seconds, request, in_background=in_background)


class Standstill:
    """One wait for virtual time.

    :param wait: what waits, to be named: ``sqs ReceiveMessage``.
    :param seconds: of virtual time that are waited for; None if that changes on the way.
    :param request: the request whose client waits for the answer.
    :param in_background: nobody's call waits; write to the log in place of a warning, which
        as an error would end a job that is no mistake.
    """

    def __init__(
        self,
        clock: Clock,
        wait: str,
        seconds: float | None = None,
        request: AwsRequest | None = None,
        *,
        in_background: bool = False,
    ) -> None:
        self._clock = clock
        self._wait = wait
        self._seconds = seconds
        self._call = request.call if request is not None else None
        self._in_background = in_background
        self._told = False
        self._seen: object = None

    async def rest(self, bell: AsyncBell) -> None:
        """Wait until the bell is rung, warning if that takes too long."""
        self.begin()
        while not await self._rung(bell):
            self.look()

    async def _rung(self, bell: AsyncBell) -> bool:
        try:
            return await bell.wait(self.patience)
        except BaseException as error:
            self._interrupted(error)
            raise

    def rest_here(self, bell: ThreadBell) -> None:
        """The same for a thread."""
        self.begin()
        while not bell.wait(self.patience):
            self.look()

    def begin(self) -> None:
        """Begin to wait, anew."""
        self._seen = self._state()

    @property
    def patience(self) -> float | None:
        """For how many seconds of real time to wait before :meth:`look`; None for any number."""
        return None if self._told else PATIENCE

    def look(self) -> None:
        """Warn, once, if nothing has happened since :meth:`begin` or the last look."""
        before, self._seen = self._seen, self._state()
        if self._told or before != self._seen:
            return
        self._told = True
        text = f"{self._wait} has stood still for {PATIENCE:g} s of real time: {self._reason()}"
        if self._in_background:
            _log.warning(text)
        else:
            warn(text)

    def _state(self) -> object:
        uses, micros = self._clock.activity
        return micros if self._in_background else (uses, micros)

    def _interrupted(self, error: BaseException) -> None:
        """Have the error that the client gets, such as that of a read time-out, say why."""
        note = f"{self._wait} was waiting: {self._reason()}"
        if self._call is not None:
            self._call.note = note
        if isinstance(error, asyncio.CancelledError):
            add_note(error, note)  # shown as the cause of asyncio's own TimeoutError

    def _reason(self) -> str:
        time, seconds = "", "seconds"
        if self._seconds is not None:
            seconds = f"{self._seconds:g}"
            time = f"{seconds} s of "
        return (
            f"it waits for {time}the mock's virtual clock, which only the test moves. Call "
            f"`await mock.clock.advance({seconds})` in another task, or "
            f"mock.clock.tick({seconds}) in another thread; for real time, leave clock='virtual' "
            "out."
        )
