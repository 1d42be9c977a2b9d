"""Cognito user pools: calls that nobody signs, tokens, and the pool's keys over plain HTTP."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from botocore import UNSIGNED

pytest.importorskip("joserfc", reason="moto's Cognito wants moto[cognitoidp]")
pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("aws")]

PASSWORD = "P2$Sword-\N{SNOWMAN}"


async def make_pool(cognito: Any) -> dict[str, str]:
    """``UserPoolId`` and ``ClientId``, of a pool in which users sign in by password."""
    pool = (await cognito.create_user_pool(PoolName="users"))["UserPool"]["Id"]
    made = await cognito.create_user_pool_client(
        UserPoolId=pool,
        ClientName="web",
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    )
    return {"UserPoolId": pool, "ClientId": made["UserPoolClient"]["ClientId"]}


async def make_user(cognito: Any, pool: str, name: str = "ada") -> None:
    await cognito.admin_create_user(
        UserPoolId=pool, Username=name, UserAttributes=[{"Name": "nickname", "Value": name}]
    )
    await cognito.admin_set_user_password(
        UserPoolId=pool, Username=name, Password=PASSWORD, Permanent=True
    )


async def sign_in(anyone: Any, ids: dict[str, str], name: str = "ada") -> dict[str, str]:
    answer = await anyone.initiate_auth(
        ClientId=ids["ClientId"],
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": name, "PASSWORD": PASSWORD},
    )
    tokens: dict[str, str] = answer["AuthenticationResult"]
    return tokens


async def test_a_user_signs_in_without_credentials(connect: Any, backend: str) -> None:
    """As an app does that has no AWS account: the region is read from the host."""
    async with (
        connect("cognito-idp", backend) as cognito,
        connect("cognito-idp", backend, signature_version=UNSIGNED) as anyone,
    ):
        ids = await make_pool(cognito)
        names = [f"user{n}" for n in range(5)]
        await asyncio.gather(*(make_user(cognito, ids["UserPoolId"], name) for name in names))
        tokens = await asyncio.gather(*(sign_in(anyone, ids, name) for name in names))
        users = await asyncio.gather(
            *(anyone.get_user(AccessToken=one["AccessToken"]) for one in tokens)
        )
        assert [user["Username"] for user in users] == names
        with pytest.raises(anyone.exceptions.NotAuthorizedException):
            await anyone.get_user(AccessToken="not a token")


async def test_a_token_verifies_with_the_published_keys(connect: Any, backend: str) -> None:
    """An aiohttp application fetches them, unsigned, from the pool's own address."""
    from joserfc import jwk, jwt

    async with connect("cognito-idp", backend) as cognito:
        ids = await make_pool(cognito)
        await make_user(cognito, ids["UserPoolId"])
        tokens = await sign_in(cognito, ids)
    issuer = f"https://cognito-idp.us-east-1.amazonaws.com/{ids['UserPoolId']}"
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{issuer}/.well-known/jwks.json") as response,
    ):
        assert response.status == 200
        keys = json.loads(await response.text())
    claims = jwt.decode(tokens["IdToken"], jwk.KeySet.import_key_set(keys)).claims
    assert claims["iss"] == issuer
    assert claims["aud"] == ids["ClientId"]
    assert claims["cognito:username"] == "ada"


async def test_a_sign_up_by_two_tasks_succeeds_once(connect: Any, backend: str) -> None:
    async with connect("cognito-idp", backend) as cognito:
        ids = await make_pool(cognito)
        results = await asyncio.gather(
            *(
                cognito.sign_up(ClientId=ids["ClientId"], Username="ada", Password=PASSWORD)
                for _ in range(4)
            ),
            return_exceptions=True,
        )
        refused = [type(one) for one in results if isinstance(one, Exception)]
        assert refused == [cognito.exceptions.UsernameExistsException] * 3
        with pytest.raises(cognito.exceptions.UserNotConfirmedException):
            await sign_in(cognito, ids)


async def test_all_pages_of_users(connect: Any, boto: Any, backend: str) -> None:
    names = [f"user{n:02}" for n in range(15)]
    async with connect("cognito-idp", backend) as cognito:
        ids = await make_pool(cognito)
        pool = {"UserPoolId": ids["UserPoolId"]}
        await asyncio.gather(*(cognito.admin_create_user(**pool, Username=n) for n in names))
        paginator = cognito.get_paginator("list_users")
        pages = paginator.paginate(**pool, PaginationConfig={"PageSize": 6})
        assert [len(page["Users"]) async for page in pages] == [6, 6, 3]
        found = paginator.paginate(**pool).search("Users[].Username")
        assert sorted([name async for name in found]) == names
    assert len(boto("cognito-idp").list_users(**pool)["Users"]) == 15


async def test_errors_are_typed(connect: Any, backend: str) -> None:
    async with connect("cognito-idp", backend) as cognito:
        ids = await make_pool(cognito)
        with pytest.raises(cognito.exceptions.ResourceNotFoundException):
            await cognito.describe_user_pool(UserPoolId="us-east-1_nowhere")
        with pytest.raises(cognito.exceptions.UserNotFoundException):
            await cognito.admin_get_user(UserPoolId=ids["UserPoolId"], Username="nobody")
        await make_user(cognito, ids["UserPoolId"])
        with pytest.raises(cognito.exceptions.NotAuthorizedException):
            await cognito.initiate_auth(
                ClientId=ids["ClientId"],
                AuthFlow="USER_PASSWORD_AUTH",
                AuthParameters={"USERNAME": "ada", "PASSWORD": "wrong"},
            )
