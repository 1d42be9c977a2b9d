"""ECR: a token for Docker, manifests as they were sent, and images that tasks push at once."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

import pytest
from botocore.exceptions import WaiterError

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("aws")]


def manifest(n: int) -> str:
    """Written as Docker does; its digest is that of these very characters."""
    media = "application/vnd.docker.distribution.manifest.v2+json"
    return json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": media,
            "config": {"size": 1, "digest": f"sha256:{0:064x}"},
            "layers": [{"size": 1, "digest": f"sha256:{n:064x}"}],
        },
        indent=3,
    )


async def push(ecr: Any, n: int, tag: str | None = None) -> Any:
    return await ecr.put_image(
        repositoryName="shop/web", imageManifest=manifest(n), imageTag=tag or f"v{n}"
    )


async def test_a_token_for_docker(connect: Any, backend: str) -> None:
    async with connect("ecr", backend) as ecr:
        [data] = (await ecr.get_authorization_token())["authorizationData"]
    user, _, password = base64.b64decode(data["authorizationToken"]).decode().partition(":")
    assert user == "AWS"
    assert password
    assert data["proxyEndpoint"] == "https://123456789012.dkr.ecr.us-east-1.amazonaws.com"
    assert data["expiresAt"].tzinfo is not None


async def test_images_that_tasks_push_at_once(connect: Any, boto: Any, backend: str) -> None:
    async with connect("ecr", backend) as ecr:
        await ecr.create_repository(repositoryName="shop/web")
        pushed = await asyncio.gather(*(push(ecr, n) for n in range(20)))
        assert len({answer["image"]["imageId"]["imageDigest"] for answer in pushed}) == 20
        wanted = {"repositoryName": "shop/web", "imageIds": [{"imageTag": "v7"}]}
        [image] = (await ecr.batch_get_image(**wanted))["images"]
        assert image["imageManifest"] == manifest(7)
        paginator = ecr.get_paginator("describe_images").paginate(repositoryName="shop/web")
        found = [tag async for tag in paginator.search("imageDetails[].imageTags[]")]
        assert sorted(found) == sorted(f"v{n}" for n in range(20))
    assert boto("ecr").batch_get_image(**wanted)["images"] == [image]


async def test_one_image_pushed_by_many_tasks_is_there_once(connect: Any, backend: str) -> None:
    async with connect("ecr", backend) as ecr:
        await ecr.create_repository(repositoryName="shop/web")
        results = await asyncio.gather(
            *(push(ecr, 1, "latest") for _ in range(5)), return_exceptions=True
        )
        refused = [type(one) for one in results if isinstance(one, Exception)]
        assert refused == [ecr.exceptions.ImageAlreadyExistsException] * 4
        listed = await ecr.list_images(repositoryName="shop/web")
        assert [image["imageTag"] for image in listed["imageIds"]] == ["latest"]


async def test_a_waiter_for_a_scan(connect: Any, backend: str) -> None:
    quick = {"Delay": 0.01, "MaxAttempts": 3}
    async with connect("ecr", backend) as ecr:
        await ecr.create_repository(repositoryName="shop/web")
        await push(ecr, 1)
        image = {"repositoryName": "shop/web", "imageId": {"imageTag": "v1"}}
        waiter = ecr.get_waiter("image_scan_complete")
        with pytest.raises(WaiterError, match="ScanNotFoundException"):
            await waiter.wait(**image, WaiterConfig=quick)
        await ecr.start_image_scan(**image)
        await waiter.wait(**image, WaiterConfig=quick)
        answer = await ecr.describe_image_scan_findings(**image)
        assert answer["imageScanStatus"]["status"] == "COMPLETE"


async def test_errors_are_typed(connect: Any, backend: str) -> None:
    async with connect("ecr", backend) as ecr:
        with pytest.raises(ecr.exceptions.RepositoryNotFoundException, match="shop/web"):
            await ecr.describe_images(repositoryName="shop/web")
        await ecr.create_repository(repositoryName="shop/web")
        await push(ecr, 1)
        with pytest.raises(ecr.exceptions.RepositoryNotEmptyException):
            await ecr.delete_repository(repositoryName="shop/web")
        answer = await ecr.batch_delete_image(
            repositoryName="shop/web", imageIds=[{"imageTag": "v1"}, {"imageTag": "none"}]
        )
        assert [one["imageTag"] for one in answer["imageIds"]] == ["v1"]
        assert [one["failureCode"] for one in answer["failures"]] == ["ImageNotFound"]
