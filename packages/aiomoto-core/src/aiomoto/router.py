"""Which moto handler serves a request: the same one that moto finds, without trying all patterns.

moto keeps about 190 ordered patterns, one or more for each backend, and each
backend keeps patterns of its own. moto tries the first list in order for each
request and formats and compiles the second anew. Here the first list is
indexed by the literal text that a pattern begins with, and the second is
compiled once. Order and fall-through stay moto's.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from .endpoints import scope_of, to_aws_url
from .unsigned import service_of_body

if TYPE_CHECKING:
    from .compat import Moto
    from .request import AwsRequest

Handler = Callable[..., Any]
Pattern = re.Pattern[str]

_SCHEME = re.compile(r"https?://")
_ESCAPE_OR_GROUP = re.compile(r"\\.|\([^()]*\)")
#: Plain and escaped characters up to a dot; neither they nor the dot may be repeated.
_LABEL = re.compile(r"https\?://((?:[^.^$*+?{}\[\]|()\\]|\\[^0-9A-Za-z.])+)\\\.(?![*+?{])")
#: What moto's URL tables depend on beside its code (moto/s3/urls.py, BaseBackend.urls).
_TABLE_ENVIRONMENT = ("MOTO_S3_CUSTOM_ENDPOINTS", "MOTO_ENABLE_ISO_REGIONS")


class Route(NamedTuple):
    """What serves a URL."""

    #: moto's name of the backend; None if no pattern of any backend fits.
    service: str | None
    #: None if a backend claims the host but has nothing for this path.
    handler: Handler | None
    #: Every backend whose host pattern fits, in moto's order, up to the one that serves.
    candidates: tuple[str, ...]


class Router:
    """Finds routes for URLs without their query, in the domain ``amazonaws.com``.

    ``patterns`` is moto's list of (service, host pattern); ``handlers(service)``
    gives the URL patterns and handlers of one backend.
    """

    def __init__(
        self,
        patterns: Iterable[tuple[str, Pattern]],
        handlers: Callable[[str], Iterable[tuple[str, Handler]]],
    ) -> None:
        self._patterns = list(patterns)
        by_label: dict[str, list[int]] = {}
        anywhere: list[int] = []
        for index, (_, pattern) in enumerate(self._patterns):
            label = first_label(pattern.pattern)
            if label is None:
                anywhere.append(index)
            else:
                by_label.setdefault(label, []).append(index)
        self._anywhere = tuple(anywhere)
        self._by_label = {
            label: tuple(sorted(found + anywhere)) for label, found in by_label.items()
        }
        self._find = lru_cache(maxsize=4096)(self._search)
        self._table = lru_cache(maxsize=None)(
            lambda service, key: [(re.compile(url), one) for url, one in handlers(service)]
        )

    def find(self, clean_url: str) -> Route:
        """The route for a URL; both members None where moto has nothing."""
        return self._find(clean_url, table_key())

    def claims(self, clean_url: str) -> bool:
        """Whether any backend's host pattern fits, handler or not."""
        return next(self._services(clean_url), None) is not None

    def _search(self, clean_url: str, key: tuple[str | None, ...]) -> Route:
        candidates: list[str] = []
        for service in self._services(clean_url):
            candidates.append(service)
            for pattern, handler in self._table(service, key):
                if pattern.match(clean_url):
                    return Route(service, handler, tuple(candidates))
        return Route(candidates[0] if candidates else None, None, tuple(candidates))

    def _services(self, clean_url: str) -> Iterator[str]:
        scheme = _SCHEME.match(clean_url)
        label = clean_url[scheme.end() :].split(".", 1)[0] if scheme else ""
        for index in self._by_label.get(label, self._anywhere):
            service, pattern = self._patterns[index]
            if pattern.match(clean_url):
                yield service


class Routes:
    """Finds the routes of requests, by their URL and by what else says which service is meant."""

    def __init__(self, moto: Moto) -> None:
        self._moto = moto
        self._router = Router(moto.url_patterns, moto.url_handlers)
        self._cleaned = lru_cache(maxsize=4096)(self._in_aws_domain)

    def find(self, request: AwsRequest) -> Route:
        """The route of a request; its URL is replaced where only the signature knows it.

        moto has no patterns for dual-stack names (``sqs.us-east-1.api.aws``)
        and some others, and takes every host that has ``s3`` in it for S3; the
        client or the credential scope then says which service is meant.
        """
        route, call = self._router.find(self._clean(request.url)), request.call
        named = (call and call.service) or "s3"
        if route.handler is None or (route.service == "s3" and not named.startswith("s3")):
            parts = urlsplit(request.url)
            if scope_of(request.headers, parts.query) is not None:
                url = to_aws_url(parts, "", "", request.headers, call)
                return self._moved(request, url) or route
        elif route.service == "s3" and request.method == "POST" and call is None:
            parts = urlsplit(request.url)
            if (
                request.original_url != request.url
                and scope_of(request.headers, parts.query) is None
                and (meant := service_of_body(request.headers, request.body)) is not None
            ):
                # An unsigned form at a declared endpoint, where S3 was the last guess.
                netloc = "{}.{}.amazonaws.com".format(*meant)
                url = urlunsplit(parts._replace(netloc=netloc))
                return self._moved(request, url) or route
        return route

    def _moved(self, request: AwsRequest, url: str) -> Route | None:
        route = self._router.find(self._clean(url))
        if route.handler is None:
            return None
        request.url = url
        return route

    def claims(self, url: str) -> bool:
        """Whether a backend of moto claims this URL, with a handler for it or not."""
        return self._router.claims(self._clean(url))

    def passes(self, url: str) -> bool:
        """Whether moto's configuration lets this URL through to the real network."""
        clean = self._clean(url)
        services = self._router.find(clean).candidates or (None,)
        return any(self._moto.passes(clean, service) for service in services)

    def _clean(self, url: str) -> str:
        """The URL as moto matches it: in the domain amazonaws.com, without its query."""
        return self._cleaned(url.split("?", 1)[0], os.environ.get("MOTO_S3_CUSTOM_ENDPOINTS"))

    def _in_aws_domain(self, url: str, custom: str | None) -> str:
        parts = self._moto.aws_domain(url)  # which reads the variable itself
        return f"{parts.scheme}://{parts.netloc}{parts.path}"


def table_key() -> tuple[str | None, ...]:
    """The environment that moto's URL tables were built from."""
    return tuple(os.environ.get(name) for name in _TABLE_ENVIRONMENT)


def first_label(pattern: str) -> str | None:
    """The text up to the first dot that every URL matching ``pattern`` begins with.

    None if it can't be told from the pattern. Only the prefix ``https?://`` is understood.
    """
    if "|" in _ESCAPE_OR_GROUP.sub("", pattern):
        return None  # alternatives at the top
    found = _LABEL.match(pattern)
    return re.sub(r"\\(.)", r"\1", found[1]) if found else None
