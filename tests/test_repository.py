"""What is said in several places of the repository agrees."""

from __future__ import annotations

import ast
import importlib
import os
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
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


def test_the_pythons_are_the_same_everywhere() -> None:
    [matrix] = toml("hatch.toml")["envs"]["matrix"]["matrix"]
    versions = matrix["python"]
    classifier = "Programming Language :: Python :: "
    template = (ROOT / "templates/service/pyproject.toml.jinja").read_text(encoding="utf-8")
    declared = {
        path.name: toml(f"packages/{path.name}/pyproject.toml")["project"]["classifiers"]
        for path in PACKAGES
    }
    declared["template"] = re.findall(rf'"({classifier}.+)"', template)
    for name, classifiers in declared.items():
        found = [one.removeprefix(classifier) for one in classifiers if one.startswith(classifier)]
        assert found == ["3", *versions], name
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert f"for version in {' '.join(versions)}; do" in script
    [row] = re.findall(r"\| Python \| (.+) \| (.+) \|", (ROOT / "README.md").read_text("utf-8"))
    assert row == (versions[0], versions[-1])


@pytest.fixture
def pythons() -> ModuleType:
    """The tool that hatch loads by its path."""
    path = ROOT / "tools" / "pythons_on_path.py"
    assert toml("hatch.toml")["env"]["collectors"]["custom"]["path"] == "tools/pythons_on_path.py"
    spec = spec_from_file_location("pythons_on_path", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_python_that_is_not_here_is_skipped_in_the_matrix(
    pythons: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for version, code in (("3.7", 0), ("3.8", 1)):  # a shim that points nowhere ends with 1
        shim = tmp_path / f"python{version}"
        shim.write_text(f"#!/bin/sh\nexit {code}\n")
        shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    this = "{}.{}".format(*sys.version_info)

    def left(*arguments: str) -> list[str]:
        axes: dict[str, Any] = {"python": ["3.7", "3.8", this, "3.99"], "client": ["new"]}
        pythons.skip_missing({"matrix": {"matrix": [axes]}}, ["hatch", *arguments])
        return axes["python"]  # type: ignore[no-any-return]

    assert left("run", "+client=new", "matrix:test") == left("env", "create", "matrix")
    assert left("run", "matrix:test") == ["3.7", this]
    said = "Python {} is not on PATH: skipped in the matrix\n"
    assert capsys.readouterr().err == said.format("3.8") + said.format("3.99")
    assert left("test") == ["3.7", "3.8", this, "3.99"]


def test_hatch_asks_the_tool(pythons: ModuleType) -> None:
    interface = pytest.importorskip("hatch.env.collectors.plugin.interface", reason="no hatch here")
    assert issubclass(pythons.get_environment_collector(), interface.EnvironmentCollectorInterface)


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


@pytest.mark.parametrize("package", SERVICE_PACKAGES)
def test_core_knows_whose_service_it_is(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """For messages that name a package which is not installed."""
    table = runpy.run_path(str(ROOT / "packages/aiomoto-core/src/aiomoto/packages.py"))
    monkeypatch.syspath_prepend(str(ROOT / "packages" / package / "src"))
    points = toml(f"packages/{package}/pyproject.toml")["project"]["entry-points"]["aiomoto"]
    owned = set()
    for value in points.values():
        module, _, name = value.partition(":")
        plugin = importlib.import_module(module)
        owned |= set((getattr(plugin, name) if name else plugin).aiomoto_services())
    assert owned
    assert owned == {service for service, owner in table["OWNERS"].items() if owner == package}
    assert set(table["BEYOND_MOTO"]) <= set(table["OWNERS"])


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


#: A name, or a path of names, of which one is private; ours are told by how they begin.
PRIVATE = re.compile(r"(?:\w+\.)*_(?!_|aiomoto)\w+(?:\.\w+)*\.?")


def private_names(source: str) -> set[str]:
    """The strings of a module that are private names of somebody else's."""
    tree = ast.parse(source)
    pieces = {
        id(one) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for one in node.values
    }
    strings = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in pieces
    ]
    # What a module defines, or keeps under that name, is its own.
    own = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    own |= {
        node.slice.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript)
        if isinstance(node.ctx, ast.Store) and isinstance(node.slice, ast.Constant)
    }
    return {one for one in strings if PRIVATE.fullmatch(one)} - own


def test_private_names_are_in_compat_alone() -> None:
    """ruff sees those that are attributes; these are what ``getattr`` and patches are given."""
    found = {
        str(path.relative_to(ROOT)): names
        for path in ROOT.glob("packages/*/src/**/*.py")
        if path.name != "compat.py" and path.parent.name != "compat"
        if (names := private_names(path.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_which_strings_are_private_names() -> None:
    assert private_names('getattr(auth, "_sign")') == {"_sign"}
    assert private_names('MODULE = "library._internal.module"') == {"library._internal.module"}
    assert private_names('module.startswith("_pytest.")') == {"_pytest."}
    assert (
        private_names('f"{name}_client"; "__init__"; "_aiomoto_kept"; "a_name"; "in _words_"')
        == set()
    )
    assert private_names('def _own(): ...\n"_own" in vars(self)') == set()
    assert private_names('vars(self)["_kept"] = 1; vars(self).pop("_kept")') == set()
