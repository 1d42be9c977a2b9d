"""Everything is as before after the last exit, however it came about.

Each test runs in the fixture `restored`, which compares all that a mock may
touch before and after; what a test itself asserts comes on top.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import itertools
import os
import random
from functools import partial
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import boto3
import moto
import pytest
from moto.core.config import default_user_config
from moto.core.models import MockAWS as MotoMock

import aiomoto.engine
from aiomoto import IncompatibleLibrary, InvalidOption, PluginError, hookimpl, mock_aws

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

pytestmark = pytest.mark.usefixtures("restored")


def working(clients: ModuleType) -> None:
    with clients.sync("s3") as s3:
        s3.create_bucket(Bucket="works")
        s3.delete_bucket(Bucket="works")


def test_inside_all_of_it_is_changed() -> None:
    """Else the comparison afterwards would say nothing."""
    import aiohttp

    before = aiohttp.BaseConnector.connect
    with mock_aws(config={"core": {}}):
        assert os.environ["AWS_ACCESS_KEY_ID"] == "FOOBARKEY"
        assert aiohttp.BaseConnector.connect is not before
        assert MotoMock._nested_count == 1
        assert default_user_config["core"] == {}


class Broken(Exception):
    pass


def test_exception_in_the_body() -> None:
    with pytest.raises(Broken), mock_aws(), mock_aws():
        raise Broken


@pytest.mark.asyncio
async def test_exception_in_the_body_of_a_coroutine() -> None:
    with pytest.raises(Broken):
        async with mock_aws(), mock_aws():
            raise Broken


@pytest.mark.asyncio
async def test_cancellation_in_the_body(clients: ModuleType) -> None:
    inside = asyncio.Event()

    async def body() -> None:
        async with mock_aws(), clients.aio("s3") as s3:
            await s3.list_buckets()
            inside.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(body())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert MotoMock._nested_count == 0


def test_generator_that_is_closed_in_the_middle() -> None:
    def fixture() -> Iterator[None]:
        with mock_aws():
            yield

    running = fixture()
    next(running)
    running.close()


# -- a start that fails --------------------------------------------------------------


class Plugin:
    """Fails where it is told to."""

    def __init__(self, at: str = "", error: type[BaseException] = Broken) -> None:
        self.at = at
        self.error = error
        self.calls: list[str] = []

    def _called(self, name: str) -> None:
        self.calls.append(name)
        if name == self.at:
            raise self.error(name)

    @hookimpl
    def aiomoto_services(self) -> list[str]:
        self._called("services")
        return ["sdb"]

    @hookimpl
    def aiomoto_activate(self) -> None:
        self._called("activate")

    @hookimpl
    def aiomoto_deactivate(self) -> None:
        self._called("deactivate")


class Second(Plugin):
    """Owns the same service."""


class NoPlugin:
    """Implements no hook."""


FAILING_STARTS: list[tuple[dict[str, Any], type[BaseException]]] = [
    ({"config": {"no": {}}}, InvalidOption),
    ({"config": {"core": 3}}, InvalidOption),
    ({"reset": "x"}, InvalidOption),
    ({"remove_data": "x"}, InvalidOption),
    ({"region": "x y"}, InvalidOption),
    ({"endpoints": ["ftp://x"]}, InvalidOption),
    ({"plugins": "name"}, InvalidOption),
    ({"plugins": [NoPlugin()]}, PluginError),
    ({"plugins": [Plugin(at="services")]}, PluginError),
    ({"plugins": [Plugin(at="activate")]}, Broken),
    ({"plugins": [Plugin(at="activate", error=KeyboardInterrupt)]}, KeyboardInterrupt),
    ({"plugins": [Plugin(), Second()]}, PluginError),
    ({"config": {"core": {}}, "endpoints": ["a.io"], "plugins": [Plugin(at="activate")]}, Broken),
]


@pytest.mark.parametrize(("arguments", "error"), FAILING_STARTS)
@pytest.mark.parametrize("nested", [False, True])
def test_start_that_fails(
    clients: ModuleType, arguments: dict[str, Any], error: type[BaseException], nested: bool
) -> None:
    """Nothing is left of it, and what was active before goes on."""
    with mock_aws() if nested else contextlib.nullcontext():
        mock = mock_aws(**arguments)
        with pytest.raises(error):
            mock.start()
        with pytest.raises(RuntimeError, match="before start"):
            mock.stop()
        assert aiomoto.engine.engine.active is nested
        assert aiomoto.engine.engine.owners.get("sdb") is None
        if nested:
            working(clients)
    with mock_aws():
        working(clients)


@pytest.mark.parametrize(
    ("module", "name", "attribute", "seam"),
    [
        ("aiohttp.connector", "BaseConnector", "_release_acquired", "aiohttp"),
        ("aiohttp.client_reqrep", "ClientRequest", "connection_key", "aiohttp"),
        ("httpcore", "AsyncConnectionPool", "handle_async_request", None),
        ("botocore.httpsession", "URLLib3Session", "send", None),
    ],
)
def test_library_without_what_is_needed(
    clients: ModuleType, module: str, name: str, attribute: str, seam: str | None
) -> None:
    import importlib

    from aiomoto.wire import aiohttp as wire

    if seam:
        wire._seam.cache_clear()
    owner = getattr(importlib.import_module(module), name)
    # A subclass's own is not enough: what is looked for is the class that is patched.
    with contextlib.ExitStack() as undo:
        for base in owner.__mro__:
            if attribute in vars(base):
                undo.callback(setattr, base, attribute, vars(base)[attribute])
                delattr(base, attribute)
        with pytest.raises(IncompatibleLibrary) as caught:
            mock_aws().start()
    assert caught.value.attribute.endswith(f"{name}.{attribute}")
    assert not aiomoto.engine.engine.active
    with mock_aws():
        working(clients)


def test_stop_that_fails(clients: ModuleType) -> None:
    """The plugin's error is seen, and the rest is undone all the same."""
    failing, healthy = Plugin(at="deactivate"), Other()
    mock = mock_aws(plugins=[healthy, failing])
    mock.start()
    with pytest.raises(Broken, match="deactivate"):
        mock.stop()
    assert healthy.calls == ["services", "activate", "deactivate"]
    with mock_aws():
        working(clients)


