"""What a signal's exception leaves behind, wherever in a start or a stop it comes: nothing.

Once at a timer, whose signal comes at a moment that a seed gives; once at every place where
Python looks for signals, one after the other. Reduced unless ``AIOMOTO_STRESS=full``, which is
5,000 timed interrupts and every place, and takes some minutes.
"""

from __future__ import annotations

import contextlib
import copy
import dis
import functools
import gc
import importlib
import os
import random
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import boto3
import moto
import pytest
from moto.backends import get_backend
from moto.core.models import MockAWS as MotoMock

from aiomoto import IncompatibleLibrary, compat, hookimpl, locks, mock_aws
from aiomoto.calls import recorder
from aiomoto.compat.sockets import socket_calls
from aiomoto.engine import engine
from aiomoto.patching import fast_paths, needed
from aiomoto.testing import state

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from types import CodeType, FrameType

FULL = os.environ.get("AIOMOTO_STRESS") == "full"
TIMED = 5000 if FULL else 240
#: Of so many places where an interrupt may come, one is tried.
EACH = 1 if FULL else 211

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timers of signals")


class Interrupted(BaseException):
    """What the signal handler raises; no error of a program."""


class Plugin:
    """One that is given to the mock, beside those that are installed."""

    active = 0

    @hookimpl
    def aiomoto_activate(self) -> None:
        self.active = 1

    @hookimpl
    def aiomoto_deactivate(self) -> None:
        self.active = 0


PLUGIN = Plugin()
QUEUES = get_backend("sqs")


# -- programs: what is interrupted -------------------------------------------------------


def with_statement() -> None:
    with mock_aws(config={"core": {"reset_boto3_session": True}}):
        assert QUEUES["123456789012"]["us-east-1"].queues == {}  # what is reset at the end


def nested() -> None:
    with mock_aws(), mock_aws(config={"core": {"mock_credentials": False}}, endpoints=["a.io"]):
        pass


def started_and_stopped() -> None:
    mock = mock_aws(plugins=[PLUGIN], reset=False, remove_data=False)
    try:
        mock.start()
        mock.stop()
    finally:
        # stop() may not have begun, or start() may have ended before the interrupt.
        with contextlib.suppress(RuntimeError):
            mock.stop()


def run(coroutine: Any) -> None:
    """Run a coroutine that never has to wait."""
    try:
        with contextlib.suppress(StopIteration):
            coroutine.send(None)
    finally:
        coroutine.close()


async def _async_with() -> None:
    async with mock_aws():
        pass


def async_with() -> None:
    run(_async_with())


@mock_aws
def decorated() -> None:
    """A call of what a mock decorates; the mock itself is never freed."""


@mock_aws
async def _decorated_coroutine() -> None:
    pass


def decorated_coroutine() -> None:
    run(_decorated_coroutine())


PROGRAMS = [
    with_statement, nested, started_and_stopped, async_with, decorated, decorated_coroutine
]  # fmt: skip


# -- what is compared --------------------------------------------------------------------


def patched() -> dict[tuple[Any, str], Any]:
    """Every attribute that a mock replaces, and what it is now."""
    found = {}
    for patches in (*needed(engine.front, engine), *fast_paths()):
        # A fast path may be one of another version.
        with contextlib.suppress(IncompatibleLibrary):
            for owner, name, _ in patches.made() if patches.module in sys.modules else ():
                found[owner, name] = vars(owner).get(name)
    for owner, name, _ in socket_calls():
        found[owner, name] = vars(owner).get(name)
    return found


def taken_locks() -> list[Any]:
    """The locks that another thread can't have."""
    taken = []

    def look() -> None:
        for lock in locks._all():
            if lock.acquire(blocking=False):
                lock.release()
            else:
                taken.append(lock)

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    return taken


def services() -> dict[tuple[Any, str], Any]:
    """Every attribute of moto's modules and classes, which plugins may replace."""
    modules = [module for name, module in tuple(sys.modules.items()) if name.startswith("moto.")]
    owners = [*modules]
    for module in modules:
        own = (one for one in vars(module).values() if isinstance(one, type))
        owners += [one for one in own if one.__module__ == module.__name__]
    return {
        (owner, name): value
        for owner in owners
        for name, value in tuple(vars(owner).items())
        if callable(value) or isinstance(value, property)
    }


class World:
    """A process before interrupts; `check` compares it with the one after one."""

    def __init__(self) -> None:
        self.patches = patched()
        self.state = state.snapshot()
        self.services = services()
        self.settings = self._settings()
        # Made outside of all mocks.
        session = boto3.Session("key", "secret", region_name="us-east-1")
        self.s3 = session.client("s3")

    def _settings(self) -> dict[str, Any]:
        moto_ = compat.moto()
        return {
            "config": copy.deepcopy(dict(moto_.config)),
            "counts": (MotoMock._nested_count, MotoMock._mocks_active, moto_.stubber.enabled),
            "patcher": moto_._responses_mock._patcher,
            "session": boto3.DEFAULT_SESSION,
            "listeners": recorder._listeners,
            "leases": engine.leases,
            "switch": bool(engine._switch),
            "layers": (dict(engine.environment._layers), dict(engine.config._layers)),
            "plugins": (engine._plugins.names, list(engine._plugins._active), engine.owners),
            "given": dict(engine._plugins._given),
            "plugin": PLUGIN.active,
            "clock": engine.clock.virtual,
            "collector": gc.isenabled(),
            "locks": taken_locks(),
        }

    def check(self) -> None:
        assert self._settings() == self.settings
        changes = [str(change) for change in state.changes(self.state)]
        assert changes == []
        for (owner, name), original in self.patches.items():
            assert vars(owner).get(name) is original, (owner, name)

    def use(self) -> None:
        """A new mock works."""
        with mock_aws():
            self.s3.create_bucket(Bucket="bucket")
            assert [one["Name"] for one in self.s3.list_buckets()["Buckets"]] == ["bucket"]
            self.s3.delete_bucket(Bucket="bucket")
        self.check()
        now = services()
        for (owner, name), original in self.services.items():
            assert now.get((owner, name)) is original, (owner, name)


