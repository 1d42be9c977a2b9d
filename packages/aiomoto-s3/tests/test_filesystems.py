"""What S3 file systems remember: one mock's is not the next one's, and no loop is disturbed."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import textwrap
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from aiomoto import mock_aws

pytest.importorskip("s3fs", reason="s3fs is not installed")

import fsspec
import s3fs
from fsspec.implementations.memory import MemoryFileSystem

BUCKET = "files"

MakeBucket = Callable[..., None]


# -- each mock starts clean ----------------------------------------------------


@pytest.mark.parametrize("regions", [False, True], ids=["one client", "a client per region"])
def test_listings_of_one_mock_are_not_seen_in_the_next(
    regions: bool, make_bucket: MakeBucket
) -> None:
    seen = []
    for key in ("one", "two"):
        with mock_aws():
            make_bucket(BUCKET, key)
            files = s3fs.S3FileSystem(cache_regions=regions)
            seen.append((files.ls(""), files.ls(BUCKET), files.info(f"{BUCKET}/{key}")["size"]))
    assert seen == [([BUCKET], [f"{BUCKET}/one"], 3), ([BUCKET], [f"{BUCKET}/two"], 3)]


def test_instances_of_one_mock_are_not_seen_in_the_next() -> None:
    before = s3fs.S3FileSystem()
    made = []
    for _ in range(2):
        with mock_aws():
            made.append(s3fs.S3FileSystem())
            assert s3fs.S3FileSystem() is made[-1] is s3fs.S3FileSystem.current()
    assert len({id(one) for one in (before, *made)}) == 3
    assert s3fs.S3FileSystem() is before is s3fs.S3FileSystem.current()


def test_an_instance_made_before_works_inside_and_has_its_old_state_after(
    make_bucket: MakeBucket,
) -> None:
    files = s3fs.S3FileSystem(skip_instance_cache=True)
    files.dircache["real"] = [{"name": "real/file", "size": 1, "type": "file"}]
    session, client, lock = object(), object(), files._set_session_lock
    files.session, files._s3 = session, client
    for key in ("one", "two"):
        with mock_aws():
            make_bucket(BUCKET, key)
            assert "real" not in files.dircache
            assert files.ls(BUCKET) == [f"{BUCKET}/{key}"]
            assert files.s3.meta.service_model.service_name == "s3"
        assert dict(files.dircache) == {"real": [{"name": "real/file", "size": 1, "type": "file"}]}
        assert files.session is session
        assert files._s3 is client
        assert files._set_session_lock is lock
        assert not hasattr(files, "_s3creator")
    files._s3 = None


def test_an_instance_made_inside_is_empty_after_and_works_in_the_next(
    make_bucket: MakeBucket,
) -> None:
    with mock_aws():
        make_bucket(BUCKET, "one")
        files = s3fs.S3FileSystem(listings_expiry_time=60)
        assert files.ls(BUCKET) == [f"{BUCKET}/one"]
        client = files.s3
    assert files._s3 is None
    assert files.session is None
    assert not files.dircache
    with mock_aws():
        make_bucket(BUCKET, "two")
        assert files.ls(BUCKET) == [f"{BUCKET}/two"]
        assert files.s3 is not client
        assert files.dircache.listings_expiry_time == 60


def test_a_session_given_by_the_user_stays(make_bucket: MakeBucket) -> None:
    from aiobotocore.session import get_session

    session = get_session()
    files = s3fs.S3FileSystem(session=session)
    with mock_aws():
        make_bucket(BUCKET, "one")
        assert files.ls(BUCKET) == [f"{BUCKET}/one"]
        assert files.session is session
        inside = s3fs.S3FileSystem(session=session, skip_instance_cache=True)
        assert inside.ls(BUCKET) == [f"{BUCKET}/one"]
    assert files.session is inside.session is session


def test_a_bucket_moves_to_another_region_in_the_next_mock() -> None:
    files = s3fs.S3FileSystem(cache_regions=True)
    for region in ("eu-west-1", "ap-south-1"):
        with mock_aws():
            s3 = boto3.client("s3", region_name=region)
            s3.create_bucket(
                Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": region}
            )
            s3.close()
            files.pipe(f"{BUCKET}/key", b"data")
            assert list(files._s3creator._regions) == [region]


def test_file_systems_around_s3_start_clean_and_others_stay(make_bucket: MakeBucket) -> None:
    memory = MemoryFileSystem()
    local = fsspec.filesystem("file")
    for text in ("one", "three"):
        with mock_aws():
            make_bucket(BUCKET, text)
            for protocol in ("filecache", "simplecache"):
                files = fsspec.filesystem(protocol, target_protocol="s3")
                assert files.cat(f"{BUCKET}/{text}") == text.encode()
                assert files.ls(BUCKET, detail=False) == [f"{BUCKET}/{text}"]
            folder = fsspec.filesystem("dir", path=BUCKET, target_protocol="s3")
            assert folder.ls("", detail=False) == [text]
            assert MemoryFileSystem() is memory
            assert fsspec.filesystem("file") is local


def test_metadata_of_one_mock_is_not_seen_after(make_bucket: MakeBucket) -> None:
    with mock_aws():
        make_bucket(BUCKET, "one")
        files = s3fs.S3FileSystem()
        files.setxattr(f"{BUCKET}/one", colour="red")
        assert files.getxattr(f"{BUCKET}/one", "colour") == "red"
    assert not s3fs.S3FileSystem._metadata_cache


def test_nested_mocks_share_one_state(make_bucket: MakeBucket) -> None:
    with mock_aws():
        make_bucket(BUCKET, "one")
        files = s3fs.S3FileSystem()
        files.ls(BUCKET)
        with mock_aws():
            assert s3fs.S3FileSystem() is files
            assert files.ls(BUCKET) == [f"{BUCKET}/one"]
        assert BUCKET in files.dircache


def test_an_exception_in_the_block_restores_all_the_same() -> None:
    before = dict(vars(s3fs.S3FileSystem))
    with pytest.raises(ZeroDivisionError), mock_aws():
        s3fs.S3FileSystem()
        raise ZeroDivisionError
    after = dict(vars(s3fs.S3FileSystem))
    before.pop("_latest", None)  # fsspec sets it on the class with each instance
    after.pop("_latest", None)
    assert after == before


def test_s3fs_imported_inside_a_mock() -> None:
    program = """
        import sys
        from aiomoto import mock_aws

        def files():
            import fsspec
            return fsspec.filesystem("s3")

        for name in ("one", "two"):
            with mock_aws():
                assert ("s3fs" in sys.modules) == (name == "two")
                files().mkdir(name + "-bucket")
                assert files().ls("") == [name + "-bucket"], files().ls("")
        print("fine")
    """
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("fine\n", "")


# -- reset ---------------------------------------------------------------------------


@pytest.mark.parametrize("regions", [False, True], ids=["one client", "a client per region"])
def test_reset_empties_listings(make_bucket: MakeBucket, regions: bool) -> None:
    before = s3fs.S3FileSystem(cache_regions=regions)
    mock = mock_aws()
    with mock:
        inside = s3fs.S3FileSystem(cache_regions=regions, listings_expiry_time=60)
        for key in ("one", "two"):
            make_bucket(BUCKET, key)
            for files in (before, inside):
                assert files.ls(BUCKET) == [f"{BUCKET}/{key}"]
                assert files.ls("") == [BUCKET]
            client = inside.s3
            inside.setxattr(f"{BUCKET}/{key}", colour=key)
            mock.reset()
            assert not before.dircache
            assert not inside.dircache
            assert not s3fs.S3FileSystem._metadata_cache
            assert inside.s3 is client
        assert inside.dircache.listings_expiry_time == 60


def test_a_bucket_moves_to_another_region_with_reset() -> None:
    mock = mock_aws()
    with mock:
        files = s3fs.S3FileSystem(cache_regions=True)
        for region in ("eu-west-1", "ap-south-1"):
            s3 = boto3.client("s3", region_name=region)
            s3.create_bucket(
                Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": region}
            )
            s3.close()
            files.pipe(f"{BUCKET}/key", b"data")
            client = files._s3creator._buckets[BUCKET]
            assert client.meta.region_name == region
            mock.reset()


def test_reset_without_s3fs_in_use_and_outside_of_mocks() -> None:
    mock = mock_aws()
    with mock:
        mock.reset()
    mock.reset()


# -- nobody's loop is disturbed ---------------------------------------------------


def test_garbage_inside_a_running_loop_starts_no_task_there(make_bucket: MakeBucket) -> None:
    async def collect() -> set[str]:
        with mock_aws():
            make_bucket(BUCKET)
            files = s3fs.S3FileSystem(skip_instance_cache=True)
            await asyncio.to_thread(files.pipe, f"{BUCKET}/key", b"data")
            del files
            gc.collect()
            await asyncio.sleep(0)
            return {repr(task.get_coro()) for task in asyncio.all_tasks()}

    assert len(asyncio.run(collect())) == 1


def test_a_file_system_outlives_the_loop_it_was_used_on() -> None:
    async def use() -> Any:
        async with mock_aws():
            files = s3fs.S3FileSystem(asynchronous=True, skip_instance_cache=True)
            await files._mkdir(BUCKET)
            await files._pipe_file(f"{BUCKET}/key", b"data")
            assert await files._cat_file(f"{BUCKET}/key") == b"data"
            return files

    files = asyncio.run(use())

    async def use_again(files: Any) -> None:
        async with mock_aws():
            assert await files._ls("") == []
            await files._mkdir(BUCKET)
            assert await files._ls("") == [BUCKET]

    asyncio.run(use_again(files))
    del files
    gc.collect()


def test_a_session_closed_by_the_user_after_the_mock() -> None:
    async def use() -> None:
        async with mock_aws():
            files = s3fs.S3FileSystem(asynchronous=True)
            session = await files.set_session()
            await files._mkdir(BUCKET)
        await session.close()

    asyncio.run(use())


def test_closing_a_session_by_hand(make_bucket: MakeBucket) -> None:
    with mock_aws():
        make_bucket(BUCKET, "one")
        files = s3fs.S3FileSystem()
        assert files.ls(BUCKET) == [f"{BUCKET}/one"]
        s3fs.S3FileSystem.close_session(files.loop, files.s3)
        assert files.cat(f"{BUCKET}/one") == b"one"  # it connects anew
