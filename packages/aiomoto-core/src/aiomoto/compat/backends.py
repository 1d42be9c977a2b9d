"""moto: its configuration, and the handlers of its backends by their URL tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache, cached_property
from importlib import import_module
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

from ..request import AwsRequest, AwsResponse
from .names import require
from .switch import Switch


class Moto(Switch):
    """moto: its switch, its configuration, and the handlers of its backends."""

    #: moto's name of its own API (``/moto-api/reset``).
    API = "moto_api._internal"

    def __init__(self) -> None:
        super().__init__()
        self.config: dict[str, Any] = require("moto", "moto.core.config", "default_user_config")
        self.url_patterns: list[tuple[str, re.Pattern[str]]] = require(
            "moto", "moto.backend_index", "backend_url_patterns"
        )
        self._to_aws_domain = require("moto", "moto.core.utils", "get_equivalent_url_in_aws_domain")
        self._passthrough_url = require("moto", "moto.core.config", "passthrough_url")
        self._passthrough_service = require("moto", "moto.core.config", "passthrough_service")
        self._whitelisted = require("moto", "moto.core.config", "service_whitelisted")
        self._not_whitelisted = require("moto", "moto.core.exceptions", "ServiceNotWhitelisted")
        self._http_exception = require("moto", "moto.core.exceptions", "HTTPException")
        self._get_backend = require("moto", "moto.backends", "get_backend")
        self._account = require("moto", "moto.core", "DEFAULT_ACCOUNT_ID")
        self._recorder = require("moto", "moto.moto_api", "recorder")
        require("moto", "moto.moto_api", "recorder", "_record_request")
        self._request_class = self._find_request_class()

    @cached_property
    def version(self) -> str:
        """moto's version; only error messages want it, and it is read from a file."""
        return version("moto")

    @staticmethod
    def _find_request_class() -> Any:
        """moto 5.2.5 hands werkzeug requests to its handlers; before, they were botocore's."""
        try:
            found: Any = import_module("moto.core.request").Request
        except (ImportError, AttributeError):
            return None
        return found if hasattr(found, "from_primitives") else None

    @property
    def services(self) -> set[str]:
        """The services that it has, by its own names."""
        return {service for service, _ in self.url_patterns}

    # -- moto's configuration ---------------------------------------------

    def passes(self, clean_url: str, service: str | None) -> bool:
        """Whether ``core.passthrough`` lets this URL or moto service through."""
        if self._passthrough_url(clean_url):
            return True
        return service is not None and bool(self._passthrough_service(service))

    def has_passthrough(self) -> bool:
        rules = (self.config.get("core") or {}).get("passthrough") or {}
        return bool(rules.get("urls") or rules.get("services"))

    def check_whitelist(self, service: str) -> None:
        """Raise moto's ``ServiceNotWhitelisted`` for a service that is not."""
        if not self._whitelisted(service):
            raise self._not_whitelisted(service)

    # -- moto's handlers --------------------------------------------------

    def aws_domain(self, url: str) -> Any:
        """A URL, parsed, in the domain that moto's patterns have."""
        parts, _ = self._to_aws_domain(whole_path(url))
        return parts

    def url_handlers(self, service: str) -> Iterator[tuple[str, Callable[..., Any]]]:
        """URL pattern and handler of one backend, in moto's order."""
        backends = self._get_backend(service)
        if isinstance(backends, self._backends):
            regions = backends[self._account]
            backend = regions["us-east-1" if "us-east-1" in regions else "aws"]
        else:
            backend = backends["global"]
        yield from backend.urls.items()

    def call(self, handler: Callable[..., Any], request: AwsRequest) -> AwsResponse:
        """Run one of moto's handlers, as moto's own stubber does."""
        given: Any
        if request.headers.get("Accept") == "*/*":
            # aiohttp and httpx send it of their own accord. It says as much as none
            # (RFC 9110, section 12.5.1), but moto takes it for a parameter.
            del request.headers["Accept"]
        request_url = whole_path(request.url)
        chunked = request.aws_chunked if request.payload_only else None
        body = request.body if chunked is None else chunked.payload
        if self._request_class is not None:
            given = self.build_request(request, request_url, body)
            url = given.raw_url
            # The body is all there: werkzeug need not limit it, which copies it twice.
            given.environ["wsgi.input_terminated"] = True
        else:
            url = request_url
            given = _as_older_moto_takes_it(request, url, body)
        if chunked is not None:
            # For the service's own decoder, which has nothing left to do.
            given.aiomoto_aws_chunked = chunked
        try:
            self._recorder._record_request(given)
            status, out_headers, body = handler(given, url, given.headers)
        except self._http_exception as error:
            status, out_headers, body = error.code, error.get_headers(), error.get_body()
        finally:
            # werkzeug writes the request into its own environ, a circle that holds the
            # body until the garbage collector comes.
            getattr(given, "environ", {}).pop("werkzeug.request", None)
        return AwsResponse.of(status, out_headers, body)

    def build_request(self, request: AwsRequest, url: str, body: bytes) -> Any:
        """The request that moto's handlers are given; replaced by a fast path."""
        return self._request_class.from_primitives(request.method, url, request.headers, body)


def _as_older_moto_takes_it(request: AwsRequest, url: str, body: bytes) -> Any:
    """botocore's own request, as moto's stubber hands it on; of a form, werkzeug's, parsed.

    A form is what no client of botocore sends: the POST of a presigned policy.
    moto's mock of `requests` makes a werkzeug request of it too. moto's own API is asked
    through its server only, so it takes nothing else.
    """
    is_form = request.headers.get("Content-Type", "").startswith("multipart/form-data")
    if is_form or request.service == Moto.API:
        from werkzeug.test import EnvironBuilder
        from werkzeug.wrappers import Request

        parts = urlsplit(url)
        builder = EnvironBuilder(
            path=parts.path,
            query_string=parts.query,
            base_url=f"{parts.scheme}://{parts.netloc}",
            method=request.method,
            headers=list(request.headers.items()),
            data=body,
        )
        return Request(builder.get_environ())
    from botocore.awsrequest import AWSPreparedRequest
    from botocore.compat import HTTPHeaders

    headers = HTTPHeaders.from_pairs(list(request.headers.items()))
    return AWSPreparedRequest(request.method, url, headers, body, False)


def whole_path(url: str) -> str:
    """The URL with its path's semicolons escaped.

    moto parses with ``urlparse``, which cuts what follows one off the path; a
    server does not. Clients that normalise (yarl does) send them unescaped.
    """
    path, mark, query = url.partition("?")
    return path.replace(";", "%3B") + mark + query if ";" in path else url


@cache
def moto() -> Moto:
    """moto's internals, looked up once; this is where moto is imported."""
    return Moto()
