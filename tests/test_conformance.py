"""The conformance tool, run on a small test module of its own in moto's style."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

TOOLS = Path(__file__).parent.parent / "tools"
sys.path.insert(0, str(TOOLS))

from click.testing import CliRunner  # noqa: E402

from conformance import archive, cli, compare, inputs, modules, results  # noqa: E402
from conformance.settings import Line  # noqa: E402

if TYPE_CHECKING:
    from click.testing import Result as Outcome

SMALL = """
import io

import boto3
import pytest
import requests
from moto import mock_aws


@mock_aws
def test_body_and_headers():
    s3 = boto3.client("s3", "us-east-1")
    s3.create_bucket(Bucket="bucket")
    etag = s3.put_object(Bucket="bucket", Key="key", Body=io.BytesIO(b"one\\ntwo"))["ETag"]
    got = s3.get_object(Bucket="bucket", Key="key")
    assert got["ETag"] == etag
    assert list(got["Body"].iter_lines()) == [b"one", b"two"]


@mock_aws
def test_pages_and_resources():
    bucket = boto3.resource("s3", "us-east-1").create_bucket(Bucket="bucket")
    for number in range(5):
        bucket.put_object(Key=f"key{number}", Body=b"")
    assert len(list(bucket.objects.page_size(2))) == 5
    pages = boto3.client("s3", "us-east-1").get_paginator("list_objects_v2")
    wanted = {"Bucket": "bucket", "PaginationConfig": {"PageSize": 2}}
    assert len(list(pages.paginate(**wanted).search("Contents[].Key"))) == 5
    assert len(pages.paginate(**wanted).build_full_result()["Contents"]) == 5


@mock_aws
def test_waiter_and_exception():
    s3 = boto3.client("s3", "us-east-1")
    s3.create_bucket(Bucket="bucket")
    s3.get_waiter("bucket_exists").wait(Bucket="bucket")
    with pytest.raises(s3.exceptions.NoSuchKey):
        s3.get_object(Bucket="bucket", Key="none")


@mock_aws
def test_handler():
    sqs = boto3.client("sqs", "us-east-1")
    seen = []
    sqs.meta.events.register("before-send.sqs.*", lambda request, **kwargs: seen.append(request))
    sqs.create_queue(QueueName="queue")
    assert len(seen) == 1


@mock_aws
def test_event_stream():
    s3 = boto3.client("s3", "us-east-1")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="key", Body=b"a,b\\n1,2\\n")
    stream = s3.select_object_content(
        Bucket="bucket",
        Key="key",
        Expression="SELECT * FROM s3object",
        ExpressionType="SQL",
        InputSerialization={"CSV": {"FileHeaderInfo": "USE"}},
        OutputSerialization={"JSON": {"RecordDelimiter": ","}},
    )["Payload"]
    assert any("Records" in event for event in stream)


@mock_aws
def test_presigned_url():
    s3 = boto3.client("s3", "us-east-1")
    s3.create_bucket(Bucket="bucket")
    wanted = {"Bucket": "bucket", "Key": "key"}
    url = s3.generate_presigned_url("put_object", wanted)
    assert requests.put(url, data=b"body", headers={"x-amz-meta-a": "b"}).status_code == 200
    got = requests.get(s3.generate_presigned_url("get_object", wanted))
    assert (got.content, got.headers["x-amz-meta-a"]) == (b"body", "b")


def test_fails_anyway():
    assert not "whatever"


@pytest.mark.skip(reason="not now")
def test_skipped():
    pass
"""

# Breaks aiomoto's engine, and so nothing of a run with plain boto3.
BREAK = """
import os

import aiomoto.front

broken = os.environ.get("CONFORMANCE_BREAK")
answer = aiomoto.front.Front.answer


async def worse(self, request):
    response = await answer(self, request)
    if broken == "header":
        response.headers.pop("ETag", None)
    elif request.method == "GET":
        response.body = b""
    return response


if broken:
    aiomoto.front.Front.answer = worse
