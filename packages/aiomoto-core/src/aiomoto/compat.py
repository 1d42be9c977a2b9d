"""The one module of core that touches private names and internals of other libraries.

Each library has a class here whose constructor looks every name up and raises
:class:`~aiomoto.errors.IncompatibleLibrary` for one that is missing. The
constructors run when the library's part is activated, so a version that
changed fails before anything is patched, and names what changed.
"""

from __future__ import annotations

import re
import sys
from asyncio import get_running_loop
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, distribution, version
from typing import Any

from .errors import ConflictingDistribution, IncompatibleLibrary
from .request import AwsRequest, AwsResponse

if sys.version_info >= (3, 11):
    from asyncio import timeout as asyncio_timeout
else:  # aiohttp depends on async-timeout there
    from async_timeout import timeout as asyncio_timeout


def require(library: str, module: str, *path: str) -> Any:
    """The object at ``module`` and attribute ``path``, or a clear refusal."""
    try:
        found: Any = import_module(module)
        for name in path:
            found = getattr(found, name)
    except (ImportError, AttributeError) as error:
        try:
            installed = version(library)
        except PackageNotFoundError:
            installed = "(not installed)"
        attribute = ".".join((module, *path))
        raise IncompatibleLibrary(library, installed, attribute) from error
    return found


def refuse_peer_distribution() -> None:
    """Say so when the other project with the import name ``aiomoto`` is installed too."""
    try:
        peer = distribution("aiomoto")
    except PackageNotFoundError:
        return
    raise ConflictingDistribution(
        f"The distribution 'aiomoto' {peer.version} is installed beside 'aiomoto-core'. Both "
        "put their files into the import package 'aiomoto' and overwrite each other. Keep one: "
        "'pip uninstall aiomoto', then 'pip install --force-reinstall --no-deps aiomoto-core'."
    )


class Moto:
    """moto: its counters, its state, its stubber, and the URL tables of its backends."""

    #: These wait for threads of their own, which call back into moto; holding
    #: a lock around them would wait for ever. Found by reading moto for
    #: ``Thread``, ``.join(`` and ``.wait(``.
    WAITS_FOR_THREADS = frozenset({"awslambda", "batch", "cloudformation", "stepfunctions", "swf"})

    def __init__(self) -> None:
        self.version: str = version("moto")
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
        self._reset_models = self._need("moto.core.model_instances", "reset_model_data")
        self.config: dict[str, Any] = self._need("moto.core.config", "default_user_config")
        self.url_patterns: list[tuple[str, re.Pattern[str]]] = self._need(
            "moto.backend_index", "backend_url_patterns"
        )
        self.to_aws_domain = self._need("moto.core.utils", "get_equivalent_url_in_aws_domain")
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
        self._normalise = self._find_normaliser()

    @staticmethod
    def _need(module: str, *path: str) -> Any:
        return require("moto", module, *path)

    @staticmethod
    def _find_normaliser() -> Any:
        """moto 5.2.5 hands werkzeug requests to its handlers; before, they were botocore's."""
        try:
            return import_module("moto.core.request").Request.from_primitives
        except (ImportError, AttributeError):
            return None

    # -- moto's switch ---------------------------------------------------

    def enter(self, reset: bool, ours: Callable[[Any], bool]) -> None:
        """Count one more active mock; the first one switches moto on.

        ``ours(request)`` says whether a request of `requests` is answered here.
        """
        mock = self.mock_class
        with mock._mock_init_lock:
            if mock._nested_count == 0:
                self._switch_on(reset, ours)
                mock._mocks_active = True
            mock._nested_count += 1

    def leave(self, remove_data: bool) -> None:
        """Count one less; the last one, whoever's it is, switches moto off."""
        mock = self.mock_class
        with mock._mock_init_lock:
            mock._nested_count -= 1
            if mock._nested_count == 0:
                mock._mocks_active = False
                self.stubber.enabled = False
                try:
                    if remove_data:
                        self.reset()
                        self._reset_models()
                finally:
                    self._responses_mock.stop()

    def reset(self) -> None:
        """Forget all resources, as ``moto.mock_aws().reset()`` does."""
        self._backends.reset()
        self._reset_responses(self._responses_mock)

    def restore_routes(self, ours: Callable[[Any], bool]) -> None:
        """Register what `requests` is answered with.

        moto registers 190 patterns for 7 methods at each start, which is most
        of what its start costs. One matcher that asks our guard does the same.
        """
        for method in self._methods:
            self._responses_mock.add(self._guarded(method, ours))
            self._responses_mock.add(
                self._callback_class(
                    method=method,
                    url=re.compile(r"https?://.+\.amazonaws.com/.*"),
                    callback=self._not_implemented,
                )
            )

    def _switch_on(self, reset: bool, ours: Callable[[Any], bool]) -> None:
        if reset:
            self.reset()
        self._responses_mock.start()
        try:
            self.restore_routes(ours)
            self.stubber.enabled = True
        except BaseException:
            self._responses_mock.stop()
            raise

    def _guarded(self, method: str, ours: Callable[[Any], bool]) -> Any:
        class Guarded(self._callback_class):  # type: ignore[misc, name-defined]
            def matches(self, request: Any) -> tuple[bool, str]:
                if request.method != self.method:
                    return False, "Method does not match"
                return (True, "") if ours(request) else (False, "URL does not match")

            def get_response(self, request: Any) -> Any:
                response = super().get_response(request)
                if request.method == "HEAD":
                    # moto's does not say so, and urllib3 waits for a body of Content-Length.
                    response.length_remaining = 0
                return response

        # Before 5.1.18 or so, moto's stubber took requests' request itself.
        callback = getattr(self.stubber, "process_prepared_request", self.stubber.process_request)
        return Guarded(method=method, url=re.compile("https?://"), callback=callback)

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
        request_url = _without_parameters(request.url)
        if self._normalise is not None:
            given = self._normalise(request.method, request_url, request.headers, request.body)
            url = given.raw_url
            # The body is all there: werkzeug need not limit it, which copies it twice.
            given.environ["wsgi.input_terminated"] = True
        else:
            from botocore.awsrequest import AWSPreparedRequest
            from botocore.compat import HTTPHeaders

            headers = HTTPHeaders.from_pairs(list(request.headers.items()))
            url = request_url
            given = AWSPreparedRequest(request.method, url, headers, request.body, False)
        try:
            self._recorder._record_request(given)
            status, out_headers, body = handler(given, url, given.headers)
        except self._http_exception as error:
            status, out_headers, body = error.code, error.get_headers(), error.get_body()
        return AwsResponse.of(status, out_headers, body)


