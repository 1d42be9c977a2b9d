"""API Gateway: documents as blobs, the Accept header that it wants, and a deployed API."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

pytest.importorskip("openapi_spec_validator", reason="moto's API Gateway wants moto[apigateway]")
pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("aws")]


async def make_api(gateway: Any, name: str = "shop") -> dict[str, str]:
    """``restApiId`` and ``resourceId`` of the root."""
    api = (await gateway.create_rest_api(name=name))["id"]
    [root] = (await gateway.get_resources(restApiId=api))["items"]
    return {"restApiId": api, "resourceId": root["id"]}


async def add_method(gateway: Any, ids: dict[str, str], **integration: Any) -> None:
    await gateway.put_method(**ids, httpMethod="GET", authorizationType="NONE")
    await gateway.put_method_response(**ids, httpMethod="GET", statusCode="200")
    await gateway.put_integration(**ids, httpMethod="GET", **integration)
    await gateway.put_integration_response(
        **ids, httpMethod="GET", statusCode="200", responseTemplates={"application/json": "{}"}
    )


async def test_the_accept_header_is_the_services(connect: Any, backend: str) -> None:
    """botocore sets ``application/json`` (botocore.handlers), which must win over the client's."""
    seen: list[str] = []
    async with connect("apigateway", backend) as gateway:

        def before_send(request: Any, **_: Any) -> None:
            seen.append(str(request.headers["Accept"]))

        gateway.meta.events.register("before-send.apigateway", before_send)
        ids = await make_api(gateway)
        answer = await gateway.get_rest_api(restApiId=ids["restApiId"])
        assert answer["name"] == "shop"
    assert seen
    assert {value.removeprefix("b'").removesuffix("'") for value in seen} == {"application/json"}


async def test_apis_that_tasks_make_at_once(connect: Any, boto: Any, backend: str) -> None:
    names = [f"api{n}" for n in range(10)]
    async with connect("apigateway", backend) as gateway:
        made = await asyncio.gather(*(make_api(gateway, name) for name in names))
        found = gateway.get_paginator("get_rest_apis").paginate().search("items[].id")
        assert sorted([one async for one in found]) == sorted(ids["restApiId"] for ids in made)
        paths = await asyncio.gather(
            *(
                gateway.create_resource(
                    restApiId=made[0]["restApiId"],
                    parentId=made[0]["resourceId"],
                    pathPart=part,
                )
                for part in ("orders", "{id}", "a-b_c.d")
            )
        )
        assert [answer["path"] for answer in paths] == ["/orders", "/{id}", "/a-b_c.d"]
    items = boto("apigateway").get_rest_apis()["items"]
    assert sorted(one["name"] for one in items) == names


async def test_a_tag_of_an_arn_in_the_path(connect: Any, backend: str) -> None:
    """``/tags/arn%3Aaws%3Aapigateway...%2Frestapis%2F...``: slashes stay quoted."""
    async with connect("apigateway", backend) as gateway:
        ids = await make_api(gateway)
        await add_method(gateway, ids, type="MOCK")
        deployed = await gateway.create_deployment(restApiId=ids["restApiId"])
        stage = {"restApiId": ids["restApiId"], "stageName": "dev"}
        await gateway.create_stage(**stage, deploymentId=deployed["id"])
        arn = f"arn:aws:apigateway:us-east-1::/restapis/{ids['restApiId']}/stages/dev"
        await gateway.tag_resource(resourceArn=arn, tags={"a b": "c&d"})
        assert (await gateway.get_stage(**stage))["tags"] == {"a b": "c&d"}
        await gateway.untag_resource(resourceArn=arn, tagKeys=["a b"])
        assert (await gateway.get_stage(**stage)).get("tags", {}) == {}


@pytest.mark.since_moto("5.2", "an imported method had no integration")
async def test_a_document_goes_in_and_comes_out_as_a_stream(
    connect: Any, pieces: Any, backend: str
) -> None:
    operation = {
        "responses": {"200": {"description": "orders"}},
        "x-amazon-apigateway-integration": {
            "type": "HTTP",
            "httpMethod": "GET",
            "uri": "https://shop.example.com",
        },
    }
    document = {
        "openapi": "3.0.1",
        "info": {"title": "shop \N{SNOWMAN}", "version": "1.0", "description": ""},
        "paths": {"/orders": {"get": operation}},
    }
    async with connect("apigateway", backend) as gateway:
        api = (await gateway.import_rest_api(body=json.dumps(document).encode()))["id"]
        resources = (await gateway.get_resources(restApiId=api))["items"]
        assert sorted(one["path"] for one in resources) == ["/", "/orders"]
        deployment = {"restApiId": api, "stageName": "dev"}
        await gateway.create_deployment(**deployment)
        export = await gateway.get_export(**deployment, exportType="oas30")
        chunks = await pieces(export["body"], 64)
        assert len(chunks) > 1
        exported = json.loads(b"".join(chunks))
        assert exported["info"]["title"] == "shop \N{SNOWMAN}"
        assert "/orders" in exported["paths"]


async def test_errors_are_typed(connect: Any, boto: Any, backend: str) -> None:
    async with connect("apigateway", backend) as gateway:
        with pytest.raises(
            gateway.exceptions.NotFoundException, match="Invalid Rest API"
        ) as caught:
            await gateway.get_rest_api(restApiId="nowhere")
        with pytest.raises(boto("apigateway").exceptions.NotFoundException) as expected:
            boto("apigateway").get_rest_api(restApiId="nowhere")
        assert str(caught.value) == str(expected.value)
        ids = await make_api(gateway)
        with pytest.raises(gateway.exceptions.BadRequestException, match="methods"):
            await gateway.create_deployment(restApiId=ids["restApiId"])
