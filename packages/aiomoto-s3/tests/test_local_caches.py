"""fsspec's local copies of objects: what a mock's objects leave behind is that mock's."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from aiomoto import mock_aws

pytest.importorskip("s3fs", reason="s3fs is not installed")

import fsspec
from fsspec.implementations.memory import MemoryFileSystem

BUCKET = "files"
PATH = f"{BUCKET}/key"
PROTOCOLS = (
    "filecache",
    "simplecache",
    # fsspec's MMapCache leaves the file open that it maps.
    pytest.param(
        "blockcache", marks=pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
    ),
)

protocols = pytest.mark.parametrize("protocol", PROTOCOLS)


def put(data: bytes) -> None:
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="key", Body=data)
    s3.close()


def read(files: Any) -> bytes:
    with files.open(PATH) as file:
        data: bytes = file.read()
    return data


@pytest.fixture(params=["a folder", "TMP"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "cache") if request.param == "a folder" else "TMP"


def caching(protocol: str, storage: str, **options: Any) -> Any:
    return fsspec.filesystem(
        protocol, target_protocol="s3", cache_storage=storage, skip_instance_cache=True, **options
    )


# -- from mock to mock, and over a reset ------------------------------------------


@protocols
def test_copies_of_one_mock_are_not_read_in_the_next(protocol: str, storage: str) -> None:
    seen = []
    for data in (b"first", b"other"):
        with mock_aws():
            put(data)
            files = caching(protocol, storage)
            seen += [read(files), read(files)]
    assert seen == [b"first", b"first", b"other", b"other"]


@protocols
def test_an_instance_that_is_used_in_several_mocks(protocol: str, storage: str) -> None:
    files = caching(protocol, storage)
    for data in (b"first", b"other"):
        with mock_aws():
            put(data)
            assert read(files) == data
            assert read(files) == data


@protocols
def test_copies_are_gone_after_a_reset(protocol: str, storage: str) -> None:
    before = caching(protocol, storage)
    mock = mock_aws()
    with mock:
        inside = caching(protocol, storage)
        for data in (b"first", b"other", b"third"):
            put(data)
            for files in (before, inside):
                assert read(files) == data
            mock.reset()


@protocols
def test_reset_forgets_an_object_that_is_gone(protocol: str, storage: str) -> None:
    mock = mock_aws()
    with mock:
        put(b"data")
        files = caching(protocol, storage)
        read(files)
        mock.reset()
        with pytest.raises(FileNotFoundError):
            read(files)


@pytest.mark.parametrize("protocol", ["filecache", "simplecache"])
def test_other_ways_to_read_a_copy(protocol: str, tmp_path: Path) -> None:
    mock = mock_aws()
    with mock:
        for data in (b"first", b"other"):
            put(data)
            url = f"{protocol}::s3://{PATH}"
            options = {protocol: {"cache_storage": str(tmp_path / "cache")}}
            local = fsspec.open_local(url, **options)
            assert Path(local).read_bytes() == data
            with fsspec.open(url, **options) as file:
                assert file.read() == data
            files = caching(protocol, str(tmp_path / "cache"))
            assert files.cat(PATH) == data
            assert files.cat_ranges([PATH], [1], [3]) == [data[1:3]]
            mock.reset()


def test_a_file_written_through_a_cache(tmp_path: Path) -> None:
    for data in (b"first", b"other"):
        with mock_aws():
            put(b"")
            files = caching("simplecache", str(tmp_path / "cache"))
            with files.open(PATH, "wb") as file:
                file.write(data)
            assert files.fs.cat(PATH) == data
            assert read(files) == data
    assert not list((tmp_path / "cache").iterdir())


# -- while the mock is active, a cache is a cache -----------------------------------


@protocols
def test_the_second_reading_asks_for_no_object(protocol: str, storage: str) -> None:
    with mock_aws() as mock:
        put(b"data")
        files = caching(protocol, storage)
        read(files)
        mock.calls.clear()
        assert read(files) == b"data"
        mock.calls.assert_not_called("s3", "GetObject")


def test_instances_on_one_folder_share_their_copies(tmp_path: Path) -> None:
    with mock_aws() as mock:
        put(b"data")
        folder = str(tmp_path / "cache")
        read(caching("filecache", folder))
        mock.calls.clear()
        assert read(caching("filecache", folder)) == b"data"
        mock.calls.assert_not_called("s3", "GetObject")


def test_an_empty_folder_is_used_itself(tmp_path: Path) -> None:
    with mock_aws():
        put(b"data")
        files = caching("filecache", str(tmp_path), same_names=True)
        read(files)
        assert (tmp_path / "key").read_bytes() == b"data"
        assert files.cache_size() > 0
        (tmp_path / "notes").write_text("the user's own")
    assert [one.name for one in tmp_path.iterdir()] == ["notes"]


@pytest.mark.parametrize("how", ["clear_cache", "pop_from_cache", "clear_expired_cache"])
def test_clearing_by_hand(how: str, tmp_path: Path) -> None:
    arguments = {"pop_from_cache": (PATH,), "clear_expired_cache": (-1,)}.get(how, ())
    with mock_aws() as mock:
        put(b"data")
        files = caching("filecache", str(tmp_path / "cache"))
        read(files)
        getattr(files, how)(*arguments)
        mock.calls.clear()
        assert read(files) == b"data"
        mock.calls.assert_called("s3", "GetObject")


# -- what was cached before --------------------------------------------------------------


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Callable[[], dict[str, bytes]]]:
    """A folder with what a real bucket's object left; what is in it."""
    folder = tmp_path / "cache"
    folder.mkdir()
    detail = {"original": PATH, "fn": "key", "blocks": True, "time": 4e9, "uid": "1"}
    (folder / "cache").write_text(json.dumps({PATH: detail}))
    (folder / "key").write_bytes(b"real")

    def content() -> dict[str, bytes]:
        return {one.name: one.read_bytes() for one in folder.iterdir()}

    before = content()
    yield content
    assert content() == before


