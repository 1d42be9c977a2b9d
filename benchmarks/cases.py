"""What is measured, how often, and what is to be reached."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .subjects import OURS, SUBJECTS
from .targets import Below, Faster, Linear, Target
from .worker.waiting import LATENCY, PAUSE

_MIB = 64
#: The others have had the processor's caches meanwhile, which is not so in a suite.
_WARM = "; the first ten calls of a turn aren't counted"


@dataclass(frozen=True)
class Case:
    """One case. Its code is the job of this name in :mod:`benchmarks.worker`."""

    name: str
    title: str
    #: What one turn does, for the report.
    what: str
    targets: tuple[Target, ...]
    #: In a round each subject has a process of its own, and they take so many turns.
    turns: int = 5
    #: Whether each turn is a process of its own.
    process_a_turn: bool = False
    #: Whether the subjects' processes live side by side; else one after another.
    side_by_side: bool = True
    parameters: dict[str, Any] = field(default_factory=dict)
    #: As many rounds as this, however many were asked for; 0 for all of them.
    at_most: int = 0
    quick: dict[str, Any] = field(default_factory=dict)
    #: Other parameters for the subjects that take too long for the usual ones.
    for_others: dict[str, Any] = field(default_factory=dict)
    #: Other parameters for single subjects.
    for_one: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: Measures taken at several sizes, and what the size is.
    grows_with: str = ""

    def parameters_for(self, subject: str, quick: bool) -> dict[str, Any]:
        """What the job is to be told."""
        others = self.for_others if SUBJECTS[subject].environment.name != OURS else {}
        mine = self.for_one.get(subject, {})
        return {**self.parameters, **others, **(self.quick if quick else {}), **mine}


_ALL = (
    Case(
        "start-stop",
        "Start and stop of a warm mock",
        "starts and stops, nothing inside; for the server, its start and its stop",
        (Faster("start + stop", "boto3", 5),),
        turns=15,
    ),
    *(
        Case(
            f"fresh-{service}",
            f"Fresh session, {title} client and first call, inside a mock",
            f"each time a new session, a new client and `{call}`",
            (Faster("session + client + call", "peer", 10),),
            parameters={"service": service, "call": call},
        )
        for service, title, call in (
            ("s3", "S3", "list_buckets"),
            ("ec2", "EC2", "describe_vpcs"),
        )
    ),
    *(
        Case(
            f"calls-{service}",
            f"Small calls, one after another: {title}",
            what,
            tuple(
                Faster(measure, other, times)
                for measure in measures
                for other, times in (("boto3", 1.0), ("peer", 1.3))
            ),
            turns=40,
        )
        for service, title, what, measures in (
            ("s3", "S3", f"objects of 1 KiB{_WARM}", ("put", "get")),
            ("dynamodb", "DynamoDB", f"items of four attributes{_WARM}", ("put", "get")),
            (
                "sqs",
                "SQS",
                f"messages of 200 bytes, deleted in between{_WARM}",
                ("send", "receive"),
            ),
        )
    ),
    Case(
        "gather",
        "500 gets at once",
        "500 objects of 1 KiB with one client in `asyncio.gather`; boto3 in ten threads",
        (Faster("500 gets", "peer", 1.3),),
        turns=5,
    ),
    Case(
        "large",
        f"An object of {_MIB} MiB",
        "put from memory and read as a whole; the peak is what the process holds at most "
        "above what it held before the object was made, the object itself included",
        (
            Faster("put", "peer", 6),
            Faster("put", "boto3"),
            Faster("get", "boto3"),
            Below("peak memory", 3 * _MIB, "MiB"),
        ),
        turns=3,
        parameters={"mib": _MIB},
    ),
    Case(
        "suite",
        "A realistic suite",
        "tests that each have a mock, an event loop, a session, clients of S3, DynamoDB and SQS "
        "and 20 calls of their own; the server runs all the time and is reset before each test",
        (Faster("a test", "peer", 5), Faster("a test", "server", 10)),
        turns=10,
        parameters={"tests": 30},
        quick={"tests": 5},
    ),
    Case(
        "wait",
        "Long polls of SQS",
        "50 consumers wait for 2 seconds, beside a task that wakes every 5 ms; then 100 messages, "
        "one after another, for 50 who wait; boto3 and the peer with 2 consumers, which is long "
        "enough",
        (Below(PAUSE, 50), Below(LATENCY, 50)),
        turns=2,
        # What is measured is how long somebody waits.
        side_by_side=False,
        parameters={"consumers": 50, "seconds": 2, "messages": 100},
        quick={"messages": 20},
        for_one={"boto3": {"consumers": 2}, "peer": {"consumers": 2}},
    ),
    Case(
        "import",
        "Import and first mock",
        "in a fresh process: `import aiomoto` or `import moto`, then `mock_aws` (or the server's "
        "class) out of it as well, then the first mock as well, then a session, a client and a "
        "call inside",
        (
            Below("import", 50),
            Faster("import + first mock", "boto3"),
            Faster("import + first mock + first call", "peer"),
        ),
        turns=7,
        process_a_turn=True,
    ),
    Case(
        "growth-clients",
        "Growth: clients",
        "so many S3 clients of fresh sessions, all open, each with one call; seconds for all",
        (Linear("clients"),),
        turns=1,
        side_by_side=False,
        parameters={"sizes": [10, 100, 1000]},
        for_others={"sizes": [10, 100]},
        quick={"sizes": [10, 100]},
        at_most=1,
        grows_with="clients",
    ),
    Case(
        "growth-objects",
        "Growth: objects in a bucket",
        "put and get of one of them, and one page of the list; the objects themselves are put "
        "straight into moto's backend",
        (Linear("put"), Linear("get"), Linear("list a page")),
        turns=1,
        side_by_side=False,
        parameters={"sizes": [1_000, 10_000, 100_000]},
        quick={"sizes": [1_000, 10_000]},
        at_most=1,
        grows_with="objects",
    ),
    Case(
        "growth-heads",
        "Growth: headers and keys",
        "put and head of an object with so much metadata, in pieces of 1 KiB; put and get of one "
        "with a key as long as that",
        (Linear("metadata"), Linear("key")),
        turns=3,
        side_by_side=False,
        parameters={"sizes": [1, 4, 16, 64]},
        at_most=1,
        grows_with="KiB",
    ),
)
CASES = {case.name: case for case in _ALL}
