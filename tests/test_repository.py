"""What is said in several places of the repository agrees."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
PACKAGES = sorted(path.parent for path in ROOT.glob("packages/*/pyproject.toml"))
SERVICE_PACKAGES = sorted(path.name for path in PACKAGES if path.name != "aiomoto-core")


def toml(path: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / path).read_text(encoding="utf-8"))


def test_hatch_knows_every_package() -> None:
    envs = toml("hatch.toml")["envs"]
    folders = [f"packages/{path.name}" for path in PACKAGES]
    assert sorted(envs["default"]["workspace"]["members"]) == folders
    [alone] = envs["alone"]["matrix"]
    assert [f"aiomoto-{name}" for name in alone["package"]] == SERVICE_PACKAGES
    # These find every package by themselves.
    assert envs["lint"]["scripts"]["types"].split()[1:] == ["packages/*/src"]
    assert "packages/*/tests/test_plugin.py" in envs["matrix"]["scripts"]["smoke"]


def test_hatch_knows_every_example() -> None:
    [matrix] = toml("hatch.toml")["envs"]["examples"]["matrix"]
    assert sorted(matrix["example"]) == sorted(
        path.parent.name for path in ROOT.glob("examples/*/pyproject.toml")
    )


def test_the_readme_has_a_row_for_every_package() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| \[(aiomoto-\w+)\]\(packages/(aiomoto-\w+)\) \| `(\w+)` \|", text)
    modules = {"aiomoto-core": "aiomoto"}
    names = [path.name for path in PACKAGES]
    assert sorted(rows) == [
        (name, name, modules.get(name, name.replace("-", "_"))) for name in names
    ]


def test_core_has_an_extra_for_every_package() -> None:
    extras = toml("packages/aiomoto-core/pyproject.toml")["project"]["optional-dependencies"]
    wanted = {name.removeprefix("aiomoto-"): [f"{name}>=0.1,<1"] for name in SERVICE_PACKAGES}
    assert {name: extras.get(name) for name in wanted} == wanted
    assert sorted(extras["all"]) == sorted(needs for [needs] in wanted.values())


@pytest.mark.parametrize("package", SERVICE_PACKAGES)
def test_a_service_package_is_complete(package: str) -> None:
    folder = ROOT / "packages" / package
    module = package.replace("-", "_")
    needed = [
        "CHANGELOG.md",
        "LICENSE",
        "README.md",
        f"src/{module}/__about__.py",
        f"src/{module}/__init__.py",
        f"src/{module}/py.typed",
        "tests/test_plugin.py",
    ]
    assert [name for name in needed if not (folder / name).exists()] == []
    project = toml(f"packages/{package}/pyproject.toml")["project"]
    points = project["entry-points"]["aiomoto"]
    if package != "aiomoto-contrib":  # which has one for each of its services
        assert list(points) == [package.removeprefix("aiomoto-")]
    for value in points.values():
        path = folder / "src" / value.partition(":")[0].replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__init__.py").exists(), value
    assert "aiomoto-core>=0.1,<1" in project["dependencies"]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_no_package_imports_another_but_core(package: Path) -> None:
    own = {"aiomoto", package.name.replace("-", "_")}
    found = [
        f"{path.name}: {name}"
        for path in package.glob("src/**/*.py")
        for name in imported(ast.parse(path.read_text(encoding="utf-8")))
        if name.startswith("aiomoto") and name.partition(".")[0] not in own
    ]
    assert found == []


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield str(node.module)


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_the_license_is_the_same_everywhere(package: Path) -> None:
    assert (package / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_the_demo_runs() -> None:
    # Without the developer's AWS settings, which a reader of the README may not have.
    environ = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    done = subprocess.run(
        [sys.executable, "-W", "error", str(ROOT / "examples" / "demo.py")],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "network:  0 connections" in done.stdout
