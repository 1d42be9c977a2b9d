"""botocore's requests: how they are signed, their headers, and who they say sent them."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from operator import attrgetter
from typing import Any

from .names import Attribute, attribute, require, require_attributes

_AUTH, _REQUESTS, _REGIONS = "botocore.auth", "botocore.awsrequest", "botocore.regions"
_RESOLVER = "EndpointRulesetResolver"
#: What a host is taken from, of a URL without a user, capitals or an address of IPv6.
_BEFORE_PATH = re.compile(r"https?://[a-z0-9.-]+(?::[0-9]+)?/")


class SigningKeys:
    """What makes the keys of signatures, each of the one before."""

    def __init__(self) -> None:
        self.step = attribute("botocore", _AUTH, "SigV4Auth", "_sign")


class SignedHeaders:
    """Which headers of a request are signed."""

    #: Under which name a request keeps the headers that its signature is of.
    KEPT = "_aiomoto_signed"

    def __init__(self) -> None:
        self.headers_to_sign = attribute("botocore", _AUTH, "SigV4Auth", "headers_to_sign")
        self.request_class = require("botocore", _REQUESTS, "AWSRequest")
        self._unsigned = require("botocore", _AUTH, "SIGNED_HEADERS_BLACKLIST")
        self._host_of = require("botocore", _AUTH, "_host_from_url")
        self._host_at = lru_cache(maxsize=1024)(self._host_of)
        self._message_class = _message_class()

    def headers(self, request: Any) -> Any:
        """The headers of a request that are signed, as a message, the host among them.

        They are asked for twice for each signature: what was found is kept with the
        request as long as its headers and its URL are the same.
        """
        given = request.headers.items()
        known, url, found = getattr(request, self.KEPT, (None, None, None))
        if known == given and url == request.url:
            return found
        found = self._message_class()
        pairs = ((name.lower(), value) for name, value in given)
        found._headers = [one for one in pairs if one[0] not in self._unsigned]
        if not any(name == "host" for name, _ in found._headers):
            found._headers.append(("host", self._host(request.url)))
        setattr(request, self.KEPT, (given, request.url, found))
        return found

    def _host(self, url: str) -> str:
        """The host of a URL; the paths of most are different, what is before them is not."""
        plain = _BEFORE_PATH.match(url)
        return str(self._host_of(url) if plain is None else self._host_at(plain.group()))


class CanonicalHeaders:
    """How headers are written to be signed."""

    def __init__(self) -> None:
        self.canonical = attribute("botocore", _AUTH, "SigV4Auth", "canonical_headers")
        self._value_of = require("botocore", _AUTH, "SigV4Auth", "_header_value")
        self._message_class = _message_class()

    def lines(self, auth: Any, message: Any) -> str:
        """A line for each header of a message, in the order of the names.

        Those of anything unusual, a name in capitals or a value that is no ASCII, are botocore's.
        """
        slowly = self.canonical.original
        if type(message) is not self._message_class or type(auth)._header_value != self._value_of:
            return str(slowly(auth, message))
        lines: dict[str, str] = {}
        for name, value in message._headers:
            if not name.islower() or type(value) is not str or not value.isascii():
                return str(slowly(auth, message))
            words = " ".join(value.split())
            lines[name] = f"{lines[name]},{words}" if name in lines else f"{name}:{words}"
        return "\n".join([lines[name] for name in sorted(lines)])


class RequestBodies:
    """Where a request has its body."""

    def __init__(self) -> None:
        self.body = attribute("botocore", _REQUESTS, "AWSRequest", "body")
        require("botocore", _REQUESTS, "AWSRequestPreparer", "_prepare_body")
        name = "_request_preparer"
        self.request_class = require_attributes("botocore", _REQUESTS, "AWSRequest", name)

    @staticmethod
    def body_of(request: Any) -> Any:
        """The body that a request is sent with, without what else is prepared for that."""
        prepared = request._request_preparer._prepare_body(request)
        return prepared.encode("utf-8") if isinstance(prepared, str) else prepared


class Messages:
    """The message of Python's email package that botocore keeps a request's headers in."""

    def __init__(self) -> None:
        self.cls = _message_class()
        self.items = attribute("botocore", "botocore.compat", "HTTPHeaders", "items")
        #: Names and values as they were set.
        self.pairs: Callable[[Any], list[tuple[str, Any]]] = attrgetter("_headers")


class Headers:
    """botocore's dictionary of headers, which is one of keys that compare in lower case."""

    def __init__(self) -> None:
        self.headers_class = require_attributes("botocore", _REQUESTS, "HeadersDict", "_dict")
        self.key = require("botocore", _REQUESTS, "_HeaderKey")
        #: The headers of a dictionary by their keys.
        self.by_key: Callable[[Any], dict[Any, Any]] = attrgetter("_dict")


