"""A bar chart as SVG: for each module, what became of its tests."""

from __future__ import annotations

import math
from dataclasses import dataclass
from xml.sax.saxutils import escape

_COLUMNS = 3
_ROW = 13
_LABEL = 150
_BAR = 150
_NUMBERS = 70
_TOP = 44
_GREEN, _RED, _GREY = "#2e8b57", "#c0392b", "#c8c8c8"
_LEGEND = (
    (_GREEN, "pass with boto3 and through async clients"),
    (_RED, "pass with boto3 alone"),
    (_GREY, "skipped, or failing with boto3 too"),
)


@dataclass(frozen=True)
class Bar:
    """One module's tests."""

    name: str
    tests: int
    passed: int
    held: int


def draw(bars: list[Bar]) -> str:
    """The chart of these modules, those with most tests first.

    Lengths are by the square root of the number of tests, so that a module of five can be
    seen beside one of a thousand; the parts of a bar are true to each other.
    """
    ordered = sorted(bars, key=lambda bar: (-bar.tests, bar.name))
    rows = max(math.ceil(len(ordered) / _COLUMNS), 1)
    longest = max((bar.tests for bar in ordered), default=1)
    width, height = _COLUMNS * (_LABEL + _BAR + _NUMBERS), _TOP + rows * _ROW + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="10">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        *_legend(),
    ]
    for number, bar in enumerate(ordered):
        column, row = divmod(number, rows)
        x = column * (_LABEL + _BAR + _NUMBERS) + _LABEL
        parts += _bar(bar, x, _TOP + row * _ROW, _BAR * math.sqrt(bar.tests / longest))
    return "\n".join([*parts, "</svg>", ""])


def _legend() -> list[str]:
    parts = []
    for number, (colour, text) in enumerate(_LEGEND):
        x = 20 + number * 260
        parts.append(f'<rect x="{x}" y="14" width="10" height="10" fill="{colour}"/>')
        parts.append(f'<text x="{x + 15}" y="23">{escape(text)}</text>')
    return parts


def _bar(bar: Bar, x: float, y: float, length: float) -> list[str]:
    parts = [f'<text x="{x - 5}" y="{y + 9}" text-anchor="end">{escape(bar.name)}</text>']
    lost = bar.passed - bar.held
    left = x
    for count, colour in (
        (bar.held, _GREEN),
        (lost, _RED),
        (bar.tests - bar.passed, _GREY),
    ):
        share = length * count / bar.tests if bar.tests else 0
        if share:
            parts.append(
                f'<rect x="{left:.1f}" y="{y}" width="{share:.1f}" height="{_ROW - 3}" '
                f'fill="{colour}"/>'
            )
        left += share
    said = f"{bar.held}" if bar.held == bar.tests else f"{bar.held} of {bar.tests}"
    parts.append(f'<text x="{left + 4:.1f}" y="{y + 9}" fill="#555">{said}</text>')
    return parts