class Other(Plugin):
    @hookimpl
    def aiomoto_services(self) -> list[str]:
        self._called("services")
        return []


# -- with moto's own mock -------------------------------------------------------------


def seen(clients: ModuleType) -> None:
    """Sync clients and `requests` are mocked."""
    import requests

    assert MotoMock._mocks_active
    working(clients)
    assert requests.get("https://s3.amazonaws.com/").status_code == 200


@pytest.mark.parametrize("kinds", [(mock_aws, moto.mock_aws), (moto.mock_aws, mock_aws)])
def test_nested_with_motos_mock(clients: ModuleType, kinds: tuple[Any, Any]) -> None:
    outer, inner = kinds
    with outer():
        with clients.sync("s3") as s3:
            s3.create_bucket(Bucket="outer")
            with inner():
                seen(clients)
                s3.head_bucket(Bucket="outer")
            s3.head_bucket(Bucket="outer")
        seen(clients)
    assert MotoMock._nested_count == 0


@pytest.mark.parametrize("seed", range(12))
def test_started_and_stopped_in_any_order_with_motos_mocks(clients: ModuleType, seed: int) -> None:
    """Neither switches the other off; the last one does.

    What moto's mocks themselves leave in the environment when they don't end
    like brackets is moto's; its two mocks do the same to each other. So is that
    they forget boto3's default session.
    """
    choose = random.Random(seed)
    kinds = [mock_aws, moto.mock_aws] * 2
    choose.shuffle(kinds)
    active: list[tuple[Any, Any]] = []
    with (
        patch.dict(os.environ),
        patch.object(boto3, "DEFAULT_SESSION", None),
        contextlib.ExitStack() as rest,
    ):
        config = dict(default_user_config)
        while kinds or active:
            if kinds and (not active or choose.random() < 0.6):
                kind = kinds.pop()
                active.append((kind, kind()))
                active[-1][1].start()
            else:
                active.pop(choose.randrange(len(active)))[1].stop()
            rest.pop_all()
            for _, mock in active:
                rest.callback(mock.stop)
            # All of ours together are one of moto's.
            motos = [kind for kind, _ in active if kind is moto.mock_aws]
            assert MotoMock._nested_count == len(motos) + (len(active) > len(motos))
            assert MotoMock._mocks_active is bool(active)
            if active:
                os.environ.update(AWS_ACCESS_KEY_ID="a", AWS_SECRET_ACCESS_KEY="b")
                seen(clients)
        assert default_user_config == config


# -- in every order --------------------------------------------------------------------

MOTOS_CONFIGS: list[dict[str, Any] | None] = [
    None,
    {"core": {"mock_credentials": False}},
    {"core": {"reset_boto3_session": False}},
]


def outside() -> tuple[object, ...]:
    config = copy.deepcopy(dict(default_user_config))
    return dict(os.environ), config, boto3.DEFAULT_SESSION, MotoMock._nested_count


@pytest.mark.parametrize("configs", [*itertools.product(MOTOS_CONFIGS, repeat=2)])
@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("early", [False, True])
def test_a_raw_mock_among_ours_in_every_order(
    configs: tuple[Any, Any], place: int, early: bool
) -> None:
    """``early``: moto's object is made before any mock starts, with a copy of the configuration."""
    with pytest.MonkeyPatch.context() as patches:
        patches.setenv("AWS_SECRET_ACCESS_KEY", "the developer's")
        patches.setattr(boto3, "DEFAULT_SESSION", boto3.Session(region_name="eu-west-1"))
        before = outside()
        for order in itertools.permutations(range(3)):
            makers: list[Any] = [partial(mock_aws, config=configs[0])] * 2
            makers.insert(place, partial(moto.mock_aws, config=configs[1]))
            mocks = [make() for make in makers] if early else []
            for number, make in enumerate(makers):
                mocks += [] if early else [make()]
                mocks[number].start()
            for number in order:
                mocks[number].stop()
            assert outside() == before, order


def test_a_raw_mock_that_stops_first_takes_nothing_from_ours() -> None:
    session = boto3.DEFAULT_SESSION
    raw = moto.mock_aws(config={"core": {"mock_credentials": False}})
    raw.start()
    with mock_aws():
        raw.stop()
        assert os.environ["AWS_ACCESS_KEY_ID"] == "FOOBARKEY"
        assert default_user_config["core"].get("mock_credentials") is not False
        assert boto3.DEFAULT_SESSION is None
        raw.start()
        assert default_user_config["core"]["mock_credentials"] is False
    assert default_user_config["core"]["mock_credentials"] is False
    raw.stop()
    assert boto3.DEFAULT_SESSION is session


def test_a_raw_mock_that_keeps_nothing_is_left_to_itself() -> None:
    """Of a moto whose mock has other names: nothing is refused for it."""
    with mock_aws():
        bare = moto.mock_aws()
        bare.start()
        del bare._orig_creds
        bare._default_session_mock = None
        bare.stop()
        assert os.environ["AWS_ACCESS_KEY_ID"] == "FOOBARKEY"
