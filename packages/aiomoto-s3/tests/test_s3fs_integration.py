"""Sync and async use of s3fs, and by libraries that come to it through fsspec."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from importlib.util import find_spec

import pytest

from aiomoto import mock_aws

pytest.importorskip("s3fs", reason="s3fs is not installed")

import fsspec
import s3fs

BUCKET = "files"

MakeBucket = Callable[..., None]


def needs(library: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(find_spec(library) is None, reason=f"{library} is not installed")


@pytest.fixture
def bucket(make_bucket: MakeBucket) -> Iterator[str]:
    with mock_aws():
        make_bucket(BUCKET)
        yield BUCKET


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


def test_fsspec_open(make_bucket: MakeBucket) -> None:
    for text in ("first", "2nd"):
        with mock_aws():
            make_bucket(BUCKET)
            with fsspec.open(f"s3://{BUCKET}/note.txt", "w") as file:
                file.write(text)
            with fsspec.open(f"s3://{BUCKET}/note.txt") as file:
                assert file.read() == text.encode()
            with fsspec.open_files(f"s3://{BUCKET}/*.txt", "r")[0] as file:
                assert file.read() == text


@needs("pandas")
def test_pandas_csv(make_bucket: MakeBucket) -> None:
    import pandas as pd

    for rows in ([1, 2], [3, 4, 5]):
        with mock_aws():
            make_bucket(BUCKET)
            pd.DataFrame({"n": rows}).to_csv(f"s3://{BUCKET}/table.csv", index=False)
            found = pd.read_csv(f"s3://{BUCKET}/table.csv")
            assert found["n"].tolist() == rows


@needs("pyarrow")
@needs("pandas")
def test_pandas_parquet(make_bucket: MakeBucket) -> None:
    import pandas as pd

    for rows in ([1, 2], [3, 4, 5]):
        with mock_aws():
            make_bucket(BUCKET)
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
def test_a_zarr_store(make_bucket: MakeBucket) -> None:
    import numpy as np
    import zarr

    for factor in (1, 2):
        with mock_aws():
            make_bucket(BUCKET)
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
def test_universal_pathlib(make_bucket: MakeBucket) -> None:
    from upath import UPath

    path = UPath(f"s3://{BUCKET}/folder/note.txt")
    for text in ("first", "2nd"):
        with mock_aws():
            make_bucket(BUCKET)
            assert not path.exists()
            path.write_text(text)
            assert path.read_text() == text
            assert [one.name for one in path.parent.iterdir()] == ["note.txt"]
            path.unlink()


@needs("polars")
def test_polars(make_bucket: MakeBucket) -> None:
    import polars as pl

    for rows in ([1, 2], [3, 4, 5]):
        with mock_aws():
            make_bucket(BUCKET)
            files = s3fs.S3FileSystem()
            with files.open(f"{BUCKET}/table.csv", "wb") as file:
                pl.DataFrame({"n": rows}).write_csv(file)
            with files.open(f"{BUCKET}/table.csv", "rb") as file:
                assert pl.read_csv(file)["n"].to_list() == rows
            with fsspec.open(f"s3://{BUCKET}/table.parquet", "wb") as file:
                pl.DataFrame({"n": rows}).write_parquet(file)
            with fsspec.open(f"s3://{BUCKET}/table.parquet", "rb") as file:
                assert pl.read_parquet(file)["n"].to_list() == rows


@needs("dask")
@pytest.mark.parametrize("scheduler", ["threads", "synchronous"])
def test_dask_bag(make_bucket: MakeBucket, scheduler: str) -> None:
    """Not dask's processes, which have mocks of their own."""
    import dask
    import dask.bag as bag

    for lines in (["a", "b", "c"], ["d"]):
        with mock_aws(), dask.config.set(scheduler=scheduler):
            make_bucket(BUCKET)
            files = s3fs.S3FileSystem()
            files.pipe({f"{BUCKET}/{line}.txt": f"{line}\n".encode() for line in lines})
            found = bag.read_text(f"s3://{BUCKET}/*.txt").map(str.strip)
            assert found.compute() == lines
            found.to_textfiles(f"s3://{BUCKET}/out/*.txt")
            assert len(files.ls(f"{BUCKET}/out", refresh=True)) == len(lines)
