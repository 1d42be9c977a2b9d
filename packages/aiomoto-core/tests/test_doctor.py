"""``python -m aiomoto doctor``."""

from __future__ import annotations

import multiprocessing
import re
from importlib.metadata import version

import pytest

from aiomoto import doctor, packages
from aiomoto.__main__ import main
from aiomoto.testing import fast_paths


def test_all_is_well(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "https://minio.local")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "geheim")
    assert main(["doctor"]) == 0
    text = capsys.readouterr().out
    assert "geheim" not in text
    assert "AWS_ENDPOINT_URL_S3=https://minio.local: counts as AWS inside a mock" in text
    assert "AWS_SECRET_ACCESS_KEY=***: fake inside a mock" in text
    seams = text.partition("Seams\n")[2].partition("\n\n")[0].splitlines()
    names = {"moto", "aiobotocore.endpoint", "aiohttp", "botocore.httpsession"}
    assert names <= {line.split()[0] for line in seams}
    assert len({line.index(" fits") for line in seams}) == 1  # one column, however long a name is
    assert "answered in process: account 123456789012" in text
    assert text.endswith("Verdict: aiomoto works here.\n")


@pytest.mark.parametrize(
    ("method", "says"),
    [("fork", "a copy of the mock"), ("spawn", "the fake credentials, no mock: start one in it")],
)
def test_children(method: str, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multiprocessing, "get_start_method", lambda allow_none: method)
    assert f"Child processes\n  multiprocessing by {method}: {says}\n" in doctor.examine()[0]


def test_a_seam_that_does_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    import aiohttp

    monkeypatch.delattr(aiohttp.BaseConnector, "_release_acquired")
    text, problems = doctor.examine()
    assert problems
    assert re.search(r"  aiohttp +does not fit: aiomoto needs aiohttp\.connector\.BaseCon", text)
    assert f"Problems: {problems}\n  - aiomoto needs aiohttp.connector.BaseConnector._rel" in text


def test_a_fast_path_that_is_off_is_no_problem() -> None:
    paths = fast_paths.installed()
    with fast_paths.missing("botocore.auth.SigV4Auth._sign", paths):
        text, problems = doctor.examine()
    assert problems == 0
    why = f"botocore {version('botocore')} has no botocore.auth.SigV4Auth._sign"
    assert f"  off: keys of signatures (botocore.auth): {why}\n" in text
    assert text.endswith("Verdict: aiomoto works here.\n")
    assert "keys of signatures" not in doctor.examine()[0]


def test_fast_paths_that_were_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIOMOTO_OPTIMISE", "0")
    assert "  all are off: AIOMOTO_OPTIMISE=0\n" in doctor.examine()[0]


def test_a_plugin_that_can_not_be_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib.metadata import EntryPoint

    broken = [EntryPoint("torn", "no_such_module", "aiomoto")]
    monkeypatch.setattr("aiomoto.plugin.manager.entry_points", lambda group: broken)
    monkeypatch.setattr(doctor, "entry_points", lambda group: broken)
    text, problems = doctor.examine()
    assert problems
    assert "could not be loaded: Plugin 'torn'" in text


def test_what_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aiomoto.plugin.manager.entry_points", lambda group: [])
    monkeypatch.setattr(doctor, "entry_points", lambda group: [])
    text, _ = doctor.examine()
    plugins = text.partition("Plugins\n")[2].partition("\n\n")[0].splitlines()
    assert "  core alone serves sqs: aiomoto-sqs is not installed" in plugins
    assert "  core alone serves s3, s3control, s3tables, s3vectors: aiomoto-s3 is not" in text
    # The services of contrib are named in full.
    assert {line.split()[-4] for line in plugins} == set(packages.OWNERS.values())


@pytest.mark.parametrize("arguments", [[], ["nurse"], ["doctor", "--all"]])
def test_no_command(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert "usage: python -m aiomoto doctor" in capsys.readouterr().err
