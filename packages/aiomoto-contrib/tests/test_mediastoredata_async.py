"""MediaStore data plane: bodies that stream in, unsigned, and out again."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import pytest

pytestmark = [pytest.mark.asyncio, pytest.mark.usefixtures("aws")]

TEXT = "\N{SNOWMAN} line of a playlist\n" * 1000


async def read(data: Any, path: str) -> bytes:
    answer = await data.get_object(Path=path)
    async with answer["Body"] as body:
        return bytes(await body.read())


@pytest.mark.parametrize("kind", [bytes, io.BytesIO])
async def test_kinds_of_bodies(connect: Any, boto: Any, backend: str, kind: Any) -> None:
    async with connect("mediastore-data", backend) as data:
        put = await data.put_object(Body=kind(TEXT.encode()), Path="list m3u8")
        assert put["ContentSHA256"]
        assert await read(data, "list m3u8") == TEXT.encode()
    theirs = boto("mediastore-data").get_object(Path="list m3u8")["Body"].read()
    assert theirs == TEXT.encode()


async def test_a_body_is_read_by_pieces(connect: Any, pieces: Any, backend: str) -> None:
    async with connect("mediastore-data", backend) as data:
        await data.put_object(Body=TEXT.encode(), Path="a")
        found = await pieces((await data.get_object(Path="a"))["Body"], 4096)
    assert b"".join(found) == TEXT.encode()
    assert {len(piece) for piece in found[:-1]} == {4096}


async def test_a_body_that_is_left_gives_its_connection_back(connect: Any) -> None:
    async with connect("mediastore-data", max_pool_connections=1) as data:
        await data.put_object(Body=TEXT.encode(), Path="a")
        for _ in range(3):
            body = (await data.get_object(Path="a"))["Body"]
            async with body:
                assert await body.read(16) == TEXT.encode()[:16]
        assert await read(data, "a") == TEXT.encode()


@pytest.mark.since_moto("5.2", "names stayed quoted")
async def test_objects_that_tasks_put_at_once(connect: Any, boto: Any, backend: str) -> None:
    paths = [f"{n} a+b" for n in range(20)]
    async with connect("mediastore-data", backend) as data:
        await asyncio.gather(*(data.put_object(Body=path.encode(), Path=path) for path in paths))
        bodies = await asyncio.gather(*(read(data, path) for path in paths))
        assert bodies == [path.encode() for path in paths]
        pages = data.get_paginator("list_items").paginate()
        assert sorted([name async for name in pages.search("Items[].Name")]) == sorted(paths)
        await asyncio.gather(*(data.delete_object(Path=path) for path in paths))
    assert boto("mediastore-data").list_items()["Items"] == []


async def test_the_endpoint_of_a_container_is_served(connect: Any, backend: str) -> None:
    async with connect("mediastore", backend) as mediastore:
        await mediastore.create_container(ContainerName="live")
        container = (await mediastore.describe_container(ContainerName="live"))["Container"]
    endpoint = "https://abc.data.mediastore.us-east-1.amazonaws.com"
    assert container["Status"] == "ACTIVE"
    async with (
        connect("mediastore-data", backend, client={"endpoint_url": endpoint}) as theirs,
        connect("mediastore-data", backend) as data,
    ):
        await theirs.put_object(Body=b"x", Path="a")
        assert await read(data, "a") == b"x"


async def test_errors_are_typed(connect: Any, backend: str) -> None:
    async with connect("mediastore-data", backend) as data:
        with pytest.raises(data.exceptions.ObjectNotFoundException, match="nowhere"):
            await data.get_object(Path="nowhere")
        with pytest.raises(data.exceptions.ObjectNotFoundException):
            await data.delete_object(Path="nowhere")
