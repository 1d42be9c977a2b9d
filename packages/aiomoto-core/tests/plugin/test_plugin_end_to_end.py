"""Plugins in a mock: where they come from, when they are switched on and off, what is undone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from aiomoto import PluginError, mock_aws
from aiomoto.engine import engine
from aiomoto.request import AwsRequest, AwsResponse

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from conftest import Site

ONE_REQUEST = ["aiomoto_handle", "aiomoto_blocks", "aiomoto_response"]


@pytest.mark.asyncio
@pytest.mark.parametrize("kind", ["object", "module"])
@pytest.mark.usefixtures("unchanged")
async def test_every_hook_is_called_with_its_arguments(
    every_hook: ModuleType, clients: ModuleType, backend: str, kind: str
) -> None:
    plugin = every_hook.EveryHook() if kind == "object" else every_hook
    async with mock_aws(plugins=[plugin]) as mock:
        assert mock.owners["kms"] == ("every_hook" + (".EveryHook" if kind == "object" else ""))
        async with clients.aio("kms", backend) as kms:
            assert (await kms.list_keys())["Keys"] == []
    hooks = [call[0] for call in plugin.calls]
    assert hooks == ["aiomoto_services", "aiomoto_activate", *ONE_REQUEST, "aiomoto_deactivate"]
    arguments = [call[1:] for call in plugin.calls]
    assert arguments[1] == arguments[5] == (engine,)
    given_engine, request = arguments[2]
    assert given_engine is engine
    assert type(request) is AwsRequest
    assert (request.service, request.operation, request.method) == ("kms", "ListKeys", "POST")
    assert request.url == "https://kms.us-east-1.amazonaws.com/"
    assert request.headers["x-amz-target"] == "TrentService.ListKeys"
    assert request.body == b"{}"
    assert request.is_async is True
    assert arguments[3] == (engine, request)
    assert arguments[4][:2] == (engine, request)
    assert type(arguments[4][2]) is AwsResponse
    assert arguments[4][2].status == 200


@pytest.mark.usefixtures("unchanged")
def test_a_sync_client_calls_every_hook(every_hook: ModuleType, clients: ModuleType) -> None:
    plugin = every_hook.EveryHook()
    with mock_aws(plugins=[plugin]), clients.sync("kms") as kms:
        kms.list_keys()
    assert plugin.hooks[2:-1] == ONE_REQUEST
    assert plugin.calls[2][2].is_async is False


PROGRAM = """
    import asyncio, sys
    from aiobotocore.session import get_session
    from aiomoto import mock_aws

    async def main():
        async with mock_aws() as mock:
            print(mock.owners["kms"])
            async with get_session().create_client("kms", region_name="us-east-1") as kms:
                await kms.list_keys()
    asyncio.run(main())
    print([call[0] for call in sys.modules["every_hook"].calls])
