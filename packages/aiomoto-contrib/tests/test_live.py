"""Bodies that go on: what a script says, when it is looked at again, how it ends."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from aiomoto.clock import Clock, RealClock, VirtualClock
from aiomoto.request import AwsRequest
from aiomoto_contrib.common.live import Live, LiveBodies, Script, Until, now_only


class Source:
    """A script that sends what was put into it, till it is closed."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.items: list[bytes] = []
        self.looks = 0

    def script(self, every: float = 1000) -> Script:
        while True:
            self.looks += 1
            if self.items:
                item = self.items.pop(0)
                if not item:
                    return
                yield item
            else:
                yield Until(self.clock.time() + every)


def run_trio(main: Callable[[], Any]) -> None:
    pytest.importorskip("trio").run(main)


def run_asyncio(main: Callable[[], Any]) -> None:
    asyncio.run(main(), debug=True)


LIBRARIES = pytest.mark.parametrize("run", [run_asyncio, run_trio])


@LIBRARIES
def test_what_is_there_comes_at_once_and_what_comes_later_wakes(run: Callable[[Any], None]) -> None:
    async def main() -> None:
        source = Source(RealClock())
        closed: list[Live] = []
        body = Live(source.script(), source.clock, closed.append)
        source.items += [b"a", b"b"]
        assert [await anext(body), await anext(body)] == [b"a", b"b"]

        def later() -> None:
            source.items += [b"c", b""]
            body.changed()

        thread = threading.Timer(0.01, later)
        thread.start()
        assert await anext(body) == b"c"
        assert closed == []
        with pytest.raises(StopAsyncIteration):
            await anext(body)
        with pytest.raises(StopAsyncIteration):
            await anext(body)
        assert closed == [body]

    run(main)


@LIBRARIES
@pytest.mark.parametrize("clock", [RealClock, VirtualClock])
def test_it_looks_again_when_its_moment_has_come(
    run: Callable[[Any], None], clock: type[Clock]
) -> None:
    source, over = Source(clock()), threading.Event()

    async def main() -> None:
        body = Live(source.script(every=0.01), source.clock, lambda _: None)
        assert await anext(body) == b"x"
        assert source.looks >= 2

    def happen() -> None:
        # Once it waits; virtual time goes on until it has looked again.
        while not source.looks and not over.wait(0.001):
            pass
        source.items.append(b"x")
        while source.clock.virtual and not over.wait(0.001):
            source.clock.tick(0.01)

    thread = threading.Thread(target=happen)
    thread.start()
    try:
        run(main)
    finally:
        over.set()
        thread.join()


@LIBRARIES
def test_it_does_not_look_while_nothing_happens(run: Callable[[Any], None]) -> None:
    async def main() -> None:
        source = Source(RealClock())
        body = Live(source.script(), source.clock, lambda _: None)
        timer = threading.Timer(0.05, body.end)
        timer.start()
        with pytest.raises(StopAsyncIteration):
            await anext(body)
        assert source.looks == 1

    run(main)


@LIBRARIES
def test_a_ring_is_one_look(run: Callable[[Any], None]) -> None:
    async def main() -> None:
        source = Source(RealClock())
        body = Live(source.script(), source.clock, lambda _: None)

        def ring() -> None:
            for looks in (1, 2):
                while source.looks < looks and threading.main_thread().is_alive():
                    time.sleep(0.001)
                if looks == 1:
                    body.changed()
            time.sleep(0.02)
            body.end()

        thread = threading.Thread(target=ring, daemon=True)
        thread.start()
        with pytest.raises(StopAsyncIteration):
            await anext(body)
        assert source.looks == 2

    run(main)


@pytest.mark.asyncio
async def test_a_ring_between_look_and_wait_is_not_missed() -> None:
    clock = RealClock()
    looked = 0

    def script() -> Script:
        nonlocal looked
        while True:
            looked += 1
            if looked == 1:
                body.changed()  # as from a thread, just after there was nothing
                yield Until(clock.time() + 1000)
            else:
                yield b"x"

    body = Live(script(), clock, lambda _: None)
    assert await asyncio.wait_for(anext(body), 5) == b"x"


@pytest.mark.asyncio
async def test_closing_ends_whoever_waits_and_leaves_no_timer() -> None:
    clock = VirtualClock()
    body = Live(Source(clock).script(), clock, lambda _: None)
    reading = asyncio.create_task(anext(body))
    await asyncio.sleep(0)
    await body.aclose()
    with pytest.raises(StopAsyncIteration):
        await reading
    assert clock._next_due(clock._micros + 10**10) is None


@pytest.mark.asyncio
async def test_a_cancellation_leaves_no_timer() -> None:
    clock = VirtualClock()
    source = Source(clock)
    body = Live(source.script(), clock, lambda _: None)
    reading = asyncio.create_task(anext(body))
    await asyncio.sleep(0)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert clock._next_due(clock._micros + 10**10) is None
    source.items.append(b"x")
    assert await anext(body) == b"x"


def test_a_loop_that_has_ended_is_not_rung() -> None:
    clock = RealClock()
    body = Live(Source(clock).script(), clock, lambda _: None)

    async def main() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(anext(body), 0.01)

    asyncio.run(main())
    body.changed()
    body.end()


def test_what_there_is_without_waiting() -> None:
    source = Source(RealClock())
    source.items += [b"a", b"b"]
    assert list(now_only(source.script())) == [b"a", b"b"]
    source.items += [b"c", b"", b"d"]
    assert list(now_only(source.script())) == [b"c"]


def request(is_async: bool) -> AwsRequest:
    return AwsRequest("POST", "https://x.amazonaws.com/", {}, is_async=is_async)  # type: ignore[arg-type]


@pytest.mark.asyncio
async def test_bodies_are_known_until_they_end() -> None:
    clock = RealClock()
    bodies = LiveBodies(clock)
    ended: list[str] = []
    sources = [Source(clock) for _ in range(3)]
    made: list[Any] = []
    for number, source in enumerate(sources):
        response = bodies.respond(
            request(is_async=True),
            {"Content-Length": "7", "x-amzn-RequestId": "1"},
            source.script(),
            lambda number=number: ended.append(str(number)),
        )
        assert response.headers["Content-Type"] == "application/vnd.amazon.eventstream"
        assert response.headers["x-amzn-RequestId"] == "1"
        assert "Content-Length" not in response.headers
        made.append(response.stream)
    assert list(bodies) == made

    sources[0].items.append(b"")
    with pytest.raises(StopAsyncIteration):
        await anext(made[0])
    await made[1].aclose()
    await made[1].aclose()
    assert (list(bodies), ended) == ([made[2]], ["0", "1"])

    bodies.close()
    assert (list(bodies), ended) == ([], ["0", "1", "2"])
    assert [one async for one in made[2]] == []


def test_a_synchronous_client_has_no_open_body() -> None:
    source = Source(RealClock())
    source.items += [b"a", b"b"]
    bodies = LiveBodies(source.clock)
    ended: list[str] = []
    response = bodies.respond(
        request(is_async=False), {}, source.script(), lambda: ended.append("it")
    )
    assert (response.body, ended, list(bodies)) == (b"ab", ["it"], [])
