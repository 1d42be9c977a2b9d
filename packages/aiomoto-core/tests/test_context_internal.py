"""The engine: leases, the switch, the patches, clients that are imported later."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from aiomoto import Calls, Engine, compat, hookimpl, mock_aws
from aiomoto.declared import Endpoint
from aiomoto.engine import engine
from aiomoto.leases import Lease
from aiomoto.patching import needed
from aiomoto.plugin.imports import PatchTable
from aiomoto.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.usefixtures("restored")


# -- leases ---------------------------------------------------------------------------


def acquired(settings: Settings) -> Lease:
    lease = Lease(settings, object(), Calls())
    engine.acquire(lease, reset=True)
    return lease


def test_one_count_of_moto_for_all_leases() -> None:
    moto = compat.moto()
    settings = Settings.of(None, (), ())
    leases = [acquired(settings) for _ in range(3)]
    assert moto.mock_class._nested_count == 1
    for lease in leases:
        assert engine.active
        engine.release(lease)
    assert not engine.active
    assert moto.mock_class._nested_count == 0


def test_lease_that_is_released_twice_counts_once() -> None:
    settings = Settings.of(None, (), ())
    first, second = acquired(settings), acquired(settings)
    engine.release(first)
    engine.release(first)
    assert engine.active
    engine.release(second)


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0], [1, 0, 2], [0, 2, 1]])
def test_last_one_out_decides_about_the_data(order: list[int]) -> None:
    moto = compat.moto()
    resets: list[str] = []
    leases = [acquired(Settings.of(None, (), ())) for _ in range(3)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(moto, "reset", lambda: resets.append("reset"))
        for number in order[:-1]:
            engine.release(leases[number])
        leases[order[-1]].remove_data = False
        engine.release(leases[order[-1]])
    assert resets == []
    moto.reset()


def test_endpoints_are_those_of_the_leases_that_are_left() -> None:
    def is_answered(host: str) -> bool:
        return engine.front.judge(f"http://{host}/", {}, None) is not None

    with mock_aws(endpoints=["a.local"]):
        second = mock_aws(endpoints=["b.local", "a.local"])
        second.start()
        assert [is_answered("a.local"), is_answered("b.local")] == [True, True]
        second.stop()
        assert [is_answered("a.local"), is_answered("b.local")] == [True, False]
    assert not is_answered("a.local")


def test_endpoints_of_the_environment_are_those_at_start() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", "http://a.local")
        lease = acquired(Settings.of(None, ["b.local"], ()))
        patch.setenv("AWS_ENDPOINT_URL", "http://c.local")
    assert lease.endpoints == (Endpoint("b.local", None, ""), Endpoint("a.local", 80, ""))
    engine.release(lease)


def test_environment_of_leases_in_any_order() -> None:
    real = Settings.of({"core": {"mock_credentials": False}}, (), ())
    fake = Settings.of(None, (), ())
    first, second = acquired(real), acquired(fake)
    assert os.environ["AWS_ACCESS_KEY_ID"] == "FOOBARKEY"
    engine.release(first)
    assert os.environ["AWS_ACCESS_KEY_ID"] == "FOOBARKEY"
    engine.release(second)
    assert "AWS_ACCESS_KEY_ID" not in os.environ


# -- plugins ---------------------------------------------------------------------------


class Recorder:
    """A plugin that notes when it is called, and what it then sees."""

    def __init__(self, log: list[str], name: str) -> None:
        self.log = log
        self.__name__ = name

    @hookimpl
    def aiomoto_activate(self, engine: Engine) -> None:
        count = compat.moto().mock_class._nested_count
        self.log.append(f"{self.__name__} on, moto {count}")

    @hookimpl
    def aiomoto_deactivate(self, engine: Engine) -> None:
        count = compat.moto().mock_class._nested_count
        self.log.append(f"{self.__name__} off, moto {count}")


def test_plugins_are_activated_in_order_and_deactivated_in_reverse() -> None:
    log: list[str] = []
    with mock_aws(plugins=[Recorder(log, "a"), Recorder(log, "b")]):
        assert log == ["a on, moto 1", "b on, moto 1"]
        log.clear()
    # Before moto is switched off: a plugin may still look at its state.
    assert log == ["b off, moto 1", "a off, moto 1"]


def test_plugin_of_an_inner_mock_lives_as_long_as_that() -> None:
    log: list[str] = []
    with mock_aws(plugins=[Recorder(log, "outer")]):
        with mock_aws(plugins=[Recorder(log, "inner")]):
            assert log == ["outer on, moto 1", "inner on, moto 1"]
        assert log[2:] == ["inner off, moto 1"]
    assert log[3:] == ["outer off, moto 1"]


def test_plugin_of_a_mock_that_ends_first_is_deactivated_once() -> None:
    log: list[str] = []
    first, second = mock_aws(plugins=[Recorder(log, "first")]), mock_aws()
    first.start()
    second.start()
    first.stop()
    second.stop()
    assert log == ["first on, moto 1", "first off, moto 1"]


# -- patches ---------------------------------------------------------------------------


def test_every_client_that_is_imported_is_patched() -> None:
    import sys

    originals = {}
    for wire in needed(engine.front, engine):
        if wire.module in sys.modules:
            for owner, attribute, _ in wire.made():
                originals[owner, attribute] = vars(owner).get(attribute)  # None: inherited
    assert len(originals) >= 8
    with mock_aws():
        for (owner, attribute), original in originals.items():
            assert vars(owner)[attribute] is not original, (owner, attribute)
    for (owner, attribute), original in originals.items():
        assert vars(owner).get(attribute) is original, (owner, attribute)


def test_what_somebody_else_patched_over_is_left_to_them() -> None:
    """respx, aioresponses and VCR may be started inside a mock and stopped after it."""
    import aiohttp

    original = aiohttp.BaseConnector.connect

    async def theirs(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError

    try:
        with mock_aws():
            ours = aiohttp.BaseConnector.connect
            aiohttp.BaseConnector.connect = theirs  # type: ignore[method-assign]
        assert aiohttp.BaseConnector.connect is theirs
        # Their stop puts back what they found: ours, which has to pass everything on by then.
        aiohttp.BaseConnector.connect = ours  # type: ignore[method-assign]
        assert engine.front.judge("https://s3.amazonaws.com/", {}, None) is None
    finally:
        aiohttp.BaseConnector.connect = original  # type: ignore[method-assign]


def test_patches_put_in_twice_are_taken_out_once() -> None:
    class Owner:
        attribute = "original"

    class Child(Owner):
        pass

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("aiomoto.wire.stubber.patches", lambda *_: [
            (Owner, "attribute", "ours"), (Child, "attribute", "child's")
        ])  # fmt: skip
        patch.setattr("aiomoto.patching.NEEDED", {"aiomoto": ("wire.stubber.patches",)})
        patches = PatchTable(needed(engine.front, engine))
        patches.switch(True)
        patches.switch(True)
        assert (Owner.attribute, Child.attribute) == ("ours", "child's")
        patches.switch(False)
        assert Owner.attribute == "original"
        assert "attribute" not in vars(Child)
        patches.switch(False)
        patches.switch(True)
        assert Child.attribute == "child's"
        patches.switch(False)
        assert vars(Child).get("attribute") is None


# -- in an interpreter of its own: what depends on the order of imports -----------------


def test_import_of_aiomoto_imports_no_client_and_no_moto(run_program: Callable[..., str]) -> None:
    run_program(
        """
        import sys
        import aiomoto
        for name in ("moto", "boto3", "botocore", "aiobotocore", "aiohttp", "httpx", "responses"):
            assert name not in sys.modules, name
        """
    )


@pytest.mark.parametrize("client", ["aiohttp", "httpx", "httpx2", "aiobotocore"])
def test_client_that_is_imported_inside_the_mock(
    run_program: Callable[..., str], client: str
) -> None:
    pytest.importorskip(client)
    programs = {
        "aiohttp": """
            async def main():
                import aiohttp
                async with aiohttp.ClientSession() as session:
                    async with session.get("https://s3.amazonaws.com/") as response:
                        print(await response.text())
        """,
        "httpx": """
            async def main():
                import httpx
                async with httpx.AsyncClient() as client:
                    print((await client.get("https://s3.amazonaws.com/")).text)
        """,
        "aiobotocore": """
            async def main():
                from aiobotocore.session import get_session
                async with get_session().create_client("s3", region_name="us-east-1") as s3:
                    await s3.create_bucket(Bucket="bucket")
                    print("ListAllMyBucketsResult" if (await s3.list_buckets())["Buckets"] else "")
        """,
    }
    body = programs[client.replace("httpx2", "httpx")].replace("httpx", client)
    if client == "aiohttp":
        body = body.replace("httpx", "aiohttp")
    out = run_program(
        """
