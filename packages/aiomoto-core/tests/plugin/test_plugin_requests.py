"""What a plugin may do to a request and its answer, and in which thread or task it happens."""

from __future__ import annotations

import asyncio
import gc
import warnings
from typing import TYPE_CHECKING, Any

import anyio
import anyio.lowlevel
import httpx
import pytest

from aiomoto import PluginError, mock_aws
from aiomoto.request import AwsRequest, AwsResponse

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

KEYS = b'{"Keys": [{"KeyId": "from the plugin"}], "Truncated": false}'
FOUND = [{"KeyId": "from the plugin"}]


def keys(request: AwsRequest) -> AwsResponse:
    return AwsResponse.of(200, {"Content-Type": "application/x-amz-json-1.1"}, KEYS)


async def keys_later(request: AwsRequest) -> AwsResponse:
    await asyncio.sleep(0)
    return keys(request)


async def nothing_later(request: AwsRequest) -> None:
    await asyncio.sleep(0)


def keys_in_a_future(request: AwsRequest) -> asyncio.Future[AwsResponse]:
    loop = asyncio.get_running_loop()
    future: asyncio.Future[AwsResponse] = loop.create_future()
    loop.call_soon(future.set_result, keys(request))
    return future


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("handle", "expected"),
    [
        (keys, FOUND),
        (keys_later, FOUND),
        (keys_in_a_future, FOUND),
        (lambda request: None, []),
        (nothing_later, []),
    ],
    ids=["response", "coroutine", "future", "none", "coroutine of none"],
)
async def test_an_answer_in_motos_place(
    every_hook: ModuleType, clients: ModuleType, backend: str, handle: Any, expected: Any
) -> None:
    plugin = every_hook.EveryHook()
    plugin.handle = handle
    async with mock_aws(plugins=[plugin]), clients.aio("kms", backend) as kms:
        assert (await kms.list_keys())["Keys"] == expected
    # Its own answer isn't shown to the plugin again.
    assert ("aiomoto_response" in plugin.hooks) == (expected == [])


def test_an_answer_to_a_sync_client(every_hook: ModuleType, clients: ModuleType) -> None:
    plugin = every_hook.EveryHook()
    plugin.handle = keys
    with mock_aws(plugins=[plugin]), clients.sync("kms") as kms:
        assert kms.list_keys()["Keys"] == FOUND


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
async def test_an_answer_on_asyncio_and_trio(every_hook: ModuleType, clients: ModuleType) -> None:
    async def handle(request: AwsRequest) -> AwsResponse:
        await anyio.lowlevel.checkpoint()
        return keys(request)

    plugin = every_hook.EveryHook()
    plugin.handle = handle
    async with mock_aws(plugins=[plugin]), clients.aio("kms", "httpx") as kms:
        assert (await kms.list_keys())["Keys"] == FOUND


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
async def test_a_cancellation_reaches_what_is_awaited(
    every_hook: ModuleType, clients: ModuleType
) -> None:
    await cancelled_while_waiting(every_hook, lambda: clients.aio("kms", "httpx"))


@pytest.mark.asyncio
async def test_a_cancellation_reaches_what_is_awaited_on_aiohttp(
    every_hook: ModuleType, clients: ModuleType
) -> None:
    await cancelled_while_waiting(every_hook, lambda: clients.aio("kms", "aiohttp"))


async def cancelled_while_waiting(every_hook: ModuleType, client: Callable[[], Any]) -> None:
    waiting, seen = anyio.Event(), []

    async def handle(request: AwsRequest) -> None:
        waiting.set()
        try:
            await anyio.sleep_forever()
        except BaseException as error:
            seen.append(error)
            raise

    plugin = every_hook.EveryHook()
    async with mock_aws(plugins=[plugin]), client() as kms:
        plugin.handle = handle
        async with anyio.create_task_group() as group:
            group.start_soon(kms.list_keys)
            with anyio.fail_after(10):
                await waiting.wait()
            group.cancel_scope.cancel()
        assert [type(error) for error in seen] == [anyio.get_cancelled_exc_class()]
        # Neither moto nor a retry took its turn, and the client can go on.
        assert plugin.hooks.count("aiomoto_handle") == 1
        assert "aiomoto_response" not in plugin.hooks
        plugin.handle = keys
        assert (await kms.list_keys())["Keys"] == FOUND


@pytest.mark.parametrize("kind", ["boto3", "httpx", "requests"])
def test_an_awaitable_for_a_sync_client_is_refused(
    every_hook: ModuleType, clients: ModuleType, kind: str
) -> None:
    plugin = every_hook.EveryHook(name="awaiting")
    plugin.handle = keys_later
    message = (
        r"^Plugin 'awaiting': aiomoto_handle returned an awaitable for a synchronous client\. "
        r"Return one only where request\.is_async is true\.$"
    )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with mock_aws(plugins=[plugin]), clients.sync("kms") as kms:
            with pytest.raises(PluginError, match=message):
                if kind == "boto3":
                    kms.list_keys()
                elif kind == "httpx":
                    httpx.post("https://kms.us-east-1.amazonaws.com/")
                else:
                    import requests

                    requests.post("https://kms.us-east-1.amazonaws.com/", timeout=5)
        gc.collect()
    assert [one for one in caught if "keys_later" in str(one.message)] == []
    assert plugin.hooks.count("aiomoto_handle") == 1


