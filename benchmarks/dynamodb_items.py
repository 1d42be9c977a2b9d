"""Put and get of a DynamoDB item: aiomoto beside sync boto3 with moto, and the peer.

    python benchmarks/dynamodb_items.py [--peer /path/to/peer-venv/bin/python] [--rounds 25]

Each subject has a process of its own that lives through the whole run. They
take turns by 20 calls, so that a machine that is busy for a while is busy for
each of them. Given are the medians of the rounds, as time on the clock and as
time of the processor, and their ratios to boto3 with moto.

The peer (``aiomoto==0.5.8`` of the package index) has our import name and needs
an environment of its own: ``python -m venv peer && peer/bin/pip install
aiomoto==0.5.8 'moto[dynamodb]'``. Without ``--peer`` its row is left out.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

CALLS = 20
REGION = "us-east-1"
BASE = "boto3 + moto"
SUBJECTS = (BASE, "aiomoto", "aiomoto on httpx", "peer")
CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}
JOBS = ("put", "get")
KEY = {"id": {"S": "1001"}}
ITEM = {**KEY, "total": {"N": "12.50"}, "state": {"S": "new"}, "text": {"S": "x" * 200}}
TABLE = {
    "TableName": "orders",
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


# -- a subject, in a process of its own ------------------------------------------------


async def serve(call: Callable[..., Awaitable[Any]]) -> None:
    """For each line of the input: do the calls of both jobs, write what a call took."""
    await call("create_table", **TABLE)
    for _ in sys.stdin:
        took: dict[str, float] = {}
        for job, arguments in (("put", {"Item": ITEM}), ("get", {"Key": KEY})):
            before = {name: clock() for name, clock in CLOCKS.items()}
            for _ in range(CALLS):
                answer = await call(f"{job}_item", TableName="orders", **arguments)
            for name, clock in CLOCKS.items():
                took[f"{job} {name}"] = (clock() - before[name]) / CALLS
        if answer["Item"] != ITEM:
            raise RuntimeError(f"{answer['Item']} came back instead of {ITEM}")
        sys.stdout.write(json.dumps(took) + "\n")
        sys.stdout.flush()


async def asynchronous(subject: str) -> None:
    """aiobotocore, in this project's mock or in the peer's."""
    from aiobotocore.config import AioConfig
    from aiobotocore.session import get_session

    from aiomoto import mock_aws

    config = AioConfig()
    if subject == "aiomoto on httpx":
        from aiobotocore.httpxsession import HttpxSession

        config = AioConfig(http_session_cls=HttpxSession)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(mock_aws())
        client = await stack.enter_async_context(
            get_session().create_client("dynamodb", region_name=REGION, config=config)
        )

        async def call(name: str, **arguments: Any) -> Any:
            return await getattr(client, name)(**arguments)

        await serve(call)


async def synchronous() -> None:
    """boto3 under moto; the coroutine only calls it."""
    import boto3
    from moto import mock_aws

    with mock_aws():
        client = boto3.client("dynamodb", region_name=REGION)

        async def call(name: str, **arguments: Any) -> Any:
            return getattr(client, name)(**arguments)

        await serve(call)


# -- the run -----------------------------------------------------------------------------


class Subject:
    """A running process of a subject."""

    def __init__(self, python: str, name: str) -> None:
        command = [python, str(Path(__file__).resolve()), "--subject", name]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.rounds: list[dict[str, float]] = []

    def turn(self) -> dict[str, float]:
        """One round of calls."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._process.args!r} ended early")
        took: dict[str, float] = json.loads(line)
        return took

    def end(self) -> None:
        """Close the input, which ends it."""
        self._process.communicate()


def run(peer: str | None, rounds: int) -> dict[str, dict[str, float]]:
    """The medians of each subject, in seconds."""
    running = {}
    for name in SUBJECTS:
        if name != "peer":
            running[name] = Subject(sys.executable, name)
        elif peer:
            running[name] = Subject(peer, name)
    for number in range(rounds + 2):
        for subject in running.values():
            took = subject.turn()
            if number >= 2:  # the first two warm up
                subject.rounds.append(took)
    for subject in running.values():
        subject.end()
    return {
        name: {
            measure: statistics.median(one[measure] for one in subject.rounds)
            for measure in subject.rounds[0]
        }
        for name, subject in running.items()
    }


def table(medians: dict[str, dict[str, float]]) -> str:
    """The figures as Markdown: milliseconds, and how many times boto3 with moto."""
    measures = [f"{job} {clock}" for clock in CLOCKS for job in JOBS]
    lines = [f"| ms a call | {' | '.join(measures)} |", f"| --- |{' ---: |' * len(measures)}"]
    for name, found in medians.items():
        cells = [
            f"{found[one] * 1000:.2f} ({found[one] / medians[BASE][one]:.2f}x)" for one in measures
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    """Measure and print, or be one of the measured processes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", help="the Python of an environment that has the peer")
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--subject", choices=SUBJECTS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.subject == BASE:
        asyncio.run(synchronous())
    elif given.subject:
        asyncio.run(asynchronous(given.subject))
    else:
        sys.stdout.write(table(run(given.peer, given.rounds)) + "\n")


if __name__ == "__main__":
    main()
