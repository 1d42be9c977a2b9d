"""In which thread moto is asked, and that others are answered meanwhile."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread
import pytest

from aiomoto import mock_aws

if TYPE_CHECKING:
    from types import ModuleType


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """In which threads moto answered list_keys of KMS and list_stacks of CloudFormation."""
    from moto.cloudformation.responses import CloudFormationResponse
    from moto.kms.responses import KmsResponse

    seen: list[int] = []

    def watch(owner: type, name: str) -> None:
        original = getattr(owner, name)

        def noting(self: Any) -> Any:
            seen.append(threading.get_ident())
            return original(self)

        monkeypatch.setattr(owner, name, noting)

    watch(KmsResponse, "list_keys")
    watch(CloudFormationResponse, "list_stacks")
    return seen


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("service", "blocks", "elsewhere"),
    [
        ("kms", True, True),
        ("kms", False, False),
        ("kms", None, False),
        # Core itself says that this one waits for threads.
        ("cloudformation", True, True),
        ("cloudformation", False, False),
        ("cloudformation", None, True),
    ],
)
async def test_a_call_that_blocks_goes_to_a_worker_thread(
    every_hook: ModuleType,
    clients: ModuleType,
    backend: str,
    threads: list[int],
    service: str,
    blocks: bool | None,
    elsewhere: bool,
) -> None:
    plugin = every_hook.EveryHook(service)
    plugin.blocks = lambda request: blocks
    method = {"kms": "list_keys", "cloudformation": "list_stacks"}[service]
    async with mock_aws(plugins=[plugin]), clients.aio(service, backend) as client:
        await getattr(client, method)()
    [thread] = threads
    assert (thread != threading.get_ident()) == elsewhere


@pytest.mark.parametrize("blocks", [True, False, None])
def test_a_sync_client_waits_in_its_own_thread(
    every_hook: ModuleType, clients: ModuleType, threads: list[int], blocks: bool | None
) -> None:
    plugin = every_hook.EveryHook()
    plugin.blocks = lambda request: blocks
    with mock_aws(plugins=[plugin]), clients.sync("kms") as kms:
        kms.list_keys()
    assert threads == [threading.get_ident()]


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
async def test_others_are_answered_while_a_call_blocks(
    every_hook: ModuleType, clients: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is waited for may be brought about by another request of the same loop."""
    from moto.kms.responses import KmsResponse

    entered, released = threading.Event(), threading.Event()
    original = KmsResponse.list_keys

    def waiting(self: Any) -> Any:
        entered.set()
        assert released.wait(10)
        return original(self)

    monkeypatch.setattr(KmsResponse, "list_keys", waiting)
    plugin = every_hook.EveryHook()
    plugin.blocks = lambda request: request.operation == "ListKeys"
    found: list[Any] = []

    async def consume(kms: Any) -> None:
        found.extend((await kms.list_keys())["Keys"])

    async with mock_aws(plugins=[plugin]), clients.aio("kms", "httpx") as kms:
        async with anyio.create_task_group() as group:
            group.start_soon(consume, kms)
            with anyio.fail_after(10):
                await anyio.to_thread.run_sync(entered.wait, 10)
                await kms.create_key()
            released.set()
    assert len(found) == 1