"""


def test_an_installed_plugin_is_found(
    site: Site, run_program: Callable[..., str], every_hook: ModuleType
) -> None:
    source = Path(str(every_hook.__file__)).read_text()
    site.install("aiomoto-every", {"every": "every_hook"}, every_hook=source)
    owner, hooks = run_program(PROGRAM, PYTHONPATH=str(site.folder)).splitlines()
    assert owner == "every"
    called = ["aiomoto_services", "aiomoto_activate", *ONE_REQUEST, "aiomoto_deactivate"]
    assert hooks == str(called)


def test_a_broken_installed_plugin_refuses_the_start_and_changes_nothing(
    site: Site, run_program: Callable[..., str], tmp_path: Path
) -> None:
    site.install("aiomoto-torn", {"torn": "torn_plugin:plugin"}, torn_plugin="import no_such")
    program = """
        import os, aiohttp, moto.core.models as models
        from aiomoto import PluginError, mock_aws
        def state():
            return (dict(os.environ), aiohttp.connector.BaseConnector.connect,
                    models.MockAWS._nested_count, models.botocore_stubber.enabled)
        before = state()
        for _ in range(2):
            try:
                mock_aws().start()
            except PluginError as error:
                print(error)
            assert state() == before
    """
    lines = run_program(program, PYTHONPATH=str(site.folder)).splitlines()
    assert lines == 2 * [
        "Plugin 'torn' (torn_plugin:plugin) can't be imported: "
        "ModuleNotFoundError(\"No module named 'no_such'\"). "
        "Repair it or uninstall its distribution."
    ]


@pytest.mark.asyncio
@pytest.mark.usefixtures("unchanged")
async def test_only_requests_of_owned_services_reach_a_plugin(
    every_hook: ModuleType, clients: ModuleType, backend: str
) -> None:
    of_kms, of_ssm = every_hook.EveryHook("kms", name="a"), every_hook.EveryHook("ssm", name="b")
    async with mock_aws(plugins=[of_kms]):
        async with clients.aio("kms", backend) as kms, clients.aio("sts", backend) as sts:
            await kms.list_keys()
            await sts.get_caller_identity()
            async with mock_aws(plugins=[of_ssm]), clients.aio("ssm", backend) as ssm:
                await ssm.describe_parameters()
                await kms.list_keys()
            await kms.list_keys()
    assert [call[2].service for call in of_kms.calls if call[0] == "aiomoto_handle"] == ["kms"] * 3
    assert [call[2].service for call in of_ssm.calls if call[0] == "aiomoto_handle"] == ["ssm"]


# -- on and off ------------------------------------------------------------------


@pytest.mark.usefixtures("unchanged")
def test_plugins_are_switched_off_in_reverse(every_hook: ModuleType) -> None:
    log: list[Any] = []
    plugins = [every_hook.EveryHook(one, name=one, log=log) for one in ("sts", "kms", "ssm")]
    with mock_aws(plugins=plugins):
        assert log == [("on", "sts"), ("on", "kms"), ("on", "ssm")]
        with mock_aws():
            pass
        assert len(log) == 3
    assert log[3:] == [("off", "ssm"), ("off", "kms"), ("off", "sts")]


@pytest.mark.parametrize("first_to_end", ["outer", "inner"])
@pytest.mark.usefixtures("unchanged")
def test_a_plugin_of_a_nested_mock_comes_and_goes_with_it(
    every_hook: ModuleType, first_to_end: str
) -> None:
    log: list[Any] = []
    outer = mock_aws(plugins=[every_hook.EveryHook("kms", name="outer", log=log)])
    inner = mock_aws(plugins=[every_hook.EveryHook("ssm", name="inner", log=log)])
    outer.start()
    inner.start()
    assert log == [("on", "outer"), ("on", "inner")]
    assert (outer.owners["kms"], outer.owners["ssm"]) == ("outer", "inner")
    mocks = {"outer": outer, "inner": inner}
    mocks.pop(first_to_end).stop()
    [(second_to_end, last)] = mocks.items()
    assert log[2:] == [("off", first_to_end)]
    assert first_to_end not in last.owners.values()
    last.stop()
    assert log[3:] == [("off", second_to_end)]
    assert second_to_end not in last.owners.values()


@pytest.mark.usefixtures("unchanged")
def test_a_plugin_forgets_when_motos_resources_are_gone(
    every_hook: ModuleType, clients: ModuleType
) -> None:
    found: list[Any] = []

    class Looks(every_hook.EveryHook):  # type: ignore[misc, name-defined]
        @every_hook.hookimpl  # type: ignore[untyped-decorator]
        def aiomoto_reset(self) -> None:
            found.append(kms.list_keys()["Keys"])

    mock = mock_aws(plugins=[Looks(), every_hook.EveryHook("ssm", name="other")])
    with mock, clients.sync("kms") as kms:
        kms.create_key()
        mock.reset()
        assert found == [[]]
        kms.create_key()
        assert len(kms.list_keys()["Keys"]) == 1
    assert found == [[]]


@pytest.mark.usefixtures("unchanged")
def test_a_mock_can_be_started_again_with_its_plugin(every_hook: ModuleType) -> None:
    plugin = every_hook.EveryHook()
    mock = mock_aws(plugins=[plugin])
    for _ in range(2):
        with mock:
            pass
    assert plugin.hooks == ["aiomoto_services", "aiomoto_activate", "aiomoto_deactivate"] * 2


@pytest.mark.usefixtures("unchanged")
def test_a_mock_can_be_entered_twice_with_its_plugin(every_hook: ModuleType) -> None:
    """As without plugins, and as a decorated coroutine function does that runs twice at once."""
    plugin = every_hook.EveryHook()
    mock = mock_aws(plugins=[plugin])
    with mock:
        with mock:
            assert mock.owners["kms"] == "every_hook.EveryHook"
        assert mock.owners["kms"] == "every_hook.EveryHook"
    assert plugin.hooks == ["aiomoto_services", "aiomoto_activate", "aiomoto_deactivate"]


@pytest.mark.usefixtures("unchanged")
def test_the_same_plugin_twice_is_refused(every_hook: ModuleType) -> None:
    plugin = every_hook.EveryHook()
    with pytest.raises(
        PluginError, match=r"^Plugin 'every_hook.EveryHook' is registered already.$"
    ):
        mock_aws(plugins=[plugin, plugin]).start()
    with mock_aws(plugins=[plugin]):
        pass


@pytest.mark.usefixtures("unchanged")
def test_two_owners_are_refused_and_the_outer_mock_goes_on(
    every_hook: ModuleType, clients: ModuleType
) -> None:
    one, two = every_hook.EveryHook(name="one"), every_hook.EveryHook(name="two")
    with mock_aws(plugins=[one]) as mock, clients.sync("kms") as kms:
        with pytest.raises(PluginError, match=r"^Plugins 'one' and 'two' both own 'kms'\."):
            mock_aws(plugins=[two]).start()
        assert mock.owners["kms"] == "one"
        kms.list_keys()
    assert one.hooks.count("aiomoto_handle") == 1
    assert two.hooks == ["aiomoto_services"]
