"""docs/event-streams.md says of each event stream what is so."""

from __future__ import annotations

import importlib.util
import re
import sys
from importlib.metadata import distributions, version
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "event-streams.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("event_streams", ROOT / "tools/event_streams.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["event_streams"] = module
    spec.loader.exec_module(module)
    return module


def number(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


def test_each_operation_is_listed_as_it_is(tool: ModuleType) -> None:
    """For the operations that the installed botocore knows."""
    installed = {one.metadata["Name"] for one in distributions()}
    missing = {path.name for path in (ROOT / "packages").iterdir()} - installed
    if missing:
        pytest.skip(f"{', '.join(sorted(missing))} not installed, which the page speaks of")
    [said] = re.findall(r"moto ([\d.]+\d)", PAGE)
    if number(version("moto")) < number(said):
        pytest.skip(f"the page is of moto {said}, which has more")
    listed = PAGE.splitlines()
    wrong = [str(row) for row in tool.rows() if str(row) not in listed]
    assert wrong == [], "run `hatch run event-streams`"


def test_the_page_is_as_the_tool_writes_it(tool: ModuleType) -> None:
    """But for the table, which depends on what is installed."""
    head, _, rest = PAGE.partition("| --- | --- | --- | --- |\n")
    tail = rest[rest.index("\n\n") + 1 :]
    for part, template in ((head, tool.HEAD), (tail, tool.TAIL)):
        pattern = re.sub(r"\\{\w+\\}", r"[\\d.]+", re.escape(template.partition("| --- |")[0]))
        assert re.fullmatch(pattern, part), "run `hatch run event-streams`"


def test_every_status_is_there_and_no_operation_twice(tool: ModuleType) -> None:
    rows = [line.split(" | ") for line in PAGE.splitlines() if line.startswith("| ")][2:]
    assert {row[2] for row in rows} == {tool.WORKS, tool.SUPPLIED, tool.NOT_SERVED}
    names = [(row[0], row[1]) for row in rows]
    assert len(names) == len(set(names))
    assert [name for name in tool.REMARKS if ("| " + name[0], name[1]) not in names] == []
