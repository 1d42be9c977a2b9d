"""pyarrow by ``s3://``: served through s3fs, and what stands on it; its own client is refused."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from aiomoto import RealRequestBlocked, mock_aws

pa = pytest.importorskip("pyarrow")
pytest.importorskip("s3fs")

import pyarrow.dataset as ds  # noqa: E402
import pyarrow.fs as pa_fs  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402

BEFORE = (pa_fs.FileSystem, pa_fs.S3FileSystem, pa_fs.resolve_s3_region)


@pytest.fixture
def bucket(boto: Any) -> Any:
    """A bucket, seen by boto3."""
    with mock_aws():
        s3 = boto("s3")
        s3.create_bucket(Bucket="bucket")
        yield s3


def keys(s3: Any) -> list[str]:
    return [one["Key"] for one in s3.list_objects_v2(Bucket="bucket").get("Contents", ())]


TABLE = pa.table({"a": [1, 2, 3], "b": ["x", "y", "z"]})


def test_parquet(bucket: Any) -> None:
    pq.write_table(TABLE, "s3://bucket/folder/one.parquet")
    assert keys(bucket) == ["folder/one.parquet"]
    assert pq.read_table("s3://bucket/folder/one.parquet") == TABLE


def test_datasets(bucket: Any) -> None:
    ds.write_dataset(TABLE, "s3://bucket/set", format="parquet", partitioning=["b"])
    assert len(keys(bucket)) == 3
    found = ds.dataset("s3://bucket/set", partitioning=["b"]).to_table()
    assert sorted(found["a"].to_pylist()) == [1, 2, 3]


def test_pandas(bucket: Any) -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": [1, 2, 3]})
    frame.to_parquet("s3://bucket/frame.parquet")
    assert keys(bucket) == ["frame.parquet"]
    assert pandas.read_parquet("s3://bucket/frame.parquet").equals(frame)


def test_polars_with_a_file_of_s3fs(bucket: Any) -> None:
    """As docs/clients.md says: its own way is refused."""
    polars, s3fs = pytest.importorskip("polars"), pytest.importorskip("s3fs")
    pq.write_table(TABLE, "s3://bucket/one.parquet")
    with s3fs.S3FileSystem().open("bucket/one.parquet") as file:
        assert polars.read_parquet(file)["a"].to_list() == [1, 2, 3]


def test_duckdb_with_a_file_system_of_s3fs(bucket: Any) -> None:
    duckdb, s3fs = pytest.importorskip("duckdb"), pytest.importorskip("s3fs")
    pq.write_table(TABLE, "s3://bucket/one.parquet")
    with duckdb.connect() as connection:
        connection.register_filesystem(s3fs.S3FileSystem())
        found = connection.sql("select sum(a) from read_parquet('s3://bucket/one.parquet')")
        assert found.fetchall() == [(6,)]


def test_without_s3fs_it_is_refused(bucket: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aiomoto_s3.arrow.find_spec", lambda name: None)
    with pytest.raises(RealRequestBlocked, match=r"pyarrow .* https://bucket\.s3\.us-east-1"):
        pq.read_table("s3://bucket/one.parquet")


def test_from_uri(bucket: Any) -> None:
    filesystem, path = pa_fs.FileSystem.from_uri("s3://bucket/a%20folder/?region=eu-west-1")
    assert path == "bucket/a folder"
    assert isinstance(filesystem, pa_fs.FileSystem)
    with filesystem.open_output_stream("bucket/a folder/key") as stream:
        stream.write(b"body")
    assert keys(bucket) == ["a folder/key"]


def test_a_declared_endpoint() -> None:
    with mock_aws(endpoints=["minio.example:9000"]) as mock:
        uri = "s3://bucket?endpoint_override=minio.example:9000&scheme=http"
        filesystem, path = pa_fs.FileSystem.from_uri(uri)
        filesystem.create_dir(path)
        assert mock.calls[-1].url.startswith("http://minio.example:9000/")


def test_other_uris_are_left_alone(tmp_path: Path) -> None:
    with mock_aws():
        filesystem, path = pa_fs.FileSystem.from_uri(tmp_path.as_uri())
        assert isinstance(filesystem, pa_fs.LocalFileSystem)
        assert isinstance(filesystem, pa_fs.FileSystem)
        assert issubclass(pa_fs.LocalFileSystem, pa_fs.FileSystem)
        assert not isinstance(path, pa_fs.FileSystem)
        pq.write_table(TABLE, tmp_path / "file")
        assert pq.read_table(str(tmp_path / "file")) == TABLE


def test_its_own_client_is_refused() -> None:
    refused = r"pyarrow would have connected to https://s3\.eu-west-1\.amazonaws\.com"
    with mock_aws():
        with pytest.raises(RealRequestBlocked, match=refused):
            pa_fs.S3FileSystem(region="eu-west-1")
        with pytest.raises(RealRequestBlocked, match="pyarrow"):
            pa_fs.resolve_s3_region("bucket")
        with pytest.raises(RealRequestBlocked, match=r"s3: a request .* https:..minio"):
            pa_fs.S3FileSystem(endpoint_override="minio.example")


def test_its_own_client_on_a_declared_listener(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        with mock_aws(), pytest.raises(RealRequestBlocked, match="pyarrow"):
            pa_fs.S3FileSystem()
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_its_own_client_for_loopback_is_its_own() -> None:
    with mock_aws():
        filesystem = pa_fs.S3FileSystem(
            access_key="a", secret_key="b", region="x", endpoint_override="127.0.0.1:1"
        )
        assert isinstance(filesystem, pa_fs.S3FileSystem)
        assert type(filesystem) is BEFORE[1]


def test_all_is_as_before_afterwards() -> None:
    with mock_aws():
        kept = pa_fs.FileSystem
        assert (kept, pa_fs.S3FileSystem, pa_fs.resolve_s3_region) != BEFORE
    assert (pa_fs.FileSystem, pa_fs.S3FileSystem, pa_fs.resolve_s3_region) == BEFORE
    # Somebody has imported it inside.
    filesystem, _ = kept.from_uri("file:///")
    assert type(filesystem) is pa_fs.LocalFileSystem
    assert isinstance(filesystem, kept)
