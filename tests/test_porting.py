"""PORTING.md says what the committed report says, and the report is of the moto in use."""

from __future__ import annotations

import copy
import json
import shutil
import sys
from datetime import date, timedelta
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tools"))

from click.testing import CliRunner  # noqa: E402

from conformance import cli, ledger, porting, sample  # noqa: E402
from conformance.archive import Archive  # noqa: E402
from conformance.inputs import base_key  # noqa: E402
from conformance.modules import Module  # noqa: E402
from conformance.results import Result, Store  # noqa: E402
from conformance.settings import Line  # noqa: E402

ENTRY: dict[str, Any] = {
    "tests": 3,
    "boto3": {"passed": 2, "skipped": 1},
    "async": 2,
    "async_calls": 7,
    "seconds": [1.0, 2.0],
    "sources": "0123456789",
}
TEST = "tests/test_sqs/test_sqs.py::test_x[a]"


def version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdigit())


def test_porting_is_made_from_the_report() -> None:
    assert porting.Page(ROOT).problems() == []


def test_the_report_is_of_the_moto_in_use() -> None:
    reported = porting.Page(ROOT).document["moto"]["version"]
    installed = metadata.version("moto")
    if version(installed) < version(reported):
        pytest.skip(f"moto {installed} is older than that of the report")
    assert reported == installed, "run `hatch run conformance`, then its `record` and `porting`"


def test_every_row_of_the_plan_is_there_with_its_duplicate() -> None:
    rows = [row.name for row in porting.Page(ROOT).rows()]
    plan = (ROOT / "conformance" / "plan.txt").read_text(encoding="utf-8").split()
    assert rows[: len(plan)] == plan
    assert [name for name in set(rows) if rows.count(name) > 1] == ["test_timestreamwrite"]


@pytest.fixture
def page(tmp_path: Path) -> porting.Page:
    """A repository with a small report, whose files are made."""
    folder = tmp_path / "conformance"
    folder.mkdir()
    (folder / "plan.txt").write_text("test_sqs\ntest_gone\ntest_sqs\n")
    (folder / "notes.toml").write_text("")
    counted = {"py_files": 2, "data_files": 0}
    document = {
        "schema": ledger.SCHEMA,
        "moto": {"version": "9.9", "sdist_sha256": "0" * 64},
        "modules": {"test_sqs": counted, "test_new": counted},
        "lines": {porting.MAIN: {"modules": {"test_sqs": ENTRY}, "versions": {}}},
    }
    ledger.write(folder / "report.json", document)
    return porting.Page(tmp_path)


def status(page: porting.Page, **changes: Any) -> str:
    entry = {**copy.deepcopy(ENTRY), **changes}
    page.document["lines"][porting.MAIN]["modules"]["test_sqs"] = entry
    return page.rows()[0].status


def test_status_follows_from_the_figures(page: porting.Page) -> None:
    assert status(page) == "ported"
    assert status(page, boto3={"skipped": 3}, **{"async": 0}) == "skipped"
    assert status(page, broke="pytest died") == "issue-found"
    lost = {"async": 1, "lost": {TEST: "why"}}
    assert status(page, **lost) == "issue-found"
    notes = page.folder / "notes.toml"
    notes.write_text('[[differences]]\ntests = ["*::test_x[[]a]"]\ncause = "c"\n')
    page = porting.Page(page.root)
    assert status(page, **lost) == "issue-found"
    notes.write_text('[[differences]]\ntests = ["*::test_x[a]"]\ncause = "c"\n')
    page = porting.Page(page.root)
    assert status(page, **lost) == "partial"
    notes.write_text('[[differences]]\ntests = ["*::test_x*"]\ncause = "c"\nours = true\n')
    page = porting.Page(page.root)
    assert status(page, **lost) == "issue-found"


def test_rows_are_the_plan_and_what_moto_has_beside_it(page: porting.Page) -> None:
    assert [(row.name, row.status) for row in page.rows()] == [
        ("test_sqs", "ported"),
        ("test_gone", "skipped"),
        ("test_sqs", "ported"),
        ("test_new", "pending"),
    ]


def test_a_hand_ported_module_is_found_by_its_name(page: porting.Page) -> None:
    folder = page.root / "packages" / "aiomoto-sqs" / "tests" / "deep"
    folder.mkdir(parents=True)
    (folder / "test_sqs_async.py").touch()
    (folder / "test_sqsx_async.py").touch()
    path = "packages/aiomoto-sqs/tests/deep/test_sqs_async.py"
    assert page.rows()[0].hand_ported == (path,)


