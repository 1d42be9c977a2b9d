"""``ServicePlugin``: one shape for plugins of services."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from typing import Any

import pytest

from aiomoto import Engine, Patch, ServicePlugin, mock_aws
from aiomoto.background import background
from aiomoto.jobs import MockEnded


class Plugin(ServicePlugin[list[str]]):
    services = ("acm",)
    module = "moto.acm.models"
    has_jobs = True

    def __init__(self) -> None:
        super().__init__()
        self.log: list[str] = []
        self.fails = ""

    def begin(self, engine: Engine) -> tuple[list[str], Sequence[Patch]]:
        self.log.append("begin")
        if self.fails == "begin":
            raise LookupError("begin")
        return self.log, [(sys.modules[self.module], "AWSCertificateManagerBackend", "patched")]

    def end(self, state: list[str]) -> None:
        assert backend() == "patched"
        state.append("end")
        if self.fails == "end":
            raise LookupError("end")


def backend() -> Any:
    return importlib.import_module(Plugin.module).AWSCertificateManagerBackend


@pytest.fixture
def plugin(monkeypatch: pytest.MonkeyPatch) -> Plugin:
    for name in [name for name in sys.modules if name.startswith("moto.acm")]:
        monkeypatch.delitem(sys.modules, name)
    return Plugin()


def test_it_begins_with_the_import_and_ends_with_the_mock(plugin: Plugin) -> None:
    with mock_aws(plugins=[plugin]):
        assert (plugin.now, plugin.log) == (None, [])
        assert backend() == "patched"
        assert plugin.now is plugin.log
    assert plugin.log == ["begin", "end"]
    assert plugin.now is None
    assert isinstance(backend(), type)


def test_a_mock_that_has_no_use_for_it_begins_nothing(plugin: Plugin) -> None:
    with mock_aws(plugins=[plugin]):
        pass
    backend()
    assert plugin.log == []


def test_what_can_not_begin_is_switched_off(plugin: Plugin) -> None:
    original = backend()
    plugin.fails = "begin"
    with pytest.raises(LookupError, match="begin"), mock_aws(plugins=[plugin]):
        raise AssertionError
    assert plugin.now is None
    assert backend() is original


def test_patches_are_taken_out_where_the_end_fails(plugin: Plugin) -> None:
    original = backend()
    plugin.fails = "end"
    with pytest.raises(LookupError, match="end"), mock_aws(plugins=[plugin]):
        pass
    assert backend() is original


def test_it_may_start_jobs_while_it_is_on(plugin: Plugin) -> None:
    async def work() -> int:
        return 3

    with mock_aws(plugins=[plugin]):
        assert background.wait_for(work) == 3
    with pytest.raises(MockEnded):
        background.wait_for(work)


def test_state_without_patches_is_of_one_mock_as_well() -> None:
    class Counting(ServicePlugin[list[str]]):
        services, module = ("acm",), Plugin.module

        def begin(self, engine: Engine) -> tuple[list[str], Sequence[Patch]]:
            return [], ()

    counting, seen = Counting(), []
    for _ in range(2):
        with mock_aws(plugins=[counting]):
            backend()
            assert counting.now == []
            seen.append(counting.now)
        assert counting.now is None
    assert seen[0] is not seen[1]


def test_one_without_a_module_of_moto() -> None:
    class Owner(ServicePlugin[None]):
        services = ("sts", "kms")

    with mock_aws(plugins=[Owner()]) as mock:
        assert {"sts", "kms"} <= mock.owners.keys()
