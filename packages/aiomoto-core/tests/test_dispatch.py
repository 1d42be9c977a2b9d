"""moto is asked by one at a time, and by nobody who keeps others from running."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from aiomoto import hookimpl, mock_aws
from aiomoto.request import AwsRequest, AwsResponse
from aiomoto.testing.clients import REGION

if TYPE_CHECKING:
    from types import ModuleType

    from aiomoto import Engine

URL = f"https://kms.{REGION}.amazonaws.com/"


class Inside:
    """How many are inside moto at once, at most."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.02)  # others come in meanwhile, if anybody lets them

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self.now -= 1


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch) -> Inside:
    """Watch list_keys of KMS, and moto's reset."""
    from moto.core.base_backend import BackendDict
    from moto.kms.responses import KmsResponse

    seen = Inside()

    def watch(owner: type, name: str) -> None:
        original = getattr(owner, name)

        def watched(*arguments: Any, **options: Any) -> Any:
            with seen:
                return original(*arguments, **options)

        monkeypatch.setattr(owner, name, watched)

    watch(KmsResponse, "list_keys")
    with mock_aws():
        pass  # the first start has imported and reset all
    watch(BackendDict, "reset")
    return seen


class AroundMoto:
    """KMS, answered by ``engine.ask_moto``."""

    @hookimpl
    def aiomoto_services(self) -> list[str]:
        return ["kms"]

    @hookimpl
    def aiomoto_handle(self, engine: Engine, request: AwsRequest) -> AwsResponse:
        return engine.ask_moto(request)


def at_once(*calls: Callable[[], Any]) -> None:
    """Make calls in a thread each, and wait for them."""
    ready = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> None:
        ready.wait(10)
        call()

    with ThreadPoolExecutor(len(calls)) as pool:
        list(pool.map(run, calls))


@pytest.mark.parametrize("plugins", [[], [AroundMoto()]], ids=["moto", "ask_moto"])
def test_one_thread_at_a_time_is_inside_moto(
    clients: ModuleType, inside: Inside, plugins: list[object]
) -> None:
    with mock_aws(plugins=plugins), clients.sync("kms") as first, clients.sync("kms") as second:
        at_once(first.list_keys, second.list_keys, first.list_keys, second.list_keys)
    assert inside.most == 1


def test_a_reset_waits_until_nobody_is_inside_moto(clients: ModuleType, inside: Inside) -> None:
    with mock_aws() as mock, clients.sync("kms") as kms:
        at_once(kms.list_keys, mock.reset, kms.list_keys)
    assert inside.most == 1


def test_one_loop_at_a_time_is_inside_moto(
    clients: ModuleType, backend: str, inside: Inside
) -> None:
    async def call() -> None:
        async with clients.aio("kms", backend) as kms:
            await kms.list_keys()

    with mock_aws():
        at_once(*[lambda: asyncio.run(call())] * 3)
    assert inside.most == 1


@pytest.mark.asyncio
async def test_others_run_before_an_answer_is_there() -> None:
    """Else a task that polls would never let another run."""
    turned = asyncio.Event()
    with mock_aws():
        async with aiohttp.ClientSession() as http:
            asyncio.get_running_loop().call_soon(turned.set)
            async with http.get(URL):
                assert turned.is_set()


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
async def test_others_run_before_an_answer_on_httpx_is_there(httpx_module: ModuleType) -> None:
    import anyio
    import anyio.lowlevel

    turned = anyio.Event()

    async def turn() -> None:
        turned.set()

    with mock_aws():
        async with httpx_module.AsyncClient() as http, anyio.create_task_group() as group:
            group.start_soon(turn)
            await http.get(URL)
            assert turned.is_set()


class Elsewhere:
    """EBS, whose requests are sent on to KMS."""

    @hookimpl
    def aiomoto_services(self) -> list[str]:
        return ["ebs"]

    @hookimpl
    def aiomoto_handle(self, request: AwsRequest) -> None:
        request.url = URL


@pytest.mark.asyncio
async def test_a_url_that_a_plugin_changes_is_routed_anew() -> None:
    headers = {"X-Amz-Target": "TrentService.ListKeys"}
    with mock_aws(plugins=[Elsewhere()]):
        async with aiohttp.ClientSession(headers=headers) as http:
            async with http.post(URL.replace("kms", "ebs"), data=b"{}") as response:
                assert (await response.json(content_type=None))["Keys"] == []
