"""The fixtures in users' test files, under each way to run coroutine tests."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from aiomoto_dynamodb.pytest_plugin import table_settings

pytest_plugins = ["pytester"]

OPTIONS = (
    "-p",
    "no:cacheprovider",
    "-W",
    "error",
    "--strict-markers",
    "-o",
    "asyncio_default_fixture_loop_scope=function",
)

BODY = """
import pytest

{head}

@pytest.mark.parametrize("turn", [1, 2])
async def test_item(turn, dynamodb_client, dynamodb_table):
    await dynamodb_client.put_item(TableName=dynamodb_table, Item={{"id": {{"S": "1"}}}})
    assert (await dynamodb_client.scan(TableName=dynamodb_table))["Count"] == 1
    assert (await dynamodb_client.list_tables())["TableNames"] == [dynamodb_table]
"""


@pytest.mark.parametrize("loop_scope", ["function", "module", "session"])
def test_strict_mode(pytester: pytest.Pytester, loop_scope: str) -> None:
    head = f"pytestmark = pytest.mark.asyncio(loop_scope={loop_scope!r})"
    pytester.makepyfile(BODY.format(head=head))
    pytester.runpytest_subprocess(*OPTIONS).assert_outcomes(passed=2)


def test_auto_mode(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(BODY.format(head=""))
    done = pytester.runpytest_subprocess(*OPTIONS, "-o", "asyncio_mode=auto")
    done.assert_outcomes(passed=2)


def test_anyio_on_asyncio_and_trio(pytester: pytest.Pytester) -> None:
    # aiobotocore runs on trio since 3.
    backends = ["asyncio", "trio"] if find_spec("aiobotocore._async_primitives") else ["asyncio"]
    head = f"""
pytestmark = pytest.mark.anyio

@pytest.fixture(params={backends!r})
def anyio_backend(request):
    return request.param
"""
    pytester.makepyfile(BODY.format(head=head))
    done = pytester.runpytest_subprocess(*OPTIONS)
    done.assert_outcomes(passed=2 * len(backends))


def test_schemas(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
import boto3, pytest

def keys(name):
    client = boto3.client("dynamodb")
    table = client.describe_table(TableName=name)["Table"]
    client.close()
    kinds = {one["AttributeName"]: one["AttributeType"] for one in table["AttributeDefinitions"]}
    return [(one["AttributeName"], kinds[one["AttributeName"]]) for one in table["KeySchema"]]

def test_default(dynamodb_table):
    assert keys(dynamodb_table) == [("id", "S")]

@pytest.mark.dynamodb_table("customer", "at:N", TableName="orders")
def test_marker(dynamodb_table):
    assert dynamodb_table == "orders"
    assert keys(dynamodb_table) == [("customer", "S"), ("at", "N")]

@pytest.mark.dynamodb_table("customer")
class TestMarked:
    def test_class(self, dynamodb_table):
        assert keys(dynamodb_table) == [("customer", "S")]

WHOLE = {
    "KeySchema": [{"AttributeName": "at", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "at", "AttributeType": "N"}],
    "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
}

@pytest.mark.parametrize(
    ("dynamodb_table", "expected"),
    [
        ("customer", [("customer", "S")]),
        (("customer", "at:N"), [("customer", "S"), ("at", "N")]),
        (WHOLE, [("at", "N")]),
    ],
    indirect=["dynamodb_table"],
)
def test_argument(dynamodb_table, expected):
    assert keys(dynamodb_table) == expected
"""
    )
    pytester.runpytest_subprocess(*OPTIONS).assert_outcomes(passed=6)


def test_an_index_needs_only_its_own_attributes() -> None:
    index = {
        "IndexName": "by-state",
        "KeySchema": [{"AttributeName": "state", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    }
    given = {
        "AttributeDefinitions": [{"AttributeName": "state", "AttributeType": "S"}],
        "GlobalSecondaryIndexes": [index],
    }
    assert table_settings(("id", "at:N"), given) == {
        "KeySchema": [
            {"AttributeName": "id", "KeyType": "HASH"},
            {"AttributeName": "at", "KeyType": "RANGE"},
        ],
        "AttributeDefinitions": [
            {"AttributeName": "state", "AttributeType": "S"},
            {"AttributeName": "id", "AttributeType": "S"},
            {"AttributeName": "at", "AttributeType": "N"},
        ],
        "BillingMode": "PAY_PER_REQUEST",
        "GlobalSecondaryIndexes": [index],
    }


@pytest.mark.parametrize("keys", [("a", "b", "c"), (1,)])
def test_keys_that_are_none(keys: tuple[str, ...]) -> None:
    with pytest.raises(pytest.UsageError, match="dynamodb_table takes one or two keys"):
        table_settings(keys, {})


def test_a_run_without_them_imports_neither_moto_nor_aiobotocore(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        """
def test_it():
    import sys
    heavy = {"moto", "boto3", "aiobotocore", "aiohttp", "httpx", "aiomoto.mock"}
    assert not heavy & set(sys.modules)
"""
    )
    # respx brings a pytest plugin that imports httpx.
    pytester.runpytest_subprocess(*OPTIONS, "-p", "no:respx").assert_outcomes(passed=1)
