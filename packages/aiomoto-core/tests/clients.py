"""AWS clients as users make them, without reading botocore's models again for each.

Nothing points them anywhere: no endpoint, no credentials. What they find is what
the mock gives them.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import boto3
import botocore.config
import botocore.loaders
from aiobotocore.config import AioConfig
from aiobotocore.httpsession import AIOHTTPSession
from aiobotocore.httpxsession import HttpxSession
from aiobotocore.session import AioSession

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractAsyncContextManager

REGION = "us-east-1"
BACKENDS = {"aiohttp": AIOHTTPSession, "httpx": HttpxSession}
LOADER = botocore.loaders.create_loader()


def aio_session() -> AioSession:
    session = AioSession()
    session.register_component("data_loader", LOADER)
    return session


def aio(
    service: str,
    backend: str = "aiohttp",
    *,
    config: dict[str, Any] | None = None,
    session: AioSession | None = None,
    **kwargs: Any,
) -> AbstractAsyncContextManager[Any]:
    """An aiobotocore client; `config` are the arguments of its AioConfig."""
    settings = AioConfig(http_session_cls=BACKENDS[backend], **(config or {}))
    arguments = {"region_name": REGION, **kwargs}
    return (session or aio_session()).create_client(  # type: ignore[no-any-return]
        service, config=settings, **arguments
    )


@contextlib.contextmanager
def sync(service: str, *, config: dict[str, Any] | None = None, **kwargs: Any) -> Iterator[Any]:
    """A boto3 client of a session of its own, closed at the end."""
    session = boto3.session.Session()
    session._session.register_component("data_loader", LOADER)
    arguments = {"region_name": REGION, **kwargs}
    client = session.client(service, config=botocore.config.Config(**(config or {})), **arguments)
    try:
        yield client
    finally:
        client.close()
