"""Locks, and forks while threads hold them."""

from __future__ import annotations

import gc
import os
import threading
import time
import weakref
from typing import TYPE_CHECKING, Any

import pytest

from aiomoto import locks
from aiomoto.locks import Order, guarded, under, unless_taken

if TYPE_CHECKING:
    from collections.abc import Callable

fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing forks here")


def taken_elsewhere(lock: Any) -> bool:
    """Whether another thread would have to wait for it."""
    found: list[bool] = []

    def look() -> None:
        found.append(not lock.acquire(blocking=False))
        if not found[0]:
            lock.release()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    return found[0]


def test_a_step_runs_under_a_lock() -> None:
    lock = threading.Lock()
    assert under(lock, lambda: lock.locked()) is True
    assert not lock.locked()
    with pytest.raises(LookupError):
        under(lock, {}.__getitem__, "key")
    assert not lock.locked()


def test_a_step_runs_unless_the_lock_is_taken() -> None:
    lock, ran = threading.Lock(), []
    assert unless_taken(lock, lambda: ran.append(lock.locked()))
    with lock:
        assert not unless_taken(lock, lambda: ran.append(True))
        assert lock.locked()
    assert ran == [True]


def test_locks_are_in_the_order_in_which_code_nests_them() -> None:
    import moto.core.base_backend as moto

    leaf = guarded(threading.RLock(), Order.LEAF)
    plugin = guarded(threading.RLock(), Order.PLUGIN)
    engine = guarded(threading.RLock(), Order.ENGINE)
    found = locks._all()
    places = [found.index(lock) for lock in (engine, moto.backend_lock, plugin, leaf)]
    assert places == sorted(places)


def test_a_lock_is_held_weakly() -> None:
    lock = guarded(threading.RLock(), Order.LEAF)
    assert any(known is lock for known in locks._all())
    reference = weakref.ref(lock)
    del lock
    gc.collect()
    assert reference() is None
    assert all(known() is not None for known in locks._guarded)


def test_a_thread_knows_whether_it_is_inside_a_lock() -> None:
    lock = guarded(threading.RLock(), Order.LEAF)
    assert not locks.entered()
    with lock:
        assert locks.entered()
        seen: list[bool] = []
        thread = threading.Thread(target=lambda: seen.append(locks.entered()))
        thread.start()
        thread.join()
        assert seen == [False]


@fork
def test_a_fork_takes_the_locks_and_releases_them_in_both() -> None:
    lock = guarded(threading.RLock(), Order.LEAF)
    locks._before_fork()
    try:
        assert taken_elsewhere(lock)
    finally:
        locks._after_fork()
    assert not taken_elsewhere(lock)


@fork
def test_a_moto_without_its_lock_is_no_hindrance(monkeypatch: pytest.MonkeyPatch) -> None:
    import moto.core.base_backend as moto

    assert moto.backend_lock in locks._all()
    monkeypatch.delattr(moto, "backend_lock")
    locks._before_fork()
    locks._after_fork()


@fork
def test_a_fork_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "WAITS", 0.05)
    lock, leaf = (guarded(threading.Lock(), order) for order in (Order.PLUGIN, Order.LEAF))
    with lock:
        start = time.monotonic()
        locks._before_fork()
        locks._after_fork()
        assert time.monotonic() - start < 5
        assert lock.locked()
    assert not leaf.locked()


FORKS = """
import os, signal, sys, threading, time, warnings

import boto3

from aiomoto import mock_aws

warnings.filterwarnings("ignore", "This process", DeprecationWarning)
session = boto3.Session("key", "secret", region_name="us-east-1")
s3, sqs = session.client("s3"), session.client("sqs")
ended = threading.Event()


def call():
    s3.put_object(Bucket="bucket", Key="key", Body=b"body")
    sqs.send_message(QueueUrl=url, MessageBody="body")


def go_on(step):
    while not ended.is_set():
        step()


def start_and_stop():
    with mock_aws(clock="real"):
        pass


def fork():
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            call()
            start_and_stop()
            code = 0
        finally:
            os._exit(code)
    until = time.monotonic() + 30
    while time.monotonic() < until:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.002)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return "hangs"


with mock_aws():
    s3.create_bucket(Bucket="bucket")
    url = sqs.create_queue(QueueName="queue")["QueueUrl"]
    call()
    steps = [call, call, call, start_and_stop]
    threads = [threading.Thread(target=go_on, args=(step,), daemon=True) for step in steps]
    for thread in threads:
        thread.start()
    print({fork() for _ in range(50)})
    ended.set()
    for thread in threads:
        thread.join()
"""


@fork
def test_a_child_works_while_other_threads_are_in_calls(run_program: Callable[..., str]) -> None:
    assert run_program(FORKS) == "{0}\n"
