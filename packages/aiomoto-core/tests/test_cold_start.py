"""What a fresh process does on its way to a first answer, in counts.

`hatch run bench --case import` has the times.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.metadata import entry_points
from typing import Any

from aiomoto.testing import programs

PROGRAM = """
import asyncio, json, ssl, sys, threading

from aiomoto import mock_aws

with mock_aws():
    pass
plugins = [name for name in sys.modules if name.startswith("aiomoto_")]
parsed, bundles, threads = [], [], []


def noting(owner, function, noted, what):
    original = getattr(owner, function)

    def note(*args, **kwargs):
        noted.append(what(*args))
        return original(*args, **kwargs)

    setattr(owner, function, note)


async def main():
    # Importing aiohttp loads certificates, with or without a mock.
    from aiobotocore.session import get_session

    noting(json, "loads", parsed, len)
    noting(ssl.SSLContext, "load_verify_locations", bundles, lambda self, *paths: str(paths))
    noting(threading.Thread, "start", threads, lambda self: self.name)
    async with mock_aws(), get_session().create_client("s3", region_name="us-east-1") as client:
        await client.list_buckets()
    return {"parsed": [*parsed], "bundles": [*bundles], "threads": [*threads]}


counted = asyncio.run(main())
print(json.dumps({**counted, "plugins": plugins, "modules": [*sys.modules]}))
"""


@cache
def cold_start() -> dict[str, Any]:
    """What a process had done when its first call was answered."""
    counted: dict[str, Any] = json.loads(programs.run(PROGRAM))
    return counted


def test_a_first_call_parses_each_file_once() -> None:
    # moto reads the model of the service that it has just been asked for, as the client did.
    parsed = [size for size in cold_start()["parsed"] if size > 100_000]
    assert len(parsed) >= 3
    assert len(parsed) == len(set(parsed))


def test_a_first_call_loads_no_certificates_and_starts_no_thread() -> None:
    assert (cold_start()["bundles"], cold_start()["threads"]) == ([], [])


def test_a_first_call_imports_nothing_that_it_has_no_use_for() -> None:
    modules = set(cold_start()["modules"])
    mine = {name for name in modules if name.startswith("aiomoto.")}
    for room in ("pytest_plugin", "testing", "doctor", "calls.display", "calls.parameters"):
        assert {name for name in mine if name.startswith(f"aiomoto.{room}")} == set()
    assert modules & {"pytest", "trio", "aiomoto.wire.httpx"} == set()
    assert "aiomoto.wire.aiohttp" in mine


def test_plugins_import_little_before_their_services_are_used() -> None:
    imported = set(cold_start()["plugins"])
    modules = {point.module for point in entry_points(group="aiomoto")}
    packages = {module.rsplit(".", depth)[0] for module in modules for depth in (1, 2)}
    versions = {f"{package}.__about__" for package in packages}
    assert modules <= imported
    # What users import of a package by name, such as Lambda's handlers, comes along with it.
    assert len(imported - modules - packages - versions) <= 4
