"""Large bodies: decoded in one pass, and stored without another copy of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from aiomoto.aws_chunked import AwsChunkedBody, decode_aws_chunked

from .compat import MotoBodies, MotoObjects

if TYPE_CHECKING:
    from aiomoto import Patch

#: What moto looks for in a whole body, payload included.
_CHECKSUM = re.compile(rb"x-amz-checksum-\w+:(.+={1,2})")
_CHECKSUM_BEGIN = b"x-amz-checksum-"


def handle_encoded_body(self: Any, body: Any) -> bytes:
    """In place of ``S3Response._handle_encoded_body``."""
    if not body:
        return b""
    chunked = getattr(getattr(self, "request", None), "aiomoto_aws_chunked", None)
    if chunked is not None:
        self.raw_body = _searched(chunked, body)
        return body  # type: ignore[no-any-return]
    return decode_aws_chunked(body.read() if hasattr(body, "read") else body)


def _searched(chunked: AwsChunkedBody, payload: bytes) -> bytes:
    """What moto searches for the checksum: the trailer, if it would find it there."""
    trailer = chunked.trailer
    if _CHECKSUM_BEGIN in payload or not _CHECKSUM.search(trailer):
        return chunked.whole()
    return trailer


def decoded_once() -> list[Patch]:
    """Have moto decode bodies in linear time, and none of which it was given the payload."""
    return [MotoBodies().decoder.patch(handle_encoded_body)]


def stored_at_once() -> list[Patch]:
    """Have a large object go to its file at once.

    moto writes it into a buffer in memory first, of which it makes the file, and
    reads that again for the entity tag.
    """
    objects = MotoObjects()
    value = objects.value.original

    def store(key: Any, content: Any) -> None:
        if not objects.is_for_a_file(key, content):
            value.fset(key, content)
            return
        objects.to_file(key)
        value.fset(key, content)
        objects.set_etag(key, content)

    return [objects.value.patch(property(value.fget, store, value.fdel, value.__doc__))]
