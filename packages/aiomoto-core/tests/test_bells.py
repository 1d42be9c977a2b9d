"""Bells wake who waits, from any thread, and miss nothing."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from aiomoto.bells import (
    AsyncBell,
    AsyncioBell,
    ThreadBell,
    TrioBell,
    async_bell,
    running_loop,
    trio_here,
)

#: Seconds; so long nobody waits here who is woken.
LONG = 30.0
Body = Callable[[AsyncBell], Awaitable[None]]


@pytest.fixture(params=["asyncio", "trio"])
def run(request: pytest.FixtureRequest) -> Callable[[Body], None]:
    """Carries out a body with a bell that is made where the body runs."""

    def run_it(body: Body) -> None:
        async def main() -> None:
            await body(async_bell())

        if request.param == "asyncio":
            asyncio.run(asyncio.wait_for(main(), LONG))
        else:
            pytest.importorskip("trio").run(main)

    return run_it


def now() -> float:
    trio = trio_here()
    found = asyncio.get_running_loop().time() if trio is None else trio.current_time()
    return float(found)


def test_a_ring_from_another_thread(run: Callable[[Body], None]) -> None:
    async def body(bell: AsyncBell) -> None:
        threads = []
        for _ in range(3):
            threads.append(threading.Timer(0.01, bell.ring))
            threads[-1].start()
            await bell.wait(None)
            threads[-1].join()

    run(body)


def test_a_ring_before_the_wait_ends_it_at_once_and_no_other(
    run: Callable[[Body], None],
) -> None:
    async def body(bell: AsyncBell) -> None:
        began = now()
        assert bell.ring()
        assert bell.alive()
        await bell.wait(LONG)
        assert now() - began < LONG / 2
        # A wake that was under way may come once more.
        await bell.wait(0.01)
        began = bell.now()
        await bell.wait(0.05)
        assert bell.now() - began >= 0.045

    run(body)


def test_a_ring_that_was_heard_is_forgotten(run: Callable[[Body], None]) -> None:
    async def body(bell: AsyncBell) -> None:
        bell.ring()
        await asyncio_or_trio_turns()
        bell.clear()
        began = bell.now()
        await bell.wait(0.05)
        assert bell.now() - began >= 0.045

    run(body)


async def asyncio_or_trio_turns() -> None:
    trio: Any = trio_here()
    for _ in range(5):
        await (asyncio.sleep(0.001) if trio is None else trio.sleep(0.001))


def test_a_loop_that_is_over_hears_nothing(run: Callable[[Body], None]) -> None:
    bells: list[AsyncBell] = []

    async def body(bell: AsyncBell) -> None:
        bells.append(bell)

    run(body)
    assert bells[0].ring() is False
    if isinstance(bells[0], AsyncioBell):
        assert not bells[0].alive()


@pytest.mark.asyncio
async def test_a_wait_that_is_cancelled_leaves_the_bell_usable() -> None:
    bell = async_bell()
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(bell.wait(None), 0.01)
    asyncio.get_running_loop().call_soon(bell.ring)
    await asyncio.wait_for(bell.wait(None), LONG)


def test_a_thread_waits() -> None:
    bell = ThreadBell()
    timer = threading.Timer(0.01, bell.ring)
    timer.start()
    bell.wait(LONG)
    timer.join()
    began = bell.now()
    bell.wait(0.02)
    assert bell.now() - began >= 0.015
    assert bell.alive()


def test_which_bell_it_is() -> None:
    assert running_loop() is None
    assert trio_here() is None

    async def here() -> AsyncBell:
        return async_bell()

    assert type(asyncio.run(here())) is AsyncioBell
    if "trio" in sys.modules:
        assert type(sys.modules["trio"].run(here)) is TrioBell


def test_a_wait_says_whether_it_was_rung(run: Callable[[Body], None]) -> None:
    async def body(bell: AsyncBell) -> None:
        assert not await bell.wait(0.01)
        bell.ring()
        assert await bell.wait(LONG)
        assert not await bell.wait(0.01)

    run(body)


def test_a_ring_of_another_thread_ends_no_later_wait() -> None:
    """It is heard before the loop comes to what the ring has asked it to do."""

    async def main() -> None:
        bell = AsyncioBell()
        thread = threading.Thread(target=bell.ring)
        thread.start()
        thread.join()
        assert await bell.wait(LONG)
        began = bell.now()
        assert not await bell.wait(0.05)
        assert bell.now() - began >= 0.045

    asyncio.run(main())


def test_a_ring_at_the_moment_when_time_is_up_is_kept() -> None:
    class Late(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            rung = super().wait(timeout)
            self.set()  # another thread's ring
            return rung

    bell = ThreadBell()
    bell._event = Late()
    assert not bell.wait(0)
    assert bell.wait(0)
