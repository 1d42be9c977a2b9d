"""What a type checker says of plugins: mistakes are found before anything runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PLUGIN = """
from collections.abc import Sequence

from aiomoto import AwsRequest, Call, Clock, Engine, FastPath, Front, MockAWS, ModulePatches
from aiomoto import Patch, ServicePlugin, VirtualClock, hookimpl, mock_aws
from aiomoto import Engin  # E: attr-defined
from aiomoto.engine import engine


class Right(ServicePlugin[list[str]]):
    fast_paths = (FastPath("name", "module", lambda: []),)

    def begin(self, engine: Engine) -> tuple[list[str], Sequence[Patch]]:
        engine.fast_paths.begin(self.fast_paths[0])
        return [str(engine.clock.time()), *engine.owners], [(str, "lower", str.upper)]

    @hookimpl
    def aiomoto_activate(self, engine: Engine) -> None:
        super().aiomoto_activate(engine)


class Wrong(ServicePlugin[list[str]]):
    fast_paths = (ModulePatches("module", lambda: []),)  # E: assignment

    def begin(self, engine: MockAWS) -> tuple[list[str], Sequence[Patch]]:  # E: override
        return [], []

    def end(self, state: int) -> None:  # E: override
        pass

    @hookimpl
    def aiomoto_activate(self, engine: str) -> None:  # E: override
        pass


def use(given: Engine, front: Front, request: AwsRequest) -> None:
    clock: Clock = given.clock
    url: str | None = front.judge(request.url, request.headers, Call("sts", "GetCallerIdentity"))
    status: int = front.answer_sync(request).status
    given.clock = VirtualClock()  # E: misc
    given.leases  # E: attr-defined
    front.guard  # E: attr-defined
    front.judge(request.url, request.headers, "sts")  # E: arg-type
    front.answer_sync(request.url)  # E: arg-type
    front.answer(request).status  # E: attr-defined
    mock_aws(clock=VirtualClock)  # E: call-overload
    ModulePatches("module", lambda: ["patch"])  # E: list-item


def promised(request: AwsRequest) -> None:
    use(engine, engine.front, request)
"""


def test_mistakes_in_a_plugin(tmp_path: Path) -> None:
    api = pytest.importorskip("mypy.api")
    file = tmp_path / "typed.py"
    file.write_text(PLUGIN)
    options = ["--strict", "--no-error-summary", "--config-file="]
    said, problem, _ = api.run([*options, "--cache-dir", str(tmp_path / "cache"), str(file)])
    found = re.findall(r"typed\.py:(\d+): error: .*\[([\w-]+)\]$", said, re.MULTILINE)
    lines = enumerate(PLUGIN.splitlines(), 1)
    wanted = [(str(n), line.split("# E: ")[1]) for n, line in lines if "# E: " in line]
    assert (sorted(found), problem) == (sorted(wanted), ""), said
