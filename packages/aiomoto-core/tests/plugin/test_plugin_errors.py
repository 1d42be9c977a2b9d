"""An exception of a plugin is the caller's: the same object, once, never turned into another."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import aiohttp
import httpx
import pytest
from multidict import CIMultiDict

from aiomoto import PluginError, mock_aws
from aiomoto.request import AwsResponse

if TYPE_CHECKING:
    from types import ModuleType

URL = "https://kms.us-east-1.amazonaws.com/"


class Unexpected(Exception):
    pass


class AtOnce(BaseException):
    """As pytest's own failures are, and KeyboardInterrupt."""


#: What HTTP clients and AWS clients wrap, translate or retry when it comes from a socket.
ERRORS: list[type[BaseException]] = [
    Unexpected,
    ValueError,
    KeyError,
    AssertionError,
    NotImplementedError,
    OSError,
    ConnectionResetError,
    EOFError,
    AtOnce,
]
HOOKS = ["handle", "awaited handle", "blocks", "response"]


def raising(every_hook: ModuleType, hook: str, error: BaseException) -> Any:
    def fail(*_: Any) -> Any:
        raise error

    async def fail_later(*_: Any) -> Any:
        await asyncio.sleep(0)
        raise error

    plugin = every_hook.EveryHook()
    setattr(plugin, hook.split()[-1], fail_later if "awaited" in hook else fail)
    return plugin


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("hook", HOOKS)
async def test_it_reaches_the_caller_of_an_async_client(
    every_hook: ModuleType, clients: ModuleType, backend: str, hook: str, kind: type[BaseException]
) -> None:
    error = kind("of the plugin")
    plugin = raising(every_hook, hook, error)
    async with mock_aws(plugins=[plugin]), clients.aio("kms", backend) as kms:
        with pytest.raises(kind) as raised:
            await kms.list_keys()
    assert raised.value is error
    assert plugin.hooks.count("aiomoto_handle") == 1


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("hook", [hook for hook in HOOKS if "awaited" not in hook])
def test_it_reaches_the_caller_of_a_sync_client(
    every_hook: ModuleType, clients: ModuleType, hook: str, kind: type[BaseException]
) -> None:
    error = kind("of the plugin")
    plugin = raising(every_hook, hook, error)
    with mock_aws(plugins=[plugin]), clients.sync("kms") as kms, pytest.raises(kind) as raised:
        kms.list_keys()
    assert raised.value is error
    assert plugin.hooks.count("aiomoto_handle") == 1