"""


Run = Callable[..., tuple["Outcome", dict[str, Any]]]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """What `archive.unpack` leaves, with one small module."""
    folder = tmp_path / "unpacked" / "tests" / "test_small"
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "data.json").touch()
    (folder / "test_small.py").write_text(SMALL)
    (folder.parent / "__init__.py").touch()
    (folder.parent / "conftest.py").write_text(BREAK)
    return folder.parent.parent


@pytest.fixture
def conformance(tree: Path, tmp_path: Path, shared: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command on the small module; gives how it ended and its report."""
    source = archive.Archive("0", tmp_path / "moto-0.tar.gz", "0" * 64)
    monkeypatch.setattr(archive, "fetch", lambda version, cache: source)
    monkeypatch.setattr(archive, "unpack", lambda source, cache: tree)
    cache = tmp_path / "cache"
    shutil.copytree(shared, cache)

    def run(*arguments: str) -> tuple[Outcome, dict[str, Any]]:
        target = tmp_path / "report.json"
        common = ["--cache-dir", str(cache), "--report", str(target)]
        outcome = CliRunner().invoke(cli.main, [*common, *arguments])
        base = next(cache.glob("results/*/boto3"), None)
        if base is not None:
            # The run with plain boto3 is the same for all tests here: one is enough.
            shutil.copytree(base, shared / base.relative_to(cache), dirs_exist_ok=True)
        return outcome, json.loads(target.read_text()) if target.exists() else {}

    return run


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache for results of runs with plain boto3."""
    return tmp_path_factory.mktemp("shared")


def lost(report: dict[str, Any]) -> set[str]:
    return {item["test"].rpartition("::")[2] for item in report["modules"]["test_small"]["lost"]}


def test_async_clients_pass_what_boto3_passes(conformance: Run) -> None:
    outcome, report = conformance("--jobs", "2")
    assert outcome.exit_code == 0, outcome.output
    small = report["modules"]["test_small"]
    assert small["boto3"] == small["async"] == {"passed": 6, "failed": 1, "skipped": 1}
    assert (small["py_files"], small["data_files"]) == (2, 1)
    assert small["skipped"] == {"Skipped: not now": 1}
    assert [name.rpartition("::")[2] for name in small["failing_with_boto3"]] == [
        "test_fails_anyway"
    ]
    assert small["sync_calls"] == {}
    assert small["async_calls"] == report["totals"]["async_calls"] > 10
    assert small["bridge_notes"] == {
        "call of requests carried out by aiohttp": 2,
        "event stream read through its async version": 1,
        "paginator run through its async version": 3,
        "streaming body read through its async version": 1,
        "waiter run through its async version": 1,
    }


@pytest.mark.parametrize(
    ("broken", "suffering"),
    [
        ("header", {"test_body_and_headers"}),
        ("body", {"test_body_and_headers", "test_pages_and_resources", "test_presigned_url"}),
    ],
)
def test_a_broken_engine_turns_the_run_red(
    conformance: Run,
    monkeypatch: pytest.MonkeyPatch,
    broken: str,
    suffering: set[str],
) -> None:
    monkeypatch.setenv("CONFORMANCE_BREAK", broken)
    outcome, report = conformance()
    assert outcome.exit_code == 1
    assert report["modules"]["test_small"]["boto3"]["passed"] == 6
    assert lost(report) >= suffering


def test_a_difference_whose_cause_is_known_is_none(
    conformance: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CONFORMANCE_BREAK", "header")
    monkeypatch.setattr(cli, "_DATA", tmp_path)
    (tmp_path / "plan.txt").write_text("")
    notes = tmp_path / "notes.toml"
    notes.write_text('[[differences]]\ntests = ["*test_small.py::test_body*"]\ncause = "no ETag"\n')
    outcome, report = conformance()
    assert [item["cause"] for item in report["modules"]["test_small"]["lost"]] == ["no ETag"]
    assert "known: no ETag" in outcome.output
    assert outcome.exit_code == 0


def test_a_module_that_dies_takes_no_other_with_it(conformance: Run, tree: Path) -> None:
    folder = tree / "tests" / "test_dying"
    folder.mkdir()
    (folder / "test_dying.py").write_text(
        "import os, signal\n\ndef test_end():\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    outcome, report = conformance("-m", "test_dying", "-m", "test_small")
    assert outcome.exit_code == 1
    assert "pytest (boto3) died" in report["modules"]["test_dying"]["broke"]
    assert report["modules"]["test_small"]["async"]["passed"] == 6


def test_results_are_taken_again_while_they_hold(
    conformance: Run,
    tree: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, first = conformance()
    # If anything were run again, the module would now fail.
    (tree / "tests" / "test_small" / "test_small.py").write_text("import nothing_of_this_name")
    outcome, second = conformance()
    assert outcome.exit_code == 0
    assert second == first
    outcome, third = conformance("--fresh")
    assert outcome.exit_code == 1
    assert "ended with 2" in third["modules"]["test_small"]["broke"]


def test_unknown_module_is_named(conformance: Run) -> None:
    outcome, _ = conformance("--module", "test_nothing")
    assert outcome.exit_code == 1
    assert outcome.output == "Error: moto has no test module named test_nothing\n"


def test_a_run_that_died_is_not_sound(tmp_path: Path) -> None:
    lines = tmp_path / "lines.jsonl"
    lines.write_text('{"test": "a", "outcome": "passed", "seconds": 0}\n{"test": "b", "outc')
    tests, last = results.read_lines(lines)
    assert (list(tests), last) == (["a"], None)
    module = modules.Module("test_small", 1, 0, 1)
    base = results.Result("test_small", "boto3", {}, 1.0, tests, exit_code=0)
    died = results.Result("test_small", "x", {}, 1.0, {}, exit_code=None, tail="Killed")
    found = compare.compare(module, base, died)
    assert found.lost == [{"test": "a", "outcome": "missing", "why": ""}]
    assert found.broke == "pytest (x) died: Killed"
    assert not found.sound


def test_only_changes_that_concern_a_module_spoil_its_result(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours = {"aiomoto-core": "aiomoto", "aiomoto-s3": "aiomoto_s3"}
    monkeypatch.setattr(inputs, "our_distributions", lambda: ours)
    owned = {"aiomoto-core": None, "aiomoto-s3": {"s3"}}
    monkeypatch.setattr(inputs, "_owned_services", owned.__getitem__)
    old = {"python": "3.12.1", "aiomoto-core": "1", "aiomoto-s3": "1"}
    assert inputs.still_holds(old, old, {"s3"})
    assert inputs.still_holds(old, {**old, "aiomoto-s3": "2"}, {"sqs"})
    assert not inputs.still_holds(old, {**old, "aiomoto-s3": "2"}, {"sqs", "s3"})
    assert not inputs.still_holds(old, {**old, "aiomoto-core": "2"}, {"sqs"})
    assert not inputs.still_holds(old, {**old, "python": "3.12.2"}, {"sqs"})


def test_the_key_of_an_async_run_knows_the_line() -> None:
    aiohttp, httpx = (
        inputs.async_key("0", Line("aiobotocore", "aiohttp")),
        inputs.async_key("0", Line("aiobotocore", "httpx")),
    )
    assert {name for name in aiohttp if aiohttp[name] != httpx[name]} == {"line"}
    assert "aiomoto-core" in aiohttp
    assert "aiomoto-core" not in inputs.base_key("0")


def sdist(folder: Path) -> Path:
    path = folder / "moto-9.9.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for name in ("moto/__init__.py", "tests/test_x/test_x.py", "pyproject.toml"):
            tar.addfile(tarfile.TarInfo(f"moto-9.9/{name}"), io.BytesIO())
    return path


def test_archive_is_checked_against_the_published_hash_at_each_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = sdist(tmp_path)
    sha256 = hashlib.sha256(source.read_bytes()).hexdigest()
    asked: list[list[str]] = []

    def pip(command: list[str], **kwargs: object) -> subprocess.CompletedProcess[str]:
        asked.append(command[2:])
        if "--report" in command:
            info = {"archive_info": {"hashes": {"sha256": sha256}}}
            report = {"install": [{"download_info": info}]}
            Path(command[command.index("--report") + 1]).write_text(json.dumps(report))
        else:
            folder = Path(command[command.index("--dest") + 1])
            (folder / source.name).write_bytes(source.read_bytes())
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", pip)
    cache = tmp_path / "cache"
    fetched = archive.fetch("9.9", cache)
    assert fetched.sha256 == sha256
    assert [command[1] for command in asked] == ["install", "download"]
    assert "--require-hashes" in asked[1]
    archive.fetch("9.9", cache)
    assert len(asked) == 2
    fetched.path.write_bytes(b"something else")
    assert archive.fetch("9.9", cache).path.read_bytes() == source.read_bytes()
    assert len(asked) == 4


def test_the_archives_own_moto_is_not_unpacked(tmp_path: Path) -> None:
    root = archive.unpack(archive.Archive("9.9", sdist(tmp_path), "0" * 64), tmp_path)
    found = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    assert found == {"pyproject.toml", "tests/test_x/test_x.py"}


def test_pip_says_why_it_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = subprocess.CompletedProcess([], 1, "", "no such version\n")
    monkeypatch.setattr(subprocess, "run", lambda *args, **kwargs: failed)
    with pytest.raises(archive.ArchiveError, match=r"^pip install failed:\nno such version$"):
        archive.fetch("9.9", tmp_path)
