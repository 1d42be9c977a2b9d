"""What a case is to reach, as a figure of one round, so that it can be told of each."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from typing import Protocol

from .subjects import OURS, SUBJECTS

#: By subject, then by measure: the seconds on the clock ("wall") and of the
#: processor ("cpu"), or for memory the MiB, as both. None where a subject can't do it.
Figures = dict[str, dict[str, dict[str, float] | None]]


class Target(Protocol):
    """One of a case's targets."""

    @property
    def text(self) -> str:
        """What is to be reached, in words."""

    @property
    def measure(self) -> str:
        """The measure it is about."""

    def value(self, figures: Figures, clock: str = "wall") -> float | None:
        """What a round reached; None where it lacks a figure."""

    def holds(self, value: float) -> bool:
        """Whether that is enough."""

    def shortfall(self, value: float) -> str:
        """By how much it is not enough."""

    def show(self, value: float) -> str:
        """The value with its unit."""


@dataclass(frozen=True)
class Faster:
    """At least so many times faster than another subject; 1 is no slower."""

    measure: str
    than: str
    times: float = 1.0

    @property
    def text(self) -> str:
        other = SUBJECTS[self.than].title
        if self.times == 1:
            return f"{self.measure}: no slower than {other}"
        return f"{self.measure}: {self.times:g} times faster than {other}"

    def value(self, figures: Figures, clock: str = "wall") -> float | None:
        return ratio(figures, self.measure, self.than, clock)

    def holds(self, value: float) -> bool:
        return value >= self.times

    def shortfall(self, value: float) -> str:
        return f"{1 - value / self.times:.0%} short"

    def show(self, value: float) -> str:
        return f"{value:.2f}x"


@dataclass(frozen=True)
class Below:
    """Our own figure is below a limit: milliseconds, or MiB of memory."""

    measure: str
    limit: float
    unit: str = "ms"

    @property
    def text(self) -> str:
        return f"{self.measure}: at most {self.limit:g} {self.unit}"

    def value(self, figures: Figures, clock: str = "wall") -> float | None:
        found = figures.get(OURS, {}).get(self.measure)
        if found is None:
            return None
        return found[clock] * (1000 if self.unit == "ms" else 1)

    def holds(self, value: float) -> bool:
        return value <= self.limit

    def shortfall(self, value: float) -> str:
        return f"{value / self.limit - 1:.0%} over"

    def show(self, value: float) -> str:
        return f"{value:.3g} {self.unit}"


@dataclass(frozen=True)
class Linear:
    """Our own cost grows at most in proportion to the size.

    The value is the exponent of size that fits the figures best: 0 is flat, 1 linear.
    """

    measure: str
    exponent: float = 1.1

    @property
    def text(self) -> str:
        return f"{self.measure}: flat or linear (size to the power of {self.exponent:g} at most)"

    def value(self, figures: Figures, clock: str = "wall") -> float | None:
        points = by_size(figures.get(OURS, {}), self.measure, clock)
        if len(points) < 2:
            return None
        sizes, seconds = zip(*points, strict=True)
        logarithms = [math.log(one) for one in sizes], [math.log(one) for one in seconds]
        return statistics.linear_regression(*logarithms).slope

    def holds(self, value: float) -> bool:
        return value <= self.exponent

    def shortfall(self, value: float) -> str:
        return f"{value - self.exponent:.2f} more"

    def show(self, value: float) -> str:
        return f"size^{value:.2f}"


def ratio(figures: Figures, measure: str, other: str, clock: str) -> float | None:
    """How many times as much another subject takes as aiomoto."""
    theirs, ours = (figures.get(name, {}).get(measure) for name in (other, OURS))
    if theirs is None or ours is None or not ours[clock]:
        return None
    return theirs[clock] / ours[clock]


def by_size(
    found: dict[str, dict[str, float] | None], measure: str, clock: str
) -> list[tuple[int, float]]:
    """Size and figure of a measure that was taken at sizes, as ``name @ size``."""
    points = []
    for name, figure in found.items():
        plain, _, size = name.rpartition(" @ ")
        if plain == measure and figure is not None:
            points.append((int(size), figure[clock]))
    return sorted(points)
