"""Calls as text: shortened, with secrets masked; and why an assertion failed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..environment import MASK
from .record import differences

if TYPE_CHECKING:
    from .record import RecordedCall

#: How much of a text, of a list and of a report is shown.
TEXT, ITEMS, LINES = 60, 4, 30
# Beside what AWS's models mark as sensitive. Tokens that only say where to go on, or
# that make a call idempotent, are no secrets.
_SECRET = re.compile(
    r"password|passphrase|secret(?!id$|arn$|name$)|credential|private_?key"
    r"|(session|auth|security|access|refresh|bearer|id)_?token|sse\w*customerkey$",
    re.IGNORECASE,
)


def shown(parameters: Mapping[str, Any], shape: Any = None) -> str:
    """``Bucket='docs', Body=<5 bytes>`` for parameters of the botocore shape ``shape``."""
    return ", ".join(
        f"{name}={_value(name, value, _member(shape, name))}" for name, value in parameters.items()
    )


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
        member = _member(call.shape, name)
        expected = _value(name, wanted[name], member)
        if name in call.parameters:
            was = _value(name, call.parameters[name], member)
            text = f"{name} is {was}, not {expected}"
            lines.append(f"    {name} is another" if was == expected else f"    {text}")
        elif call.complete:
            lines.append(f"    {name} is not there, should be {expected}")
        else:
            lines.append(f"    {name} was in a body that is too large to be kept")
    return lines


def _indented(calls: Sequence[RecordedCall]) -> list[str]:
    return [f"  {line}" for line in report(calls).splitlines()]


def _value(name: str, value: Any, shape: Any) -> str:
    if _SECRET.search(name) or (shape is not None and shape.metadata.get("sensitive")):
        return MASK
    if isinstance(value, (bytes, bytearray)):
        return f"<{len(value)} bytes>" if len(value) > 20 else repr(bytes(value))
    if isinstance(value, Mapping):
        pairs = [
            f"{key!r}: {_value(str(key), item, _member(shape, str(key)))}"
            for key, item in list(value.items())[:ITEMS]
        ]
        return "{" + ", ".join(pairs + ["..."] * (len(value) > ITEMS)) + "}"
    if isinstance(value, (list, tuple)):
        inner = getattr(shape, "member", None)
        items = [_value("", item, inner) for item in value[:ITEMS]]
        return "[" + ", ".join(items + ["..."] * (len(value) > ITEMS)) + "]"
    text = repr(value)
    return text if len(text) <= TEXT else f"{text[: TEXT - 4]}...{text[-1]}"


def _member(shape: Any, name: str) -> Any:
    if shape is None:
        return None
    if shape.type_name == "structure":
        return shape.members.get(name)
    return shape.value if shape.type_name == "map" else None
