"""Large bodies: taken apart in one pass, and stored without another copy of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from aiomoto.aws_chunked import AwsChunkedBody, decode_aws_chunked

from .compat import MotoBodies

#: What moto looks for in a whole body, payload included.
_CHECKSUM = re.compile(rb"x-amz-checksum-\w+:(.+={1,2})")
_CHECKSUM_BEGIN = b"x-amz-checksum-"


def handle_encoded_body(self: Any, body: Any) -> bytes:
    """In place of ``S3Response._handle_encoded_body``."""
    if not body:
        return b""
    apart = getattr(getattr(self, "request", None), "aiomoto_apart", None)
    if apart is not None:
        self.raw_body = _searched(apart, body)
        return body  # type: ignore[no-any-return]
    return decode_aws_chunked(body.read() if hasattr(body, "read") else body)


def _searched(apart: AwsChunkedBody, payload: bytes) -> bytes:
    """What moto searches for the checksum: the trailer, if it would find it there."""
    trailer = apart.trailer
    if _CHECKSUM_BEGIN in payload or not _CHECKSUM.search(trailer):
        return apart.whole()
    return trailer


def storing(moto: MotoBodies, optimises: Callable[[], bool]) -> property:
    """In place of ``FakeKey.value``: a large object goes to its file at once.

    moto writes it into a buffer in memory first, of which it makes the file, and
    reads that again for the entity tag.
    """
    given = moto.value

    def store(key: Any, value: Any) -> None:
        if not optimises() or not moto.is_for_a_file(key, value):
            given.fset(key, value)
            return
        moto.to_file(key)
        given.fset(key, value)
        moto.set_etag(key, value)

    return property(given.fget, store, given.fdel, given.__doc__)
