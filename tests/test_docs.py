"""What the documents say: the hooks are those of the code, and every example runs."""

from __future__ import annotations

import ast
import inspect
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from aiomoto import AwsRequest, AwsResponse, Clock, Engine, Front, ServicePlugin, VirtualClock
from aiomoto.plugin import spec

ROOT = Path(__file__).parent.parent
DOCUMENTS = [
    # pytest.md has runs of its own, see test_docs_pytest.py.
    *(one for one in sorted(ROOT.glob("docs/*.md")) if one.name != "pytest.md"),
    ROOT / "README.md",
    *sorted(ROOT.glob("packages/*/README.md")),
]


def blocks(document: Path, language: str) -> list[tuple[int, str]]:
    """Line number and text of each fenced block of a language."""
    text = document.read_text(encoding="utf-8")
    found = re.finditer(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [(text.count("\n", 0, one.start(1)), one[1]) for one in found]


def examples() -> list[Any]:
    return [
        pytest.param(document, line, text, id=f"{document.relative_to(ROOT)}:{line + 1}")
        for document in DOCUMENTS
        for line, text in blocks(document, "python")
        if not file_name(text)
    ]


def file_name(text: str) -> str | None:
    """``test_x.py`` of a block that opens with ``# test_x.py``: a file, not a program."""
    named = re.match(r"# (\w+\.py)\n", text)
    return named[1] if named else None


def with_files() -> list[Any]:
    return [
        pytest.param(document, id=str(document.relative_to(ROOT)))
        for document in DOCUMENTS
        if any(file_name(text) for _, text in blocks(document, "python"))
    ]


# -- hooks.md ------------------------------------------------------------------------


def hooks() -> dict[str, ast.FunctionDef]:
    """The hooks as the code has them, in its order."""
    tree = ast.parse(inspect.getsource(spec))
    return {
        node.name: node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("aiomoto_")
    }


def signature(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    assert function.returns is not None
    return f"{function.name}({ast.unparse(function.args)}) -> {ast.unparse(function.returns)}"


def test_each_hook_has_a_heading_with_its_arguments() -> None:
    text = (ROOT / "docs" / "hooks.md").read_text(encoding="utf-8")
    headings = re.findall(r"^### (aiomoto_.*)$", text, re.MULTILINE)
    wanted = [
        f"{name}({', '.join(one.arg for one in function.args.args)})"
        for name, function in hooks().items()
    ]
    # pluggy and readers don't mind the order; spec.py has that of a first use.
    assert sorted(headings) == sorted(wanted)


def test_each_hook_has_its_signature_below_its_heading() -> None:
    text = (ROOT / "docs" / "hooks.md").read_text(encoding="utf-8")
    sections = re.findall(
        r"^### (\w+)\([^)\n]*\)\n\n```pyi\n(.*?)^```$", text, re.MULTILINE | re.DOTALL
    )
    documented = dict(sections)
    assert set(documented) == set(hooks())
    for name, function in hooks().items():
        [shown] = ast.parse(documented[name]).body
        assert isinstance(shown, ast.FunctionDef)
        assert signature(shown) == signature(function)


def test_each_hook_says_since_when_as_the_code_does() -> None:
    text = (ROOT / "docs" / "hooks.md").read_text(encoding="utf-8")
    sections = dict(
        re.findall(r"^### (\w+)\([^)\n]*\)$(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL)
    )
    for name, function in hooks().items():
        since = re.findall(r"Since (\d+\.\d+)\.", ast.get_docstring(function) or "")
        assert len(since) == 1, name
        assert re.findall(r"Since (\d+\.\d+)\.", sections[name]) == since, name


def members(cls: type) -> dict[str, str]:
    """The public members of a class as its source declares them: ``time() -> float``."""
    [tree] = ast.parse(inspect.getsource(cls)).body
    assert isinstance(tree, ast.ClassDef)
    found: dict[str, str] = {}
    for node in [*tree.body, *(inner for one in tree.body for inner in ast.walk(one))]:
        if isinstance(node, ast.AnnAssign) and (
            node in tree.body or isinstance(node.target, ast.Attribute)  # of self, in __init__
        ):
            name = ast.unparse(node.target).removeprefix("self.")
            kind = re.sub(r"^ClassVar\[(.*)\]$", r"\1", ast.unparse(node.annotation))
            found.setdefault(name, f"{name}: {kind}")
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node in tree.body:
            if node.name in found:
                continue  # the same node again, or a setter
            node.args.args = node.args.args[1:]
            text = signature(node)
            if "property" in map(ast.unparse, node.decorator_list):
                text = text.replace("() -> ", ": ", 1)
            found[node.name] = "async " * isinstance(node, ast.AsyncFunctionDef) + text
    return {name: text for name, text in found.items() if not re.match("_|aiomoto_", name)}


@pytest.mark.parametrize(
    ("heading", "classes"),
    [
        ("### AwsRequest", [AwsRequest]),
        ("### AwsResponse", [AwsResponse]),
        ("## The engine", [Engine]),
        ("## The clock", [Clock, VirtualClock]),
        ("## One shape", [ServicePlugin]),
        ("## The wire of a client", [Front]),
    ],
)
def test_a_table_has_the_members_of_its_class(heading: str, classes: list[type]) -> None:
    text = (ROOT / "docs" / "hooks.md").read_text(encoding="utf-8")
    section = re.split(r"(?m)^##", text.partition(f"\n{heading}\n")[2])[0]
    shown = [row.replace("\\|", "|") for row in re.findall(r"(?m)^\| `(.+?)` \| ", section)]
    names = [re.sub(r"^async |\W.*", "", row) for row in shown]
    wanted = {name: text for cls in reversed(classes) for name, text in members(cls).items()}
    assert dict(zip(names, shown, strict=True)) == wanted


# -- clients.md ----------------------------------------------------------------------


def test_each_way_of_clients_has_a_test() -> None:
    text = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| .* \| (.*) \|$", text.partition("\nRefused is")[0], re.MULTILINE)
    tests = [name for row in rows for name in re.findall(r"`(test_\w+\.py)`", row)]
    there = {one.name for one in ROOT.glob("packages/*/tests/**/test_*.py")}
    assert len(tests) > 10
    assert [one for one in tests if one not in there] == []


# -- examples ------------------------------------------------------------------------


@pytest.mark.parametrize(("document", "line", "text"), examples())
def test_an_example_runs(
    document: Path, line: int, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a program of its own, in this process: the root's conftest keeps it off the network."""
    monkeypatch.chdir(tmp_path)
    # Tracebacks point at the line of the document.
    code = compile("\n" * line + text, str(document), "exec", dont_inherit=True)
    exec(code, {"__name__": "__main__"})


@pytest.mark.parametrize("document", with_files())
def test_the_files_of_a_document_are_a_test_run(document: Path, tmp_path: Path) -> None:
    # Above the examples, one of which may be a conftest.py: off the network as well.
    shutil.copy(ROOT / "conftest.py", tmp_path)
    folder = tmp_path / "files"
    folder.mkdir()
    for _, text in blocks(document, "python"):
        if name := file_name(text):
            (folder / name).write_text(text, encoding="utf-8")
    # pytest-asyncio warns where a project doesn't choose.
    scope = "asyncio_default_fixture_loop_scope=function"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-W", "error", "-o", scope, "--rootdir", ".", "files"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_document_with_python_is_among_the_examples() -> None:
    marked = re.compile(r"^```(py|python3|Python|\s+python)\s*$", re.MULTILINE)
    assert [one for one in DOCUMENTS if marked.search(one.read_text(encoding="utf-8"))] == []
    assert ROOT / "docs" / "hooks.md" in DOCUMENTS
