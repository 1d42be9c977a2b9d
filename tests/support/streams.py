"""Reading event streams in tests: through an AWS client, and through plain httpx."""

from __future__ import annotations

import importlib
import importlib.util
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest
from aiobotocore.eventstream import AioEventStream
from botocore.eventstream import EventStreamBuffer


def httpx_module() -> Any:
    """The httpx that aiobotocore prefers."""
    for name in ("httpx2", "httpx"):
        if importlib.util.find_spec(name):
            return importlib.import_module(name)
    return pytest.skip("neither httpx nor httpx2 is installed")


def aiobotocore_reads_httpx() -> bool:
    """Whether aiobotocore reads event streams off httpx; up to 3.10 it asks for aiohttp's way."""
    code = AioEventStream._create_raw_event_generator.__code__
    return any("aiter" in name for name in code.co_names)


@asynccontextmanager
async def opened(url: str, target: str, **body: Any) -> AsyncIterator[Any]:
    """A call of an AWS JSON service by plain httpx, which any loop library runs.

    Gives an asynchronous iterator of (event type, decoded payload).
    """
    headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"}
    async with (
        httpx_module().AsyncClient() as client,
        client.stream("POST", url, headers=headers, content=json.dumps(body)) as response,
        aclosing(response.aiter_bytes()) as pieces,
        aclosing(_decoded(pieces)) as decoded,
    ):
        yield decoded


async def _decoded(pieces: AsyncIterator[bytes]) -> AsyncGenerator[tuple[str, Any], None]:
    buffer = EventStreamBuffer()
    async for piece in pieces:
        buffer.add_data(piece)
        for message in buffer:
            kind = message.headers.get(":event-type") or message.headers[":exception-type"]
            yield kind, json.loads(message.payload or b"{}")