@pytest.mark.asyncio
async def test_what_the_client_retries_is_retried_and_stays_the_same(
    every_hook: ModuleType, clients: ModuleType, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """aiobotocore has asyncio's time-out among the connection errors, whoever raised it."""
    monkeypatch.setattr("random.random", lambda: 1e-6)  # how long botocore waits between
    error = asyncio.TimeoutError("of the plugin")
    plugin = raising(every_hook, "handle", error)
    config = {"retries": {"mode": "legacy", "max_attempts": 2}}
    async with mock_aws(plugins=[plugin]), clients.aio("kms", backend, config=config) as kms:
        with pytest.raises(asyncio.TimeoutError) as raised:
            await kms.list_keys()
    assert raised.value is error
    assert plugin.hooks.count("aiomoto_handle") == 3


@pytest.mark.asyncio
@pytest.mark.parametrize("mode", ["standard", "adaptive"])
async def test_no_retry_mode_tries_again(
    every_hook: ModuleType, clients: ModuleType, backend: str, mode: str
) -> None:
    error = Unexpected("of the plugin")
    plugin = raising(every_hook, "handle", error)
    config = {"retries": {"mode": mode, "max_attempts": 3}}
    async with mock_aws(plugins=[plugin]), clients.aio("kms", backend, config=config) as kms:
        with pytest.raises(Unexpected) as raised:
            await kms.list_keys()
    assert raised.value is error
    assert plugin.hooks.count("aiomoto_handle") == 1


@pytest.mark.asyncio
@pytest.mark.parametrize("hook", ["handle", "awaited handle"])
@pytest.mark.parametrize(
    "kind", [Unexpected, asyncio.TimeoutError, AtOnce], ids=lambda kind: kind.__name__
)
async def test_it_reaches_a_plain_client(
    every_hook: ModuleType, backend: str, hook: str, kind: type[BaseException]
) -> None:
    """asyncio's time-out: Python 3.10 has another, an OSError, which aiohttp makes its own."""
    error = kind("of the plugin")
    async with mock_aws(plugins=[raising(every_hook, hook, error)]):
        with pytest.raises(kind) as raised:
            if backend == "aiohttp":
                async with aiohttp.ClientSession() as session:
                    await session.post(URL)
            else:
                async with httpx.AsyncClient() as client:
                    await client.post(URL)
    assert raised.value is error


@pytest.mark.asyncio
async def test_it_names_no_other_request(
    every_hook: ModuleType, clients: ModuleType, backend: str
) -> None:
    """Of two at once, the one that fails gets the error, the other its answer."""
    error = Unexpected("of the plugin")

    async def handle(request: Any) -> None:
        await asyncio.sleep(0)
        if request.operation == "ListAliases":
            raise error

    plugin = every_hook.EveryHook()
    plugin.handle = handle
    async with mock_aws(plugins=[plugin]), clients.aio("kms", backend) as kms:
        calls = [kms.list_keys(), kms.list_aliases(), kms.list_keys()]
        first, second, third = await asyncio.gather(*calls, return_exceptions=True)
        assert second is error
        assert first["Keys"] == third["Keys"] == []
        assert (await kms.list_keys())["Keys"] == []


# -- what isn't allowed as an answer ---------------------------------------------------


async def number_later(request: Any) -> int:
    return 5


async def coroutine(*_: Any) -> None: ...


REFUSED = {
    "handle gives a tuple": ("handle", lambda request: (200, {}, b""), r"\(200, {}, b''\)"),
    "handle gives a number later": ("handle", number_later, "5"),
    "handle gives False": ("handle", lambda request: False, "False"),
    "response gives a tuple": ("response", lambda *_: (200, {}, b""), r"\(200, {}, b''\)"),
    "response gives an awaitable": ("response", coroutine, "coroutine"),
    "blocks gives a number": ("blocks", lambda request: 1, "1"),
    "blocks gives an awaitable": ("blocks", coroutine, "coroutine"),
}


@pytest.mark.asyncio
@pytest.mark.parametrize("case", REFUSED)
async def test_a_wrong_answer_is_refused_naming_plugin_and_hook(
    every_hook: ModuleType, clients: ModuleType, backend: str, case: str
) -> None:
    hook, returns, shown = REFUSED[case]
    plugin = every_hook.EveryHook(name="wrong")
    setattr(plugin, hook, returns)
    async with mock_aws(plugins=[plugin]), clients.aio("kms", backend) as kms:
        with pytest.raises(
            PluginError, match=f"^Plugin 'wrong': aiomoto_{hook} returned .*{shown}"
        ):
            await kms.list_keys()
    assert plugin.hooks.count("aiomoto_handle") == 1


@pytest.mark.parametrize("case", [case for case in REFUSED if "later" not in case])
def test_a_wrong_answer_to_a_sync_client(
    every_hook: ModuleType, clients: ModuleType, case: str
) -> None:
    hook, returns, shown = REFUSED[case]
    plugin = every_hook.EveryHook(name="wrong")
    setattr(plugin, hook, returns)
    with mock_aws(plugins=[plugin]), clients.sync("kms") as kms:
        with pytest.raises(
            PluginError, match=f"^Plugin 'wrong': aiomoto_{hook} returned .*{shown}"
        ):
            kms.list_keys()
    assert plugin.hooks.count("aiomoto_handle") == 1


REFUSED_RESPONSES = {
    "status 100": (AwsResponse(100), "whose status is 100; allowed are whole numbers from 200"),
    "status 199": (AwsResponse(199), "whose status is 199"),
    "status 1000": (AwsResponse(1000), "whose status is 1000"),
    "status -1": (AwsResponse(-1), "whose status is -1"),
    "status as text": (AwsResponse("200"), "whose status is '200'"),  # type: ignore[arg-type]
    "body as text": (AwsResponse(200, body="{}"), "whose body is '{}'"),  # type: ignore[arg-type]
    "line break": (AwsResponse.of(200, {"X-It": "a\r\nb"}), r"whose header 'X-It' is 'a\\r\\nb'"),
    "NUL": (AwsResponse.of(200, {"X-It": "a\0b"}), r"whose header 'X-It' is 'a\\x00b'"),
    "no text": (AwsResponse(200, CIMultiDict(It=5)), "whose header 'It' is 5"),  # type: ignore[arg-type]
    "name": (AwsResponse.of(200, {"X It": "a"}), "with the header 'X It'"),
    "empty name": (AwsResponse.of(200, {"": "a"}), "with the header ''"),
}


@pytest.mark.asyncio
@pytest.mark.parametrize("hook", ["handle", "response"])
@pytest.mark.parametrize("case", REFUSED_RESPONSES)
async def test_a_response_that_no_client_could_read(
    every_hook: ModuleType, clients: ModuleType, backend: str, hook: str, case: str
) -> None:
    response, shown = REFUSED_RESPONSES[case]
    plugin = every_hook.EveryHook(name="wrong")
    setattr(plugin, hook, lambda *_: response)
    expected = f"^Plugin 'wrong': aiomoto_{hook} returned a response {shown}"
    async with mock_aws(plugins=[plugin]), clients.aio("kms", backend) as kms:
        with pytest.raises(PluginError, match=expected):
            await kms.list_keys()
        with clients.sync("kms") as sync, pytest.raises(PluginError, match=expected):
            sync.list_keys()
    assert plugin.hooks.count("aiomoto_handle") == 2


@pytest.mark.asyncio
async def test_a_status_that_is_changed_in_place(
    every_hook: ModuleType, clients: ModuleType, backend: str
) -> None:
    def change(request: Any, response: AwsResponse) -> None:
        response.status = 101

    plugin = every_hook.EveryHook(name="wrong")
    plugin.response = change
    async with mock_aws(plugins=[plugin]), clients.aio("kms", backend) as kms:
        with pytest.raises(PluginError, match=r"'wrong': aiomoto_response .* status is 101"):
            await kms.list_keys()


@pytest.mark.asyncio
@pytest.mark.parametrize("status", [HTTPStatus.ACCEPTED, 200, 999])
async def test_a_status_that_is_allowed(
    every_hook: ModuleType, status: int, httpx_module: ModuleType
) -> None:
    plugin = every_hook.EveryHook()
    plugin.handle = lambda request: AwsResponse(status)
    async with mock_aws(plugins=[plugin]):
        async with aiohttp.ClientSession() as session, session.post(URL) as answer:
            assert answer.status == status
        async with httpx_module.AsyncClient() as client:
            assert (await client.post(URL)).status_code == status
