"""What every test of core stands on: no network, no developer's AWS settings, two worlds."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Iterator
    from types import ModuleType

    from network import Sockets
    from outcome import Outcome
    from twin import Twin, World


def _neighbour(name: str) -> ModuleType:
    """Import a module of this folder.

    Under --import-mode=importlib the folder is on no path, and putting it there
    would let several packages' helpers of one name meet.
    """
    full_name = f"_aiomoto_core_tests_{name}"
    if full_name not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            full_name, Path(__file__).with_name(f"{name}.py")
        )
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[full_name] = module
        spec.loader.exec_module(module)
    return sys.modules[full_name]


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
    "TEST_SERVER_MODE",
}


@pytest.fixture(scope="session")
def _empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(autouse=True)
def _hermetic(monkeypatch: pytest.MonkeyPatch, _empty_home: Path) -> None:
    """The developer's machine says nothing about AWS."""
    for name in list(os.environ):
        if name.startswith(_PREFIXES) or name.upper() in _NAMES:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(_empty_home))  # ~/.aws
    monkeypatch.setenv("USERPROFILE", str(_empty_home))


@pytest.fixture(autouse=True)
def sockets() -> Iterator[Sockets]:
    """Every attempt of this test to open a connection or look a name up.

    Only loopback is let through. An attempt to go elsewhere raises at once and
    fails the test in the end, also where the client swallowed it.
    """
    with _neighbour("network").Sockets().watching() as recorder:
        yield recorder


@pytest.fixture(scope="session")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twin]:
    """moto's own server on loopback, over TLS."""
    with _neighbour("twin").Twin(tmp_path_factory.mktemp("twin")) as running:
        yield running


@pytest.fixture(params=["aiohttp", "httpx"])
def backend(request: pytest.FixtureRequest) -> str:
    """The HTTP client under aiobotocore."""
    name: str = request.param
    if name == "httpx" and not _httpx_modules():
        pytest.skip("neither httpx nor httpx2 is installed")
    return name


@pytest.fixture
def make_world(request: pytest.FixtureRequest) -> Callable[..., World]:
    """Makes a world that is not yet active, of a kind, on a backend."""
    worlds = _neighbour("twin")

    def make(kind: str, backend: str, plugins: Iterable[object] = ()) -> World:
        if kind == "wire":
            return worlds.WireWorld(backend, request.getfixturevalue("twin"))  # type: ignore[no-any-return]
        return worlds.InProcessWorld(backend, plugins)  # type: ignore[no-any-return]

    return make


@pytest.fixture(params=["wire", "in-process"])
def world(
    request: pytest.FixtureRequest, make_world: Callable[..., World], backend: str
) -> Iterator[World]:
    """One of the two worlds, on one of the backends, empty."""
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
    """Run a body in both worlds, fail where they differ, return the wire's outcome.

    `plugins` are for the mock of the world in process.
    """
    outcome = _neighbour("outcome")

    async def run(
        body: Callable[[World], Awaitable[Any]], plugins: Iterable[object] = ()
    ) -> Outcome:
        with make_world("wire", backend).active() as active:
            wire: Outcome = await outcome.observe(body, active)
        with make_world("in-process", backend, plugins).active() as active:
            in_process = await outcome.observe(body, active)
        if found := outcome.difference(wire, in_process):
            pytest.fail(f"in process is not as over the wire:\n{found}", pytrace=False)
        return wire

    return run


@pytest.fixture
def helper() -> Callable[[str], ModuleType]:
    """Imports a module of this folder by its name."""
    return _neighbour


@pytest.fixture(params=["httpx", "httpx2"])
def httpx_module(request: pytest.FixtureRequest) -> ModuleType:
    """Each of the httpx distributions that is installed."""
    return pytest.importorskip(request.param)  # type: ignore[no-any-return]


@pytest.fixture
def clients() -> ModuleType:
    """``clients.py``: AWS clients that cost little to make."""
    return _neighbour("clients")


@pytest.fixture
def restored() -> Iterator[None]:
    """Fail a test that leaves behind anything a mock may touch; see ``everything.py``."""
    # So that none of them is imported in between.
    modules = [one for name in _httpx_modules() for one in (name, name.replace("x", "core"))]
    for module in ("aiobotocore.session", "requests", *modules):
        importlib.import_module(module)
    everything = _neighbour("everything")
    before = everything.snapshot()
    yield
    if changed := everything.difference(before, everything.snapshot()):
        pytest.fail(f"not as before: {changed}", pytrace=False)


@pytest.fixture
def run_program() -> Callable[..., str]:
    """``scripts.run``: a program in an interpreter of its own, kept on this machine."""
    return _neighbour("scripts").run  # type: ignore[no-any-return]


def _httpx_modules() -> list[str]:
    return [name for name in ("httpx", "httpx2") if importlib.util.find_spec(name)]
