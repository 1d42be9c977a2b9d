"""Ways from Python to AWS that no wire serves; docs/clients.md has them all.

Of clients in Rust no audit hook hears, so what they say is what counts, and how soon.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from aiomoto import RealRequestBlocked, mock_aws
from aiomoto.environment import OBJECT_STORE, REFUSED
from aiomoto.testing import programs
from aiomoto.testing.network import Sockets

URL = "wss://a1-ats.iot.us-east-1.amazonaws.com/mqtt"


# -- websockets -----------------------------------------------------------------------------


def test_websockets_of_threads(sockets: Sockets) -> None:
    client = pytest.importorskip("websockets.sync.client")
    with mock_aws(), pytest.raises(RealRequestBlocked, match=r"^websockets would"):
        client.connect(URL)
    assert sockets.attempts == []


@pytest.mark.asyncio
async def test_websockets_of_asyncio(sockets: Sockets) -> None:
    client = pytest.importorskip("websockets.asyncio.client")
    with mock_aws(), pytest.raises(RealRequestBlocked, match=r"a1-ats\.iot\.us-east-1"):
        await client.connect(URL)
    assert sockets.attempts == []


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """What a proxy of the environment, on this machine, is asked for; it answers nothing."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    with connection:
                        asked.append(connection.recv(100))

        thread = threading.Thread(target=serve)
        thread.start()
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{server.getsockname()[1]}")
        yield asked
        server.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_websockets_of_threads_by_a_proxy(proxy: list[bytes]) -> None:
    client = pytest.importorskip("websockets.sync.client")
    with mock_aws():
        with pytest.raises(RealRequestBlocked, match=r"^websockets would .*a1-ats\.iot"):
            client.connect(URL)
        assert proxy == []
        with pytest.raises(Exception, match="proxy"):
            client.connect("wss://elsewhere.example/")
    assert proxy[0].startswith(b"CONNECT elsewhere.example:443 ")


@pytest.mark.asyncio
async def test_websockets_of_asyncio_by_a_proxy(proxy: list[bytes]) -> None:
    client = pytest.importorskip("websockets.asyncio.client")
    with mock_aws(), pytest.raises(RealRequestBlocked, match=r"a1-ats\.iot\.us-east-1"):
        await client.connect(URL)
    assert proxy == []


# -- object_store ----------------------------------------------------------------------------


# The threads of such a library go on in the process that has used it, and crashed one.
REFUSED_SOON = """
import time
import MODULE
from aiomoto import mock_aws

with mock_aws():
    began = time.monotonic()
    try:
        CALL
    except BaseException as error:  # of polars, a panic
        # The library's own error, which has our address in it, without a retry.
        assert "aiomoto" in str(error), error
        print(time.monotonic() - began)
"""


@pytest.mark.parametrize(
    ("module", "call"),
    [
        ("obstore.store", "MODULE.S3Store('bucket', region='us-east-1').get('key')"),
        ("polars", "MODULE.scan_parquet('s3://bucket/key.parquet').collect()"),
        ("polars", "MODULE.DataFrame({'a': [1]}).lazy().sink_parquet('s3://bucket/key.parquet')"),
        ("deltalake", "MODULE.DeltaTable('s3://bucket/table')"),
    ],
)
def test_object_store(run_program: Callable[..., str], module: str, call: str) -> None:
    if find_spec(module.partition(".")[0]) is None:
        pytest.skip(f"{module} is not installed")
    program = REFUSED_SOON.replace("CALL", call).replace("MODULE", module)
    assert float(run_program(program)) < 5  # alone in about a tenth of a second


@pytest.mark.asyncio
async def test_its_variable_is_no_endpoint_of_clients(clients: Any, backend: str) -> None:
    """Many programs read `AWS_ENDPOINT` themselves, and give botocore what is there."""
    with mock_aws():
        found = os.environ.get("AWS_ENDPOINT")
        with clients.sync("s3", endpoint_url=found) as s3:
            s3.create_bucket(Bucket="bucket")
        async with clients.aio("s3", backend, endpoint_url=found) as s3:
            assert [one["Name"] for one in (await s3.list_buckets())["Buckets"]] == ["bucket"]


