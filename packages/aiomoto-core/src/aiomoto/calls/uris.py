"""Paths of REST requests against the templates of botocore's models.

Source of the templates: Smithy, "HTTP binding traits", section "httpTrait" (``uri``).
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote

# "bucket.s3.eu-west-1.amazonaws.com", "bucket.s3-website...": the bucket is in the host. A
# bucket's own name may have ".s3." in it, so the last one counts.
_VIRTUAL_HOST = re.compile(r"(?P<bucket>.+)\.s3(?:express)?[.-]")


class Template(NamedTuple):
    """``/{Bucket}/{Key+}?acl``, taken apart: only one label takes several segments."""

    before: tuple[str, ...]
    greedy: str | None
    after: tuple[str, ...]
    query: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, request_uri: str) -> Template:
        """From a model's ``requestUri``."""
        path, _, query = request_uri.partition("?")
        segments = segments_of(path)
        at = next((at for at, one in enumerate(segments) if one.endswith("+}")), None)
        given = tuple(parse_qsl(query, keep_blank_values=True))
        if at is None:
            return cls(tuple(segments), None, (), given)
        before, after = tuple(segments[:at]), tuple(segments[at + 1 :])
        return cls(before, segments[at][1:-2], after, given)

    @property
    def literals(self) -> int:
        """How many segments of a path have to be as they stand here."""
        return sum(not _is_label(one) for one in (*self.before, *self.after))

    def match(self, path: str) -> dict[str, str] | None:
        """The values of the labels, decoded; None if the path is another."""
        if self.greedy is None:
            return _labels(self.before, segments_of(path))
        # What a greedy label takes may end in a slash, as a key of S3 does.
        segments = path.split("/")[1:]
        middle = len(segments) - len(self.after)
        taken = "/".join(segments[len(self.before) : middle])
        first = _labels(self.before, segments[: len(self.before)])
        last = _labels(self.after, segments[middle:]) if middle >= len(self.before) else None
        if first is None or last is None or not taken:
            return None
        return {**first, self.greedy: unquote(taken), **last}


def segments_of(path: str) -> list[str]:
    """What stands between a path's slashes; one at the end says nothing."""
    path = path.removeprefix("/").removesuffix("/")
    return path.split("/") if path else []


def with_bucket(host: str, path: str) -> str:
    """The path of a request to S3 with its bucket, which may be in the host."""
    virtual = _VIRTUAL_HOST.match(host)
    return f"/{virtual['bucket']}{path or '/'}" if virtual else path


def _labels(template: tuple[str, ...], segments: list[str]) -> dict[str, str] | None:
    if len(template) != len(segments):
        return None
    found = {}
    for wanted, segment in zip(template, segments, strict=True):
        if _is_label(wanted):
            if not segment:
                return None
            found[wanted[1:-1]] = unquote(segment)
        elif wanted not in (segment, unquote(segment)):
            return None
    return found


def _is_label(segment: str) -> bool:
    return segment.startswith("{")
