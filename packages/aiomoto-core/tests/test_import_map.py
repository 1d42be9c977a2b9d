"""Which module of core imports which: there is no circle, types included."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import aiomoto
from aiomoto import patching
from aiomoto.engine import engine

ROOT = Path(aiomoto.__file__).parent


def modules() -> dict[str, Path]:
    """The modules of core, by name; a package by its own."""
    found = {}
    for path in ROOT.rglob("*.py"):
        parts = path.relative_to(ROOT.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imported(path: Path, name: str, known: dict[str, Path]) -> set[str]:
    """The modules of core that a file imports anywhere, also for types alone."""
    found = set()
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*(above if node.level else ()), *filter(None, [node.module])])
            # What is imported of a module may be a module of that package.
            names = {f"{base}.{one.name}" for one in node.names}
            found |= names & known.keys() or {base}
    return found & known.keys() - {name}


def import_map() -> dict[str, set[str]]:
    known = modules()
    found = {name: imported(path, name, known) for name, path in known.items()}
    # What makes patches is imported by its name in a table.
    with pytest.MonkeyPatch.context() as patch:
        make = found["aiomoto.patching"].add
        patch.setattr(
            patching, "_maker", lambda name, *_: make(f"aiomoto.{name}".rpartition(".")[0])
        )
        patching.needed(engine.front, engine)
        patching.fast_paths()
    return found


def test_the_imports_of_core_have_no_circle() -> None:
    try:
        TopologicalSorter(import_map()).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])), pytrace=False)


def test_the_map_has_every_kind_of_import() -> None:
    found = import_map()
    assert "aiomoto.plugin.manager" in found["aiomoto.engine"]  # at its top
    assert "aiomoto.interfaces" in found["aiomoto.wire.aiohttp"]  # for types
    assert "aiomoto.engine" in found["aiomoto.mock"]  # in a function
    assert "aiomoto.wire.httpx" in found["aiomoto.patching"]  # by a table
    assert "aiomoto.compat" in found["aiomoto.engine"]  # from . import compat
    assert all(value <= found.keys() for value in found.values())


def test_wires_and_plugins_know_the_engine_by_its_interfaces_alone() -> None:
    found = import_map()
    engine = {"aiomoto.engine", "aiomoto.front", "aiomoto.dispatch"}
    rooms = [name for name in found if name.startswith(("aiomoto.wire.", "aiomoto.plugin."))]
    assert len(rooms) > 15
    assert {name: found[name] & engine for name in rooms if found[name] & engine} == {}