def test_the_endpoint_of_object_store_is_that_of_the_mock() -> None:
    with mock_aws():
        assert os.environ[OBJECT_STORE] == REFUSED
        outer = mock_aws()
        outer.start()
        inner = mock_aws()
        inner.start()
        outer.stop()
        assert os.environ[OBJECT_STORE] == REFUSED
        inner.stop()
    assert OBJECT_STORE not in os.environ


def test_an_endpoint_of_the_user_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(OBJECT_STORE, "http://localhost:1")
    with mock_aws():
        assert os.environ[OBJECT_STORE] == "http://localhost:1"
    assert os.environ[OBJECT_STORE] == "http://localhost:1"


def test_an_endpoint_of_another_layer_stays() -> None:
    """As of a server of the mock's own state, which lays its address over."""
    from aiomoto.engine import engine

    with mock_aws():
        engine.environment.push("server", {OBJECT_STORE: "http://127.0.0.1:1"})
        with mock_aws():
            assert os.environ[OBJECT_STORE] == "http://127.0.0.1:1"
            engine.environment.pop("server")
            assert os.environ[OBJECT_STORE] == "http://127.0.0.1:1"
        assert os.environ[OBJECT_STORE] == REFUSED


def test_passthrough_of_s3() -> None:
    rules = {"core": {"passthrough": {"services": ["s3"]}}}
    with mock_aws(config=rules):
        assert OBJECT_STORE not in os.environ
    with mock_aws():
        with mock_aws(config=rules):
            assert OBJECT_STORE not in os.environ
        assert os.environ[OBJECT_STORE] == REFUSED


# -- children ----------------------------------------------------------------------------------

CHILDREN = """
import os

import boto3
from aiomoto import mock_aws
from aiomoto.engine import engine

def buckets():
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="of-the-child")
    return sorted(bucket["Name"] for bucket in s3.list_buckets()["Buckets"])

def inherited():
    return engine.active, os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_ENDPOINT"]

def plain(answers):
    answers.put((inherited(), buckets()))

def decorated(answers):
    before = inherited()
    answers.put((before, mock_aws(buckets)()))
"""

PARENT = """
import multiprocessing
import boto3
import children
from aiomoto import mock_aws

with mock_aws():
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="of-the-parent")
    context = multiprocessing.get_context({method!r})
    answers = context.SimpleQueue()
    child = context.Process(target=children.{target}, args=(answers,))
    child.start()
    print(answers.get())
    child.join()
    print(len(s3.list_buckets()["Buckets"]))
"""


def parent(tmp_path: Path, **names: str) -> list[str]:
    """What a program prints that starts a child."""
    (tmp_path / "children.py").write_text(CHILDREN, encoding="utf-8")
    return programs.run(PARENT.format(**names), PYTHONPATH=str(tmp_path)).splitlines()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_has_a_copy_of_the_mock(tmp_path: Path) -> None:
    found = parent(tmp_path, method="fork", target="plain")
    inherited = True, "FOOBARKEY", REFUSED
    assert found == [str((inherited, ["of-the-child", "of-the-parent"])), "1"]


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_another_child_starts_a_mock_of_its_own(tmp_path: Path, method: str) -> None:
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"no {method} here")
    found = parent(tmp_path, method=method, target="decorated")
    inherited = False, "FOOBARKEY", REFUSED
    assert found == [str((inherited, ["of-the-child"])), "1"]


@pytest.mark.asyncio
async def test_a_program_has_the_environment_alone() -> None:
    asks = f"import os; print(os.environ['AWS_ACCESS_KEY_ID'], os.environ['{OBJECT_STORE}'])"
    async with mock_aws():
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", asks, stdout=asyncio.subprocess.PIPE
        )
        printed, _ = await child.communicate()
    assert printed.decode().split() == ["FOOBARKEY", REFUSED]
