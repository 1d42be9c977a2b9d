"""botocore's sessions: the event system and the loaders."""

from __future__ import annotations

from typing import Any

from ..errors import IncompatibleLibrary
from .names import require

#: A node of the tree of handlers, with nothing in it.
_NO_HANDLERS: Any = {"chunk": None, "children": {}, "values": None}


class Events:
    """botocore's event system: aliases of event names, and what it checks of handlers."""

    def __init__(self) -> None:
        self.module = require("botocore", "botocore.hooks")
        self.aliaser_class = require("botocore", "botocore.hooks", "EventAliaser")
        self.accepts_kwargs = require("botocore", "botocore.hooks", "accepts_kwargs")
        self._aliases = require("botocore", "botocore.hooks", "EVENT_ALIASES")
        aliaser = self.aliaser_class(None)
        for name in ("_event_aliases", "_alias_name_cache"):
            if not hasattr(aliaser, name):
                from botocore import __version__

                raise IncompatibleLibrary("botocore", __version__, f"EventAliaser.{name}")

        self.trie_class = require("botocore", "botocore.hooks", "_PrefixTrie")
        self.node_list_class = require("botocore", "botocore.hooks", "NodeList")
        if vars(self.trie_class()) != {"_root": _NO_HANDLERS}:
            from botocore import __version__

            raise IncompatibleLibrary("botocore", __version__, "_PrefixTrie._root")
        require("botocore", "botocore.hooks", "_PrefixTrie", "__copy__")

    def copy_trie(self, trie: Any) -> Any:
        """A copy of the tree of handlers with all of its branches, but not of the handlers."""
        made = self.trie_class.__new__(self.trie_class)
        made._root = self._copy_node(trie._root)
        return made

    def _copy_node(self, node: dict[str, Any]) -> dict[str, Any]:
        values, copy = node["values"], self._copy_node
        return {
            "chunk": node["chunk"],
            "values": values and self.node_list_class(*map(list.copy, values)),
            "children": {name: copy(child) for name, child in node["children"].items()},
        }

    def share_names(self, aliaser: Any, names: dict[str, str]) -> None:
        """Have an aliaser look event names up in ``names``, if its aliases are botocore's own."""
        if aliaser._event_aliases == self._aliases:
            aliaser._alias_name_cache = names


class Emitter:
    """aiobotocore's emitter of events."""

    def __init__(self) -> None:
        module, name = "aiobotocore.hooks", "AioHierarchicalEmitter"
        self.cls = require("aiobotocore", module, name)
        self.emit = require("aiobotocore", module, name, "_emit")
        self.log = require("aiobotocore", module, "logger")
        self._module = require("aiobotocore", module)
        require("aiobotocore", module, "resolve_awaitable")
        if not hasattr(self.cls(), "_lookup_cache"):
            from botocore import __version__

            raise IncompatibleLibrary("botocore", __version__, f"{name}()._lookup_cache")

    def known_handlers(self, emitter: Any, event_name: Any) -> Any:
        """The handlers that were found for this event before; None if they have to be looked for.

        None for a class that somebody derived, too.
        """
        return emitter._lookup_cache.get(event_name) if type(emitter) is self.cls else None

    def resolve(self, response: Any) -> Any:
        """What is to be awaited for a handler's response."""
        return self._module.resolve_awaitable(response)


class Clients:
    """What botocore makes client classes of."""

    def __init__(self) -> None:
        self.creator_class = require("botocore", "botocore.client", "ClientCreator")
        #: Under which name the creator has it.
        self.create_methods_name = "_create_methods"
        self.create_methods = require(
            "botocore", "botocore.client", "ClientCreator", self.create_methods_name
        )
        self.model_class = require("botocore", "botocore.model", "ServiceModel")
        self.discovery_operation = self._property("endpoint_discovery_operation")
        self.discovery_required = self._property("endpoint_discovery_required")
        self.description(self.model_class({}))  # raises if it can't be had

    def _property(self, name: str) -> Any:
        require("botocore", "botocore.model", "ServiceModel", name)
        return vars(self.model_class)[name]

    @staticmethod
    def description(model: Any) -> Any:
        """The dictionary that a service model was made from."""
        try:
            return model._service_description
        except AttributeError as error:
            from botocore import __version__

            name = "ServiceModel._service_description"
            raise IncompatibleLibrary("botocore", __version__, name) from error


class TlsContexts:
    """aiobotocore's TLS contexts on aiohttp: what makes them, since 3.x in a thread."""

    def __init__(self) -> None:
        self.module = require("aiobotocore", "aiobotocore.httpsession")
        self._session_class = require("aiobotocore", "aiobotocore.httpsession", "AIOHTTPSession")
        self._build = getattr(self._session_class, "_build_ssl_contexts", None)

    @property
    def are_built_in_threads(self) -> bool:
        """Whether a function of their own makes them, as ``asyncio.to_thread`` needs it."""
        return self._build is not None and hasattr(self.module, "asyncio")

    def builds(self, function: Any) -> bool:
        """Whether this is the method that makes them; not one that somebody else has written."""
        session = getattr(function, "__self__", None)
        return type(session) is self._session_class and function.__func__ is self._build


def json_open_methods() -> dict[str, Any]:
    """How botocore opens its data files, by their extension."""
    found: dict[str, Any] = require("botocore", "botocore.loaders", "_JSON_OPEN_METHODS")
    return found
