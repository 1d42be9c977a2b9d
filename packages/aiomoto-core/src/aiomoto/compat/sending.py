"""botocore's requests: how they are signed, their headers, and who they say sent them."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from importlib.metadata import version
from operator import attrgetter
from typing import Any

from ..errors import IncompatibleLibrary
from .names import require

#: What a host is taken from, of a URL without a user, capitals or an address of IPv6.
_BEFORE_PATH = re.compile(r"https?://[a-z0-9.-]+(?::[0-9]+)?/")


class Signing:
    """What signs requests, and where it finds their bodies."""

    #: Under which name a request keeps the headers that its signature is of.
    KEPT = "_aiomoto_signed"

    def __init__(self) -> None:
        self.auth_class = require("botocore", "botocore.auth", "SigV4Auth")
        self.sign = require("botocore", "botocore.auth", "SigV4Auth", "_sign")
        self.request_class = require("botocore", "botocore.awsrequest", "AWSRequest")
        self.body_of = require("botocore", "botocore.awsrequest", "AWSRequest", "body").fget
        self.headers_of = require("botocore", "botocore.auth", "SigV4Auth", "headers_to_sign")
        self._unsigned = require("botocore", "botocore.auth", "SIGNED_HEADERS_BLACKLIST")
        self._host_of = require("botocore", "botocore.auth", "_host_from_url")
        self._host_at = lru_cache(maxsize=1024)(self._host_of)
        self.canonical_of = require("botocore", "botocore.auth", "SigV4Auth", "canonical_headers")
        self._value_of = require("botocore", "botocore.auth", "SigV4Auth", "_header_value")
        self._message_class = require("botocore", "botocore.compat", "HTTPHeaders")
        if not hasattr(self._message_class(), "_headers"):
            raise IncompatibleLibrary("botocore", version("botocore"), "HTTPHeaders()._headers")
        preparer = "AWSRequestPreparer"
        require("botocore", "botocore.awsrequest", preparer, "_prepare_body")
        if not hasattr(self.request_class(), "_request_preparer"):
            raise IncompatibleLibrary(
                "botocore", version("botocore"), "AWSRequest()._request_preparer"
            )

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

    def canonical_headers(self, auth: Any, message: Any) -> str:
        """A line for each header of a message, in the order of the names.

        Those of anything unusual, a name in capitals or a value that is no ASCII, are botocore's.
        """
        if type(message) is not self._message_class or type(auth)._header_value != self._value_of:
            return str(self.canonical_of(auth, message))
        lines: dict[str, str] = {}
        for name, value in message._headers:
            if not name.islower() or type(value) is not str or not value.isascii():
                return str(self.canonical_of(auth, message))
            words = " ".join(value.split())
            lines[name] = f"{lines[name]},{words}" if name in lines else f"{name}:{words}"
        return "\n".join([lines[name] for name in sorted(lines)])

    @staticmethod
    def body(request: Any) -> Any:
        """The body that a request is sent with, without what else is prepared for that."""
        found = request._request_preparer._prepare_body(request)
        return found.encode("utf-8") if isinstance(found, str) else found


class Messages:
    """The message of Python's email package that botocore keeps a request's headers in."""

    def __init__(self) -> None:
        self.cls = require("botocore", "botocore.compat", "HTTPHeaders")
        #: Names and values as they were set.
        self.pairs: Callable[[Any], list[tuple[str, Any]]] = attrgetter("_headers")
        if type(getattr(self.cls(), "_headers", None)) is not list:
            raise IncompatibleLibrary("botocore", version("botocore"), "HTTPHeaders()._headers")


class Headers:
    """botocore's dictionary of headers, which is one of keys that compare in lower case."""

    def __init__(self) -> None:
        self.headers_class = require("botocore", "botocore.awsrequest", "HeadersDict")
        self.key = require("botocore", "botocore.awsrequest", "_HeaderKey")
        if not hasattr(self.headers_class(), "_dict"):
            raise IncompatibleLibrary("botocore", version("botocore"), "HeadersDict()._dict")
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

    def __init__(self) -> None:
        module = "botocore.useragent"
        self.component_class = require("botocore", module, "UserAgentComponent")
        self.write_component = require("botocore", module, "UserAgentComponent", "to_string")
        self.generator_class = require("botocore", module, "UserAgentString")
        self.write = require("botocore", module, "UserAgentString", "to_string")
        self._context = require("botocore", "botocore.context", "get_context")
        made = vars(self.generator_class.from_environment())
        for name in ("_client_config", "_client_features"):
            if name not in made:
                raise IncompatibleLibrary(
                    "botocore", version("botocore"), f"UserAgentString().{name}"
                )

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


class EndpointParameters:
    """What a client works the parameters of its endpoint rules out of."""

    def __init__(self) -> None:
        module, name = "botocore.regions", "EndpointRulesetResolver"
        self.cls = require("botocore", module, name)
        self.resolve = require("botocore", module, name, "_resolve_param_from_context")
        self.builtin = require("botocore", module, name, "_resolve_param_as_builtin")
        for part in ("static", "dynamic", "client"):
            require("botocore", module, name, f"_get_{part}_context_params")
        builtins = require("botocore", module, "EndpointResolverBuiltins")
        self.known_builtins = tuple(builtins.__members__.values())

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
