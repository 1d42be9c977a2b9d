"""The fixtures in users' test files, under each way to run coroutine tests."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

pytest_plugins = ["pytester"]

OPTIONS = (
    "-p",
    "no:cacheprovider",
    "-W",
    "error",
    "-o",
    "asyncio_default_fixture_loop_scope=function",
)

BODY = """
    await s3_client.put_object(Bucket=s3_bucket, Key="k", Body=b"data")
    answer = await s3_client.get_object(Bucket=s3_bucket, Key="k")
    assert await answer["Body"].read() == b"data"
    assert (await s3_client.list_buckets())["Buckets"][0]["Name"] == s3_bucket
"""


def test_strict_mode(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        f"""
import pytest

@pytest.mark.asyncio
@pytest.mark.parametrize("turn", [1, 2])
async def test_it(turn, s3_client, s3_bucket):
    {BODY.strip()}
"""
    )
    pytester.runpytest_subprocess(*OPTIONS).assert_outcomes(passed=2)


def test_auto_mode_and_one_loop_for_the_module(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        f"""
import pytest

pytestmark = pytest.mark.asyncio(loop_scope="module")

@pytest.mark.parametrize("turn", [1, 2])
async def test_it(turn, s3_client, s3_bucket):
    {BODY.strip()}
"""
    )
    done = pytester.runpytest_subprocess(*OPTIONS, "-o", "asyncio_mode=auto")
    done.assert_outcomes(passed=2)


def test_anyio_on_asyncio_and_trio(pytester: pytest.Pytester) -> None:
    # aiobotocore runs on trio since 3.
    backends = ["asyncio", "trio"] if find_spec("aiobotocore._async_primitives") else ["asyncio"]
    pytester.makepyfile(
        f"""
import pytest

@pytest.fixture(params={backends!r})
def anyio_backend(request):
    return request.param

@pytest.mark.anyio
async def test_it(s3_client, s3_bucket):
    {BODY.strip()}
"""
    )
    done = pytester.runpytest_subprocess(*OPTIONS)
    done.assert_outcomes(passed=len(backends))


@pytest.mark.skipif(find_spec("s3fs") is None, reason="s3fs is not installed")
def test_file_systems(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
import pytest

@pytest.mark.parametrize("turn", [1, 2])
def test_sync(turn, s3_filesystem, s3_bucket):
    assert s3_filesystem.ls(s3_bucket) == []
    s3_filesystem.pipe(f"{s3_bucket}/k", b"data")
    assert s3_filesystem.ls(s3_bucket) == [f"{s3_bucket}/k"]

@pytest.mark.asyncio
async def test_async(s3_filesystem, s3_bucket):
    assert await s3_filesystem._ls(s3_bucket) == []
    await s3_filesystem._pipe_file(f"{s3_bucket}/k", b"data")
    assert await s3_filesystem._cat_file(f"{s3_bucket}/k") == b"data"
"""
    )
    pytester.runpytest_subprocess(*OPTIONS).assert_outcomes(passed=3)


def test_another_region(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    pytester.makepyfile(
        """
def test_it(s3_bucket):
    import boto3
    s3 = boto3.client("s3")
    where = s3.get_bucket_location(Bucket=s3_bucket)
    s3.close()
    assert where["LocationConstraint"] == "eu-west-1"
"""
    )
    pytester.runpytest_subprocess(*OPTIONS).assert_outcomes(passed=1)


def test_a_run_without_them_imports_neither_moto_nor_aiobotocore(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        """
def test_it():
    import sys
    found = {"moto", "boto3", "aiobotocore", "s3fs", "aiohttp"} & set(sys.modules)
    assert not found
"""
    )
    pytester.runpytest_subprocess(*OPTIONS).assert_outcomes(passed=1)
