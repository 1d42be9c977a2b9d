from __future__ import annotations

import subprocess
import sys

from aiomoto import mock_aws


def test_the_engine_loads_the_plugin_for_its_services() -> None:
    with mock_aws() as mock:
        owned = sorted(service for service, owner in mock.owners.items() if owner == "lambda")
    assert owned == ["awslambda"]


def test_it_is_light_to_import() -> None:
    """pytest imports it in every run; moto and the clients come with the first mock."""
    heavy = {"moto", "boto3", "botocore", "aiobotocore", "aiohttp", "httpx", "httpx2", "asyncio"}
    code = "import sys, aiomoto_lambda.pytest_plugin; print(*sys.modules)"
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert heavy.intersection(done.stdout.split()) == set()
