"""Importing aiomoto costs nothing that a test run without a mock would have to pay for."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ["moto", "boto3", "botocore", "aiobotocore", "aiohttp", "httpx", "httpx2", "httpcore"]
HEAVY += ["pytest", "requests", "responses", "werkzeug", "trio", "anyio", "urllib3", "http.client"]


@pytest.mark.parametrize(
    "statement",
    [
        "import aiomoto",
        "from aiomoto import mock_aws; mock_aws(config={}, endpoints=['minio.local'])",
        "from aiomoto import mock_aws\n@mock_aws\nasync def test(): ...",
        "from aiomoto import hookimpl",
        "from aiomoto.plugin import spec",
        "import aiomoto.calls",
        "import aiomoto.testing, aiomoto.testing.network",
        "import aiomoto.doctor",
        "from aiomoto.request import AwsRequest, AwsResponse",
    ],
)
def test_no_client_and_no_moto_is_imported_before_a_mock_starts(statement: str) -> None:
    assert imported_by(statement) & set(HEAVY) == set()


def test_the_pytest_plugin_imports_no_more_than_a_run_without_aws_needs() -> None:
    unused = {"multidict", "typing_extensions", "aiomoto.request", "aiomoto.calls.record"}
    unused -= imported_by("import pytest")  # on 3.10 that has exceptiongroup, and this typing's
    assert (
        imported_by("import aiomoto.pytest_plugin, aiomoto.pytest_plugin.report") & unused == set()
    )


def imported_by(statement: str) -> set[str]:
    # -S: a .pth file of an editable or a coverage install may import what it likes.
    program = f"import sys; sys.path[:] = {sys.path!r}\n{statement}\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-S", "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())
