"""Jobs: where they run, how they are waited for, and that none outlives the mock."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from aiomoto.background import Background
from aiomoto.clock import VirtualClock
from aiomoto.jobs import MockEnded, in_thread


@pytest.fixture
def background() -> Iterator[Background]:
    """Open, as while a mock is active that has jobs."""
    made = Background()
    made.open("test")
    yield made
    if made._users:
        made.close("test")


@pytest.fixture(params=["asyncio", "trio"])
def run(request: pytest.FixtureRequest) -> Callable[[Callable[[], Any]], None]:
    """Runs a coroutine function in each library."""
    if request.param == "asyncio":
        return lambda main: asyncio.run(asyncio.wait_for(main(), 30), debug=True)
    return pytest.importorskip("trio").run  # type: ignore[no-any-return]


def test_a_job_runs_in_the_loop_of_its_cause(background: Background, run: Any) -> None:
    threads: list[int] = []

    async def work() -> None:
        threads.append(threading.get_ident())

    async def main() -> None:
        background.start(work)
        assert threads == []  # some time after that
        await background.idle()

    run(main)
    assert threads == [threading.get_ident()]


def test_a_thread_starts_it_in_the_loop_that_was_seen(background: Background, run: Any) -> None:
    threads: list[int] = []

    async def work() -> int:
        threads.append(threading.get_ident())
        return 3

    async def main() -> None:
        background.see()
        assert await in_thread(lambda: background.wait_for(work)) == 3

    run(main)
    assert threads == [threading.get_ident()]
    # That loop is over.
    assert background.wait_for(work) == 3
    assert threads[1] != threads[0]


def test_a_blocked_loop_is_not_waited_for(background: Background) -> None:
    async def work() -> int:
        return 3

    async def main() -> None:
        background.see()
        assert background.wait_for(work) == 3  # in the thread of the loop itself

    asyncio.run(main())


def test_the_end_cancels_jobs_and_tells_who_waits(background: Background, run: Any) -> None:
    seen: list[str] = []

    async def for_ever() -> None:
        try:
            await VirtualClock().sleep(1)
        finally:
            seen.append("cancelled")

    async def main() -> None:
        async def end() -> None:
            background.close("test")

        background.start(for_ever)
        await VirtualClock().sleep(0)
        background.start(end)
        with pytest.raises(MockEnded, match="has ended"):
            await background.run(for_ever)

    run(main)
    assert seen == ["cancelled"] * 2
    assert background.start(for_ever) is None
    with pytest.raises(MockEnded):
        background.wait_for(for_ever)


def test_a_job_that_waits_for_the_clock_is_idle(background: Background, run: Any) -> None:
    clock, done = VirtualClock(), threading.Event()

    async def work() -> None:
        await background.sleep(clock, 60, "a job")
        done.set()

    async def main() -> None:
        background.start(work)
        await background.idle()
        assert not done.is_set()
        await clock.advance(60)
        assert done.is_set()

    run(main)


def test_a_thread_waits_for_quiet(background: Background) -> None:
    goes_on = threading.Event()

    async def work() -> None:
        await in_thread(goes_on.wait)

    background.start(work)  # in a thread with a loop of its own
    assert not background.wait_idle(0.01)
    goes_on.set()
    assert background.wait_idle(30)


def test_a_mistake_in_a_job_is_raised_at_the_end(background: Background) -> None:
    async def work() -> None:
        raise LookupError("1001")

    background.start(work)
    assert background.wait_idle(30)
    with pytest.raises(LookupError, match="1001"):
        background.close("test")


def test_the_last_user_ends_it(background: Background) -> None:
    background.open("other")
    background.close("other")

    async def work() -> int:
        return 3

    assert background.wait_for(work) == 3
