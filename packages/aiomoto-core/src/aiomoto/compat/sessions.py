"""botocore's sessions: the clients that they make, TLS contexts and the loaders."""

from __future__ import annotations

from typing import Any

from .names import Attribute, attribute, require, require_attributes


class ServiceModels:
    """botocore's models of services, by the dictionaries that they were made from."""

    def __init__(self) -> None:
        name = "_service_description"
        require_attributes("botocore", "botocore.model", "ServiceModel", name)

    @staticmethod
    def description(model: Any) -> Any:
        """The dictionary that a service model was made from."""
        return model._service_description


def client_methods() -> Attribute:
    """What makes the methods of a client's class."""
    return attribute("botocore", "botocore.client", "ClientCreator", "_create_methods")


class TlsContexts:
    """aiobotocore's TLS contexts on aiohttp, where a function of their own makes them in a thread.

    So since aiobotocore 3.
    """

    def __init__(self) -> None:
        module, name = "aiobotocore.httpsession", "AIOHTTPSession"
        #: The module that has ``to_thread``.
        self.asyncio = attribute("aiobotocore", module, "asyncio")
        self._session_class = require("aiobotocore", module, name)
        self._build = require("aiobotocore", module, name, "_build_ssl_contexts")

    def builds(self, function: Any) -> bool:
        """Whether this is the method that makes them; not one that somebody else has written."""
        session = getattr(function, "__self__", None)
        return type(session) is self._session_class and function.__func__ is self._build


def json_open_methods() -> dict[str, Any]:
    """How botocore opens its data files, by their extension."""
    methods: dict[str, Any] = require("botocore", "botocore.loaders", "_JSON_OPEN_METHODS")
    return methods


class ServiceLists:
    """The services that botocore's loaders find, and which other loaders look as they do."""

    #: What finding the services consists of.
    _NAMES = ("_potential_locations", "search_paths")

    def __init__(self) -> None:
        module = "botocore.loaders"
        self.listing = attribute("botocore", module, "Loader", "list_available_services")
        self.loader_class = self.listing.owner
        self._file_loader_class = require("botocore", module, "JSONFileLoader")
        #: The extensions of botocore's data files.
        self.extensions = tuple(json_open_methods())
        for name in self._NAMES:
            require("botocore", module, "Loader", name)

    def are_as_botocores(self, loader: Any) -> bool:
        """Whether a loader looks for services in the folders of its path, as botocore's does.

        moto's own loader, of a class of its own, does.
        """
        own = type(loader)
        return type(loader.file_loader) is self._file_loader_class and all(
            getattr(own, name) is getattr(self.loader_class, name) for name in self._NAMES
        )
