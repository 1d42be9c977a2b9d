"""What a test body did, in a form that two worlds can be compared by.

`observe` runs a body in a world; the `Outcome` is what it returned, or the type
and text of what it raised. `difference` tells two of them apart. What must differ
between moto's own server and AWS's addresses is normalised first, each rule with
its reason. Nothing else is: a difference that is left is a bug.
"""

from __future__ import annotations

import datetime
import difflib
import pprint
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from .worlds import World

# Headers of moto's server that are none of moto's: the web server's own, and
# flask_cors'. moto's backends set some of them as well, for werkzeug to overwrite.
SERVER_HEADERS = frozenset(
    {
        "server",
        "date",
        # werkzeug's development server closes each connection after one answer.
        "connection",
        "access-control-allow-origin",
        "access-control-allow-methods",
        "access-control-expose-headers",
    }
)
# Random in each answer: that there is one is compared, its value is not.
ID_HEADERS = frozenset({"x-amz-request-id", "x-amzn-requestid", "x-amz-id-2"})
ID_KEYS = frozenset({"RequestId", "HostId"})
# The clock goes on between the two runs; present or absent is compared.
TIME_HEADERS = frozenset({"last-modified", "x-amz-date"})

# What Flask says of a body that moto said nothing about. AWS says nothing either.
FLASK_DEFAULT = ("content-type", "text/html; charset=utf-8")

TEXT_RULES = (
    # Virtual host addressing in process, path addressing on the wire: nobody
    # resolves <bucket>.localhost.
    (re.compile(r"https://([a-z0-9][a-z0-9.-]*)\.s3[a-z0-9.-]*\.amazonaws\.com/"), r"<aws>/\1/"),
    (re.compile(r"https://([a-z0-9][a-z0-9.-]*)\.s3[a-z0-9.-]*\.amazonaws\.com\b"), r"<aws>/\1"),
    (re.compile(r"https://[a-z0-9.-]+\.amazonaws\.com\b"), "<aws>"),
    (re.compile(r"https://localhost:\d+"), "<aws>"),
    # An object's address in memory, in the text of an exception.
    (re.compile(r"\bat 0x[0-9a-f]+"), "at <address>"),
    # Random ids that moto writes into bodies: its request ids (52 characters), and
    # UUIDs (request ids of some services, message ids).
    (re.compile(r"\b[A-Za-z0-9]{52}\b"), "<id>"),
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "<uuid>"),
    # The clock, as it appears in bodies and presigned URLs.
    (re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?"), "<time>"),
    (re.compile(r"\b\d{8}T\d{6}Z\b"), "<time>"),
)


@dataclass(frozen=True)
class Outcome:
    """`result` of a body that returned, or `error` of one that raised.

    `error` is the exception's qualified name and its text; `response` is the
    parsed answer that a ClientError carries. `raw` is the value or the exception
    itself, before normalisation.
    """

    result: Any = None
    error: tuple[str, str] | None = None
    response: Any = None
    raw: Any = field(default=None, compare=False, repr=False)

    @property
    def value(self) -> Any:
        """The normalised result of a body that must not have raised."""
        if self.error:
            raise AssertionError(f"raised over the wire: {self.error}")
        return self.result


async def observe(body: Callable[[World], Awaitable[Any]], world: World) -> Outcome:
    """Run `body` in `world`, which must be active."""
    try:
        value = await body(world)
    except Exception as error:
        response = error.response if isinstance(error, ClientError) else None
        return Outcome(
            error=(type_name(error), normalise(str(error))),
            response=normalise(response),
            raw=error,
        )
    return Outcome(result=normalise(value), raw=value)


def type_name(value: object) -> str:
    """`module.Class` of a value, and of an exception's bases what clients catch.

    Modeled exceptions are made per client, so that `isinstance` can't compare
    two of them.
    """
    kind = type(value)
    return f"{kind.__module__}.{kind.__qualname__}"


def normalise(value: Any) -> Any:
    """`value` without what differs for a known reason; plain dicts, lists and scalars."""
    if isinstance(value, Mapping):
        pairs = ((key, _entry(str(key), item)) for key, item in value.items())
        return {key: item for key, item in pairs if item is not _DROPPED}
    if isinstance(value, (list, tuple)):
        return [normalise(item) for item in value]
    if isinstance(value, datetime.datetime):
        return "<time>"
    if isinstance(value, str):
        return normalise_text(value)
    return value


def normalise_text(text: str) -> str:
    """`text` with addresses, random ids and times replaced by what they are."""
    for pattern, replacement in TEXT_RULES:
        text = pattern.sub(replacement, text)
    return text


_DROPPED = object()


def _entry(key: str, value: Any) -> Any:
    name = key.lower()
    if name in SERVER_HEADERS or (name, value) == FLASK_DEFAULT:
        return _DROPPED
    if name in ID_HEADERS or key in ID_KEYS:
        return "<id>"
    if name in TIME_HEADERS:
        return "<time>"
    return normalise(value)


def difference(wire: Outcome, in_process: Outcome) -> str:
    """The two outcomes side by side, or an empty text where they are equal."""
    if wire == in_process:
        return ""
    lines = difflib.unified_diff(
        _lines(wire), _lines(in_process), "over the wire", "in process", lineterm="", n=100
    )
    return "\n".join(lines)


def _lines(outcome: Outcome) -> list[str]:
    return pprint.pformat(outcome, width=100).splitlines()
