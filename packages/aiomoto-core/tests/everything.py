"""What a mock may touch in a process, as a value that can be compared before and after."""

from __future__ import annotations

import copy
import os
import sys
from typing import Any

import boto3
from moto.core.config import default_user_config
from moto.core.models import MockAWS, botocore_stubber

#: Every attribute of these is compared by identity.
CLASSES = (
    ("aiohttp.connector", "BaseConnector"),
    ("aiohttp.connector", "TCPConnector"),
    ("aiohttp.connector", "Connection"),
    ("aiohttp.client", "ClientSession"),
    ("aiohttp.client_reqrep", "ClientRequest"),
    ("aiohttp.client_reqrep", "ClientResponse"),
    ("aiohttp.client_proto", "ResponseHandler"),
    ("httpcore", "AsyncConnectionPool"),
    ("httpcore", "ConnectionPool"),
    ("httpcore2", "AsyncConnectionPool"),
    ("httpcore2", "ConnectionPool"),
    ("httpx", "AsyncHTTPTransport"),
    ("httpx", "AsyncClient"),
    ("httpx2", "AsyncHTTPTransport"),
    ("httpx2", "AsyncClient"),
    ("botocore.endpoint", "Endpoint"),
    ("botocore.httpsession", "URLLib3Session"),
    ("aiobotocore.endpoint", "AioEndpoint"),
    ("aiobotocore.httpsession", "AIOHTTPSession"),
    ("aiobotocore.httpxsession", "HttpxSession"),
    ("moto.core.botocore_stubber", "BotocoreStubber"),
    ("requests.adapters", "HTTPAdapter"),
)


def snapshot() -> dict[str, Any]:
    """All that a mock may touch, of the libraries that are imported."""
    seen: dict[str, Any] = {
        "boto3.DEFAULT_SESSION": boto3.DEFAULT_SESSION,
        "moto's count": MockAWS._nested_count,
        "moto is active": MockAWS._mocks_active,
        "moto's stubber": botocore_stubber.enabled,
        "moto's config": copy.deepcopy(default_user_config),
    }
    for variable, value in os.environ.items():
        if variable != "PYTEST_CURRENT_TEST":
            seen[f"${variable}"] = value
    for module, name in CLASSES:
        if owner := getattr(sys.modules.get(module), name, None):
            for attribute, value in vars(owner).items():
                # Its address: equality would do for functions, but says less.
                seen[f"{module}.{name}.{attribute}"] = id(value)
            seen[f"{module}.{name}"] = sorted(vars(owner))
    return seen


def difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {
        key: (before.get(key), after.get(key))
        for key in before.keys() | after.keys()
        if before.get(key) != after.get(key)
    }