@pytest.fixture(autouse=True)
def _unraisable(monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupt may come while a mock is freed; Python can only report it then."""
    monkeypatch.setattr(sys, "unraisablehook", lambda _: None)


def warm_world() -> World:
    state.import_clients()
    with mock_aws():
        services = tuple(engine.owners)
    for service in services:
        # What a plugin changes, it changes with each start then.
        importlib.import_module(f"moto.{service}.models")
        importlib.import_module(f"moto.{service}.responses")
    for program in PROGRAMS * 2:
        program()
    return World()


# -- at a timer --------------------------------------------------------------------------


@pytest.fixture
def alarm() -> Iterator[None]:
    """The signal of the timer raises."""

    def raise_it(*_: object) -> None:
        raise Interrupted

    before = signal.signal(signal.SIGALRM, raise_it)
    yield
    signal.signal(signal.SIGALRM, before)


def run_for(program: Callable[[], None], seconds: float) -> bool:
    """Run it, at most so long; returns whether it was interrupted."""
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        program()
        signal.setitimer(signal.ITIMER_REAL, 0)
    except Interrupted:
        return True
    return False


@pytest.mark.parametrize("around", [contextlib.nullcontext, moto.mock_aws], ids=["alone", "raw"])
@pytest.mark.usefixtures("alarm", "restored")
def test_timed_interrupts(around: Callable[[], AbstractContextManager[object]]) -> None:
    with around():
        world = warm_world()
        for program in PROGRAMS:
            delays = random.Random(program.__name__)
            longest = min(_duration(program) for _ in range(20))
            left, runs = TIMED // len(PROGRAMS) // 2, 0
            while left:
                left -= run_for(program, delays.uniform(1e-6, longest))
                world.check()
                runs += 1
                if runs % 20 == 0:
                    world.use()
                assert runs < TIMED, "the signals come too late"
            world.use()


def _duration(program: Callable[[], None]) -> float:
    start = time.perf_counter()
    program()
    return time.perf_counter() - start


# -- at every place ----------------------------------------------------------------------

#: After a call, at the begin of a function and of a turn of a loop, Python looks for signals.
_LOOKS = tuple(
    code
    for name, code in dis.opmap.items()
    if name.startswith(("CALL", "RESUME", "JUMP_BACKWARD", "JUMP_ABSOLUTE"))
)


@functools.cache
def handler(code: CodeType, offset: int) -> int | None:
    """Where an exception at this instruction is handled."""
    entries = dis._parse_exception_table(code)  # type: ignore[attr-defined]
    return next((e.target for e in entries if e.start <= offset < e.end), None)


class Places:
    """Counts the places of a program where Python looks for signals; raises at one of them."""

    def __init__(self, at: int | None) -> None:
        self.at = at
        self.count = 0
        self.where = ""
        self._last: dict[FrameType, int] = {}

    def trace(self, frame: FrameType, event: str, _: Any) -> Any:
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        if event == "return":
            self._last.pop(frame, None)
        elif event == "opcode":
            code: bytes = frame.f_code.co_code
            last = self._last.get(frame)
            self._last[frame] = frame.f_lasti
            if (
                last is not None
                and code[last] in _LOOKS
                # Python raises at the call, a tracer at what follows it.
                and handler(frame.f_code, last) == handler(frame.f_code, frame.f_lasti)
            ):
                self.count += 1
                if self.count == self.at:
                    self.where = f"{frame.f_code.co_filename}:{frame.f_lineno}"
                    raise Interrupted(self.where)
        return self.trace

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        sys.settrace(self.trace)
        try:
            yield
        finally:
            sys.settrace(None)


def run_to(program: Callable[[], None], at: int | None) -> Places:
    places = Places(at)
    try:
        with places.watching():
            program()
    except Interrupted:
        pass
    places._last.clear()  # it holds frames, and they what is to be freed
    return places


@pytest.mark.skipif(sys.version_info < (3, 11), reason="a table of handlers is of 3.11")
@pytest.mark.skipif(sys.gettrace() is not None, reason="somebody traces already")
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
@pytest.mark.usefixtures("restored")
def test_an_interrupt_at_every_place(program: Callable[[], None]) -> None:
    world = warm_world()
    total = run_to(program, None).count
    assert total > 1000
    offset = random.Random(program.__name__).randrange(EACH)
    for place in range(1 + offset, total, EACH):
        where = run_to(program, place).where
        try:
            world.check()
            if not FULL or place % 20 == 0:
                world.use()
        except AssertionError as error:
            pytest.fail(f"An interrupt at place {place} of {total}, {where}: {error}")
    world.use()


def test_an_interrupt_in_the_reset_of_a_backend(
    restored: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """moto's backend has no attributes then, and could never be reset again."""
    original = QUEUES.backend.__init__
    interrupts = [Interrupted()]

    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        if interrupts:
            raise interrupts.pop()
        original(self, *args, **kwargs)

    with pytest.raises(Interrupted), mock_aws():
        QUEUES["123456789012"]["us-east-1"].queues["name"] = None
        monkeypatch.setattr(QUEUES.backend, "__init__", init)
    with mock_aws():
        assert QUEUES["123456789012"]["us-east-1"].queues == {}