import asyncio, sys
from aiomoto import mock_aws
with mock_aws():
    for name in ("aiohttp", "aiobotocore", "httpx", "httpx2"):
        assert name not in sys.modules, name
"""
        + body.replace("\n        ", "\n")
        + "\n    asyncio.run(main())\n"
    )
    assert "ListAllMyBucketsResult" in out


def test_client_that_is_imported_between_two_mocks(run_program: Callable[..., str]) -> None:
    out = run_program(
        """
        import asyncio
        from aiomoto import mock_aws
        with mock_aws():
            pass
        import aiohttp
        before = aiohttp.BaseConnector.connect

        async def main():
            async with aiohttp.ClientSession() as session:
                async with session.get("https://s3.amazonaws.com/") as response:
                    print(response.status)

        with mock_aws():
            asyncio.run(main())
        assert aiohttp.BaseConnector.connect is before
        """
    )
    assert out == "200\n"


def test_client_that_is_imported_anew(run_program: Callable[..., str]) -> None:
    """As after pytest's pytester, which takes out of sys.modules what a run has imported."""
    pytest.importorskip("httpx")
    out = run_program(
        """
        import sys
        from aiomoto import mock_aws

        for _ in range(2):
            with mock_aws():
                import httpx
                with httpx.Client() as client:
                    print(client.get("https://s3.amazonaws.com/").status_code)
            for name in list(sys.modules):
                if name.split(".")[0] in ("httpx", "httpcore"):
                    del sys.modules[name]
        """
    )
    assert out == "200\n200\n"


