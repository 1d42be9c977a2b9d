"""Put and get 1 KiB and 64 MiB: aiomoto beside the peer, sync boto3 and moto's server.

    python benchmarks/s3_bodies.py --peer /path/to/peer-venv/bin/python [--rounds 5] [--clock cpu]

Each measurement runs in a process of its own; the subjects take turns in every
round, so that a busy machine is unfair to all of them alike. Times are the
medians of the rounds, memory is the highest peak above what the process had
before the 64 MiB were made, which is 64 MiB for the data itself.

The peer (``aiomoto==0.5.8`` of the package index) has our import name and needs
an environment of its own: ``python -m venv peer && peer/bin/pip install
aiomoto==0.5.8 'moto[s3]'``. Without ``--peer`` its row is left out.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from typing import Any

SMALL, LARGE = 1024, 64 * 2**20
SMALL_TURNS, LARGE_TURNS = 50, 3
SUBJECTS = ("aiomoto", "aiomoto on httpx", "peer", "boto3 + moto", "moto's server")
#: The processor's time of all threads is steadier on a machine that others use too.
CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}
MEASURES = ("put 1 KiB", "get 1 KiB", "put 64 MiB", "get 64 MiB", "peak")


def peak() -> float:
    """The most memory that this process has held, in MiB."""
    factor = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * factor / 2**20


async def measure(
    put: Callable[[str, bytes], Awaitable[Any]],
    get: Callable[[str], Awaitable[bytes]],
    clock: Callable[[], float],
) -> dict[str, float]:
    """Seconds for each of the four, and MiB."""
    found: dict[str, float] = {}
    before = 0.0
    for name, size, turns in (("1 KiB", SMALL, SMALL_TURNS), ("64 MiB", LARGE, LARGE_TURNS)):
        puts, gets = [], []
        await put("warm", b"x")
        await get("warm")
        before = peak()
        data = bytes(size)
        for _ in range(turns):
            start = clock()
            await put("key", data)
            puts.append(clock() - start)
            start = clock()
            body = await get("key")
            gets.append(clock() - start)
            if len(body) != size:
                raise RuntimeError(f"{len(body)} bytes came back instead of {size}")
            del body
        found[f"put {name}"], found[f"get {name}"] = map(statistics.median, (puts, gets))
    found["peak"] = peak() - before
    return found


async def asynchronous(subject: str, clock: Callable[[], float]) -> dict[str, float]:
    """aiobotocore: in this project's mock, in the peer's, or against moto's server."""
    from aiobotocore.config import AioConfig
    from aiobotocore.session import get_session

    settings: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    async with AsyncExitStack() as stack:
        if subject == "moto's server":
            from moto.server import ThreadedMotoServer

            server = ThreadedMotoServer(port=0, verbose=False)
            server.start()
            stack.callback(server.stop)
            host, port = server.get_host_and_port()
            extra["endpoint_url"] = f"http://{host}:{port}"
            extra |= {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
        else:
            from aiomoto import mock_aws

            await stack.enter_async_context(mock_aws())
        if subject == "aiomoto on httpx":
            from aiobotocore.httpxsession import HttpxSession

            settings["http_session_cls"] = HttpxSession
        s3 = await stack.enter_async_context(
            get_session().create_client(
                "s3", region_name="us-east-1", config=AioConfig(**settings), **extra
            )
        )
        await s3.create_bucket(Bucket="bucket")

        async def put(key: str, data: bytes) -> None:
            await s3.put_object(Bucket="bucket", Key=key, Body=data)

        async def get(key: str) -> bytes:
            answer = await s3.get_object(Bucket="bucket", Key=key)
            body: bytes = await answer["Body"].read()
            return body

        return await measure(put, get, clock)


async def synchronous(clock: Callable[[], float]) -> dict[str, float]:
    """boto3 under moto; the coroutines only call it."""
    import boto3
    from moto import mock_aws

    with ExitStack() as stack:
        stack.enter_context(mock_aws())
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="bucket")

        async def put(key: str, data: bytes) -> None:
            s3.put_object(Bucket="bucket", Key=key, Body=data)

        async def get(key: str) -> bytes:
            body: bytes = s3.get_object(Bucket="bucket", Key=key)["Body"].read()
            return body

        return await measure(put, get, clock)


def child(subject: str, clock: str) -> None:
    """Measure one subject in this process and print the figures."""
    now = CLOCKS[clock]
    run = synchronous(now) if subject == "boto3 + moto" else asynchronous(subject, now)
    print(json.dumps(asyncio.run(run)))


def run(subject: str, python: str, clock: str) -> dict[str, float]:
    """Measure one subject in a process of its own."""
    this = str(Path(__file__).resolve())
    command = [python, "-W", "ignore", this, "--child", subject, "--clock", clock]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    if done.returncode:
        raise RuntimeError(f"{subject}: {done.stderr}")
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def table(figures: dict[str, dict[str, float]]) -> str:
    """Medians, and in brackets how many times aiomoto's figure."""
    ours = figures["aiomoto"]
    lines = [f"{'':18}" + "".join(f"{name:>20}" for name in MEASURES)]
    for subject, found in figures.items():
        cells = [
            (f"{found[name]:.0f} MiB" if name == "peak" else f"{found[name] * 1000:.1f} ms")
            + f" ({found[name] / ours[name]:.2f}x)"
            for name in MEASURES
        ]
        lines.append(f"{subject:18}" + "".join(f"{cell:>20}" for cell in cells))
    return "\n".join(lines)


def main() -> None:
    """Read the arguments, take the rounds, print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--peer", help="the Python of an environment that has the peer")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clock", choices=list(CLOCKS), default="wall")
    parser.add_argument("--json", type=Path, help="write the medians there as well")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        child(given.child, given.clock)
        return
    pythons = dict.fromkeys(SUBJECTS, sys.executable)
    if given.peer:
        pythons["peer"] = given.peer
    else:
        del pythons["peer"]
    rounds = [
        {subject: run(subject, python, given.clock) for subject, python in pythons.items()}
        for _ in range(given.rounds)
    ]
    figures: dict[str, dict[str, float]] = {}
    for subject in pythons:
        figures[subject] = {}
        for name in MEASURES:
            combine = max if name == "peak" else statistics.median
            figures[subject][name] = combine([one[subject][name] for one in rounds])
    print(table(figures))
    if given.json:
        given.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
