"""What watches the loops of several packages' tests finds what it should, and nothing else."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from time import sleep
from typing import Any

import pytest
import trio
from support import blocking

from aiomoto import mock_aws

pytestmark = pytest.mark.usefixtures("free_loop")


def _join() -> None:
    thread = threading.Thread(target=time.sleep, args=(0.01,))
    thread.start()
    thread.join()


@pytest.mark.parametrize(
    ("name", "wait"),
    [
        ("time.sleep(0.01)", lambda: time.sleep(0.01)),
        ("time.sleep(0.02)", lambda: sleep(0.02)),
        ("Condition.wait(0.01)", lambda: threading.Event().wait(0.01)),
        ("Thread.join()", _join),
    ],
)
@pytest.mark.parametrize("run", [asyncio.run, lambda main: trio.run(lambda: main)])
@pytest.mark.holds_up_the_loop("to see that it is found")
def test_a_short_wait_is_found_by_its_place(run: Any, name: str, wait: Any) -> None:
    async def main() -> None:
        wait()

    with blocking.watching() as findings:
        run(main())
    [found] = findings.blocked
    assert found.startswith(name)
    assert "test_blocking.py" in found


@pytest.mark.holds_up_the_loop("to see that it is found")
def test_a_long_wait_is_found_without_a_name() -> None:
    if blocking._accounted() is None:
        pytest.skip("this system doesn't count what a thread waits for a CPU")
    thing = threading.Lock()

    async def main() -> None:
        with thing:
            thing.acquire(timeout=0.15)  # neither an audit event nor a Condition

    with blocking.watching() as findings:
        asyncio.run(main())
    [found] = findings.blocked
    assert "s in <Handle" in found


def test_computing_is_noted_and_no_mistake() -> None:
    async def main() -> None:
        end = time.thread_time() + 0.11
        while time.thread_time() < end:
            pass

    with blocking.watching() as findings:
        asyncio.run(main())
    assert findings.blocked == []
    [slow] = findings.slow
    assert slow.seconds >= 0.1
    assert slow.outside >= 0.1


def test_waits_off_the_loop_are_no_mistake() -> None:
    async def main() -> None:
        await asyncio.to_thread(time.sleep, 0.01)
        await asyncio.sleep(0.01)
        with pytest.raises(queue.Empty):
            await asyncio.to_thread(queue.Queue[int]().get, timeout=0.01)

    with blocking.watching() as findings:
        asyncio.run(main())
        time.sleep(0.01)
    assert findings.blocked == []


def test_all_is_put_back() -> None:
    names: list[tuple[Any, str]] = [
        (time, "sleep"),
        (threading.Condition, "wait"),
        (threading.Thread, "join"),
        (asyncio.Handle, "_run"),
    ]
    before = [getattr(owner, name) for owner, name in names]
    with pytest.raises(ZeroDivisionError), blocking.watching():
        raise ZeroDivisionError
    assert [getattr(owner, name) for owner, name in names] == before


@pytest.mark.asyncio
async def test_every_test_runs_in_debug_mode(connect: Any) -> None:
    loop = asyncio.get_running_loop()
    assert loop.get_debug()
    assert loop.slow_callback_duration == blocking.LIMIT
    async with mock_aws(), connect("sts") as sts:
        await sts.get_caller_identity()
        assert "sts GetCallerIdentity" in blocking._operations.seconds
