"""Dates in headers and bodies, which are of one second for many calls: read and written once."""

from __future__ import annotations

import datetime
import re
from functools import lru_cache
from typing import Any

from ...compat import attribute
from ...plugin.patches import Patch

#: A whole date in UTC: nothing is filled in from today's, or from this machine's time zone.
_WHOLE = re.compile(
    r"(?:[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT"
    r"|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|\+00:00))",
    re.ASCII,
)


def reading() -> list[Patch]:
    """The dates that botocore reads in answers."""
    date = attribute("botocore", "botocore.utils", "_parse_timestamp_with_tzinfo")
    parse = date.original

    @lru_cache(maxsize=1024)
    def known(value: str, tzinfo: Any, kind: type) -> Any:
        return parse(value, tzinfo)

    def quick_parse(value: Any, tzinfo: Any) -> Any:
        if type(value) is str and _WHOLE.fullmatch(value):
            # The class is another while freezegun is at work.
            return known(value, tzinfo, datetime.datetime)
        return parse(value, tzinfo)

    return [date.patch(quick_parse)]


def writing() -> list[Patch]:
    """The dates that moto writes; an older moto writes them another way."""
    date = attribute("moto", "moto.core.responses", "http_date")
    write = date.original
    known = lru_cache(maxsize=64)(write)

    def quick_date(timestamp: Any = None) -> Any:
        """The value of a Date header; it is exact to the second."""
        if type(timestamp) is datetime.datetime:
            return known(timestamp.replace(microsecond=0))
        return write(timestamp)

    return [date.patch(quick_date)]
