"""botocore's signatures: what is the same for each request of a day, and bodies as they are.

A signature of version 4 takes four keys, each made from the one before, which depend on the
secret, the day, the region and the service only. To hash a body, botocore prepares the whole
request, headers and all, and takes the body of it; the headers to sign are put into a message
of Python's email package one by one, and searched for in it one by one.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..compat import CanonicalHeaders, RequestBodies, SignedHeaders, SigningKeys

if TYPE_CHECKING:
    from ..plugin.patches import Patch


def keys() -> list[Patch]:
    """The keys that signatures are made with."""
    step = SigningKeys().step
    sign = step.original

    @lru_cache(maxsize=256)
    def derived(key: bytes, message: str) -> Any:
        return sign(None, key, message)

    def quick_sign(self: Any, key: Any, msg: Any, hex: Any = False) -> Any:
        """The HMAC of a message; as hexadecimal digits, the signature itself."""
        if hex or type(key) is not bytes:
            return sign(self, key, msg, hex)
        return derived(key, msg)

    return [step.patch(quick_sign)]


def bodies() -> list[Patch]:
    """The body of a request that is to be signed."""
    requests = RequestBodies()
    body_of = requests.body.original.fget

    def body(self: Any) -> Any:
        """The body of the request that would be sent."""
        if type(self) is not requests.request_class:
            return body_of(self)
        return requests.body_of(self)

    return [requests.body.patch(property(body))]


def headers_to_sign() -> list[Patch]:
    """Which headers are signed."""
    signed = SignedHeaders()
    headers_of = signed.headers_to_sign.original

    def quick_headers(self: Any, request: Any) -> Any:
        """The headers that the signature is of, their names in lower case."""
        if type(request) is not signed.request_class:
            return headers_of(self, request)
        return signed.headers(request)

    return [signed.headers_to_sign.patch(quick_headers)]


def canonical_headers() -> list[Patch]:
    """How headers are written to be signed."""
    headers = CanonicalHeaders()

    def canonical(self: Any, headers_to_sign: Any) -> Any:
        """The headers as they are signed, in lines."""
        return headers.lines(self, headers_to_sign)

    return [headers.canonical.patch(canonical)]
