"""A loop that stands still is seen, with the place; one that only waits is not."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import anyio
import anyio.lowlevel
import pytest

from aiomoto import mock_aws
from aiomoto.testing.blocking import LoopBlocked, loop_stays_free

if TYPE_CHECKING:
    from types import ModuleType


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def hold_up(seconds: float) -> None:
    time.sleep(seconds)


@pytest.mark.anyio
async def test_the_place_is_named() -> None:
    with pytest.raises(LoopBlocked, match=r"for 0.03 seconds or longer(.|\n)*hold_up"):
        async with loop_stays_free(0.03):
            await anyio.lowlevel.checkpoint()
            hold_up(0.2)


@pytest.mark.anyio
async def test_waiting_is_fine() -> None:
    async with loop_stays_free(0.05):
        await anyio.sleep(0.1)


@pytest.mark.anyio
async def test_the_bodys_own_exception_comes_out() -> None:
    with pytest.raises(LookupError, match="mine"):
        async with loop_stays_free(0.03):
            hold_up(0.1)
            raise LookupError("mine")


@pytest.mark.asyncio
async def test_calls_of_a_mock_leave_the_loop_free(clients: ModuleType) -> None:
    async with mock_aws(), clients.aio("sts") as sts:
        await sts.get_caller_identity()  # imports moto's backend
        async with loop_stays_free(0.5):
            for _ in range(5):
                await sts.get_caller_identity()
