"""Which service a host belongs to, where moto's patterns alone would take another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from aiomoto import mock_aws

if TYPE_CHECKING:
    from types import ModuleType


@pytest.mark.asyncio
async def test_a_host_with_s3_in_its_name(clients: ModuleType, backend: str) -> None:
    """IoT makes the names of its endpoints up; moto takes each with "s3" in it for S3."""
    url = "https://a1s3b2-ats.iot.us-east-1.amazonaws.com"
    async with mock_aws(), clients.aio("iot", backend) as iot:
        await iot.create_thing(thingName="lamp")
        async with clients.aio("iot-data", backend, endpoint_url=url) as data:
            await data.update_thing_shadow(thingName="lamp", payload=b'{"state": {}}')
    with mock_aws():
        with clients.sync("iot") as sync:
            sync.create_thing(thingName="lamp")
        with clients.sync("iot-data", endpoint_url=url) as sync:
            sync.update_thing_shadow(thingName="lamp", payload=b'{"state": {}}')
