"""What the fixtures of clients give: callables that open, remember and close."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from .loops import Loop, on_trio, running
from .settings import refuse


class AwsClients:
    """``s3 = await aws_client("s3")``: aiobotocore clients, one of a kind, closed at the end."""

    def __init__(self, loop: Loop | None, session: Callable[[], Any], fixture: str) -> None:
        self._loop = loop
        self._session = session
        self._fixture = fixture
        self._opened: dict[Any, Any] = {}

    async def __call__(self, service: str, region_name: str | None = None, **kwargs: Any) -> Any:
        """A client that is open until the fixture ends; the same one for the same arguments.

        `kwargs` are those of ``create_client``. On trio the client is one of
        aiobotocore's httpx backend, unless `config` says otherwise.
        """
        if self._loop is None:
            refuse(
                f"The fixture {self._fixture} needs pytest-asyncio, or a test marked "
                "@pytest.mark.anyio."
            )
        key = _key(kwargs, running(), service, region_name)
        if key not in self._opened:
            self._opened[key] = await self._loop.open(self._make(service, region_name, kwargs))
        return self._opened[key]

    def _make(self, service: str, region_name: str | None, kwargs: dict[str, Any]) -> Any:
        settings = dict(kwargs)
        if "config" not in settings and (config := config_here()) is not None:
            settings["config"] = config
        return self._session().create_client(service, region_name=region_name, **settings)


class AwsResources(AwsClients):
    """``dynamodb = await aws_resource("dynamodb")``: resources of aioboto3."""

    def _make(self, service: str, region_name: str | None, kwargs: dict[str, Any]) -> Any:
        import aioboto3

        session = aioboto3.Session(botocore_session=self._session())
        return session.resource(service, region_name=region_name, **kwargs)


class Boto3Clients:
    """``s3 = boto3_client("s3")``: boto3 clients, one of a kind, closed at the end."""

    def __init__(self) -> None:
        self._closing = contextlib.ExitStack()
        self._opened: dict[Any, Any] = {}

    def __call__(self, service: str, region_name: str | None = None, **kwargs: Any) -> Any:
        """A client; the same one for the same arguments, which are those of ``boto3.client``."""
        key = _key(kwargs, service, region_name)
        if key not in self._opened:
            from ..sessions import boto3_session

            client = boto3_session().client(service, region_name=region_name, **kwargs)
            self._closing.callback(client.close)
            self._opened[key] = client
        return self._opened[key]

    def close(self) -> None:
        self._closing.close()


def _key(arguments: dict[str, Any], *about: object) -> object:
    key = (*about, tuple(sorted(arguments.items())))
    try:
        hash(key)
    except TypeError:  # an argument that is no key, such as a dictionary
        return object()
    return key


def config_here(**settings: Any) -> Any:
    """An AioConfig for the event loop that runs; None if there is nothing to say."""
    if on_trio():
        from aiobotocore.httpxsession import HttpxSession

        settings["http_session_cls"] = HttpxSession
    if not settings:
        return None
    from aiobotocore.config import AioConfig

    return AioConfig(**settings)
