"""botocore's sessions: the clients that they make, TLS contexts and the loaders."""

from __future__ import annotations

from typing import Any

from ..errors import IncompatibleLibrary
from .names import require


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


class Loaders:
    """botocore's loaders of data files, and which others look for services as they do."""

    #: What finding the services consists of.
    _NAMES = ("_potential_locations", "search_paths")

    def __init__(self) -> None:
        self.loader_class = require("botocore", "botocore.loaders", "Loader")
        self.file_loader_class = require("botocore", "botocore.loaders", "JSONFileLoader")
        #: How botocore opens its data files, by their extension.
        self.open_methods: dict[str, Any] = require(
            "botocore", "botocore.loaders", "_JSON_OPEN_METHODS"
        )
        for name in self._NAMES:
            require("botocore", "botocore.loaders", "Loader", name)

    def are_as_botocores(self, loader: Any) -> bool:
        """Whether a loader looks for services in the folders of its path, as botocore's does.

        moto's own loader, of a class of its own, does.
        """
        own = type(loader)
        return type(loader.file_loader) is self.file_loader_class and all(
            getattr(own, name) is getattr(self.loader_class, name) for name in self._NAMES
        )
