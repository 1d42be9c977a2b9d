"""``hatch run new-service``: a package is whole as it is made, and a service can move into it."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

pytest.importorskip("tomlkit", reason="tools/new_service.py wants tomlkit")
pytest.importorskip("jinja2", reason="tools/new_service.py wants jinja2")

ROOT = Path(__file__).parent.parent
SERVICE = "acm"  # without a quirk, so nobody owns it


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("new_service", ROOT / "tools" / "new_service.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def checkout(target: Path) -> Path:
    """A copy of what the tool and the packages' tests look at."""
    for name in ("docs", "packages", "templates", "tests", "tools"):
        ignored = shutil.ignore_patterns("__pycache__", ".*_cache", "dist", ".hypothesis")
        shutil.copytree(ROOT / name, target / name, ignore=ignored)
    for path in (path for path in ROOT.iterdir() if path.is_file()):
        shutil.copyfile(path, target / path.name)
    return target


def installed(root: Path, package: str) -> list[str]:
    """What an editable install of the package would put on the path.

    Its entry points are found by the metadata alone, which stand in a folder of their own.
    """
    folder = root / "packages" / package
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    info = root / "installed" / package / f"{package.replace('-', '_')}-0.1.0.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 0.1.0\n")
    points = project["entry-points"]["aiomoto"]
    lines = [f"{name} = {value}" for name, value in points.items()]
    (info / "entry_points.txt").write_text("\n".join(["[aiomoto]", *lines, ""]))
    return [str(info.parent), str(folder / "src")]


def run(root: Path, *command: str, path: tuple[str, ...] = ()) -> None:
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(path), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=root,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def run_tests(root: Path, *arguments: str, path: list[str]) -> None:
    run(root, "pytest", "-q", "-p", "no:cacheprovider", *arguments, path=tuple(path))


