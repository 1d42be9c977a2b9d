"""Threads of moto, and the end of the mock that they run in."""

from __future__ import annotations

import threading
import time

import pytest

from aiomoto.clock import RealClock
from aiomoto_contrib.common.stand_ins import Waits


def test_one_that_is_being_started_is_waited_for() -> None:
    """It has an identity before it can be joined, and may lose its turn in between."""
    between, goes_on = threading.Event(), threading.Event()

    class Started(threading.Event):
        def set(self) -> None:
            between.set()
            assert goes_on.wait(10)
            super().set()

    waits, ran = Waits(RealClock()), threading.Event()
    thread = waits.Thread(target=ran.set)
    thread._started = Started()  # type: ignore[attr-defined]
    starter = threading.Thread(target=thread.start)
    starter.start()
    assert between.wait(10)
    assert thread.ident is not None
    later = threading.Timer(0.05, goes_on.set)
    later.start()
    waits.close()
    assert thread not in threading.enumerate()
    assert not ran.is_set()
    starter.join()
    later.join()


def test_one_that_can_not_be_started_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    waits = Waits(RealClock())
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", fails)
        with pytest.raises(RuntimeError, match="can't start"):
            waits.Thread().start()
    monkeypatch.setattr("aiomoto_contrib.common.threads._ENDS_WITHIN", threading.TIMEOUT_MAX)
    waits.close()


def test_of_two_that_wait_for_one_event_both_are_woken_at_the_end() -> None:
    waits = Waits(RealClock())
    event, goes_on = waits.Event(), threading.Event()

    def look() -> None:
        event.wait(0)
        goes_on.set()

    stays = waits.Thread(target=event.wait)
    stays.start()
    while stays not in waits._ends:
        time.sleep(0.001)
    waits.Thread(target=look).start()
    assert goes_on.wait(10)
    waits.close()
    assert stays not in threading.enumerate()
