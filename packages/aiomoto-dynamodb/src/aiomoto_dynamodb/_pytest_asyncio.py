"""The client of ``dynamodb_client`` in each of pytest-asyncio's event loops.

A fixture's loop is chosen where it is defined, so there is one for each scope.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Literal

import pytest_asyncio

from .pytest_plugin import open_client


def _client_in(loop_scope: Literal["function", "class", "module", "package", "session"]) -> Any:
    @pytest_asyncio.fixture(loop_scope=loop_scope, name=f"_dynamodb_client_asyncio_{loop_scope}")
    async def client(_dynamodb_mock: object) -> AsyncIterator[Any]:
        async with open_client(on_trio=False) as opened:
            yield opened

    return client


in_function = _client_in("function")
in_class = _client_in("class")
in_module = _client_in("module")
in_package = _client_in("package")
in_session = _client_in("session")
