"""Fixtures of this package's tests beside the kit's: a watched loop, functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _free_loop(free_loop: None) -> None:
    """Fail a test in which an event loop was blocked."""


@pytest.fixture
def handlers() -> Any:
    """Callables as the code of functions, where the package that has them is installed."""
    return pytest.importorskip("aiomoto_lambda", reason="functions need aiomoto-lambda").handlers


@pytest.fixture
def pieces() -> Callable[..., Any]:
    """``await pieces(body, size)``: a streaming body, read piece by piece."""

    async def read(body: Any, size: int) -> list[bytes]:
        async with body:
            # Of aiobotocore 2.25's httpx bodies, httpx's own methods are all that there is.
            name = "iter_chunks" if hasattr(body, "iter_chunks") else "aiter_bytes"
            return [piece async for piece in getattr(body, name)(size)]

    return read
