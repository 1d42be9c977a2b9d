"""moto's Lambda: its functions, and the places where moto itself invokes them."""

from __future__ import annotations

import json
import os
from typing import Any

from aiomoto import Patch
from aiomoto.asking import Arn
from aiomoto.compat.names import require, require_attributes

from ..context import Function
from .sources import EventSources, Listener

_MODELS = "moto.awslambda.models"


class Lambda:
    """moto's Lambda, simple and with Docker, in moto 5.1 and 5.2."""

    def __init__(self) -> None:
        self._get_backend = require("moto", "moto.awslambda.utils", "get_backend")
        attributes = ("function_name", "function_arn", "version", "timeout", "memory_size")
        self._function_class = require_attributes("moto", _MODELS, "LambdaFunction", *attributes)
        simple = "moto.awslambda_simple.models"
        self._simple_class = require("moto", simple, "LambdaSimpleBackend")
        self._config = require("moto", "moto.core.config", "default_user_config")
        self._account = require("moto", "moto.core", "DEFAULT_ACCOUNT_ID")
        require_attributes("moto", _MODELS, "LambdaBackend", "get_function", "invoke")
        self._invoke_function = require("moto", _MODELS, "LambdaFunction", "invoke")
        self._invoke_simple = require("moto", simple, "LambdaSimpleBackend", "invoke")
        self.sources = EventSources(self)

    # -- functions -------------------------------------------------------------

    def account(self) -> str:
        """The account of a client that doesn't say another one."""
        return str(os.environ.get("MOTO_ACCOUNT_ID", self._account))

    def uses_docker(self) -> bool:
        """Whether moto runs functions in Docker: unless it is told not to."""
        return (self._config.get("lambda") or {}).get("use_docker", True) is not False

    def find(self, arn: str) -> Function | None:
        """The function with this ARN, which may have a qualifier."""
        place = Arn.of(arn)
        backend = self._get_backend(place.account, place.region)
        try:
            found = backend.get_function(arn)
        except Exception:  # moto's UnknownFunctionException; a qualifier has another one
            return None
        return self._function_of(found, arn.split(":")[7:])

    def run_moto(self, function: Function, body: str) -> tuple[bytes, str | None]:
        """What moto makes of an invocation: the payload, and the function's error if any."""
        place, headers = Arn.of(function.arn), {"x-amz-invocation-type": "RequestResponse"}
        said: dict[str, str] = {}
        backend = self._get_backend(place.account, place.region)
        payload = backend.invoke(function.invoked_arn, None, body, headers, said)
        return payload or b"", said.get("x-amz-function-error")

    @staticmethod
    def _function_of(found: Any, qualifiers: list[str]) -> Function:
        return Function(
            name=found.function_name,
            arn=":".join(found.function_arn.split(":")[:7]),
            version=str(found.version),
            qualifier=qualifiers[0] if qualifiers else None,
            timeout=int(found.timeout),
            memory_size=int(found.memory_size),
        )

    # -- patches -------------------------------------------------------------------

    def patches(self, listener: Listener) -> list[Patch]:
        return [*self._invoke_patches(listener), *self.sources.patches(listener)]

    def _invoke_patches(self, listener: Listener) -> list[Patch]:
        def invoke(found: Any, body: Any, request_headers: Any, response_headers: Any) -> Any:
            """Tell the listener, unless a client waits for the answer: then there are headers."""
            function = self._function_of(found, [])
            if request_headers or not listener.serves(function):
                return self._invoke_function(found, body, request_headers, response_headers)
            listener.invoked(function, json.loads(body or "{}"))
            return b""

        def invoke_simple(
            backend: Any,
            function_name: str,
            qualifier: Any,
            body: Any,
            headers: Any,
            response_headers: Any,
        ) -> Any:
            """The same for moto's backend without Docker, which asks no function."""
            if not headers:
                found = backend.get_function(function_name, qualifier)
                function = self._function_of(found, [])
                if listener.serves(function):
                    listener.invoked(function, json.loads(body or "{}"))
                    return b""
            return self._invoke_simple(
                backend, function_name, qualifier, body, headers, response_headers
            )

        return [
            (self._function_class, "invoke", invoke),
            (self._simple_class, "invoke", invoke_simple),
        ]
