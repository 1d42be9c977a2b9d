"""STS: credentials that an async client or its session takes on, and whose account that is."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from aiobotocore.session import AioSession
from botocore.exceptions import ClientError

from aiomoto import AwsRequest, mock_aws

HOME = "123456789012"
REGION = "us-east-1"


def role(account: str) -> str:
    return f"arn:aws:iam::{account}:role/deployer"


def keys(answer: dict[str, Any]) -> dict[str, str]:
    """The credentials of an answer, as arguments of create_client."""
    credentials = answer["Credentials"]
    return {
        "aws_access_key_id": credentials["AccessKeyId"],
        "aws_secret_access_key": credentials["SecretAccessKey"],
        "aws_session_token": credentials["SessionToken"],
    }


@pytest.mark.asyncio
@pytest.mark.usefixtures("aws")
async def test_tasks_in_many_accounts_stay_apart(connect: Any, boto: Any, backend: str) -> None:
    accounts = [f"{n:012}" for n in range(1, 9)]
    async with connect("sts", backend) as sts:

        async def work(account: str) -> tuple[str, list[str]]:
            assumed = await sts.assume_role(RoleArn=role(account), RoleSessionName="test")
            async with connect("sns", backend, client=keys(assumed)) as sns:
                await sns.create_topic(Name=f"topic-{account}")
                topics = (await sns.list_topics())["Topics"]
            async with connect("sts", backend, client=keys(assumed)) as own:
                return (await own.get_caller_identity())["Account"], [
                    topic["TopicArn"] for topic in topics
                ]

        found = await asyncio.gather(*map(work, accounts))
        assert found == [
            (account, [f"arn:aws:sns:{REGION}:{account}:topic-{account}"]) for account in accounts
        ]
        assert (await sts.get_caller_identity())["Account"] == HOME
    assert boto("sns").list_topics()["Topics"] == []


@pytest.mark.asyncio
@pytest.mark.usefixtures("aws")
async def test_assumed_twice_over(connect: Any, backend: str) -> None:
    """The second account's role is assumed with the first one's credentials."""
    async with connect("sts", backend) as sts:
        first = await sts.assume_role(RoleArn=role("1" * 12), RoleSessionName="one")
    async with connect("sts", backend, client=keys(first)) as sts:
        second = await sts.assume_role(RoleArn=role("2" * 12), RoleSessionName="two")
    async with connect("sts", backend, client=keys(second)) as sts:
        identity = await sts.get_caller_identity()
    assert identity["Account"] == "2" * 12
    assert identity["Arn"] == f"arn:aws:sts::{'2' * 12}:assumed-role/deployer/two"
    assert second["AssumedRoleUser"]["Arn"] == identity["Arn"]


@pytest.fixture
def calls() -> Any:
    """A plugin that counts STS's operations."""
    from aiomoto import hookimpl

    class Calls(list[str]):
        @hookimpl
        def aiomoto_services(self) -> list[str]:
            return ["sts"]

        @hookimpl
        def aiomoto_handle(self, request: AwsRequest) -> None:
            self.append(str(request.operation))

    return Calls()


@pytest.fixture
def web_identity(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, calls: Any) -> Iterator[None]:
    """The environment of a pod on EKS: a role, and a file with a token; no keys."""
    token = tmp_path / "token"
    token.write_text("a token")
    with mock_aws(config={"core": {"mock_credentials": False}}, plugins=[calls]):
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("AWS_ROLE_ARN", role("3" * 12))
        monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(token))
        monkeypatch.setenv("AWS_ROLE_SESSION_NAME", "pod")
        yield


@pytest.mark.asyncio
@pytest.mark.usefixtures("web_identity")
async def test_a_session_finds_web_identity_credentials(connect: Any, calls: Any) -> None:
    """aiobotocore's own provider asks STS, unsigned; all tasks wait for the one answer."""
    session = AioSession()
    async with connect("sts", session=session) as sts:
        answers = await asyncio.gather(*(sts.get_caller_identity() for _ in range(5)))
    assert {answer["Account"] for answer in answers} == {"3" * 12}
    assert calls == ["AssumeRoleWithWebIdentity"] + ["GetCallerIdentity"] * 5


@pytest.mark.asyncio
@pytest.mark.usefixtures("web_identity")
async def test_credentials_that_run_out_are_refreshed(connect: Any, calls: Any) -> None:
    session = AioSession()
    async with connect("sts", session=session) as sts:
        await sts.get_caller_identity()
        credentials = await session.get_credentials()
        first = await credentials.get_frozen_credentials()
        with time_machine.travel(time.time() + 3600):
            await asyncio.gather(*(sts.get_caller_identity() for _ in range(5)))
            second = await credentials.get_frozen_credentials()
    assert calls.count("AssumeRoleWithWebIdentity") == 2
    assert first.access_key != second.access_key


@pytest.mark.asyncio
@pytest.mark.usefixtures("aws")
async def test_a_policy_that_is_too_long_is_refused(connect: Any, boto: Any, backend: str) -> None:
    asked = {"Name": "someone", "Policy": "x" * 2049}
    async with connect("sts", backend) as sts:
        with pytest.raises(ClientError) as caught:
            await sts.get_federation_token(**asked)
    with pytest.raises(ClientError) as expected:
        boto("sts").get_federation_token(**asked)
    assert str(caught.value) == str(expected.value)
    assert caught.value.response["Error"]["Code"] == "ValidationError"


@pytest.mark.asyncio
@pytest.mark.usefixtures("aws")
async def test_a_presigned_identity_is_fetched_by_a_plain_client(
    connect: Any, backend: str
) -> None:
    """As with EKS and Vault, whose tokens are a presigned GetCallerIdentity."""
    import aiohttp

    async with connect("sts", backend) as sts:
        url = await sts.generate_presigned_url("get_caller_identity", HttpMethod="GET")
        expected = await sts.get_caller_identity()
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        assert response.status == 200
        assert f"<Arn>{expected['Arn']}</Arn>" in await response.text()
