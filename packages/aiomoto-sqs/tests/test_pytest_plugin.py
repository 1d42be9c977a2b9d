"""The fixtures, in runs of pytest of their own: one for each way to run async tests."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

#: In the order of the file, and with nothing written.
QUIET = ("-p", "no:cacheprovider", "-p", "no:randomly")

BODY = """
    import asyncio, pytest

    {marker}
    async def test_waits_for_what_is_sent(sqs_client, sqs_queue):
        poll = asyncio.ensure_future(
            sqs_client.receive_message(QueueUrl=sqs_queue, WaitTimeSeconds=20)
        )
        await asyncio.sleep(0)
        await sqs_client.send_message(QueueUrl=sqs_queue, MessageBody="1001")
        assert (await poll)["Messages"][0]["Body"] == "1001"

    {marker}
    async def test_has_a_queue_of_its_own(sqs_client, sqs_queue):
        assert "Messages" not in await sqs_client.receive_message(QueueUrl=sqs_queue)
        assert len((await sqs_client.list_queues())["QueueUrls"]) == 1
"""


def run(folder: Path, body: str, *options: str) -> str:
    (folder / "pytest.ini").write_text("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    (folder / "test_it.py").write_text(textwrap.dedent(body))
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "pytest", "-q", *QUIET, *options],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
        env={**environ_at_home(folder), **environment, "HOME": str(folder)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def environ_at_home(folder: Path) -> dict[str, str]:
    return {"AWS_CONFIG_FILE": str(folder / "none"), "AWS_DEFAULT_REGION": "us-east-1"}


def test_pytest_asyncio_strict_in_every_loop_scope(tmp_path: Path) -> None:
    body = """
        import asyncio, pytest

        class Base:
            async def test_waits_for_what_is_sent(self, sqs_client, sqs_queue):
                poll = asyncio.ensure_future(
                    sqs_client.receive_message(QueueUrl=sqs_queue, WaitTimeSeconds=20)
                )
                await asyncio.sleep(0)
                await sqs_client.send_message(QueueUrl=sqs_queue, MessageBody="1001")
                assert (await poll)["Messages"][0]["Body"] == "1001"
                assert len((await sqs_client.list_queues())["QueueUrls"]) == 1
    """
    body = textwrap.dedent(body)
    for scope in ("function", "class", "module", "session"):
        body += (
            f"\n@pytest.mark.asyncio(loop_scope={scope!r})\n"
            f"class Test{scope.title()}(Base):\n    pass\n"
        )
    assert "4 passed" in run(tmp_path, body, "--asyncio-mode=strict")


def test_pytest_asyncio_auto(tmp_path: Path) -> None:
    assert "2 passed" in run(tmp_path, BODY.format(marker=""), "--asyncio-mode=auto")


def test_anyio_on_asyncio_and_trio(tmp_path: Path) -> None:
    backends = ["asyncio"]
    try:
        import httpx2  # noqa: F401 - aiobotocore runs on trio over it
        import trio  # noqa: F401
    except ImportError:
        pass
    else:
        backends.append("trio")
    body = f"""
        import anyio, pytest

        @pytest.fixture(params={backends!r})
        def anyio_backend(request):
            return request.param

        @pytest.mark.anyio
        async def test_waits_for_what_is_sent(sqs_client, sqs_queue):
            got = []

            async def poll():
                got.append(
                    await sqs_client.receive_message(QueueUrl=sqs_queue, WaitTimeSeconds=20)
                )

            async with anyio.create_task_group() as group:
                group.start_soon(poll)
                await anyio.sleep(0.01)
                await sqs_client.send_message(QueueUrl=sqs_queue, MessageBody="1001")
            assert got[0]["Messages"][0]["Body"] == "1001"
    """
    assert f"{len(backends)} passed" in run(tmp_path, body)


def test_anyio_without_pytest_asyncio(tmp_path: Path) -> None:
    marker = "@pytest.mark.anyio"
    body = BODY.format(marker=marker) + (
        "\n    @pytest.fixture\n    def anyio_backend():\n        return 'asyncio'\n"
    )
    assert "2 passed" in run(tmp_path, body, "-p", "no:asyncio")


def test_synchronous_tests_and_tests_without(tmp_path: Path) -> None:
    body = """
        import sys

        def test_a_run_without_the_fixtures_imports_nothing():
            found = {"aiomoto.mock", "moto", "boto3", "aiobotocore"} & set(sys.modules)
            assert not found

        def test_a_synchronous_test_has_its_queue(sqs_queue):
            import boto3

            sqs = boto3.client("sqs")
            sqs.send_message(QueueUrl=sqs_queue, MessageBody="1001")
            assert sqs.receive_message(QueueUrl=sqs_queue)["Messages"][0]["Body"] == "1001"
            sqs.close()
    """
    assert "2 passed" in run(tmp_path, body)
