"""AWS clients as users make them, without reading botocore's models again for each.

Nothing points them anywhere: no endpoint, no credentials. What they find is what
the mock gives them. All take further arguments of ``create_client``.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from importlib.util import find_spec
from typing import Any

import botocore.config
from aiobotocore.config import AioConfig
from aiobotocore.httpsession import AIOHTTPSession
from aiobotocore.httpxsession import HttpxSession
from aiobotocore.session import AioSession

from ..sessions import aio_session, boto3_session
from .compat import ASYNC_PRIMITIVES

REGION = "us-east-1"
#: What the fixture ``connect`` gives.
Connect = Callable[..., AbstractAsyncContextManager[Any]]
#: The HTTP clients that aiobotocore may run on, by the name of the library.
BACKENDS: dict[str, Any] = {"aiohttp": AIOHTTPSession, "httpx": HttpxSession}


def missing(backend: str) -> str | None:
    """Why aiobotocore can't run on a backend here; None if it can."""
    if backend == "httpx" and not httpx_modules():
        return "neither httpx nor httpx2 is installed"
    return None


def httpx_modules() -> list[str]:
    """Those of httpx and httpx2 that are installed."""
    return [name for name in ("httpx", "httpx2") if find_spec(name)]


def async_libraries() -> list[str]:
    """What aiobotocore runs on here: ``asyncio``, and ``trio`` since aiobotocore 3 on httpx."""
    on_trio = find_spec(ASYNC_PRIMITIVES) and find_spec("trio") and httpx_modules()
    return ["asyncio", "trio"] if on_trio else ["asyncio"]


@contextlib.asynccontextmanager
async def aio(
    service: str,
    backend: str = "aiohttp",
    *,
    config: dict[str, Any] | None = None,
    session: AioSession | None = None,
    **kwargs: Any,
) -> AsyncIterator[Any]:
    """An aiobotocore client; `config` are the arguments of its AioConfig."""
    settings = AioConfig(**{"http_session_cls": BACKENDS[backend], **(config or {})})
    arguments = {"region_name": REGION, **kwargs}
    with warnings.catch_warnings():
        # aiobotocore 3 says so where only the older httpx is installed.
        warnings.filterwarnings("ignore", "aiobotocore's httpx backend now prefers")
        made = (session or aio_session()).create_client(service, config=settings, **arguments)
        opened = await made.__aenter__()
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_exit(made)
        yield opened


@contextlib.contextmanager
def sync(service: str, *, config: dict[str, Any] | None = None, **kwargs: Any) -> Iterator[Any]:
    """A boto3 client of a session of its own, closed at the end."""
    settings = botocore.config.Config(**(config or {}))
    client = boto3_session().client(service, config=settings, **{"region_name": REGION, **kwargs})
    try:
        yield client
    finally:
        client.close()