@pytest.mark.asyncio
async def test_around_motos_own_answer(
    every_hook: ModuleType, clients: ModuleType, backend: str
) -> None:
    class Around(every_hook.EveryHook):  # type: ignore[misc, name-defined]
        @every_hook.hookimpl  # type: ignore[untyped-decorator]
        async def aiomoto_handle(self, engine: Any, request: AwsRequest) -> AwsResponse:
            await asyncio.sleep(0)
            response: AwsResponse = engine.ask_moto(request)
            response.body = response.body.replace(b'"Keys": []', b'"Keys": [{"KeyId": "around"}]')
            return response

    async with mock_aws(plugins=[Around()]), clients.aio("kms", backend) as kms:
        assert (await kms.list_keys())["Keys"] == [{"KeyId": "around"}]


# -- a changed request ---------------------------------------------------------------


@pytest.mark.asyncio
async def test_moto_sees_the_header_and_the_body_that_the_plugin_left(
    every_hook: ModuleType, clients: ModuleType, backend: str
) -> None:
    def handle(request: AwsRequest) -> None:
        request.headers["X-Amz-Target"] = "TrentService.CreateKey"
        request.body = b'{"Description": "from the plugin"}'

    plugin = every_hook.EveryHook()
    async with mock_aws(plugins=[plugin]), clients.aio("kms", backend) as kms:
        plugin.handle = handle
        await kms.list_keys()
        plugin.handle = lambda request: None
        [key] = (await kms.list_keys())["Keys"]
        described = await kms.describe_key(KeyId=key["KeyId"])
        assert described["KeyMetadata"]["Description"] == "from the plugin"


@pytest.mark.asyncio
async def test_moto_sees_the_host_that_the_plugin_left(
    every_hook: ModuleType, clients: ModuleType, backend: str
) -> None:
    class Elsewhere(every_hook.EveryHook):  # type: ignore[misc, name-defined]
        def handle(self, request: AwsRequest) -> None:
            request.url = request.url.replace("eu-west-1", "us-west-2")
            # moto takes the region from the signature first.
            signature = request.headers["Authorization"]
            request.headers["Authorization"] = signature.replace("eu-west-1", "us-west-2")

    async with mock_aws(plugins=[Elsewhere("ssm")]):
        async with clients.aio("ssm", backend, region_name="eu-west-1") as ssm:
            await ssm.put_parameter(Name="one", Value="1", Type="String")
        with clients.sync("ssm", region_name="us-west-2") as ssm:
            assert ssm.get_parameter(Name="one")["Parameter"]["Value"] == "1"


@pytest.mark.asyncio
async def test_a_changed_bucket_name_counts_in_the_url_alone(
    every_hook: ModuleType, clients: ModuleType, backend: str
) -> None:
    """moto reads buckets from the Host header too; a plugin need not think of it."""

    def handle(request: AwsRequest) -> None:
        request.url = request.url.replace("//one.", "//two.")

    with mock_aws() as mock:
        if "s3" in mock.owners:
            pytest.skip(f"the installed plugin {mock.owners['s3']!r} owns S3")
    plugin = every_hook.EveryHook("s3")
    async with mock_aws(plugins=[plugin]), clients.aio("s3", backend) as s3:
        await s3.create_bucket(Bucket="one")
        await s3.create_bucket(Bucket="two")
        plugin.handle = handle
        await s3.put_object(Bucket="one", Key="key", Body=b"data")
        plugin.handle = lambda request: None
        assert (await s3.list_objects_v2(Bucket="two"))["KeyCount"] == 1
        assert (await s3.list_objects_v2(Bucket="one"))["KeyCount"] == 0


# -- a changed answer ------------------------------------------------------------------


def replaced(request: AwsRequest, response: AwsResponse) -> AwsResponse:
    assert response.status == 200
    return keys(request)


def mutated(request: AwsRequest, response: AwsResponse) -> None:
    response.body = KEYS
    response.headers.update({"x-plugin": "yes", "Content-Length": "2"})


@pytest.mark.asyncio
@pytest.mark.parametrize("change", [replaced, mutated])
async def test_the_answer_that_the_plugin_left_is_what_the_client_gets(
    every_hook: ModuleType, clients: ModuleType, backend: str, change: Any
) -> None:
    plugin = every_hook.EveryHook()
    plugin.response = change
    async with mock_aws(plugins=[plugin]), clients.aio("kms", backend) as kms:
        answers = [await kms.list_keys()]
        with clients.sync("kms") as sync:
            answers.append(sync.list_keys())
    for answer in answers:
        headers = answer["ResponseMetadata"]["HTTPHeaders"]
        assert (answer["Keys"], headers["content-length"]) == (FOUND, str(len(KEYS)))
        assert ("x-plugin" in headers) == (change is mutated)


@pytest.mark.asyncio
async def test_an_error_that_moto_answers_is_shown_to_the_plugin_too(
    every_hook: ModuleType, clients: ModuleType, backend: str
) -> None:
    plugin = every_hook.EveryHook()
    async with mock_aws(plugins=[plugin]), clients.aio("kms", backend) as kms:
        with pytest.raises(kms.exceptions.NotFoundException):
            await kms.describe_key(KeyId="0" * 8)
    [response] = [call[3] for call in plugin.calls if call[0] == "aiomoto_response"]
    assert response.status == 400
