"""A wait for virtual time that nobody moves says so, once, where its waiter is."""

from __future__ import annotations

import asyncio
import inspect
import logging
import re
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from support.standstill import STANDS_STILL

from aiomoto import AiomotoWarning
from aiomoto.bells import AsyncioBell, ThreadBell
from aiomoto.clock import VirtualClock
from aiomoto.request import AwsRequest, Call
from aiomoto.standstill import Standstill

pytestmark = pytest.mark.usefixtures("impatient")
#: Seconds; so long nothing here waits.
LONG = 30.0
Body = Callable[[], Awaitable[None]]
SAYS = re.escape(
    f"mock.clock.sleep(7) {STANDS_STILL} 7 s of the mock's virtual clock, which only the test "
    "moves. Call `await mock.clock.advance(7)` in another task"
)


@pytest.fixture(params=["asyncio", "uvloop", "trio"])
def run(request: pytest.FixtureRequest) -> Callable[[Body], None]:
    """Carries out a body on each event loop."""
    if request.param == "trio":
        return pytest.importorskip("trio").run  # type: ignore[no-any-return]

    def run_it(body: Body) -> None:
        made = asyncio if request.param == "asyncio" else pytest.importorskip("uvloop")
        loop = made.new_event_loop()
        try:
            loop.run_until_complete(asyncio.wait_for(body(), LONG))
        finally:
            loop.close()

    return run_it


async def pause(seconds: float) -> None:
    """Of real time."""
    import anyio

    await anyio.sleep(seconds)


def test_a_sleep_that_nobody_ends_warns_once_and_goes_on(run: Callable[[Body], None]) -> None:
    clock = VirtualClock()
    woken = []

    async def sleeper() -> None:
        await clock.sleep(7)
        woken.append(clock.time())

    async def body() -> None:
        import anyio

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(sleeper)
            await pause(0.3)
            assert not woken
            await clock.advance(7)

    with pytest.warns(AiomotoWarning, match=SAYS) as caught:
        run(body)
    assert len(caught) == 1
    assert len(woken) == 1


def test_as_an_error_it_ends_the_wait(run: Callable[[Body], None]) -> None:
    """No callback of an event loop raises it, and no timer is left."""
    clock = VirtualClock()

    async def body() -> None:
        with pytest.raises(AiomotoWarning, match=SAYS):
            await clock.sleep(7)
        clock.tick(7)
        assert not clock._timers

    run(body)


def test_a_wait_that_ends_in_time_says_nothing(run: Callable[[Body], None]) -> None:
    clock = VirtualClock()

    async def body() -> None:
        import anyio

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(clock.sleep, 7)
            await clock.advance(7)
        await pause(0.2)

    run(body)  # a warning is an error here


def test_a_clock_that_is_in_use_is_not_standing_still() -> None:
    clock = VirtualClock()

    async def main() -> None:
        sleeper = asyncio.create_task(clock.sleep(7))
        for _ in range(40):
            await asyncio.sleep(0.01)
            clock.touch()  # as each request does
        assert not sleeper.done()
        with pytest.raises(AiomotoWarning, match=SAYS):
            await sleeper

    asyncio.run(main())


def test_the_warning_names_the_line_that_waits() -> None:
    clock = VirtualClock()

    async def waits() -> None:
        await clock.sleep(7)

    with pytest.warns(AiomotoWarning) as caught, pytest.raises(TimeoutError):
        asyncio.run(_within(0.3, waits()))
    [warning] = caught
    line = inspect.getsourcelines(waits)[1] + 1
    assert (warning.filename, warning.lineno) == (__file__, line)


async def _within(seconds: float, wait: Awaitable[None]) -> None:
    try:
        await asyncio.wait_for(wait, seconds)
    except asyncio.TimeoutError:
        raise TimeoutError from None  # they are two before Python 3.11


def test_a_thread_that_waits_is_told_in_that_thread() -> None:
    clock, errors = VirtualClock(), list[BaseException]()
    still = Standstill(clock, "s3 GetObject", 2.5)
    bell = ThreadBell()

    def wait() -> None:
        try:
            still.rest_here(bell)
        except AiomotoWarning as error:
            errors.append(error)
        still.rest_here(bell)  # it is told once

    thread = threading.Thread(target=wait)
    thread.start()
    thread.join(0.4)
    assert thread.is_alive()
    bell.ring()
    thread.join(LONG)
    assert not thread.is_alive()
    [error] = errors
    assert str(error).startswith(f"s3 GetObject {STANDS_STILL}")


def test_what_no_call_waits_for_goes_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    clock = VirtualClock()
    still = Standstill(clock, "a retry", in_background=True)

    async def main() -> None:
        bell = AsyncioBell()
        waiter = asyncio.create_task(still.rest(bell))
        for _ in range(20):
            await asyncio.sleep(0.01)
            clock.touch()  # a client that asks again and again whether it is done
        bell.ring()
        await waiter

    with caplog.at_level(logging.WARNING, "aiomoto"):
        asyncio.run(main())
    [line] = caplog.messages
    assert line.startswith(f"a retry {STANDS_STILL} the mock")
    assert "await mock.clock.advance(seconds)" in line


def test_who_gives_up_is_told_why() -> None:
    """A time-out of asyncio's has the cancellation as its cause."""
    call = Call("sqs", "ReceiveMessage")
    request: Any = AwsRequest("POST", "https://sqs.us-east-1.amazonaws.com/", {}, call=call)  # type: ignore[arg-type]
    still = Standstill(VirtualClock(), "sqs ReceiveMessage", 1, request)

    async def main() -> None:
        waiter = asyncio.create_task(still.rest(AsyncioBell()))
        await asyncio.sleep(0)
        waiter.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await waiter
        # Python 3.10 raises another one for who awaits the task, and has no notes of its own.
        told = caught.value if sys.version_info >= (3, 11) else caught.value.__context__
        [note] = told.__notes__  # type: ignore[union-attr, unused-ignore]
        assert note.startswith("sqs ReceiveMessage was waiting: it waits for 1 s of the mock's")
        assert call.note == note

    asyncio.run(main())
