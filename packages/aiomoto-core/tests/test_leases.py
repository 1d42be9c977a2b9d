"""Mocks that are freed without having been stopped."""

from __future__ import annotations

import gc
import logging
import os
import threading
from typing import Any

import pytest

from aiomoto import hookimpl, locks, mock_aws
from aiomoto.engine import engine

pytestmark = pytest.mark.usefixtures("restored")


def enter_and_free(**arguments: Any) -> None:
    """As a ``with`` statement that is interrupted before its block."""
    mock_aws(**arguments).__enter__()


class Looks:
    """A plugin that does something while the engine starts."""

    def __init__(self, action: Any) -> None:
        self.action = action

    @hookimpl
    def aiomoto_activate(self) -> None:
        self.action()


def test_an_entered_mock_ends_with_its_object() -> None:
    mock = mock_aws()
    mock.__enter__()
    assert engine.active
    del mock
    assert not engine.active
    assert "AWS_ACCESS_KEY_ID" not in os.environ


@pytest.mark.asyncio
async def test_an_entered_mock_ends_with_its_object_in_async_code() -> None:
    mock = mock_aws()
    await mock.__aenter__()
    assert engine.active
    del mock
    assert not engine.active


def test_a_started_mock_outlives_its_object() -> None:
    mock_aws().start()
    gc.collect()
    assert engine.active
    [lease] = engine.leases
    engine.release(lease)


def test_a_mock_that_was_left_is_not_ended_again() -> None:
    mock = mock_aws()
    with mock_aws():
        with mock:
            pass
        mock.start()
        with mock:
            pass
        del mock
        assert len(engine.leases) == 2
        engine.release(engine.leases[1])


def test_a_call_ends_with_its_frame() -> None:
    """The decorator's mock is never freed, but what it made for the call is."""
    mock = mock_aws()
    stay = mock.for_call()
    stay.start()
    assert engine.active
    del stay
    assert not engine.active
    with pytest.raises(RuntimeError, match="not started"):
        mock.stop()


def test_a_mock_that_is_freed_while_another_starts() -> None:
    """By the garbage collector, in the midst of it."""

    def leave_a_circle() -> None:
        circle: list[Any] = [mock_aws()]
        circle[0].__enter__()
        circle.append(circle)
        del circle
        gc.collect()
        assert len(engine.leases) == 2  # not in the midst

    gc.collect()
    with mock_aws(plugins=[Looks(leave_a_circle)]):
        assert len(engine.leases) == 1


def test_a_mock_that_is_freed_while_another_thread_starts_one() -> None:
    inside, freed = threading.Event(), threading.Event()

    def wait() -> None:
        inside.set()
        assert freed.wait(10)

    def start() -> None:
        with mock_aws(plugins=[Looks(wait)]):
            seen.append(len(engine.leases))

    seen: list[int] = []
    mock = mock_aws()
    mock.__enter__()
    thread = threading.Thread(target=start)
    thread.start()
    assert inside.wait(10)
    del mock  # doesn't wait for the engine
    freed.set()
    thread.join()
    assert seen == [1]
    assert not engine.active


@pytest.mark.parametrize("whose", ["dispatcher's", "moto's"])
def test_a_mock_that_is_freed_inside_a_lock_ends_with_the_next_start_or_stop(whose: str) -> None:
    from moto.core.models import MockAWS

    mock = mock_aws()
    mock.__enter__()
    with engine.front.dispatcher._lock if whose == "dispatcher's" else MockAWS._mock_init_lock:
        del mock
        assert engine.active
    with mock_aws():
        assert len(engine.leases) == 1


def test_an_error_in_a_finaliser_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    class Fails:
        @hookimpl
        def aiomoto_deactivate(self) -> None:
            raise LookupError("deactivate")

    with caplog.at_level(logging.ERROR, "aiomoto"):
        enter_and_free(plugins=[Fails()])
    [record] = caplog.records
    assert record.exc_info is not None
    assert "deactivate" in str(record.exc_info[1])
    assert not engine.active


def test_every_lock_of_ours_is_known() -> None:
    """Else a finaliser, or a forked child, could wait for ever."""
    with mock_aws():
        known = set(map(id, locks._all()))
        assert {id(engine.lock), id(engine.front.dispatcher._lock)} <= known
