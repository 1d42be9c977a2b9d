"""What starting and stopping a warm mock costs, beside moto's own.

    python benchmarks/start_stop.py [rounds]

The two take turns. Medians in milliseconds, and the ratio of core to moto.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import moto

import aiomoto

STARTS = 20


def milliseconds(mock: Callable[[], Any]) -> float:
    """One start and stop, on average of some."""
    begin = time.perf_counter()
    for _ in range(STARTS):
        with mock():
            pass
    return (time.perf_counter() - begin) / STARTS * 1000


def main(rounds: int) -> None:
    """Measure and print."""
    mocks = {"moto": moto.mock_aws, "aiomoto": aiomoto.mock_aws}
    took: dict[str, list[float]] = {name: [] for name in mocks}
    for number in range(rounds + 1):
        for name, mock in mocks.items():
            spent = milliseconds(mock)
            if number:  # the first round warms up
                took[name].append(spent)
    medians = {name: statistics.median(values) for name, values in took.items()}
    for name, median in medians.items():
        print(f"{name:<10}{median:8.2f} ms")
    print(f"ratio     {medians['aiomoto'] / medians['moto']:8.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