class UserAgents:
    """What writes the User-Agent header."""

    #: What the header is written of beside the generator's own attributes.
    SETTINGS = (
        "_supplied_user_agent",
        "user_agent",
        "user_agent_appid",
        "user_agent_extra",
        "endpoint_discovery_enabled",
    )
    _WRITERS = (
        "to_string",
        "_build_app_id",
        "_build_config_metadata",
        "_build_extra",
        "_build_feature_metadata",
    )

    def __init__(self) -> None:
        module, name = "botocore.useragent", "UserAgentString"
        self.to_string = attribute("botocore", module, name, "to_string")
        self.generator_class = self.to_string.owner
        self._context = require("botocore", "botocore.context", "get_context")
        require_attributes("botocore", module, name, "_client_config", "_client_features")
        read = (*self.SETTINGS, "features", "retries")
        require_attributes("botocore", module, name, *read, methods=self._WRITERS)

    def parts(self, generator: Any) -> Any:
        """All that the header is written of; None where that can't be told.

        It can be hashed unless somebody has put something there that can't be.
        """
        if type(generator) is not self.generator_class:
            return None
        config, features = generator._client_config, generator._client_features
        context = self._context()
        own = vars(generator).copy()
        del own["_client_features"]
        settings = vars(config) if config is not None else {}
        retries = settings.get("retries") or {}
        try:
            return (
                *own.values(),
                frozenset(features or ()),
                frozenset(context.features) if context is not None else None,
                retries.get("mode"),
                *map(settings.get, self.SETTINGS),
            )
        except (AttributeError, TypeError):
            return None


class UserAgentComponents:
    """What a User-Agent header is written of, one component at a time."""

    def __init__(self) -> None:
        module = "botocore.useragent"
        self.to_string = attribute("botocore", module, "UserAgentComponent", "to_string")
        require("botocore", module, "UserAgentComponent", "size_config")


class EndpointParameters:
    """What a client works the parameters of its endpoint rules out of."""

    def __init__(self) -> None:
        self.resolve = attribute("botocore", _REGIONS, _RESOLVER, "_resolve_param_from_context")
        for part in ("static", "dynamic", "client"):
            require("botocore", _REGIONS, _RESOLVER, f"_get_{part}_context_params")
        require("botocore", "botocore.model", "OperationModel", "operation_context_parameters")

    @staticmethod
    def possible(resolver: Any, operation: Any) -> frozenset[str]:
        """The parameters that an operation, its input or the client may have a value for."""
        return frozenset(
            (
                *resolver._get_static_context_params(operation),
                *resolver._get_dynamic_context_params(operation),
                *operation.operation_context_parameters,
                *resolver._get_client_context_params(),
            )
        )


class EndpointBuiltins:
    """The parameters of endpoint rules that a client knows of itself."""

    def __init__(self) -> None:
        self.resolve = attribute("botocore", _REGIONS, _RESOLVER, "_resolve_param_as_builtin")
        builtins = require("botocore", _REGIONS, "EndpointResolverBuiltins")
        self.known = frozenset(builtins.__members__.values())


def dates() -> Attribute:
    """What makes a date of a text or a number in an answer."""
    return attribute("botocore", "botocore.utils", "_parse_timestamp_with_tzinfo")


def _message_class() -> Any:
    return require_attributes("botocore", "botocore.compat", "HTTPHeaders", "_headers")