@pytest.fixture(scope="module")
def made(tool: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with a new package in it."""
    root = checkout(tmp_path_factory.mktemp("made"))
    assert tool.make(SERVICE, root) == root / "packages" / f"aiomoto-{SERVICE}"
    return root


def test_its_tests_pass_as_made(made: Path) -> None:
    package = f"aiomoto-{SERVICE}"
    run_tests(made, f"packages/{package}/tests", path=installed(made, package))


def test_its_style_and_types_are_right_as_made(made: Path) -> None:
    folder = f"packages/aiomoto-{SERVICE}"
    run(made, "mypy", "--cache-dir", os.devnull, f"{folder}/src")
    if importlib.util.find_spec("ruff") is None:
        pytest.skip("ruff isn't installed")
    run(made, "ruff", "check", "--no-cache", folder)
    run(made, "ruff", "format", "--no-cache", "--check", folder)


def test_the_repository_names_it(made: Path) -> None:
    chosen = f"hatch_knows_every_package or has_an_extra or {SERVICE}"
    run_tests(made, "tests/test_repository.py", "-k", chosen, path=[])
    # And whatever else those files say is as it was, comments too.
    core = "packages/aiomoto-core"
    table = f"{core}/src/aiomoto/packages.py"
    for name in ("hatch.toml", "pyproject.toml", f"{core}/pyproject.toml", table):
        before = (ROOT / name).read_text(encoding="utf-8").splitlines()
        after = (made / name).read_text(encoding="utf-8").splitlines()
        changed = [line for line in before if line not in after]
        assert [line for line in changed if not line.startswith("matrix = [{ package")] == []
        # In the same order: a comment stays with what it is about.
        assert [line for line in after if line in before] == [
            line for line in before if line in after
        ]
        assert all(SERVICE in line for line in after if line not in before)


@pytest.mark.parametrize("name", ["acm", "glue", "transcribe"])
def test_hatch_has_it_among_all_packages_and_not_among_the_examples(
    tool: ModuleType, name: str
) -> None:
    text = (ROOT / "hatch.toml").read_text(encoding="utf-8")
    package = f"aiomoto-{name}"
    before = tomllib.loads(text)["envs"]
    after = tomllib.loads(tool._in_members(text, package))["envs"]
    members = after["default"]["workspace"].pop("members")
    assert members[1:] == sorted(
        [*before["default"]["workspace"].pop("members")[1:], f"packages/{package}"]
    )
    assert after == before


def test_the_command_has_all_that_a_service_of_moto_needs() -> None:
    """The service's part of moto is imported; Glue's needs pyparsing, for one."""
    envs = tomllib.loads((ROOT / "hatch.toml").read_text(encoding="utf-8"))["envs"]
    for command in ("new-service", "drop-service"):
        assert envs["default"]["scripts"][command] == f"hatch run lint:{command} {{args}}"
        assert command in envs["lint"]["scripts"]
    assert any(one.startswith("moto[all") for one in envs["lint"]["dependencies"])


def test_another_name(tool: ModuleType, tmp_path: Path) -> None:
    root = checkout(tmp_path)
    folder = tool.make("codebuild", root, "builds")
    assert folder == root / "packages" / "aiomoto-builds"
    path = installed(root, folder.name)
    run_tests(root, f"packages/{folder.name}/tests", path=path)
    with pytest.raises(tool.NotPossible, match="small letters and digits, got 'a/b'"):
        tool.make("codebuild", root, "a/b")


def test_it_says_where_tests_are_already(
    tool: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tool, "make", lambda service, name: Path(f"packages/aiomoto-{service}"))
    assert tool.main(["new-service", "kms"]) == 0
    said = capsys.readouterr().out
    assert (
        "git mv -f packages/aiomoto-contrib/tests/test_kms_async.py packages/aiomoto-kms/" in said
    )
    assert "env prune" not in said
    assert "hatch env remove hatch-test" in said


def test_a_package_is_dropped_again(tool: ModuleType, tmp_path: Path) -> None:
    root = checkout(tmp_path)
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    tool.make(SERVICE, root)
    # As `hatch run conformance porting` would have it.
    row = f"[test_{SERVICE}_async.py](packages/aiomoto-{SERVICE}/tests/test_{SERVICE}_async.py)"
    ported = root / "PORTING.md"
    text = before[ported].decode()
    cells = re.search(rf"(?m)^\| test_{SERVICE} (\|[^|]*){{5}}\|", text)
    assert cells is not None
    ported.write_text(f"{text[: cells.end()]} {row}{text[cells.end() :].removeprefix(' ')}")
    tool.drop(SERVICE, root)
    after = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    assert after.keys() == before.keys()
    assert [path.name for path in before if after[path] != before[path]] == []
    with pytest.raises(tool.NotPossible, match=f"no package for '{SERVICE}'. Packages are: b"):
        tool.drop(SERVICE, root)


def test_its_readme_runs(made: Path) -> None:
    package = f"aiomoto-{SERVICE}"
    chosen = f"tests/test_docs.py::test_an_example_runs[packages/{package}/README.md"
    readme = made / "packages" / package / "README.md"
    lines = readme.read_text(encoding="utf-8").splitlines()
    line = lines.index("```python") + 2
    run_tests(made, f"{chosen}:{line}]", path=installed(made, package))


@pytest.mark.parametrize(
    ("service", "message"),
    [
        ("iot-data", r"moto \S+ has no service 'iot-data'\. Near to it: iotdata"),
        ("SNS", r"no service 'SNS'\. Near to it: sns"),
        ("no/where", r"no service 'no/where'\. Names are those of moto\.backend_index"),
        ("instance_metadata", "a part of moto that no AWS client asks for by that name"),
        ("sqs", r"packages/aiomoto-sqs is there already"),
        ("polly", r"'polly' is owned by aiomoto-contrib.*'Move a service out'"),
    ],
)
def test_what_can_not_be_made_is_refused(
    tool: ModuleType,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    service: str,
    message: str,
) -> None:
    root = checkout(tmp_path)
    before = sorted(root.rglob("*"))
    with pytest.raises(tool.NotPossible, match=message) as caught:
        tool.make(service, root)
    assert sorted(root.rglob("*")) == before

    def refuse(asked: str, name: str) -> Any:
        assert asked == service
        raise caught.value

    monkeypatch.setattr(tool, "make", refuse)
    assert tool.main(["new-service", service]) == 1
    assert capsys.readouterr().err == f"{caught.value}\n"


def test_a_service_moves_out_of_contrib(tool: ModuleType, tmp_path: Path) -> None:
    """The steps of CONTRIBUTING.md, 'Move a service out', with Polly."""
    root = checkout(tmp_path)
    contrib, module = root / "packages" / "aiomoto-contrib", "src/aiomoto_contrib/polly.py"
    # 1. Its line goes from contrib's entry points.
    project = contrib / "pyproject.toml"
    lines = project.read_text(encoding="utf-8").splitlines(keepends=True)
    project.write_text("".join(line for line in lines if not line.startswith("polly = ")))
    # 2. The package is made.
    folder = tool.make("polly", root)
    # 3. Module and tests take the places of the template's.
    (contrib / module).rename(folder / "src" / "aiomoto_polly" / "plugin.py")
    (folder / "src" / "aiomoto_polly" / "compat.py").unlink()
    (contrib / "tests" / "test_polly_async.py").rename(folder / "tests" / "test_polly_async.py")
    shutil.copyfile(contrib / "tests" / "conftest.py", folder / "tests" / "conftest.py")
    test = folder / "tests" / "test_plugin.py"
    test.write_text(test.read_text().partition("\n\n\ndef test_what_it_keeps")[0] + "\n")

    path = installed(root, "aiomoto-polly") + installed(root, "aiomoto-contrib")
    run_tests(
        root,
        "packages/aiomoto-polly/tests",
        "packages/aiomoto-contrib/tests/test_plugin.py",
        path=path,
    )
    run(root, "mypy", "--cache-dir", os.devnull, "packages/aiomoto-polly/src")
