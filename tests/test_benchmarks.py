"""The benchmarks' tool: how it measures, what it makes of figures, and the page."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from click.testing import CliRunner  # noqa: E402

from benchmarks import cli, environments, machine, process, results, verdicts  # noqa: E402
from benchmarks.cases import CASES  # noqa: E402
from benchmarks.page import Page  # noqa: E402
from benchmarks.results import Run, Unfinished  # noqa: E402
from benchmarks.subjects import SUBJECTS  # noqa: E402
from benchmarks.targets import Below, Faster, Linear  # noqa: E402

if TYPE_CHECKING:
    from benchmarks.targets import Figures

    Bench = Callable[..., Any]

HERE = environments.Made(Path(sys.executable), {"moto": "5", "boto3": "1"})
ABOUT = {"cpu_model_name": "a processor", "cores": "2"}


def figures(measure: str = "start + stop", **seconds: float | None) -> Figures:
    """A round in which each subject took so long."""
    return {
        name: {measure: None if one is None else {"wall": one, "cpu": one / 2}}
        for name, one in seconds.items()
    }


def run_of(*rounds: Figures, date: str = "2026-01-01 00:00") -> Run:
    return Run(date, list(rounds), ABOUT, {"aiomoto": {"moto": "5"}}, "0123", [0.5, 1.5])


# -- what is committed -------------------------------------------------------------------


def test_the_page_is_made_from_the_results() -> None:
    assert Page(ROOT).problems() == []


def test_every_case_was_measured_for_each_of_the_four() -> None:
    cases = results.read(ROOT / "benchmarks" / "results.json")
    wanted = {name for name, subject in SUBJECTS.items() if subject.by_default}
    found = {name: set(one) for name, runs in cases.items() for one in results.rounds(runs)}
    assert found == dict.fromkeys(CASES, wanted)


# -- targets -----------------------------------------------------------------------------


def test_faster_is_the_others_time_over_ours() -> None:
    target = Faster("start + stop", "boto3", 5)
    value = target.value(figures(aiomoto=0.002, boto3=0.008))
    assert value == pytest.approx(4)
    assert not target.holds(4)
    assert target.shortfall(4) == "20% short"
    assert target.holds(5)
    assert target.text == "start + stop: 5 times faster than boto3 + moto"
    assert Faster("get", "boto3").text == "get: no slower than boto3 + moto"
    assert target.value(figures(aiomoto=0.002)) is None
    assert target.value(figures(aiomoto=0.002, boto3=None)) is None


def test_below_is_in_milliseconds_but_for_memory() -> None:
    assert Below("import", 50).value(figures("import", aiomoto=0.06)) == pytest.approx(60)
    assert Below("import", 50).shortfall(60) == "20% over"
    memory = Below("peak memory", 192, "MiB")
    assert memory.value(figures("peak memory", aiomoto=100)) == 100
    assert memory.holds(192)
    assert not memory.holds(193)


@pytest.mark.parametrize("power", [0, 1, 2])
def test_linear_finds_the_power_of_growth(power: int) -> None:
    ours: dict[str, Any] = {
        f"get @ {size}": {"wall": 0.001 * size**power, "cpu": 1.0} for size in (10, 100, 1000)
    }
    target = Linear("get")
    value = target.value({"aiomoto": {**ours, "put @ 10": {"wall": 9.0, "cpu": 9.0}}})
    assert value == pytest.approx(power)
    assert target.holds(power) == (power < 2)
    assert target.value({"aiomoto": {"get @ 10": ours["get @ 10"]}}) is None


# -- verdicts ----------------------------------------------------------------------------


def verdict(*runs: Run) -> verdicts.Verdict:
    [one] = [one for one in verdicts.judge({"start-stop": list(runs)}) if one.reached]
    return one


def test_a_target_holds_if_each_run_meets_it() -> None:
    good, bad = figures(aiomoto=0.001, boto3=0.006), figures(aiomoto=0.001, boto3=0.004)
    assert verdict(run_of(good)).outcome(None) == "met"
    # The median of a run's rounds counts.
    assert verdict(run_of(good, bad, good), run_of(good)).outcome(None) == "met in all 2 runs"
    mixed = verdict(run_of(good), run_of(bad), run_of(good))
    assert mixed.outcome("why") == "met in 2 of 3 runs: why"
    missed = verdict(run_of(bad), run_of(good), run_of(bad))
    assert missed.outcome("why") == "met in 1 of 3 runs, 20% short: why"
    assert (missed.reached, missed.runs) == (results.Spread(4, 4, 6), 3)


def test_a_note_explains_only_what_is_missed() -> None:
    missed = verdict(run_of(figures(aiomoto=0.001, boto3=0.004)))
    assert missed.key == "start-stop: start + stop: 5 times faster than boto3 + moto"
    given = {"start-stop: start*than boto3 + moto": "why", "*": "another"}
    assert verdicts.unused(given, [missed]) == []
    assert verdicts.explain(given, missed) == "why"
    assert verdicts.explain({"start-stop: stop*": "why"}, missed) is None
    met = verdict(run_of(figures(aiomoto=0.001, boto3=0.006)))
    assert verdicts.unused({met.key: "why"}, [met]) == [
        f"notes.toml explains {met.key!r}, which is no missed target"
    ]


# -- results -----------------------------------------------------------------------------


def test_the_last_runs_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    runs = [run_of(figures(aiomoto=1.0), date=f"2026-01-0{day} 00:00") for day in range(1, 6)]
    results.write(path, {"start-stop": runs})
    assert results.read(path) == {"start-stop": runs[-3:]}
    path.write_text('{"schema": 0}')
    with pytest.raises(ValueError, match="has schema 0, this tool knows 1"):
        results.read(path)


def test_a_run_goes_on_only_with_what_is_of_its_kind(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "unfinished.json"
    Unfinished(path, {"sources": "a"}, fresh=False).add("start-stop", figures(aiomoto=1.0), 0.5)
    assert len(Unfinished(path, {"sources": "a"}, fresh=False).rounds_of("start-stop")) == 1
    assert Unfinished(path, {"sources": "a"}, fresh=True).rounds_of("start-stop") == []
    assert Unfinished(path, {"sources": "b"}, fresh=False).rounds_of("start-stop") == []


# -- the page ----------------------------------------------------------------------------


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    folder = tmp_path / "benchmarks"
    folder.mkdir()
    (folder / "notes.toml").write_text("")
    runs = [run_of(figures(aiomoto=0.001, peer=0.002, boto3=0.004, server=None))]
    results.write(folder / "results.json", {"start-stop": runs})
    return tmp_path


def test_the_page_shows_figures_ratios_and_what_fails(repository: Path) -> None:
    text = Page(repository).text()
    assert "| start + stop | clock | 1 | 2 (2.00x) | 4 (4.00x) | fails |" in text
    assert "|  | processor | 0.5 | 1 (2.00x) |" in text
    assert "**missed**, 20% short |" in text
    assert "| 2026-01-01 00:00 | a processor | 2 |" in text


def test_a_page_by_hand_and_a_miss_without_a_word_are_found_out(repository: Path) -> None:
    key = "start-stop: start + stop: 5 times faster than boto3 + moto"
    page = Page(repository)
    page.path.write_text(page.text())
    assert page.problems() == [f"notes.toml has no word on {key!r}"]
    notes = repository / "benchmarks" / "notes.toml"
    notes.write_text(f'[why]\n"{key}" = "because"\n')
    page = Page(repository)
    assert page.problems() == ["docs/benchmarks.md is not what benchmarks/results.json gives"]
    assert "**missed**, 20% short: because |" in page.text()
    page.path.write_text(page.text())
    assert page.problems() == []


# -- measuring ---------------------------------------------------------------------------


def test_processes_of_two_subjects_take_turns() -> None:
    subjects = [(SUBJECTS[name], Path(sys.executable)) for name in ("aiomoto", "boto3")]
    done: list[float] = []
    found = process.one_round(CASES["start-stop"], subjects, 0, True, done.append)
    assert done == [0.25, 0.5, 0.75, 1.0]
    assert list(found) == ["aiomoto", "boto3"]
    for one in found.values():
        figure = one["start + stop"]
        assert figure is not None
        assert 0 < figure["cpu"] < 1
        assert 0 < figure["wall"] < 10


def test_a_process_that_ends_early_says_why() -> None:
    case = replace(CASES["fresh-s3"], parameters={"service": "s3", "call": "list_bicycles"})
    subjects = [(SUBJECTS["aiomoto"], Path(sys.executable))]
    with pytest.raises(
        process.WorkerFailed, match=r"aiomoto, fresh-s3 ended with 1:(?s:.*)list_bi"
    ):
        process.one_round(case, subjects, 0, True, lambda part: None)


# -- the command -------------------------------------------------------------------------


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Runs the command; nothing is installed and nothing measured."""
    monkeypatch.setattr(environments, "make", lambda wanted, cache, fresh: HERE)
    monkeypatch.setattr(machine, "describe", lambda: ABOUT)

    def run(*arguments: str) -> Any:
        return CliRunner().invoke(cli.main, [*arguments, "--cache-dir", str(tmp_path)])

    return run


