"""Fixtures for the tests of a plugin: ``pytest_plugins = ["aiomoto.testing.fixtures"]``.

Nothing heavy is imported before a test asks for a fixture.
"""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .network import Sockets

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ..options import Options
    from .clients import Connect
    from .outcome import Outcome
    from .twin import Twin
    from .worlds import World

# Besides AWS_*: the proxies and authorities that botocore, aiohttp and httpx read,
# and moto's own switches.
_PREFIXES = ("AWS_", "BOTO_", "MOTO_")
_NAMES = {
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "TEST_PROXY_MODE",
    "TEST_SERVER_MODE",
}


@pytest.fixture(scope="session")
def _empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def hermetic(monkeypatch: pytest.MonkeyPatch, _empty_home: Path) -> None:
    """The developer's machine says nothing about AWS: no variables, no ``~/.aws``, no proxy."""
    for name in list(os.environ):
        if name.startswith(_PREFIXES) or name.upper() in _NAMES:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(_empty_home))
    monkeypatch.setenv("USERPROFILE", str(_empty_home))


@pytest.fixture
def sockets() -> Iterator[Sockets]:
    """Every attempt of this test to open a connection or look a name up.

    Only loopback is let through. An attempt to go elsewhere raises at once and
    fails the test in the end, also where the client swallowed it.
    """
    with Sockets().watching() as recorder:
        yield recorder


@pytest.fixture(params=["aiohttp", "httpx"])
def backend(request: pytest.FixtureRequest) -> str:
    """Each HTTP client that aiobotocore may run on: ``aiohttp``, ``httpx``."""
    from .clients import missing

    name: str = request.param
    if reason := missing(name):
        pytest.skip(reason)
    return name


@pytest.fixture
def connect() -> Connect:
    """``async with connect("sqs", backend) as sqs``: an aiobotocore client for many tasks at once.

    ``client={...}`` are further arguments of ``create_client``, ``session`` is a session other
    than a new one, all others are those of its AioConfig.
    """
    from . import clients

    def opened(
        service: str,
        backend: str = "aiohttp",
        *,
        client: dict[str, Any] | None = None,
        session: Any = None,
        **config: Any,
    ) -> AbstractAsyncContextManager[Any]:
        config = {"max_pool_connections": 100, **config}
        return clients.aio(service, backend, config=config, session=session, **(client or {}))

    return opened


@pytest.fixture
def boto() -> Iterator[Callable[..., Any]]:
    """``boto("sqs", **arguments)``: a boto3 client, the same for the same, closed at the end."""
    from . import clients

    with contextlib.ExitStack() as closing:

        @functools.cache
        def client(service: str, **arguments: Any) -> Any:
            return closing.enter_context(clients.sync(service, **arguments))

        yield client


@pytest.fixture(scope="session")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twin]:
    """moto's own server on loopback, over TLS."""
    from .twin import Twin

    with Twin(tmp_path_factory.mktemp("twin")) as running:
        yield running


@pytest.fixture
def make_world(request: pytest.FixtureRequest) -> Callable[..., World]:
    """``make_world(kind, backend, **options)``: a world that is not yet active.

    `kind` is ``wire`` or ``in-process``, `options` are those of `mock_aws`, for the latter.
    """
    from . import worlds

    def make(kind: str, backend: str, **options: Unpack[Options]) -> World:
        if kind == "wire":
            return worlds.WireWorld(backend, request.getfixturevalue("twin"))
        return worlds.InProcessWorld(backend, **options)

    return make


@pytest.fixture(params=["wire", "in-process"])
def world(
    request: pytest.FixtureRequest, make_world: Callable[..., World], backend: str
) -> Iterator[World]:
    """Each of the two worlds, on each of the backends, empty."""
    with make_world(request.param, backend).active() as active:
        yield active


@pytest.fixture(params=["wire", "in-process"])
def plain_world(
    request: pytest.FixtureRequest, make_world: Callable[..., World]
) -> Iterator[World]:
    """As `world`, for tests where aiobotocore's backend makes no difference."""
    with make_world(request.param, "aiohttp").active() as active:
        yield active


@pytest.fixture
def compare(make_world: Callable[..., World], backend: str) -> Callable[..., Awaitable[Outcome]]:
    """``await compare(body, plugins=(), clock=None)``: run a body in both worlds.

    Fails where they differ, gives the wire's outcome. All options of `mock_aws` are taken,
    for the mock of the world in process.
    """
    from . import outcome

    async def run(body: Callable[[World], Awaitable[Any]], **options: Unpack[Options]) -> Outcome:
        with make_world("wire", backend).active() as active:
            wire = await outcome.observe(body, active)
        with make_world("in-process", backend, **options).active() as active:
            in_process = await outcome.observe(body, active)
        if found := outcome.difference(wire, in_process):
            pytest.fail(f"in process is not as over the wire:\n{found}", pytrace=False)
        return wire

    return run


@pytest.fixture
def restored() -> Iterator[None]:
    """Fail a test that leaves behind anything that a mock may touch."""
    from . import state
    from .compat import Moto

    state.import_clients()
    moto = Moto()
    before, switches = state.snapshot(), moto.state()
    yield
    found: list[object] = [*state.changes(before)]
    found += [f"moto: {switches} -> {moto.state()}"] * (switches != moto.state())
    if found:
        pytest.fail("not as before:\n" + "\n".join(map(str, found)), pytrace=False)


@pytest.fixture
def loop_stays_free() -> Callable[..., AbstractAsyncContextManager[None]]:
    """``async with loop_stays_free(limit=0.1)``: fail if the event loop stands still longer."""
    from .blocking import loop_stays_free

    return loop_stays_free


@pytest.fixture
def run_program() -> Callable[..., str]:
    """``run_program(source, *options, **environ)``: see `aiomoto.testing.programs.run`."""
    from .programs import run

    return run