def _without_parameters(url: str) -> str:
    """The URL with its path's semicolons escaped.

    moto parses with ``urlparse``, which cuts what follows one off the path; a
    server does not. Clients that normalise (yarl does) send them unescaped.
    """
    path, mark, query = url.partition("?")
    return path.replace(";", "%3B") + mark + query if ";" in path else url


class Aiohttp:
    """aiohttp: a connection without a socket that the real connector counts as its own."""

    NAMES = (
        ("aiohttp.connector", "BaseConnector", "connect"),
        ("aiohttp.connector", "BaseConnector", "_available_connections"),
        ("aiohttp.connector", "BaseConnector", "_wait_for_available_connection"),
        ("aiohttp.connector", "BaseConnector", "_release_acquired"),
        ("aiohttp.connector", "Connection", "_notify_release"),
        ("aiohttp.client_proto", "ResponseHandler", "set_response_params"),
        ("aiohttp.client_proto", "ResponseHandler", "data_received"),
        ("aiohttp.client_reqrep", "ClientRequest", "connection_key"),
        ("aiohttp.streams", "StreamReader", "read"),
        ("aiohttp.streams", "StreamReader", "feed_eof"),
        # Instance attributes; they are slots, so the class has them.
        ("aiohttp.streams", "StreamReader", "_protocol"),
        ("aiohttp.streams", "StreamReader", "_cursor"),
        ("aiohttp.streams", "StreamReader", "_buffer"),
        ("aiohttp.streams", "StreamReader", "_buffer_offset"),
        ("aiohttp.streams", "StreamReader", "_size"),
    )

    def __init__(self) -> None:
        for module, *path in self.NAMES:
            require("aiohttp", module, *path)
        self.connector_class = require("aiohttp", "aiohttp.connector", "BaseConnector")
        self.connection_class = require("aiohttp", "aiohttp.connector", "Connection")
        self.protocol_class = require("aiohttp", "aiohttp.client_proto", "ResponseHandler")
        self.reader_class = require("aiohttp", "aiohttp.streams", "StreamReader")

    @staticmethod
    async def acquire(connector: Any, request: Any, traces: Any, wait: float | None) -> None:
        """Wait for the connector's limits as a real connection would, ``wait`` seconds at most."""
        key = request.connection_key
        if connector._available_connections(key) <= 0:
            async with asyncio_timeout(wait or None):
                await connector._wait_for_available_connection(key, traces)

    @staticmethod
    def count(connector: Any, request: Any, protocol: Any) -> None:
        """From now on the connector counts this protocol, and closes it when it closes."""
        connector._acquired.add(protocol)
        if connector._limit_per_host:
            connector._acquired_per_host[request.connection_key].add(protocol)

    @staticmethod
    def uncount(connection: Any) -> Any:
        """Give the slot back; returns the protocol, None if that was done before."""
        protocol, connection._protocol = connection._protocol, None
        if protocol is not None:
            connection._notify_release()
            connection._connector._release_acquired(connection._key, protocol)
        return protocol

    @staticmethod
    def rest_of(reader: Any) -> bytes | None:
        """What was not read of a body in memory, whose reader is at its end then; None if none is.

        Piece by piece, the parser and the final join would copy a large body twice more.
        """
        take = getattr(reader._protocol, "take_body", None)
        body = take() if take is not None and reader.exception() is None else None
        if body is None:
            return None
        rest = body[reader._cursor :] if reader._cursor else body
        reader._buffer.clear()
        reader._size = reader._buffer_offset = 0
        reader._cursor = reader.total_bytes = len(body)
        reader.feed_eof()
        return bytes(rest)

    @staticmethod
    def timeout(seconds: float | None) -> AbstractAsyncContextManager[Any]:
        """``asyncio.timeout``, also on Python 3.10."""
        bound: AbstractAsyncContextManager[Any] = asyncio_timeout(seconds)
        return bound

    @staticmethod
    def expired(bound: Any) -> bool:
        """Whether it was this timeout that ran out."""
        return bool(bound.expired() if callable(bound.expired) else bound.expired)

    @staticmethod
    def expire(bound: Any) -> None:
        """Have a timeout that is entered run out now; on Python 3.10 it runs to its end."""
        if sys.version_info >= (3, 11):
            bound.reschedule(get_running_loop().time())


