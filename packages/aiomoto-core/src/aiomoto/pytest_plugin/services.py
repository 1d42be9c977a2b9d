"""Fixtures of service packages: a client of one service, already open."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from .clients import AwsClients, config_here
from .loops import SCOPES, Scope, has_asyncio, loop_scope_of, on_anyio
from .settings import refuse


def client_fixture(config: pytest.Config, service: str, *, name: str, **settings: Any) -> None:
    """Add the fixture ``name``: an open client for ``service``; call it in ``pytest_configure``.

    It stands on ``aws`` and ``aws_client``, works with pytest-asyncio (strict and
    auto, every loop scope) and with anyio (asyncio and trio). `settings` are
    those of its AioConfig.
    """
    found: dict[str, Any] = {}

    async def opened(aws_client: AwsClients) -> Any:
        return await aws_client(service, config=config_here(**settings))

    def client(request: pytest.FixtureRequest, aws_client: AwsClients) -> Any:
        if on_anyio(request):
            return request.getfixturevalue(f"_{name}_anyio")
        if not has_asyncio(request):
            refuse(f"The fixture {name} needs pytest-asyncio, or a test marked @pytest.mark.anyio.")
        return request.getfixturevalue(f"_{name}_in_{loop_scope_of(request)}")

    client.__doc__ = f"An aiobotocore client for {service}, open until the test is over."
    found["client"] = pytest.fixture(name=name)(client)

    @pytest.fixture(name=f"_{name}_anyio")
    async def on_its_loop(anyio_backend: Any, aws_client: AwsClients) -> Any:
        return await opened(aws_client)

    found["on_anyio"] = on_its_loop
    if config.pluginmanager.hasplugin("asyncio"):
        for scope in SCOPES:
            found[f"in_{scope}"] = _in(scope, f"_{name}_in_{scope}", opened)
    # pytest looks for fixtures in modules and classes.
    plugin = ModuleType(f"{__name__}.{name}")
    vars(plugin).update(found)
    # A user's fixture may have the name of one of an installed package, and takes its place.
    config.pluginmanager.register(plugin, f"aiomoto-fixture-{name}-{id(plugin)}")


def _in(loop_scope: Scope, name: str, opened: Any) -> Any:
    import pytest_asyncio

    @pytest_asyncio.fixture(loop_scope=loop_scope, name=name)
    async def client(aws_client: AwsClients) -> Any:
        return await opened(aws_client)

    return client