def test_a_file_edited_by_hand_is_found_out(page: porting.Page) -> None:
    assert page.problems() == [
        "PORTING.md is not what the report gives",
        "conformance/chart.svg is not what the report gives",
    ]
    for path, text in page.files().items():
        path.write_text(text)
    assert page.problems() == []
    target = page.root / "PORTING.md"
    target.write_text(target.read_text().replace("| 2 | 2 |", "| 2 | 1 |"))
    assert page.problems() == ["PORTING.md is not what the report gives"]


def test_an_explanation_of_nothing_is_found_out(page: porting.Page) -> None:
    for path, text in page.files().items():
        path.write_text(text)
    (page.folder / "notes.toml").write_text(
        '[modules]\ntest_what = "x"\n[[differences]]\ntests = ["*::test_x"]\ncause = "c"\n'
    )
    assert porting.Page(page.root).problems() == [
        "notes.toml explains ('*::test_x',), of which none is lost",
        "notes.toml has a note on test_what, which is no module",
    ]


def test_the_check_ends_with_1_for_another_moto(
    page: porting.Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "_ROOT", page.root)
    outcome = CliRunner().invoke(cli.main, ["porting"])
    assert outcome.exit_code == 1
    installed = metadata.version("moto")
    assert outcome.output == f"the report is of moto 9.9, installed is {installed}\n"
    shutil.copy(page.root / "PORTING.md", page.root / "copy")
    (page.root / "PORTING.md").write_text("by hand")
    outcome = CliRunner().invoke(cli.main, ["porting", "--check"])
    assert outcome.output.startswith("PORTING.md is not what the report gives\n")
    assert (page.root / "PORTING.md").read_text() == "by hand"


def test_record_takes_what_can_be_compared(tmp_path: Path) -> None:
    source = Archive("9.9", tmp_path / "moto-9.9.tar.gz", "0" * 64)
    store = Store(tmp_path)
    key = base_key(source.sha256)
    tests = {TEST: {"outcome": "passed", "seconds": 0.1}}
    failed = {TEST: {"outcome": "failed", "seconds": 0.1, "why": "x.py:1: Bad\nmore"}}
    passed = {"passed": 1}
    for name, ground in (("test_one", key), ("test_two", {**key, "installed": "other"})):
        store.save(Result(name, "boto3", key, 1.0, tests, exit_code=0, outcomes=passed))
        counts = {"async": {"sqs:SendMessage": 2}, "sync": {}, "notes": {}}
        other = {**ground, "bridge": "b", "aiomoto-core": "c"}
        store.save(Result(name, Line().name, other, 2.0, failed, counts, 1, outcomes={}))
    document = ledger.read(tmp_path / "none.json")
    found = [Module(name, 1, 0, 1) for name in ("test_one", "test_two", "test_three")]
    assert ledger.record(document, source, Line(), found, store) == ["test_one"]
    entry = document["lines"][Line().name]["modules"]["test_one"]
    assert entry == {
        "tests": 1,
        "boto3": {"passed": 1},
        "async": 0,
        "async_calls": 2,
        "seconds": [1.0, 2.0],
        "clock": True,
        "sources": entry["sources"],
        "lost": {TEST: "x.py:1: Bad"},
    }
    assert json.loads(json.dumps(document)) == document


def test_samples_go_round_all_modules() -> None:
    found = [Module(f"test_{name}", 1, 0, 120) for name in "abcdefg"]
    # Two modules fill two minutes; of test_c it is known that it takes longer than that.
    known = {"test_c": {"seconds": [60.0, 240.0]}}
    weeks = [date(2025, 12, 22) + timedelta(weeks=week) for week in range(5)]
    samples = [
        [module.name[-1] for module in sample.choose(found, known, 2, week)] for week in weeks
    ]
    assert {"".join(names) for names in samples} == {"ab", "c", "de", "fg"}
    assert samples[0] == samples[4]
    assert sample.choose(found, known, 2, weeks[0] + timedelta(days=6)) == sample.choose(
        found, known, 2, weeks[0]
    )
    assert sample.choose([], known, 2, weeks[0]) == []
