"""The fixtures of ``loops`` in each of pytest-asyncio's loops; imported where it is there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from .loops import SCOPES, Loop, Scope, fixture_name, in_loop


def _loop_in(scope: Scope, loop_scope: Scope) -> Any:
    name = fixture_name(scope, loop_scope)

    @pytest_asyncio.fixture(scope=scope, loop_scope=loop_scope, name=name)
    async def loop(request: pytest.FixtureRequest) -> AsyncIterator[Loop]:
        async with in_loop(request) as running:
            yield running

    return loop


# A loop lives at least as long as what is opened in it.
for _at, _scope in enumerate(SCOPES):
    for _loop_scope in SCOPES[_at:]:
        globals()[fixture_name(_scope, _loop_scope)] = _loop_in(_scope, _loop_scope)
