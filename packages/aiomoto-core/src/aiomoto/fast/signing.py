"""botocore's signatures: what is the same for each request of a day, and bodies as they are.

A signature of version 4 takes four keys, each made from the one before, which depend on the
secret, the day, the region and the service only. To hash a body, botocore prepares the whole
request, headers and all, and takes the body of it; the headers to sign are put into a message
of Python's email package one by one, and searched for in it one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..compat import Signing

if TYPE_CHECKING:
    from ..plugin.patches import Patch


def patches(optimises: Callable[[], bool]) -> list[Patch]:
    """What to replace in botocore while a mock is active."""
    signing = Signing()
    sign, body_of, headers_of = signing.sign, signing.body_of, signing.headers_of

    @lru_cache(maxsize=256)
    def derived(key: bytes, message: str) -> Any:
        return sign(None, key, message)

    def quick_sign(self: Any, key: Any, msg: Any, hex: Any = False) -> Any:
        """The HMAC of a message; as hexadecimal digits, the signature itself."""
        if hex or type(key) is not bytes or not optimises():
            return sign(self, key, msg, hex)
        return derived(key, msg)

    def body(self: Any) -> Any:
        """The body of the request that would be sent."""
        if type(self) is not signing.request_class or not optimises():
            return body_of(self)
        return signing.body(self)

    def headers_to_sign(self: Any, request: Any) -> Any:
        """The headers that the signature is of, their names in lower case."""
        if type(request) is not signing.request_class or not optimises():
            return headers_of(self, request)
        return signing.headers(request)

    def canonical_headers(self: Any, headers_to_sign: Any) -> Any:
        """The headers as they are signed, in lines."""
        if not optimises():
            return signing.canonical_of(self, headers_to_sign)
        return signing.canonical_headers(self, headers_to_sign)

    return [
        (signing.auth_class, "canonical_headers", canonical_headers),
        (signing.auth_class, "_sign", quick_sign),
        (signing.auth_class, "headers_to_sign", headers_to_sign),
        (signing.request_class, "body", property(body)),
    ]
