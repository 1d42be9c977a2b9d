"""What differs in async code: aiohttp and httpx send an Accept header of their own."""

from __future__ import annotations

import json
import warnings
from typing import Any

import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session

from aiomoto import mock_aws

pytest.importorskip("moto.bedrockruntime", reason="this moto has no Bedrock runtime")


def config_for(backend: str) -> Any:
    if backend == "aiohttp":
        return None
    pytest.importorskip("httpx2", reason="aiobotocore's httpx backend wants httpx2")
    from aiobotocore.httpxsession import HttpxSession

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return AioConfig(http_session_cls=HttpxSession)


@pytest.mark.asyncio
@pytest.mark.parametrize("backend", ["aiohttp", "httpx"])
async def test_invoke_model_without_accept(backend: str) -> None:
    """``Accept: */*`` says as much as none (RFC 9110, section 12.5.1); moto would take it."""
    async with (
        mock_aws(),
        get_session().create_client(
            "bedrock-runtime", region_name="us-east-1", config=config_for(backend)
        ) as bedrock,
    ):
        answer = await bedrock.invoke_model(modelId="model", body=json.dumps({}))
        assert json.loads(await answer["body"].read()) == {}