def test_a_run_that_was_broken_off_goes_on(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, int]] = []

    def one_round(case: Any, subjects: Any, number: int, *rest: Any) -> Figures:
        asked.append((case.name, number))
        if len(asked) == 4:
            raise process.WorkerFailed("died")
        measure = case.targets[0].measure
        return figures(measure, **{subject.name: 0.001 for subject, _ in subjects})

    monkeypatch.setattr(cli, "one_round", one_round)
    chosen = ("--case", "fresh-s3", "--case", "start-stop", "--rounds", "2")
    outcome = bench(*chosen)
    assert (outcome.exit_code, outcome.output.splitlines()[-1]) == (1, "Error: died")
    assert bench(*chosen).exit_code == 0
    # The cases take turns, and only what failed is done again.
    first = [("fresh-s3", 0), ("start-stop", 0), ("fresh-s3", 1), ("start-stop", 1)]
    assert asked == [*first, ("start-stop", 1)]
    assert bench(*chosen).exit_code == 0
    assert asked[5:] == first


def test_growth_is_measured_once_a_run_and_ours_always(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    def one_round(case: Any, subjects: Any, *rest: Any) -> Figures:
        asked.append([subject.name for subject, _ in subjects])
        return figures("key @ 1", **dict.fromkeys(asked[-1], 0.001))

    monkeypatch.setattr(cli, "one_round", one_round)
    outcome = bench("--case", "growth-heads", "--subject", "peer", "--rounds", "3")
    assert outcome.exit_code == 0, outcome.output
    assert asked == [["aiomoto", "peer"]]


def test_what_is_quick_is_not_recorded(bench: Bench) -> None:
    outcome = bench("--quick", "--record")
    assert outcome.exit_code == 2
    assert "A run with --quick or --tests is not to be recorded." in outcome.output


def test_unknown_cases_are_refused_with_those_there_are(bench: Bench) -> None:
    outcome = bench("--case", "nothing")
    assert outcome.exit_code == 2
    assert "'start-stop'" in outcome.output


def test_an_environment_that_cannot_be_made_says_why(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(wanted: Any, cache: Path, fresh: bool) -> environments.Made:
        raise environments.EnvironmentFailed(f"no {wanted.name}")

    monkeypatch.setattr(environments, "make", fail)
    outcome = bench("--case", "start-stop")
    assert (outcome.exit_code, outcome.output.splitlines()[-1]) == (1, "Error: no aiomoto")


def test_results_are_json_that_others_can_read(repository: Path) -> None:
    document = json.loads((repository / "benchmarks" / "results.json").read_text())
    assert document["cases"]["start-stop"]["2026-01-01 00:00"][0]["peer"] == {
        "start + stop": {"wall": 0.002, "cpu": 0.001}
    }
