"""Where DynamoDB clients send their requests: account-id hosts, discovery, other names."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("aws")]

ACCOUNT = "123456789012"


@pytest.fixture
def hosts() -> Any:
    """``hosts(client)``: a list that grows by the host of each request from now on."""

    def watch(client: Any) -> list[str]:
        found: list[str] = []
        client.meta.events.register(
            "before-send.dynamodb", lambda request, **_: found.append(request.url.split("/")[2])
        )
        return found

    return watch


@pytest.mark.parametrize("mode", ["disabled", "preferred", "required"])
async def test_account_id_endpoints(
    connect: Any, make_table: Any, hosts: Any, backend: str, mode: str
) -> None:
    account = {
        "aws_access_key_id": "key",
        "aws_secret_access_key": "secret",
        "aws_account_id": ACCOUNT,
    }
    async with connect(
        "dynamodb", backend=backend, client=account, account_id_endpoint_mode=mode
    ) as client:
        asked = hosts(client)
        await make_table(client)
        assert (await client.list_tables())["TableNames"] == ["orders"]
    by_account = f"{ACCOUNT}.ddb.us-east-1.amazonaws.com"
    expected = "dynamodb.us-east-1.amazonaws.com" if mode == "disabled" else by_account
    assert set(asked) == {expected}


async def test_discovered_endpoints(
    connect: Any, make_table: Any, hosts: Any, backend: str
) -> None:
    async with connect("dynamodb", backend=backend, endpoint_discovery_enabled=True) as client:
        asked = hosts(client)
        await make_table(client)
        await client.put_item(TableName="orders", Item={"id": {"S": "1"}})
        assert (await client.scan(TableName="orders"))["Count"] == 1
        found = await client.describe_endpoints()
        assert set(asked) == {one["Address"] for one in found["Endpoints"]}


@pytest.mark.parametrize(
    ("region", "config"),
    [
        ("us-east-1", {"use_dualstack_endpoint": True}),
        ("us-east-1", {"use_fips_endpoint": True}),
        ("cn-north-1", {}),
        ("us-gov-west-1", {}),
        ("eu-central-1", {}),
    ],
)
async def test_other_names_of_the_service(
    connect: Any, make_table: Any, region: str, config: dict[str, Any]
) -> None:
    async with connect("dynamodb", client={"region_name": region}, **config) as client:
        made = await make_table(client)
        assert f":dynamodb:{region}:" in made["TableDescription"]["TableArn"]
        assert (await client.list_tables())["TableNames"] == ["orders"]
