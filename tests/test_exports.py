"""What may be imported from core: listed in docs/hooks.md, by each module, and by nothing else."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import aiomoto

ROOT = Path(__file__).parent.parent
CORE = ROOT / "packages" / "aiomoto-core" / "src" / "aiomoto"
#: Documented in docs/pytest.md.
OF_PYTEST = re.compile(r"aiomoto\.(pytest_plugin|testing(\.\w+)?)")


def documented() -> dict[str, list[str]]:
    """Module to names, of the table in docs/hooks.md."""
    text = (ROOT / "docs" / "hooks.md").read_text(encoding="utf-8")
    _, _, section = text.partition("\n## What may be imported\n")
    row = re.compile(r"^\| `(aiomoto[\w.]*)` \| (`[^|]*`) \|", re.MULTILINE)
    rows = row.findall(section.partition("\n## ")[0])
    return {module: re.findall(r"`(\w+)`", names) for module, names in rows}


PUBLIC = documented()


@pytest.mark.parametrize("module", PUBLIC)
def test_a_public_module_lists_what_is_documented(module: str) -> None:
    found = importlib.import_module(module)
    listed = [name for name in found.__all__ if not name.startswith("__")]
    assert sorted(PUBLIC[module]) == sorted(listed)
    assert [name for name in listed if not hasattr(found, name)] == []


def test_every_module_that_lists_names_is_documented() -> None:
    listing = {
        "aiomoto." + ".".join(path.relative_to(CORE).with_suffix("").parts)
        for path in CORE.rglob("*.py")
        # A package lists what its modules have for the rest of core.
        if path.name != "__init__.py" and "\n__all__ = " in path.read_text(encoding="utf-8")
    }
    assert listing == PUBLIC.keys() - {"aiomoto"}
    assert len(listing) > 10


def test_type_checkers_see_the_names_that_python_does() -> None:
    """The names of the package itself are imported when they are first used."""
    tree = ast.parse(Path(aiomoto.__file__).read_text(encoding="utf-8"))
    [block] = [
        node.body
        for node in tree.body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    of_types = {
        one.name: importlib.import_module(f"aiomoto.{node.module}")
        for node in block
        if isinstance(node, ast.ImportFrom)
        for one in node.names
    }
    assert of_types.keys() | {"__version__"} == set(aiomoto.__all__)
    for name, module in of_types.items():
        assert getattr(aiomoto, name) is getattr(module, name)
    assert set(aiomoto.__all__) <= set(dir(aiomoto))


# -- who imports what --------------------------------------------------------------------


def sources() -> list[Path]:
    """Of the packages beside core, the template for one, and the examples."""
    packages = [one for one in (ROOT / "packages").glob("*/src/**/*.py") if CORE not in one.parents]
    templates = [*(ROOT / "templates").rglob("src/**/*.py.jinja")]
    return [*packages, *templates, *(ROOT / "examples").rglob("*.py")]


def imports(source: Path) -> Iterator[tuple[str, str]]:
    """Module and name of what a file imports of core."""
    text = re.sub(r"\{\{ *(\w+) *\}\}", r"\1", source.read_text(encoding="utf-8"))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            for one in node.names:
                if one.name.partition(".")[0] == "aiomoto":
                    yield one.name, ""
        elif isinstance(node, ast.ImportFrom) and not node.level:
            module = node.module or ""
            if module.partition(".")[0] == "aiomoto":
                for one in node.names:
                    yield module, one.name


@pytest.mark.parametrize(
    "source", [pytest.param(one, id=str(one.relative_to(ROOT))) for one in sources()]
)
def test_packages_import_public_names_of_core_only(source: Path) -> None:
    private = [
        f"{module}: {name}"
        for module, name in imports(source)
        if name not in PUBLIC.get(module, ())
        if f"{module}.{name}" not in PUBLIC  # the module itself
        if not OF_PYTEST.fullmatch(module)
    ]
    assert private == []


def test_the_sources_are_those_of_packages() -> None:
    found = [(str(source), one) for source in sources() for one in imports(source)]
    assert {one.split("/")[-2] for one, _ in found} >= {"aiomoto_s3", "aiomoto_sqs", "{{module}}"}
    assert {name for _, (_, name) in found} >= {"Engine", "Patch", "require", "guarded"}
