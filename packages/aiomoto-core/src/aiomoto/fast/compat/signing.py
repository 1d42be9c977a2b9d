"""botocore's signatures: what is the same for each request of a day, and bodies as they are.

A signature of version 4 takes four keys, each made from the one before, which depend on the
secret, the day, the region and the service only. To hash a body, botocore prepares the whole
request, headers and all, and takes the body of it; the headers to sign are put into a message
of Python's email package one by one, and searched for in it one by one.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from ...compat import attribute, require, require_attributes
from ...plugin.patches import Patch
from .headers import message_class

_AUTH, _REQUESTS = "botocore.auth", "botocore.awsrequest"
#: Under which name a request keeps the headers that its signature is of.
_KEPT = "_aiomoto_signed"
#: What a host is taken from, of a URL without a user, capitals or an address of IPv6.
_BEFORE_PATH = re.compile(r"https?://[a-z0-9.-]+(?::[0-9]+)?/")


def keys() -> list[Patch]:
    """The keys that signatures are made with."""
    step = attribute("botocore", _AUTH, "SigV4Auth", "_sign")
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
    """The body of a request that is to be signed, without what else is prepared for that."""
    body = attribute("botocore", _REQUESTS, "AWSRequest", "body")
    require("botocore", _REQUESTS, "AWSRequestPreparer", "_prepare_body")
    request_class = require_attributes("botocore", _REQUESTS, "AWSRequest", "_request_preparer")
    slowly = body.original.fget

    def quick_body(self: Any) -> Any:
        if type(self) is not request_class:
            return slowly(self)
        prepared = self._request_preparer._prepare_body(self)
        return prepared.encode("utf-8") if isinstance(prepared, str) else prepared

    return [body.patch(property(quick_body))]


def headers_to_sign() -> list[Patch]:
    """Which headers are signed."""
    signed = attribute("botocore", _AUTH, "SigV4Auth", "headers_to_sign")
    request_class = require("botocore", _REQUESTS, "AWSRequest")
    unsigned = require("botocore", _AUTH, "SIGNED_HEADERS_BLACKLIST")
    host_of = require("botocore", _AUTH, "_host_from_url")
    host_at = lru_cache(maxsize=1024)(host_of)
    new_message = message_class()
    slowly = signed.original

    def host(url: str) -> Any:
        """The paths of most URLs are different, what is before them is not."""
        plain = _BEFORE_PATH.match(url)
        return host_of(url) if plain is None else host_at(plain.group())

    def quick_headers(self: Any, request: Any) -> Any:
        """The headers as a message, the host among them, their names in lower case.

        They are asked for twice for each signature: what was found is kept with the
        request as long as its headers and its URL are the same.
        """
        if type(request) is not request_class:
            return slowly(self, request)
        given = request.headers.items()
        known, url, found = getattr(request, _KEPT, (None, None, None))
        if known == given and url == request.url:
            return found
        found = new_message()
        pairs = ((name.lower(), value) for name, value in given)
        found._headers = [one for one in pairs if one[0] not in unsigned]
        if not any(name == "host" for name, _ in found._headers):
            found._headers.append(("host", host(request.url)))
        setattr(request, _KEPT, (given, request.url, found))
        return found

    return [signed.patch(quick_headers)]


def canonical_headers() -> list[Patch]:
    """How headers are written to be signed."""
    written = attribute("botocore", _AUTH, "SigV4Auth", "canonical_headers")
    value_of = require("botocore", _AUTH, "SigV4Auth", "_header_value")
    known_class = message_class()
    slowly = written.original

    def canonical(self: Any, headers_to_sign: Any) -> Any:
        """A line for each header of a message, in the order of the names.

        Those of anything unusual, a name in capitals or a value that is no ASCII, are botocore's.
        """
        if type(headers_to_sign) is not known_class or type(self)._header_value != value_of:
            return slowly(self, headers_to_sign)
        lines: dict[str, str] = {}
        for name, value in headers_to_sign._headers:
            if not name.islower() or type(value) is not str or not value.isascii():
                return slowly(self, headers_to_sign)
            words = " ".join(value.split())
            lines[name] = f"{lines[name]},{words}" if name in lines else f"{name}:{words}"
        return "\n".join([lines[name] for name in sorted(lines)])

    return [written.patch(canonical)]
