"""What a size changes. Measures are named ``name @ size``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from .jobs import Turn, client_in_mock, expect
from .watch import Watch

_CALLS = 5


@asynccontextmanager
async def clients(world: Any, sizes: list[int]) -> AsyncIterator[Turn]:
    async def turn(watch: Watch) -> None:
        for size in sizes:
            async with world.mock(), AsyncExitStack() as stack:
                with watch(f"clients @ {size}"):
                    for _ in range(size):
                        made = world.client("s3", world.session())
                        await (await stack.enter_async_context(made)).list_buckets()

    async with client_in_mock(world, "s3") as s3:
        await s3.list_buckets()
    yield turn


@asynccontextmanager
async def objects(world: Any, sizes: list[int]) -> AsyncIterator[Turn]:
    from moto.backends import get_backend
    from moto.core.models import DEFAULT_ACCOUNT_ID

    async def turn(watch: Watch) -> None:
        for size in sizes:
            async with client_in_mock(world, "s3") as s3:
                await s3.create_bucket(Bucket="bucket")
                await s3.put_object(Bucket="bucket", Key="warm", Body=b"x")
                # moto's backend is in this process, whoever stands before it.
                backend: Any = get_backend("s3")[DEFAULT_ACCOUNT_ID]["aws"]
                for number in range(size - 1):
                    backend.put_object("bucket", f"{number:08}", b"x")
                with watch(f"put @ {size}", _CALLS):
                    for number in range(_CALLS):
                        await s3.put_object(Bucket="bucket", Key=f"{number:08}", Body=b"y")
                with watch(f"get @ {size}", _CALLS):
                    for number in range(_CALLS):
                        answer = await s3.get_object(Bucket="bucket", Key=f"{number:08}")
                        expect(await world.read(answer), b"y")
                with watch(f"list a page @ {size}"):
                    page = await s3.list_objects_v2(Bucket="bucket", MaxKeys=1000)
                expect(page["KeyCount"], min(size, 1000))

    yield turn


@asynccontextmanager
async def heads(world: Any, sizes: list[int]) -> AsyncIterator[Turn]:
    async with client_in_mock(world, "s3") as s3:
        await s3.create_bucket(Bucket="bucket")

        async def with_metadata(size: int) -> None:
            metadata = {f"part-{number}": "x" * 1000 for number in range(size)}
            await s3.put_object(Bucket="bucket", Key="key", Body=b"x", Metadata=metadata)
            expect((await s3.head_object(Bucket="bucket", Key="key"))["Metadata"], metadata)

        async def with_key(size: int) -> None:
            key = "k" * (1024 * size)
            await s3.put_object(Bucket="bucket", Key=key, Body=b"x")
            answer = await s3.get_object(Bucket="bucket", Key=key)
            expect(await world.read(answer), b"x")
            await s3.delete_object(Bucket="bucket", Key=key)

        async def measure(watch: Watch, name: str, job: Callable[[int], Any], size: int) -> None:
            try:
                await job(size)
                with watch(f"{name} @ {size}", _CALLS):
                    for _ in range(_CALLS):
                        await job(size)
            except Exception as error:
                # Not every server and client takes so much; that is a result too.
                watch.lack(f"{name} @ {size}", f"{type(error).__name__}: {error}")

        async def turn(watch: Watch) -> None:
            for size in sizes:
                await measure(watch, "metadata", with_metadata, size)
                await measure(watch, "key", with_key, size)

        yield turn


JOBS: dict[str, Callable[..., Any]] = {
    "growth-clients": clients,
    "growth-objects": objects,
    "growth-heads": heads,
}
