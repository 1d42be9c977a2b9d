"""What the tests of this package stand on: a mock, clients that cost little, a watched loop."""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import botocore.loaders
import pytest
from aiobotocore.config import AioConfig
from aiobotocore.httpsession import AIOHTTPSession
from aiobotocore.httpxsession import HttpxSession
from aiobotocore.session import AioSession

from aiomoto import MockAWS, mock_aws

REGION = "us-east-1"
# botocore reads its models anew for each session; one loader for all reads them once.
LOADER = botocore.loaders.create_loader()

Connect = Callable[..., AbstractAsyncContextManager[Any]]


def _neighbour(name: str) -> ModuleType:
    """Import a module of this folder, which --import-mode=importlib has on no path."""
    full_name = f"_aiomoto_contrib_tests_{name}"
    if full_name not in sys.modules:
        path = Path(__file__).with_name(f"{name}.py")
        spec = importlib.util.spec_from_file_location(full_name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[full_name] = module
        spec.loader.exec_module(module)
    return sys.modules[full_name]


SLOW = pytest.StashKey[dict[str, list[Any]]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[SLOW] = {}
    config.addinivalue_line(
        "markers", "holds_up_the_loop(reason): this test blocks its event loop, and means to"
    )


@pytest.fixture(autouse=True)
def _free_loop(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test in which an event loop was blocked; see ``blocking.py``."""
    with _neighbour("blocking").watching() as findings:
        yield
    if findings.slow:
        request.config.stash[SLOW][request.node.nodeid] = findings.slow
    if findings.blocked and request.node.get_closest_marker("holds_up_the_loop") is None:
        pytest.fail("blocked the event loop: " + "\n".join(findings.blocked), pytrace=False)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say what computed for long, docs/slow-callbacks.md has what that is."""
    found = [(test, one) for test, slow in config.stash[SLOW].items() for one in slow]
    if not found:
        return
    terminalreporter.section("callbacks that computed for 100 ms or more")
    worst: dict[str, tuple[float, str]] = {}
    for test, one in found:
        shares = {**one.operations, "outside of moto": one.outside}
        for name, seconds in shares.items():
            if seconds >= 0.05:
                worst[name] = max(worst.get(name, (0.0, "")), (seconds, test))
    for name, (seconds, test) in sorted(worst.items(), key=lambda item: -item[1][0]):
        terminalreporter.line(f"{seconds:5.2f} s  {name}  ({test})")


@pytest.fixture
def aws() -> Iterator[MockAWS]:
    """A running mock, empty at first."""
    with mock_aws() as mock:
        yield mock


@pytest.fixture
def connect() -> Connect:
    """``connect(service, backend="aiohttp")``: an aiobotocore client, pool large enough.

    ``client={...}`` are further arguments of create_client, ``session`` is a session
    other than a new one, all others are AioConfig's.
    """

    @contextlib.asynccontextmanager
    async def opened(
        service: str,
        backend: str = "aiohttp",
        client: dict[str, Any] | None = None,
        session: AioSession | None = None,
        **config: Any,
    ) -> AsyncIterator[Any]:
        if session is None:
            session = AioSession()
        session.register_component("data_loader", LOADER)
        http = HttpxSession if backend == "httpx" else AIOHTTPSession
        settings = AioConfig(**{"max_pool_connections": 100, "http_session_cls": http, **config})
        arguments = {"region_name": REGION, "config": settings, **(client or {})}
        async with session.create_client(service, **arguments) as made:
            yield made

    return opened


@pytest.fixture
def boto() -> Iterator[Callable[..., Any]]:
    """``boto(service, **arguments)``: a boto3 client, closed at the end."""
    with contextlib.ExitStack() as closing:

        @functools.cache
        def client(service: str, **arguments: Any) -> Any:
            session = boto3.session.Session()
            session._session.register_component("data_loader", LOADER)
            made = session.client(service, **{"region_name": REGION, **arguments})
            closing.callback(made.close)
            return made

        yield client


@pytest.fixture(params=["aiohttp", "httpx"])
def backend(request: pytest.FixtureRequest) -> str:
    """The HTTP client under aiobotocore."""
    name: str = request.param
    if name == "httpx" and not any(map(importlib.util.find_spec, ("httpx", "httpx2"))):
        pytest.skip("neither httpx nor httpx2 is installed")
    return name


@pytest.fixture
def blocking() -> ModuleType:
    """``blocking.py``: what watches the loop of each test."""
    return _neighbour("blocking")


@pytest.fixture
def streams() -> ModuleType:
    """``streams.py``: how event streams are read."""
    return _neighbour("streams")


@pytest.fixture
def pieces() -> Callable[..., Any]:
    """``await pieces(body, size)``: a streaming body, read piece by piece."""

    async def read(body: Any, size: int) -> list[bytes]:
        async with body:
            # Of aiobotocore 2.25's httpx bodies, httpx's own methods are all that there is.
            name = "iter_chunks" if hasattr(body, "iter_chunks") else "aiter_bytes"
            return [piece async for piece in getattr(body, name)(size)]

    return read
