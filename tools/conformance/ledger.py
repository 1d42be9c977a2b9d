"""The committed report: what the last runs gave, module by module and line by line.

It is made from the results that the runs keep, and holds no more of them than a reader of
PORTING.md may ask for. Each entry names the state of the sources that it is of.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from conformance import compare, inputs
from conformance.archive import Archive
from conformance.compare import Comparison
from conformance.modules import Module
from conformance.results import Result, Store
from conformance.settings import Line

SCHEMA = 1
_WHY_LENGTH = 300
# Where things happen to lie on the machine that ran the tests.
_PLACE = re.compile(r"(?<!\S)/\S*?/(?:site-packages|python3\.\d+|moto-[\d.]+-\w+)/")
# What both runs of a module must have in common with each other and with this environment.
_SAME_GROUND = ("python", "installed", "archive")


def read(path: Path) -> dict[str, Any]:
    """The report of this path; one without any run where there is none."""
    if not path.exists():
        return {"schema": SCHEMA, "moto": {}, "modules": {}, "lines": {}}
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if document.get("schema") != SCHEMA:
        raise ValueError(f"{path} has schema {document.get('schema')}, not {SCHEMA}")
    return document


def write(path: Path, document: dict[str, Any]) -> None:
    """Write the report, in an order that makes for small differences."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def record(
    document: dict[str, Any], source: Archive, line: Line, found: list[Module], store: Store
) -> list[str]:
    """Put the stored results of a line into the report; gives the names of their modules.

    What is of another version of moto goes out of the report. A result of sources that have
    been changed since is taken too: its entry says of which sources it is.
    """
    moto = {"version": source.version, "sdist_sha256": source.sha256}
    if document["moto"] != moto:
        document["moto"] = moto
        document["lines"] = {}
    document["modules"] = {
        module.name: {"py_files": module.py_files, "data_files": module.data_files}
        for module in found
    }
    entry = document["lines"].setdefault(line.name, {"modules": {}})
    ours = inputs.our_distributions()
    # Of ours, each result names the state itself.
    entry["versions"] = {
        name: number for name, number in inputs.versions().items() if name not in ours
    }
    ground = inputs.base_key(source.sha256)
    recorded = []
    for module in found:
        base = store.load(module.name, inputs.BASE_MODE)
        other = store.load(module.name, line.name)
        if base is not None and other is not None and _comparable(base, other, ground):
            entry["modules"][module.name] = _entry(compare.compare(module, base, other))
            recorded.append(module.name)
    return recorded


def _comparable(base: Result, other: Result, ground: dict[str, str]) -> bool:
    return all(base.key.get(name) == other.key.get(name) == ground[name] for name in _SAME_GROUND)


def _entry(comparison: Comparison) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "tests": len(comparison.base.tests),
        "boto3": comparison.base.outcomes,
        "async": comparison.held,
        "async_calls": comparison.async_calls(),
        "seconds": [_seconds(comparison.base), _seconds(comparison.other)],
        "sources": _sources(comparison.other),
    }
    more = {
        "clock": not (comparison.base.cpu and comparison.other.cpu),
        "lost": {lost["test"]: _short(lost["why"]) for lost in comparison.lost},
        "gained": comparison.gained,
        "failing_with_boto3": {
            name: _short(why) for name, why in comparison.failing_in_base().items()
        },
        "skipped": comparison.skipped(),
        "sync_calls": comparison.sync_calls(),
        "broke": comparison.broke,
    }
    return {**entry, **{name: value for name, value in more.items() if value}}


def _sources(result: Result) -> str:
    """A name for the state of our packages and of the bridge that a result is of."""
    ours = {k: v for k, v in result.key.items() if k == "bridge" or k.startswith(inputs.OURS)}
    return hashlib.sha256(json.dumps(ours, sort_keys=True).encode()).hexdigest()[:10]


def _seconds(result: Result) -> float:
    """Of a core; of the clock for a result of a tool that did not count the core's."""
    return result.cpu or result.seconds


def _short(why: str) -> str:
    return _PLACE.sub("", why.partition("\n")[0])[:_WHY_LENGTH]