class Httpcore:
    """httpcore or httpcore2: the pool class of httpx, and a pool like it without sockets."""

    def __init__(self, library: str) -> None:
        self.module = require(library, library)
        self.async_pool = require(library, library, "AsyncConnectionPool")
        self.sync_pool = require(library, library, "ConnectionPool")
        for cls in ("AsyncConnectionPool", "ConnectionPool"):
            prefix = "a" if cls.startswith("Async") else ""
            handle = "handle_async_request" if prefix else "handle_request"
            require(library, library, cls, handle)
            require(library, library, cls, f"{prefix}close")
        self.limits(self.sync_pool())  # looked up here, so that a change shows before a request

    def limits(self, pool: Any) -> dict[str, Any]:
        """The limits that a pool was made with, as arguments for another."""
        names = ("max_connections", "max_keepalive_connections", "keepalive_expiry")
        found = {}
        for name in names:
            if not hasattr(pool, f"_{name}"):
                library = self.module.__name__
                raise IncompatibleLibrary(library, version(library), f"ConnectionPool._{name}")
            found[name] = getattr(pool, f"_{name}")
        return found


@cache
def moto() -> Moto:
    """moto's internals, looked up once; this is where moto is imported."""
    return Moto()


#: Where the service ``signin`` lives, outside the partitions' own suffixes.
#: Source: botocore's endpoint rule set of ``signin``.
_CONSOLE_SUFFIXES = frozenset(
    {
        "aws.amazon.com",
        "signin.aws",
        "amazonaws.cn",
        "amazonaws-us-gov.com",
        "amazonaws-eusc.eu",
        "c2shome.ic.gov",
        "sc2shome.sgov.gov",
        "csphome.adc-e.uk",
        "csphome.hci.ic.gov",
    }
)


@cache
def dns_suffixes() -> tuple[str, ...]:
    """The DNS suffixes of all AWS partitions.

    Source: botocore's ``partitions.json`` (``dnsSuffix``, ``dualStackDnsSuffix``),
    and ``on.aws``, under which Lambda function URLs live (AWS Lambda Developer
    Guide, "Invoking Lambda function URLs").
    """
    loaders = require("botocore", "botocore.loaders", "create_loader")
    data = loaders().load_data("partitions")
    found = {"on.aws", *_CONSOLE_SUFFIXES}
    for partition in data["partitions"]:
        found.update(
            partition["outputs"][name]
            for name in ("dnsSuffix", "dualStackDnsSuffix")
            if name in partition["outputs"]
        )
    return tuple(sorted(found))


# -- aiobotocore's clients ------------------------------------------------------


def is_open(client: Any) -> bool:
    """Whether an aiobotocore client has an HTTP session that was not closed."""
    http_session = client._endpoint.http_session
    if getattr(http_session, "_sessions", None):
        return True
    return getattr(http_session, "_session", None) is not None


def close_client(client: Any) -> None:
    """Close an aiobotocore client on aiohttp without awaiting anything.

    What is below is memory, so nothing is lost by it; the sessions count as
    closed afterwards, also for their own finalizers. On httpx there is nothing
    that would be lost or would warn.
    """
    http_session = client._endpoint.http_session
    sessions = getattr(http_session, "_sessions", None) or {}
    for session in list(sessions.values()):
        connector = session.connector
        session.detach()
        if connector is not None:
            connector._close()
    sessions.clear()
