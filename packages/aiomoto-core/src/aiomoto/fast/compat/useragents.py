"""botocore's User-Agent header, which each request writes twice: written once for equal parts.

What goes into it is the generator's own attributes, which are set when session and client are
made, five settings of the client's configuration, and the features that the request's context
has gathered. Components are strings; what they are made of is cleaned once for each.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

from ...compat import attribute, require, require_attributes
from ...plugin.patches import Patch

_MODULE = "botocore.useragent"
#: What the header is written of beside the generator's own attributes.
_SETTINGS = (
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
#: Of one generator. Features come and go with what a client is asked for.
_MOST = 64


def components() -> list[Patch]:
    """The components of the header."""
    require("botocore", _MODULE, "UserAgentComponent", "size_config")
    written = attribute("botocore", _MODULE, "UserAgentComponent", "to_string")
    write = written.original
    quick = lru_cache(maxsize=4096)(write)

    def component_to_string(self: Any) -> Any:
        # That of a request's features has a ``size_config`` that equals no other.
        return quick(self) if self.size_config is None else write(self)

    return [written.patch(component_to_string)]


def header() -> list[Patch]:
    """The whole header."""
    name = "UserAgentString"
    writing = attribute("botocore", _MODULE, name, "to_string")
    cls, write = writing.owner, writing.original
    current_context = require("botocore", "botocore.context", "get_context")
    require_attributes("botocore", _MODULE, name, "_client_config", "_client_features")
    read = (*_SETTINGS, "features", "retries")
    require_attributes("botocore", _MODULE, name, *read, methods=_WRITERS)
    written: WeakKeyDictionary[Any, dict[Any, str]] = WeakKeyDictionary()

    def parts_of(generator: Any) -> Any:
        """All that the header is written of; None where that can't be told.

        It can be hashed unless somebody has put something there that can't be.
        """
        if type(generator) is not cls:
            return None
        config, features = generator._client_config, generator._client_features
        context = current_context()
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
                *map(settings.get, _SETTINGS),
            )
        except (AttributeError, TypeError):
            return None

    def to_string(self: Any) -> Any:
        parts = parts_of(self)
        if parts is None:
            return write(self)
        known = written.get(self)
        if known is None or len(known) >= _MOST:
            known = written[self] = {}
        try:
            return known[parts]
        except KeyError:
            made = known[parts] = write(self)
            return made
        except TypeError:
            return write(self)

    return [writing.patch(to_string)]