@protocols
def test_a_real_copy_is_neither_read_nor_touched(
    protocol: str, real: Callable[[], dict[str, bytes]], tmp_path: Path
) -> None:
    before, kept = real(), caching(protocol, str(tmp_path / "cache"), same_names=True)
    mock = mock_aws()
    with mock:
        put(b"mock")
        for files in (kept, caching(protocol, str(tmp_path / "cache"), same_names=True)):
            assert read(files) == b"mock"
            assert real() == before
        mock.reset()
        assert real() == before
        kept.clear_cache()
        assert real() == before
    assert read(kept) == b"real"  # nobody is asked for it


def test_caches_of_other_file_systems_are_as_ever(tmp_path: Path) -> None:
    memory = MemoryFileSystem()
    memory.pipe("/here/key", b"data")
    mock = mock_aws()
    try:
        with mock:
            files = fsspec.filesystem(
                "filecache", fs=memory, cache_storage=str(tmp_path), skip_instance_cache=True
            )
            assert files.cat("/here/key") == b"data"
            assert files.storage == [str(tmp_path)]
            mock.reset()
            memory.pipe("/here/key", b"changed")
            assert files.cat("/here/key") == b"data"
        assert files.cat("/here/key") == b"data"
        assert len(list(tmp_path.iterdir())) == 2
    finally:
        memory.rm("/here", recursive=True)


def test_the_class_is_put_back() -> None:
    from fsspec.implementations.cached import CachingFileSystem

    before = dict(vars(CachingFileSystem))
    with mock_aws():
        assert dict(vars(CachingFileSystem)) != before
    assert dict(vars(CachingFileSystem)) == before


def test_equal_and_hashed_as_before(tmp_path: Path) -> None:
    with mock_aws():
        one, two = (caching("filecache", str(tmp_path / "cache")) for _ in range(2))
        assert one == two
        assert hash(one) == hash(two)
        other = caching("filecache", str(tmp_path / "cache"), same_names=True)
        assert one != other


def test_caches_imported_inside_a_mock(tmp_path: Path) -> None:
    program = """
        import sys
        import boto3, fsspec, s3fs
        from aiomoto import mock_aws

        cached = "fsspec.implementations.cached"
        assert cached not in sys.modules
        for data in (b"first", b"other"):
            with mock_aws():
                s3 = boto3.client("s3", region_name="us-east-1")
                s3.create_bucket(Bucket="files")
                s3.put_object(Bucket="files", Key="key", Body=data)
                s3.close()
                files = fsspec.filesystem(
                    "filecache", target_protocol="s3", cache_storage=sys.argv[1]
                )
                assert files.cat("files/key") == data
        assert cached in sys.modules
    """
    subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(program), str(tmp_path)], check=True
    )
