"""moto: its counters, its state, its stubber, and the URL tables of its backends."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache, cached_property, partial
from importlib import import_module
from importlib.metadata import version
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

from ..locks import under
from ..request import AwsRequest, AwsResponse
from ..undo import Undo
from .names import require
from .servers import warn_of_servers

_ANY_URL = re.compile("https?://")
_AWS_URL = re.compile(r"https?://.+\.amazonaws.com/.*")

Ours = Callable[[Any], bool]
Answer = Callable[[Any], Any]


class Moto:
    """moto: its counters, its state, its stubber, and the URL tables of its backends."""

    #: moto's name of its own API (``/moto-api/reset``).
    API = "moto_api._internal"

    def __init__(self) -> None:
        self.mock_class = self._need("moto.core.models", "MockAWS")
        for name in ("_nested_count", "_mocks_active", "_mock_init_lock"):
            self._need("moto.core.models", "MockAWS", name)
        self.stubber = self._need("moto.core.models", "botocore_stubber")
        self.stubber_class = self._need("moto.core.botocore_stubber", "BotocoreStubber")
        self._need("moto.core.botocore_stubber", "BotocoreStubber", "process_request")
        self._responses_mock = self._need("moto.core.models", "responses_mock")
        self._reset_responses = self._need("moto.core.models", "reset_responses_mock")
        self._methods: list[str] = self._need("moto.core.models", "RESPONSES_METHODS")
        self._not_implemented = self._need("moto.core.models", "not_implemented_callback")
        self._callback_class = self._need("moto.core.models", "CallbackResponse")
        self._backends = self._need("moto.core.base_backend", "BackendDict")
        self._need("moto.core.base_backend", "BackendDict", "_instances")
        self._reset_models = self._need("moto.core.model_instances", "reset_model_data")
        self.config: dict[str, Any] = self._need("moto.core.config", "default_user_config")
        self.url_patterns: list[tuple[str, re.Pattern[str]]] = self._need(
            "moto.backend_index", "backend_url_patterns"
        )
        self._to_aws_domain = self._need("moto.core.utils", "get_equivalent_url_in_aws_domain")
        self.custom_s3_endpoints = self._need("moto.settings", "get_s3_custom_endpoints")
        self._passthrough_url = self._need("moto.core.config", "passthrough_url")
        self._passthrough_service = self._need("moto.core.config", "passthrough_service")
        self._whitelisted = self._need("moto.core.config", "service_whitelisted")
        self._not_whitelisted = self._need("moto.core.exceptions", "ServiceNotWhitelisted")
        self._http_exception = self._need("moto.core.exceptions", "HTTPException")
        self._get_backend = self._need("moto.backends", "get_backend")
        self._account = self._need("moto.core", "DEFAULT_ACCOUNT_ID")
        self._recorder = self._need("moto.moto_api", "recorder")
        self._need("moto.moto_api", "recorder", "_record_request")
        self._request_class = self._find_request_class()
        # What `responses` patches.
        self._adapter = require("requests", "requests.adapters", "HTTPAdapter")
        #: What it had there when ours was the mock that switched moto on.
        self._sends: Any = None
        self._counted = False

    @cached_property
    def version(self) -> str:
        """moto's version; only error messages want it, and it is read from a file."""
        return version("moto")

    @staticmethod
    def _need(module: str, *path: str) -> Any:
        return require("moto", module, *path)

    @staticmethod
    def _find_request_class() -> Any:
        """moto 5.2.5 hands werkzeug requests to its handlers; before, they were botocore's."""
        try:
            found: Any = import_module("moto.core.request").Request
        except (ImportError, AttributeError):
            return None
        return found if hasattr(found, "from_primitives") else None

    # -- moto's switch ---------------------------------------------------

    def enter(self, reset: bool, ours: Ours, answer: Answer) -> None:
        """Count one more active mock; the first one switches moto on.

        ``ours(request)`` says whether a request of `requests` is answered here,
        ``answer(request)`` gives urllib3's response, or None while no mock of ours is active.
        :meth:`leave` takes it back, also where it was interrupted.
        """
        under(self.mock_class._mock_init_lock, self._enter, reset, ours, answer)

    def leave(self, remove_data: bool) -> None:
        """Count one less, if :meth:`enter` has counted; the last one switches moto off."""
        under(self.mock_class._mock_init_lock, self._leave, remove_data)

    def _enter(self, reset: bool, ours: Ours, answer: Answer) -> None:
        mock = self.mock_class
        if reset and mock._nested_count == 0:
            warn_of_servers()  # made an error, nothing is to be taken back
        # No call is between these two, and so no interrupt.
        mock._nested_count += 1
        self._counted = True
        self._sends = None
        if mock._nested_count == 1:
            if reset:
                self.reset()
            self._sends = self._adapter.send
            self._start_responses()
            self.restore_routes(ours, answer)
            self.stubber.enabled = True
            mock._mocks_active = True

    def _leave(self, remove_data: bool) -> None:
        if not self._counted:
            return
        steps = Undo()
        steps.add(self._count_down)
        if self.mock_class._nested_count == 1:
            steps.add(self._stop_responses)
            if remove_data:
                steps.add(self._reset_models)
                steps.add(self.reset)
            self.mock_class._mocks_active = self.stubber.enabled = False
        steps.close()

    def _count_down(self) -> None:
        if self._counted:
            self.mock_class._nested_count -= 1
            self._counted = False

    def _start_responses(self) -> None:
        """As ``start`` does, which finds ``send`` by a name: two failing imports at each start.

        An interrupt in the midst of an import may leave the lock of all imports taken.
        """
        mock = self._responses_mock
        if getattr(mock, "_patcher", self) is None and hasattr(mock, "unbound_on_send"):
            mock._patcher = patch.object(self._adapter, "send", mock.unbound_on_send())
            mock._patcher.start()
        else:
            mock.start()

    def _stop_responses(self) -> None:
        self._responses_mock.stop()
        # An interrupted start or stop of unittest.mock forgets what it has patched.
        left = self._adapter.send
        if self._sends not in (None, left) and left.__module__ == "responses":
            self._adapter.send = self._sends

    def reset(self) -> None:
        """Forget all resources, as ``moto.mock_aws().reset()`` does."""
        try:
            self._backends.reset()
        except BaseException:
            # A backend that was interrupted in its reset has no attributes, and could never
            # be reset again.
            for backends in tuple(self._backends._instances):
                backends.clear()
            raise
        self._reset_responses(self._responses_mock)

    def restore_routes(self, ours: Ours, answer: Answer) -> None:
        """Register what `requests` is answered with.

        moto registers 190 patterns for 7 methods at each start, which is most
        of what its start costs. One matcher that asks our guard does the same.
        """
        guarded = partial(self._guarded_class, ours=ours, answer=answer)
        # Only newer versions of moto have a method of its own for it.
        callback = getattr(self.stubber, "process_prepared_request", self.stubber.process_request)
        for method in self._methods:
            self._responses_mock.add(guarded(method=method, url=_ANY_URL, callback=callback))
            self._responses_mock.add(
                self._callback_class(method=method, url=_AWS_URL, callback=self._not_implemented)
            )

    @cached_property
    def _guarded_class(self) -> Any:
        class Guarded(self._callback_class):  # type: ignore[misc, name-defined]
            """What ``ours(request)`` says is ours is answered with ``answer(request)``."""

            def __init__(self, ours: Ours, answer: Answer, **kwargs: Any) -> None:
                super().__init__(**kwargs)
                self._ours, self._answer = ours, answer

            def matches(self, request: Any) -> tuple[bool, str]:
                if request.method != self.method:
                    return False, "Method does not match"
                return (True, "") if self._ours(request) else (False, "URL does not match")

            def get_response(self, request: Any) -> Any:
                response = self._answer(request)
                if response is not None:
                    return response
                # A raw moto mock has outlasted ours.
                response = super().get_response(request)
                if request.method == "HEAD":
                    # moto's does not say so, and urllib3 waits for a body of Content-Length.
                    response.length_remaining = 0
                return response

        return Guarded

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
