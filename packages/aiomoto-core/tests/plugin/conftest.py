"""Plugins to try: one with every hook, and distributions installed for one test."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiobotocore.httpsession
import aiohttp
import boto3
import botocore.httpsession
import httpx
import moto.core.models
import pytest

from aiomoto import mock_aws
from aiomoto.engine import engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

HERE = Path(__file__).parent


def _load(path: Path, name: str) -> ModuleType:
    """Import a file; under --import-mode=importlib its folder is on no path."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def every_hook() -> ModuleType:
    """The module plugin, fresh; ``every_hook.EveryHook`` makes object plugins."""
    return _load(HERE / "every_hook.py", "every_hook")


class Site:
    """A folder that distributions with entry points are installed into."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def install(self, distribution: str, entry_points: dict[str, str], **modules: str) -> None:
        """What pip leaves behind: modules, and a dist-info with METADATA and entry_points.txt."""
        info = self.folder / f"{distribution.replace('-', '_')}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1\n")
        lines = [f"{name} = {value}" for name, value in entry_points.items()]
        (info / "entry_points.txt").write_text("\n".join(["[aiomoto]", *lines, ""]))
        for name, source in modules.items():
            self.write(name, source)

    def write(self, module: str, source: str) -> None:
        (self.folder / f"{module}.py").write_text(textwrap.dedent(source))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """For programs in an interpreter of their own: give them ``PYTHONPATH=str(site.folder)``."""
    return Site(tmp_path)


@pytest.fixture
def own_site(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """A site on this process's path, whose distributions are all that are installed."""

    def found(group: str) -> list[Any]:
        return [
            point
            for distribution in importlib.metadata.distributions(path=[str(site.folder)])
            for point in distribution.entry_points
            if point.group == group
        ]

    before = set(sys.modules)
    monkeypatch.syspath_prepend(site.folder)
    monkeypatch.setattr("aiomoto.plugin.manager.entry_points", found)
    yield site
    for name in set(sys.modules) - before:
        if getattr(sys.modules[name], "__file__", None) == str(site.folder / f"{name}.py"):
            del sys.modules[name]


def state() -> dict[str, Any]:
    """What a mock changes in the process."""
    switch = moto.core.models.MockAWS
    return {
        "aiohttp": aiohttp.connector.BaseConnector.connect,
        "aiobotocore": aiobotocore.httpsession.AIOHTTPSession.send,
        "botocore": botocore.httpsession.URLLib3Session.send,
        "httpx": httpx.HTTPTransport.handle_request,
        "stubber": moto.core.models.botocore_stubber.enabled,
        "moto": (switch._nested_count, switch._mocks_active),
        "config": dict(moto.core.models.default_user_config),
        # pytest says there which phase of a test it is in.
        "environ": {key: os.environ[key] for key in os.environ if key != "PYTEST_CURRENT_TEST"},
        "session": boto3.DEFAULT_SESSION,
        "active": engine.active,
        "owners": dict(engine.owners),
    }


@pytest.fixture
def everything() -> Callable[[], dict[str, Any]]:
    return state


@pytest.fixture
def unchanged() -> Iterator[None]:
    """The test leaves everything as it was; plugins that are installed stay owners."""
    with mock_aws():
        pass
    before = state()
    yield
    assert state() == before
