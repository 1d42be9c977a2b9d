"""Calls as text: a report of several, and why an assertion failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .masking import ITEMS, member, shown, value_shown
from .record import RecordedCall, differences

#: How many lines a report has.
LINES = 30


def report(calls: Sequence[RecordedCall], dropped: int = 0) -> str:
    """A line for each call; of many, the last ones."""
    hidden = max(0, len(calls) - LINES)
    lines = [f"... {hidden + dropped} earlier calls"] if hidden + dropped else []
    return "\n".join([*lines, *map(str, calls[hidden:])])


def explained(
    calls: Sequence[RecordedCall],
    text: str,
    service: str,
    operation: str | None,
    wanted: Mapping[str, Any],
    found: Sequence[RecordedCall],
) -> str:
    """Why an assertion about calls failed, with the calls that come nearest."""
    near = [one for one in calls if one.is_for(service, operation)]
    # Of what nobody called there is no model; it is masked by its names alone then.
    shape = next((one.shape for one in near), None) if operation else None
    asked = f"{service} {operation or '(any operation)'}"
    asked += f"({shown(wanted, shape)})" if wanted else ""
    lines = [f"{asked} {text}."]
    if found:
        lines += ["Such calls were:", *_indented(found)]
    elif near:
        lines.append("Nearest, with what is otherwise:")
        for one in sorted(near, key=lambda one: len(differences(one, wanted)))[:ITEMS]:
            lines += [f"  {one}", *_otherwise(one, wanted)]
        if len(near) > ITEMS:
            lines.append(f"  ... and {len(near) - ITEMS} more")
    elif calls:
        import difflib

        names = {one.operation: None for one in calls if one.operation}
        similar = difflib.get_close_matches(operation or "", names, 3)
        if similar:
            lines.append(f"Called were operations with names like it: {', '.join(similar)}.")
        lines += ["All calls:", *_indented(calls)]
    else:
        lines.append("There were no calls at all.")
    dropped = getattr(calls, "dropped", 0)
    if dropped:
        lines.append(f"The {dropped} oldest calls are no longer kept.")
    return "\n".join(lines)


def _otherwise(call: RecordedCall, wanted: Mapping[str, Any]) -> list[str]:
    lines = []
    for name in differences(call, wanted):
        shape = member(call.shape, name)
        expected = value_shown(name, wanted[name], shape)
        if name in call.parameters:
            was = value_shown(name, call.parameters[name], shape)
            text = f"{name} is {was}, not {expected}"
            lines.append(f"    {name} is another" if was == expected else f"    {text}")
        elif call.complete:
            lines.append(f"    {name} is not there, should be {expected}")
        else:
            lines.append(f"    {name} was in a body that is too large to be kept")
    return lines


def _indented(calls: Sequence[RecordedCall]) -> list[str]:
    return [f"  {line}" for line in report(calls).splitlines()]
