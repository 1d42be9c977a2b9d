"""What a plugin's author may get wrong and would not notice if it were let through."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, cast

import pytest
from multidict import CIMultiDict

from aiomoto import PluginError, hookimpl
from aiomoto.plugin.imports import PatchTable
from aiomoto.plugin.manager import PluginManager
from aiomoto.plugin.owners import Owners
from aiomoto.request import AwsRequest, AwsResponse

if TYPE_CHECKING:
    from types import ModuleType

    from aiomoto import Engine, Front


#: What the manager hands through to the plugins; it looks at nothing of it.
ENGINE, FRONT = cast("Engine", object()), cast("Front", object())


class Plugin:
    """An object with the given attributes."""

    def __init__(self, **attributes: Any) -> None:
        vars(self).update(attributes)


@pytest.fixture
def manager() -> PluginManager:
    return PluginManager(ENGINE, FRONT, PatchTable(()), lambda: ["kms", "ssm", "sts"])


def request_for(service: str) -> AwsRequest:
    url = f"https://{service}.us-east-1.amazonaws.com/"
    return AwsRequest("POST", url, CIMultiDict(), service=service)


def test_a_plugin_registered_later_does_not_get_what_an_earlier_one_owns(
    manager: PluginManager, every_hook: ModuleType
) -> None:
    first, second = every_hook.EveryHook("kms"), every_hook.EveryHook("ssm")
    request, response = request_for("kms"), AwsResponse(200)
    manager.register(first, "first")
    for _ in range(2):
        Owners(manager).handle(request)
        Owners(manager).blocks(request)
        Owners(manager).response(request, response)
        if "second" not in manager.names:
            manager.register(second, "second")
    assert first.hooks == [
        "aiomoto_services",
        *["aiomoto_handle", "aiomoto_blocks", "aiomoto_response"] * 2,
    ]
    assert second.hooks == ["aiomoto_services"]


def test_a_hook_that_a_later_plugin_lacks_is_not_looked_up_for_ever(
    manager: PluginManager, every_hook: ModuleType
) -> None:
    """The name is free again after its plugin went."""
    manager.register(Plugin(aiomoto_services=hookimpl(lambda: ["kms"])), "name")
    assert Owners(manager).handle(request_for("kms")) is None
    manager.unregister("name")
    plugin = every_hook.EveryHook("kms")
    manager.register(plugin, "name")
    Owners(manager).handle(request_for("kms"))
    assert "aiomoto_handle" in plugin.hooks


def test_services_that_were_not_returned_are_missed(manager: PluginManager) -> None:
    """A forgotten ``return`` would leave the plugin without any request."""

    @hookimpl
    def aiomoto_services() -> None:
        ["kms"]  # noqa: B018

    with pytest.raises(PluginError, match=r"Plugin 'bad'.*aiomoto_services.*None"):
        manager.register(Plugin(aiomoto_services=aiomoto_services), "bad")


def test_an_error_in_services_names_the_plugin(manager: PluginManager) -> None:
    @hookimpl
    def aiomoto_services() -> list[str]:
        raise KeyError("REGION")

    with pytest.raises(PluginError, match=r"Plugin 'bad'.*aiomoto_services.*REGION") as refusal:
        manager.register(Plugin(aiomoto_services=aiomoto_services), "bad")
    assert isinstance(refusal.value.__cause__, KeyError)
    assert manager.names == ()


def test_a_class_in_place_of_an_object_is_refused(
    manager: PluginManager, every_hook: ModuleType
) -> None:
    with pytest.raises(PluginError, match=r"'bad'.*class"):
        manager.register(every_hook.EveryHook, "bad")
    assert manager.names == ()


def test_request_hooks_without_a_service_would_never_be_called(manager: PluginManager) -> None:
    @hookimpl
    def aiomoto_handle(request: AwsRequest) -> None: ...

    with pytest.raises(PluginError, match=r"Plugin 'bad'.*aiomoto_services"):
        manager.register(Plugin(aiomoto_handle=aiomoto_handle), "bad")


def test_a_hook_under_another_name_is_checked_as_well(manager: PluginManager) -> None:
    """``specname`` is pluggy's way to call the function something else."""

    @hookimpl
    def aiomoto_services() -> list[str]:
        return ["kms"]

    @hookimpl(specname="aiomoto_response")
    async def change(response: AwsResponse) -> None: ...

    bad = Plugin(aiomoto_services=aiomoto_services, change=change)
    with pytest.raises(PluginError, match=r"Plugin 'bad'.*coroutine function"):
        manager.register(bad, "bad")


@dataclasses.dataclass
class Configured:
    """Compared by value, hence without a hash."""

    service: str
    seen: list[str] = dataclasses.field(default_factory=list, compare=False)

    @hookimpl
    def aiomoto_services(self) -> list[str]:
        return [self.service]

    @hookimpl
    def aiomoto_handle(self, request: AwsRequest) -> None:
        self.seen.append(str(request.service))


def test_a_plugin_may_be_a_dataclass(manager: PluginManager) -> None:
    one, two = Configured("kms"), Configured("ssm")
    manager.register(one, "one")
    manager.register(two, "two")
    Owners(manager).handle(request_for("kms"))
    assert (one.seen, two.seen) == (["kms"], [])


def test_no_error_of_several_deactivations_is_lost(manager: PluginManager) -> None:
    def failing(text: str) -> Any:
        def aiomoto_deactivate() -> None:
            raise RuntimeError(text)

        return Plugin(aiomoto_deactivate=hookimpl(aiomoto_deactivate))

    manager.register(failing("one"), "one")
    manager.register(failing("two"), "two")
    manager.activate_all()
    with pytest.raises(RuntimeError, match=r"^one$") as raised:
        manager.deactivate_all()
    assert str(raised.value.__context__) == "two"


@pytest.mark.parametrize("given", [5, "no", ("a", "b")])
def test_blocks_says_true_false_or_none(manager: PluginManager, given: Any) -> None:
    bad = Plugin(aiomoto_services=hookimpl(lambda: ["kms"]), aiomoto_blocks=hookimpl(lambda: given))
    manager.register(bad, "bad")
    with pytest.raises(PluginError, match=r"Plugin 'bad'.*aiomoto_blocks"):
        Owners(manager).blocks(request_for("kms"))


@pytest.mark.parametrize("given", [5, "body", (200, {}, "body"), b""])
def test_response_is_a_response_or_none(manager: PluginManager, given: Any) -> None:
    bad = Plugin(
        aiomoto_services=hookimpl(lambda: ["kms"]), aiomoto_response=hookimpl(lambda: given)
    )
    manager.register(bad, "bad")
    with pytest.raises(PluginError, match=r"Plugin 'bad'.*aiomoto_response"):
        Owners(manager).response(request_for("kms"), AwsResponse(200))
