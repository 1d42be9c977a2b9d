"""Core's own plugin: it owns nothing, and is asked for what a service's owner leaves open."""

from __future__ import annotations

import ast
import inspect
from typing import TYPE_CHECKING, Any, cast

import pytest
from multidict import CIMultiDict

from aiomoto import PluginError, dispatch, hookimpl, mock_aws
from aiomoto.compat import moto
from aiomoto.engine import engine
from aiomoto.plugin import core
from aiomoto.plugin.imports import PatchTable
from aiomoto.plugin.manager import PluginManager
from aiomoto.plugin.owners import Owners
from aiomoto.request import AwsRequest, AwsResponse

if TYPE_CHECKING:
    from types import ModuleType

    from aiomoto import Engine, Front

ENGINE, FRONT = cast("Engine", object()), cast("Front", object())


ENTRY_POINTS = "aiomoto.plugin.manager.entry_points"


def manager_of(core: object) -> PluginManager:
    return PluginManager(ENGINE, FRONT, PatchTable(()), lambda: ["kms", "sts"], core)


@pytest.fixture
def manager(every_hook: ModuleType, monkeypatch: pytest.MonkeyPatch) -> PluginManager:
    """With a plugin of core's for KMS and STS, and no other one."""
    monkeypatch.setattr(ENTRY_POINTS, lambda group: ())
    own = every_hook.EveryHook("kms", "sts")
    own.handle = lambda request: AwsResponse.of(200, {}, "core")
    own.blocks = lambda request: True
    own.response = lambda request, response: AwsResponse.of(201, {}, "core")
    manager = manager_of(own)
    manager.load_entry_points()
    return manager


def request_for(service: str) -> AwsRequest:
    url = f"https://{service}.us-east-1.amazonaws.com/"
    return AwsRequest("POST", url, CIMultiDict(), service=service)


def answers(manager: PluginManager, service: str) -> tuple[Any, ...]:
    """What is said of a request: of handling, blocking, and of moto's answer."""
    request = request_for(service)
    handled = Owners(manager).handle(request)
    assert handled is None or isinstance(handled, AwsResponse)
    response = Owners(manager).response(request, AwsResponse(200))
    body = None if handled is None else handled.body
    return body, Owners(manager).blocks(request), response.status


def test_it_is_asked_where_nobody_owns_the_service(manager: PluginManager) -> None:
    assert answers(manager, "kms") == (b"core", True, 201)
    assert answers(manager, "sqs") == (None, None, 200)


def test_the_owner_is_asked_first(manager: PluginManager, every_hook: ModuleType) -> None:
    owner = every_hook.EveryHook("kms")
    manager.register(owner, "owner")
    assert answers(manager, "kms") == (b"core", True, 201)
    owner.handle = lambda request: AwsResponse.of(200, {}, "owner")
    owner.blocks = lambda request: False
    owner.response = lambda request, response: AwsResponse.of(202)
    assert answers(manager, "kms") == (b"owner", False, 202)
    assert answers(manager, "sts") == (b"core", True, 201)
    manager.unregister("owner")
    assert answers(manager, "kms") == (b"core", True, 201)


def test_it_owns_nothing_and_is_no_other_plugin(manager: PluginManager) -> None:
    assert (manager.names, manager.owners) == ((), {})
    manager.load_entry_points()
    manager.activate_all()
    manager.deactivate_all()


def test_it_is_loaded_again_where_another_plugin_was_refused(
    monkeypatch: pytest.MonkeyPatch, every_hook: ModuleType
) -> None:
    class Torn:
        name = value = "torn"

        def load(self) -> object:
            raise ImportError("torn")

    own = every_hook.EveryHook()
    manager = manager_of(own)
    monkeypatch.setattr(ENTRY_POINTS, lambda group: [Torn()])
    for _ in range(2):
        with pytest.raises(PluginError, match="torn"):
            manager.load_entry_points()
    monkeypatch.setattr(ENTRY_POINTS, lambda group: ())
    manager.load_entry_points()
    assert manager.names == ()
    assert Owners(manager).handle(request_for("kms")) is None
    assert own.hooks == [*["aiomoto_services"] * 3, "aiomoto_handle"]


def test_no_mock_names_it() -> None:
    with mock_aws(plugins=[_Owner()]) as mock:
        assert mock.owners["kms"] != "aiomoto"
        assert "aiomoto" not in {*engine._plugins.names, *mock.owners.values()}


class _Owner:
    @hookimpl
    def aiomoto_services(self) -> list[str]:
        return ["kms"]


# -- its rules ---------------------------------------------------------------------------


def test_dispatch_knows_no_service_by_name() -> None:
    tree = ast.parse(inspect.getsource(dispatch))
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert texts & moto().services == set()


def test_moto_has_its_services() -> None:
    assert {*core.aiomoto_services()} <= moto().services


@pytest.mark.parametrize(
    ("path", "is_async", "status"),
    [
        ("/prod/orders", False, 404),
        ("/prod/orders", True, None),
        ("/prod/@connections/c", False, None),
        ("/%40connections/c", False, None),
    ],
)
def test_a_path_of_a_users_own_api(path: str, is_async: bool, status: int | None) -> None:
    request = request_for("apigatewaymanagementapi")
    request.url = f"https://a1b2.execute-api.us-east-1.amazonaws.com{path}"
    request.is_async = is_async
    answer = core.aiomoto_handle(request)
    assert (answer and answer.status) == status


@pytest.mark.parametrize(
    ("service", "operation", "body", "blocks"),
    [
        ("sqs", "ReceiveMessage", b'{"WaitTimeSeconds": 20}', True),
        ("sqs", "ReceiveMessage", b'{"WaitTimeSeconds":1}', True),
        ("sqs", "ReceiveMessage", b"Action=ReceiveMessage&WaitTimeSeconds=2", True),
        ("sqs", "ReceiveMessage", b'{"WaitTimeSeconds": 0}', False),
        ("sqs", "ReceiveMessage", b"{}", False),
        ("sqs", "SendMessage", b'{"MessageBody": "\\"WaitTimeSeconds\\": 20"}', False),
        ("awslambda", "Invoke", b"", True),
        ("swf", "PollForDecisionTask", b"", True),
    ],
)
def test_what_moto_waits_for(service: str, operation: str, body: bytes, blocks: bool) -> None:
    request = request_for(service)
    request.operation, request.body = operation, body
    assert core.aiomoto_blocks(engine, request) is blocks


@pytest.mark.parametrize("service", sorted(core.aiomoto_services()))
def test_it_is_there_where_no_package_is(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with mock_aws():
        monkeypatch.setattr(engine._plugins, "_owners", {})
        assert Owners(engine._plugins).blocks(request_for(service)) in (True, False)
        assert Owners(engine._plugins).blocks(request_for("kms")) is None
