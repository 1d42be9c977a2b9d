"""docs/pytest.md: each section is run as a reader would, and says what is printed."""

from __future__ import annotations

import ast
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import aiomoto.pytest_plugin
from aiomoto import doctor
from aiomoto.options import NAMES
from aiomoto.pytest_plugin import settings

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "pytest.md").read_text(encoding="utf-8")


class Section(NamedTuple):
    title: str
    #: File name to text, of the blocks that open with a comment of their name.
    files: dict[str, str]
    #: A command and what it prints; a section with files and no command is run by pytest.
    commands: list[tuple[str, list[str]]]


def sections() -> list[Section]:
    found = []
    for part in re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]:
        title, _, text = part.partition("\n")
        blocks = re.findall(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
        files, commands = {}, []
        for language, block in blocks:
            head, _, rest = block.partition("\n")
            if language == "console":
                commands.append((head.removeprefix("$ "), rest.splitlines()))
            else:
                name = re.fullmatch(r"# (\w+\.(?:py|ini))", head)
                assert name, f"{title}: a block that is no file: {head}"
                files[name[1]] = block
        found.append(Section(title, files, commands or [("pytest", ["... passed in ..."])]))
    return found


def missing(expected: list[str], printed: str) -> str | None:
    """The first line of `expected` that doesn't follow in what was printed; ``...`` is anything."""
    lines = iter(printed.splitlines())
    for line in expected:
        pattern = ".*".join(map(re.escape, line.split("...")))
        if not any(re.fullmatch(pattern, one) for one in lines):
            return line
    return None


@pytest.mark.parametrize("section", sections(), ids=lambda section: section.title)
def test_a_section_is_as_it_says(section: Section, tmp_path: Path) -> None:
    # Off the network, as all tests of this repository are.
    kept = (ROOT / "conftest.py").read_text(encoding="utf-8")
    (tmp_path / "kept_on_this_machine.py").write_text(kept, encoding="utf-8")
    folder = tmp_path / "files"
    folder.mkdir()
    for name, text in section.files.items():
        (folder / name).write_text(text, encoding="utf-8")
    own = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "COV"))}
    environ = {**own, "PYTHONPATH": f"{tmp_path}{os.pathsep}{folder}"}
    for command, expected in section.commands:
        words = [sys.executable, "-m", *shlex.split(command.removeprefix("python -m "))]
        if words[2] == "pytest":
            # In the order of the file; pytest-asyncio warns where a project doesn't choose.
            words[3:3] = ["-W", "error", "-p", "no:cacheprovider", "-p", "no:randomly"]
            words += ["-o", "asyncio_default_fixture_loop_scope=function"]
            words += ["-p", "kept_on_this_machine", "--rootdir", "."]
            words += ["-o", "asyncio_mode=strict"]
            if "no:asyncio" in command:
                words = [one for one in words if not one.startswith("asyncio_")]
                words = [one for i, one in enumerate(words) if words[i : i + 2] != ["-o", "-p"]]
                words = words[:-1] if words[-1] == "-o" else words
        done = subprocess.run(
            words,
            cwd=folder,
            env=environ,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        printed = done.stdout + done.stderr
        lost = missing(expected, printed)
        assert lost is None, f"not printed: {lost}\n\n{printed}"
        failed = re.search(r"\d (failed|error)|^ERROR:|^usage:", "\n".join(expected), re.MULTILINE)
        assert (done.returncode != 0) == (failed is not None), printed


def test_every_fixture_option_and_argument_is_shown() -> None:
    fixtures = {
        name for name in aiomoto.pytest_plugin.__all__ if re.match("(?!pytest_)[a-z]", name)
    }
    options = {"aiomoto_autouse", "aiomoto_region", "aiomoto_config", "aiomoto_leaks"}
    arguments = set(re.findall(r"(\w+)=", settings.MARKER))
    assert arguments == {*NAMES, "leaks"}
    for package in ("s3", "sqs", "dynamodb"):
        source = (
            ROOT / f"packages/aiomoto-{package}/src/aiomoto_{package}/pytest_plugin.py"
        ).read_text(encoding="utf-8")
        fixtures |= set(re.findall(r"@pytest\.fixture\ndef (\w+)", source))
        fixtures |= set(re.findall(r'name="(\w+)"', source))
    shown = set(re.findall(r"\w+", TEXT))
    assert sorted((fixtures | options | arguments) - shown) == []
    assert set(re.findall(r'addini\("(\w+)"', Path(settings.__file__).read_text())) <= options


def test_every_fixture_of_the_kit_is_shown() -> None:
    kit = Path(aiomoto.pytest_plugin.__file__).parent.parent / "testing" / "fixtures.py"
    fixtures = re.findall(r"^@pytest\.fixture.*\ndef ([a-z]\w+)", kit.read_text(), re.MULTILINE)
    assert len(fixtures) > 8
    assert [name for name in fixtures if f"`{name}`" not in TEXT] == []


# What ends a test, a run, a program or the doctor with a text, or is a line of the report.
SPEAKING = {
    "AssertionError",
    "LoopBlocked",
    "RealNetwork",
    "RuntimeError",
    "UsageError",
    "append",
    "fail",
    "importorskip",
    "leaked",
    "refuse",
    "skip",
    "write",
}
SOURCES = sorted(
    path
    for pattern in (
        "aiomoto-core/src/aiomoto/pytest_plugin/*.py",
        "aiomoto-core/src/aiomoto/testing/*.py",
        "aiomoto-core/src/aiomoto/calls/display.py",
        "aiomoto-core/src/aiomoto/doctor.py",
        "aiomoto-core/src/aiomoto/__main__.py",
        "*/src/*/pytest_plugin.py",
    )
    for path in (ROOT / "packages").glob(pattern)
)
# Built of these alone a text says nothing: `f"{name}: {value}"`.
WORDS = re.compile(r"[a-z]{3,}")


def spoken(path: Path) -> Iterator[list[str]]:
    """The texts of a module that people may read, each as the parts between its values."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        given: list[ast.expr] = []
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func
            if (name.id if isinstance(name, ast.Name) else name) in SPEAKING:
                given = [*node.args, *(one.value for one in node.keywords)]
        elif isinstance(node, ast.Yield) and node.value is not None:
            given = [node.value, *ast.iter_child_nodes(node.value)]  # type: ignore[list-item]
        elif isinstance(node, ast.Return) and path.name == "leaks.py" and node.value is not None:
            given = [node.value]
        for one in given:
            if isinstance(one, ast.Constant) and isinstance(one.value, str):
                yield [one.value]
            elif isinstance(one, ast.JoinedStr):
                parts = [""]
                for value in one.values:
                    if isinstance(value, ast.Constant):
                        parts[-1] += str(value.value)
                    else:
                        parts.append("")
                yield parts


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: "/".join(path.parts[-2:]))
def test_every_message_is_shown(path: Path) -> None:
    text = " ".join(TEXT.split())
    lost = []
    for parts in spoken(path):
        if WORDS.search(" ".join(parts)):
            pattern = ".{0,400}?".join(re.escape(" ".join(one.split())) for one in parts)
            # Where a value stands there may be a space, or none.
            if not re.search(pattern.replace(r"\ ", r"\s?"), text):
                lost.append(parts)
    assert lost == []


def test_messages_are_found() -> None:
    found = {parts[0] for path in SOURCES for parts in spoken(path)}
    assert len(found) > 40
    assert {"There were no calls at all.", "This test left something behind:\n"} <= found


def test_every_variable_of_the_doctor_is_shown() -> None:
    rows = {
        name: row.split("|")[2].strip()
        for row in TEXT.splitlines()
        if row.startswith("| `")
        for name in re.findall(r"`([\w*]+)`", row.split("|")[1])
    }
    assert {name: rows.get(name) for name in doctor.VARIABLES} == doctor.VARIABLES
