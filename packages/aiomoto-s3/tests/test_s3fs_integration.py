"""S3 file systems in one mock after another: fsspec, s3fs, and what uses them unseen."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import textwrap
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from aiomoto import mock_aws

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest.importorskip("s3fs", reason="s3fs is not installed")

import fsspec
import s3fs
from fsspec.implementations.memory import MemoryFileSystem

BUCKET = "files"


def needs(library: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(find_spec(library) is None, reason=f"{library} is not installed")


def make_bucket(*keys: str) -> None:
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket=BUCKET)
    for key in keys:
        s3.put_object(Bucket=BUCKET, Key=key, Body=key.encode())
    s3.close()


@pytest.fixture
def bucket() -> Iterator[str]:
    with mock_aws():
        make_bucket()
        yield BUCKET


# -- each mock starts clean ----------------------------------------------------


@pytest.mark.parametrize("regions", [False, True], ids=["one client", "a client per region"])
def test_listings_of_one_mock_are_not_seen_in_the_next(regions: bool) -> None:
    seen = []
    for key in ("one", "two"):
        with mock_aws():
            make_bucket(key)
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


def test_an_instance_made_before_works_inside_and_has_its_old_state_after() -> None:
    files = s3fs.S3FileSystem(skip_instance_cache=True)
    files.dircache["real"] = [{"name": "real/file", "size": 1, "type": "file"}]
    session, client, lock = object(), object(), files._set_session_lock
    files.session, files._s3 = session, client
    for key in ("one", "two"):
        with mock_aws():
            make_bucket(key)
            assert "real" not in files.dircache
            assert files.ls(BUCKET) == [f"{BUCKET}/{key}"]
            assert files.s3.meta.service_model.service_name == "s3"
        assert dict(files.dircache) == {"real": [{"name": "real/file", "size": 1, "type": "file"}]}
        assert files.session is session
        assert files._s3 is client
        assert files._set_session_lock is lock
        assert not hasattr(files, "_s3creator")
    files._s3 = None


def test_an_instance_made_inside_is_empty_after_and_works_in_the_next() -> None:
    with mock_aws():
        make_bucket("one")
        files = s3fs.S3FileSystem(listings_expiry_time=60)
        assert files.ls(BUCKET) == [f"{BUCKET}/one"]
        client = files.s3
    assert files._s3 is None
    assert files.session is None
    assert not files.dircache
    with mock_aws():
        make_bucket("two")
        assert files.ls(BUCKET) == [f"{BUCKET}/two"]
        assert files.s3 is not client
        assert files.dircache.listings_expiry_time == 60


def test_a_session_given_by_the_user_stays() -> None:
    from aiobotocore.session import get_session

    session = get_session()
    files = s3fs.S3FileSystem(session=session)
    with mock_aws():
        make_bucket("one")
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


def test_file_systems_around_s3_start_clean_and_others_stay() -> None:
    memory = MemoryFileSystem()
    local = fsspec.filesystem("file")
    for text in ("one", "three"):
        with mock_aws():
            make_bucket(text)
            for protocol in ("filecache", "simplecache"):
                files = fsspec.filesystem(protocol, target_protocol="s3")
                assert files.cat(f"{BUCKET}/{text}") == text.encode()
                assert files.ls(BUCKET, detail=False) == [f"{BUCKET}/{text}"]
            folder = fsspec.filesystem("dir", path=BUCKET, target_protocol="s3")
            assert folder.ls("", detail=False) == [text]
            assert MemoryFileSystem() is memory
            assert fsspec.filesystem("file") is local


def test_metadata_of_one_mock_is_not_seen_after() -> None:
    with mock_aws():
        make_bucket("one")
        files = s3fs.S3FileSystem()
        files.setxattr(f"{BUCKET}/one", colour="red")
        assert files.getxattr(f"{BUCKET}/one", "colour") == "red"
    assert not s3fs.S3FileSystem._metadata_cache


def test_nested_mocks_share_one_state() -> None:
    with mock_aws():
        make_bucket("one")
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


# -- nobody's loop is disturbed ---------------------------------------------------


def test_garbage_inside_a_running_loop_starts_no_task_there() -> None:
    async def collect() -> set[str]:
        with mock_aws():
            make_bucket()
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


def test_closing_a_session_by_hand() -> None:
    with mock_aws():
        make_bucket("one")
        files = s3fs.S3FileSystem()
        assert files.ls(BUCKET) == [f"{BUCKET}/one"]
        s3fs.S3FileSystem.close_session(files.loop, files.s3)
        assert files.cat(f"{BUCKET}/one") == b"one"  # it connects anew


# -- sync and async --------------------------------------------------------------------


def test_the_sync_file_system(bucket: str) -> None:
    files = s3fs.S3FileSystem()
    files.pipe({f"{bucket}/a/1": b"one", f"{bucket}/a/2": b"two", f"{bucket}/b": b"three"})
    assert files.find(bucket) == [f"{bucket}/a/1", f"{bucket}/a/2", f"{bucket}/b"]
    assert files.glob(f"{bucket}/a/*") == [f"{bucket}/a/1", f"{bucket}/a/2"]
    assert files.cat_file(f"{bucket}/b", start=1, end=3) == b"hr"
    with files.open(f"{bucket}/b", "ab") as file:
        file.write(b"!")
    files.cp(f"{bucket}/b", f"{bucket}/c")
    files.mv(f"{bucket}/c", f"{bucket}/d")
    assert files.cat(f"{bucket}/d") == b"three!"
    files.rm(f"{bucket}/a", recursive=True)
    assert files.find(bucket) == [f"{bucket}/b", f"{bucket}/d"]
    with pytest.raises(FileNotFoundError):
        files.cat(f"{bucket}/a/1")


def test_a_large_file_goes_up_in_parts(bucket: str) -> None:
    files = s3fs.S3FileSystem()
    data = bytes(range(256)) * 4096 * 11
    with files.open(f"{bucket}/large", "wb", block_size=5 * 2**20) as file:
        for start in range(0, len(data), 2**20):
            file.write(data[start : start + 2**20])
    assert files.info(f"{bucket}/large")["ETag"].endswith('-3"')
    with files.open(f"{bucket}/large", block_size=2**20) as file:
        file.seek(5_000_000)
        assert file.read(1000) == data[5_000_000:5_001_000]
    assert files.cat(f"{bucket}/large") == data


@pytest.mark.asyncio
async def test_the_async_file_system() -> None:
    async with mock_aws():
        files = s3fs.S3FileSystem(asynchronous=True)
        await files.set_session()
        await files._mkdir(BUCKET)
        await asyncio.gather(*(files._pipe_file(f"{BUCKET}/{n}", b"x" * n) for n in range(1, 20)))
        assert len(await files._find(BUCKET)) == 19
        assert await files._cat_file(f"{BUCKET}/7") == b"x" * 7
        async with await files.open_async(f"{BUCKET}/7", "rb") as file:
            assert await file.read(3) == b"xxx"
        await files._rm(BUCKET, recursive=True)


@pytest.mark.asyncio
async def test_sync_code_in_a_thread_and_async_code_share_the_bucket() -> None:
    async with mock_aws():
        files = s3fs.S3FileSystem(asynchronous=True)
        await files._mkdir(BUCKET)
        await asyncio.to_thread(s3fs.S3FileSystem().pipe, f"{BUCKET}/key", b"data")
        assert await files._cat_file(f"{BUCKET}/key") == b"data"


# -- behind the user's back ---------------------------------------------------------------


def test_fsspec_open() -> None:
    for text in ("first", "2nd"):
        with mock_aws():
            make_bucket()
            with fsspec.open(f"s3://{BUCKET}/note.txt", "w") as file:
                file.write(text)
            with fsspec.open(f"s3://{BUCKET}/note.txt") as file:
                assert file.read() == text.encode()
            with fsspec.open_files(f"s3://{BUCKET}/*.txt", "r")[0] as file:
                assert file.read() == text


@needs("pandas")
def test_pandas_csv() -> None:
    import pandas as pd

    for rows in ([1, 2], [3, 4, 5]):
        with mock_aws():
            make_bucket()
            pd.DataFrame({"n": rows}).to_csv(f"s3://{BUCKET}/table.csv", index=False)
            found = pd.read_csv(f"s3://{BUCKET}/table.csv")
            assert found["n"].tolist() == rows


@needs("pyarrow")
@needs("pandas")
def test_pandas_parquet() -> None:
    import pandas as pd

    for rows in ([1, 2], [3, 4, 5]):
        with mock_aws():
            make_bucket()
            pd.DataFrame({"n": rows}).to_parquet(
                f"s3://{BUCKET}/table.parquet", filesystem=s3fs.S3FileSystem()
            )
            path = f"s3://{BUCKET}/table.parquet"
            found = pd.read_parquet(path, filesystem=s3fs.S3FileSystem())
            assert found["n"].tolist() == rows


@needs("pyarrow")
def test_pyarrow_dataset_through_its_wrapper(bucket: str) -> None:
    import pyarrow as pa
    import pyarrow.dataset
    from pyarrow.fs import FSSpecHandler, PyFileSystem

    files = PyFileSystem(FSSpecHandler(s3fs.S3FileSystem()))
    table = pa.table({"year": [2024, 2024, 2025], "n": [1, 2, 3]})
    pa.dataset.write_dataset(
        table, f"{bucket}/set", filesystem=files, format="parquet", partitioning=["year"]
    )
    found = pa.dataset.dataset(f"{bucket}/set", filesystem=files, partitioning=["year"])
    assert sorted(found.to_table()["n"].to_pylist()) == [1, 2, 3]
    assert found.to_table(filter=pa.dataset.field("year") == 2025)["n"].to_pylist() == [3]


@needs("zarr")
def test_a_zarr_store() -> None:
    import numpy as np
    import zarr

    for factor in (1, 2):
        with mock_aws():
            make_bucket()
            store = zarr.storage.FsspecStore.from_url(f"s3://{BUCKET}/grid.zarr")
            root = zarr.open_group(store, mode="w")
            array = root.create_array("a", shape=(20, 20), chunks=(5, 5), dtype="i4")
            array[:] = np.arange(400).reshape(20, 20) * factor
            again = zarr.open_group(f"s3://{BUCKET}/grid.zarr", mode="r")
            assert int(again["a"][19, 19]) == 399 * factor
            assert sorted(again.array_keys()) == ["a"]


@needs("zarr")
@pytest.mark.asyncio
async def test_a_zarr_store_through_zarrs_async_interface() -> None:
    import numpy as np
    import zarr.api.asynchronous as zarr

    async with mock_aws():
        files = s3fs.S3FileSystem(asynchronous=True)
        await files._mkdir(BUCKET)
        store = __import__("zarr").storage.FsspecStore(files, path=f"{BUCKET}/grid.zarr")
        array = await zarr.create_array(store, shape=(8,), chunks=(4,), dtype="i4")
        await array.setitem(slice(None), np.arange(8))
        assert (await array.getitem(slice(None))).tolist() == list(range(8))


@needs("upath")
def test_universal_pathlib() -> None:
    from upath import UPath

    path = UPath(f"s3://{BUCKET}/folder/note.txt")
    for text in ("first", "2nd"):
        with mock_aws():
            make_bucket()
            assert not path.exists()
            path.write_text(text)
            assert path.read_text() == text
            assert [one.name for one in path.parent.iterdir()] == ["note.txt"]
            path.unlink()


@needs("polars")
def test_polars_through_fsspec(bucket: str) -> None:
    import polars as pl

    with fsspec.open(f"s3://{bucket}/table.csv", "wb") as file:
        pl.DataFrame({"n": [1, 2]}).write_csv(file)
    with fsspec.open(f"s3://{bucket}/table.csv", "rb") as file:
        assert pl.read_csv(file)["n"].to_list() == [1, 2]


@needs("dask")
def test_dask_bag(bucket: str) -> None:
    import dask.bag as bag

    s3fs.S3FileSystem().pipe({f"{bucket}/1.txt": b"a\nb\n", f"{bucket}/2.txt": b"c\n"})
    lines = bag.read_text(f"s3://{bucket}/*.txt")
    assert lines.map(str.strip).compute(scheduler="threads") == ["a", "b", "c"]
