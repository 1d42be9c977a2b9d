"""Parameters as text: shortened, with secrets masked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..environment import MASK

#: How much of a text and of a list is shown.
TEXT, ITEMS = 60, 4
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
        f"{name}={value_shown(name, value, member(shape, name))}"
        for name, value in parameters.items()
    )


def value_shown(name: str, value: Any, shape: Any) -> str:
    """One value of that name, as far as it is no secret."""
    if _SECRET.search(name) or (shape is not None and shape.metadata.get("sensitive")):
        return MASK
    if isinstance(value, (bytes, bytearray)):
        return f"<{len(value)} bytes>" if len(value) > 20 else repr(bytes(value))
    if isinstance(value, Mapping):
        pairs = [
            f"{key!r}: {value_shown(str(key), item, member(shape, str(key)))}"
            for key, item in list(value.items())[:ITEMS]
        ]
        return "{" + ", ".join(pairs + ["..."] * (len(value) > ITEMS)) + "}"
    if isinstance(value, (list, tuple)):
        inner = getattr(shape, "member", None)
        items = [value_shown("", item, inner) for item in value[:ITEMS]]
        return "[" + ", ".join(items + ["..."] * (len(value) > ITEMS)) + "]"
    text = repr(value)
    return text if len(text) <= TEXT else f"{text[: TEXT - 4]}...{text[-1]}"


def member(shape: Any, name: str) -> Any:
    """The shape of what a structure or a map has under a name."""
    if shape is None:
        return None
    if shape.type_name == "structure":
        return shape.members.get(name)
    return shape.value if shape.type_name == "map" else None
