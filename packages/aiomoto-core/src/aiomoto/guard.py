"""Which addresses are AWS, which pass to the real network, which are refused.

The six rules are in docs/architecture.md, "Rules of the wire".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit, urlunsplit

from .declared import DEFAULT_PORTS, Endpoint, custom_s3_endpoints, most_specific_first
from .endpoints import to_aws_url
from .hosts import canonical, is_aws_host, is_loopback
from .request import Call, text

#: moto serves the instance metadata under the first of its addresses only.
_IPV4_OF = {"fd00:ec2::254": "169.254.169.254"}
_SIGNED = re.compile(r"AWS4-(HMAC|ECDSA)|AWS [^ ]+:")
#: Signature Version 4 and 2. Source: botocore.auth (SigV4QueryAuth, HmacV1QueryAuth).
_PRESIGNED = re.compile(r"(^|&)(X-Amz-Signature|AWSAccessKeyId)=")
#: No user, no port, no brackets, no capitals, no dot at the end: moto takes it as it is.
_PLAIN_ORIGIN = re.compile(r"https?://[a-z0-9.-]*[a-z0-9]/")


class Verdict(Enum):
    """What happens to a request."""

    MOCK = "answered in process"
    PASS = "left to the real network"
    BLOCK = "refused"


class Ruling(NamedTuple):
    """A verdict and, for MOCK, the URL in the AWS domain."""

    verdict: Verdict
    url: str


@dataclass(frozen=True)
class Guard:
    """The rules as they are while a set of mocks is active.

    ``passes(url)`` says whether moto's configuration lets a URL through;
    None while it names nothing.
    """

    suffixes: tuple[str, ...]
    endpoints: tuple[Endpoint, ...] = ()
    passes: Callable[[str], bool] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "endpoints", most_specific_first(self.endpoints))

    def is_aws(self, host: str) -> bool:
        """Whether a canonical name or address is AWS's own, declared ones apart."""
        return is_aws_host(host, self.suffixes)

    def judge(self, url: str, headers: Mapping[str, str], call: Call | None) -> Ruling:
        """Decide about one request.

        ``call`` is what an AWS client of botocore is doing, None for a plain
        HTTP client; a plain client counts as an AWS client when it signs.
        """
        if self.passes is None and _is_plainly_aws(_origin(url), self.suffixes):
            return Ruling(Verdict.MOCK, url)
        parts = urlsplit(url)
        host = canonical(parts.hostname or "")
        if self.is_aws(host):
            url = urlunsplit(parts._replace(netloc=_netloc(_IPV4_OF.get(host, host), parts)))
            if self.passes is not None and self.passes(url):
                return Ruling(Verdict.PASS, url)
            return Ruling(Verdict.MOCK, url)
        declared = self.endpoints
        if custom := custom_s3_endpoints():
            declared = most_specific_first((*declared, *custom))
        for endpoint in declared:
            prefix = endpoint.host_prefix(host, parts)
            if prefix is not None:
                aws_url = to_aws_url(
                    parts, prefix, endpoint.path, headers, call, declared_for=endpoint.service
                )
                if self.passes is not None and (self.passes(url) or self.passes(aws_url)):
                    return Ruling(Verdict.PASS, url)
                return Ruling(Verdict.MOCK, aws_url)
        if is_loopback(host):
            return Ruling(Verdict.PASS, url)
        if call is not None or _is_signed(parts, headers):
            if self.passes is not None and self.passes(url):
                return Ruling(Verdict.PASS, url)
            return Ruling(Verdict.BLOCK, url)
        return Ruling(Verdict.PASS, url)

    def may_answer(self, url: str) -> bool:
        """Whether some request to the host of a URL is answered: of AWS, or declared at all."""
        parts = urlsplit(url)
        host = canonical(parts.hostname or "")
        if self.is_aws(host):
            return True
        declared = (*self.endpoints, *custom_s3_endpoints())
        return any(replace(one, path="").host_prefix(host, parts) is not None for one in declared)


def _is_signed(parts: SplitResult, headers: Mapping[str, str]) -> bool:
    """Whether it has an AWS signature, in its header or, presigned, in its query."""
    authorization = text(headers.get("Authorization", ""))
    return bool(_SIGNED.match(authorization) or _PRESIGNED.search(parts.query))


def _netloc(host: str, parts: SplitResult) -> str:
    """Host and port as moto's patterns have them: no user, no port that the scheme implies."""
    host = f"[{host}]" if ":" in host else host
    implied = parts.port in (None, DEFAULT_PORTS.get(parts.scheme))
    return host if implied else f"{host}:{parts.port}"


def _origin(url: str) -> str:
    """Scheme and host, as far as the first slash; more of a URL that has no path."""
    return url[: url.find("/", 8) + 1]


@lru_cache(maxsize=1024)
def _is_plainly_aws(origin: str, suffixes: tuple[str, ...]) -> bool:
    """Whether what begins so is AWS's and its URL is to stay as it is."""
    if not _PLAIN_ORIGIN.fullmatch(origin):
        return False
    host = urlsplit(origin).hostname or ""
    return host == canonical(host) and is_aws_host(host, suffixes)