ANEW = """
import asyncio
import sys
from aiomoto import mock_aws

def import_anew():
    for name in list(sys.modules):
        if name == "aiohttp" or (WHOLE and name.startswith("aiohttp.")):
            del sys.modules[name]
    import aiohttp
    return aiohttp

async def ask(aiohttp):
    async with aiohttp.ClientSession() as session:
        async with session.get("https://s3.amazonaws.com/") as response:
            print(response.status, end=" ")
        try:
            await session.get("https://example.amazonaws.com:1/", timeout=aiohttp.ClientTimeout(5))
        except aiohttp.ClientError:
            print("real")
        except Exception as error:
            print(type(error).__name__)

modules = []
for _ in range(2):
    with mock_aws():
        modules.append(import_anew())
        before = modules[-1].BaseConnector.connect
        asyncio.run(ask(modules[-1]))
        modules.append(import_anew())
        asyncio.run(ask(modules[-1]))
        asyncio.run(ask(modules[-2]))  # of before, in the same mock
    modules.append(import_anew())
for module in modules:
    assert module.BaseConnector.connect.__module__ == "aiohttp.connector", module
"""


@pytest.mark.parametrize("whole", [True, False])
def test_aiohttp_that_is_imported_anew(run_program: Callable[..., str], whole: bool) -> None:
    """Between two mocks, and within one; with its submodules, and without."""
    out = run_program(f"WHOLE = {whole}\n{ANEW}")
    assert out == "200 UnsupportedOperation\n" * 6
