"""The case ``import``: what a fresh process has to pay before it gets anywhere.

Only ``time`` and ``sys`` are imported before, so that what the subject imports is
counted as its own.
"""

from __future__ import annotations

import sys
import time

TYPE_CHECKING = False  # `typing` is an import as well
if TYPE_CHECKING:
    from collections.abc import Callable


def turn(world: str) -> None:
    """One turn, and the only one of this process."""
    _say("ready")
    sys.stdin.readline()
    found: list[tuple[str, float, float]] = []
    begin = time.perf_counter(), time.process_time()

    def reached(name: str) -> None:
        wall, cpu = time.perf_counter() - begin[0], time.process_time() - begin[1]
        found.append((name, wall, cpu))

    if world == "Server":
        _server(reached)
    elif world == "Sync":
        _sync(reached)
    else:
        _async(reached)
    import json

    _say(json.dumps({name: {"wall": wall, "cpu": cpu} for name, wall, cpu in found}))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _sync(reached: Callable[[str], None]) -> None:
    import moto  # noqa: F401

    reached("import")
    from moto import mock_aws

    reached("import of mock_aws")
    with mock_aws():
        pass
    reached("import + first mock")
    import boto3

    with mock_aws():
        boto3.session.Session().client("s3", region_name="us-east-1").list_buckets()
    reached("import + first mock + first call")


def _async(reached: Callable[[str], None]) -> None:
    import aiomoto  # noqa: F401

    reached("import")
    from aiomoto import mock_aws

    reached("import of mock_aws")
    with mock_aws():
        pass
    reached("import + first mock")
    import asyncio

    async def call() -> None:
        from aiobotocore.session import get_session

        async with (
            mock_aws(),
            get_session().create_client("s3", region_name="us-east-1") as client,
        ):
            await client.list_buckets()

    asyncio.run(call())
    reached("import + first mock + first call")


def _server(reached: Callable[[str], None]) -> None:
    import moto  # noqa: F401

    reached("import")
    from moto.server import ThreadedMotoServer

    reached("import of mock_aws")
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    reached("import + first mock")
    import asyncio

    async def call() -> None:
        from aiobotocore.session import get_session

        host, port = server.get_host_and_port()
        async with get_session().create_client(
            "s3",
            region_name="us-east-1",
            endpoint_url=f"http://{host}:{port}",
            aws_access_key_id="key",
            aws_secret_access_key="secret",
        ) as client:
            await client.list_buckets()

    asyncio.run(call())
    reached("import + first mock + first call")
    server.stop()
