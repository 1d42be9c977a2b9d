"""A plugin that raises, or makes requests, while it is switched on or off."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from aiomoto import mock_aws

if TYPE_CHECKING:
    from types import ModuleType

    from conftest import Site

State = Callable[[], dict[str, Any]]


class Failing(Exception):
    pass


@pytest.mark.parametrize("nested", [False, True], ids=["first mock", "nested mock"])
@pytest.mark.usefixtures("unchanged")
def test_an_error_in_activate_undoes_the_start(
    every_hook: ModuleType, everything: State, nested: bool
) -> None:
    log: list[Any] = []

    class Bad(every_hook.EveryHook):  # type: ignore[misc, name-defined]
        @every_hook.hookimpl  # type: ignore[untyped-decorator]
        def aiomoto_activate(self) -> None:
            raise Failing("no disk")

    good = every_hook.EveryHook("ssm", name="good", log=log)
    bad = Bad("kms", name="bad", log=log)
    after = every_hook.EveryHook("sts", name="after", log=log)

    def fail() -> None:
        before = everything()
        config = {"core": {"reset_boto3_session": True, "mock_credentials": True}}
        mock = mock_aws(config=config, endpoints=["minio.local"], plugins=[good, bad, after])
        with pytest.raises(Failing, match=r"^no disk$"):
            mock.start()
        assert everything() == before
        with pytest.raises(RuntimeError, match="is not started"):
            mock.stop()

    if nested:
        with mock_aws():
            fail()
    else:
        fail()
    assert log == [("on", "good"), ("off", "good")]
    with mock_aws(plugins=[good, after]):
        assert log[2:] == [("on", "good"), ("on", "after")]


@pytest.mark.parametrize("body", [None, KeyError], ids=["body ends", "body raises"])
@pytest.mark.usefixtures("unchanged")
def test_an_error_in_deactivate_reaches_the_user_and_all_is_put_back(
    every_hook: ModuleType, everything: State, body: type[Exception] | None
) -> None:
    log: list[Any] = []

    class Bad(every_hook.EveryHook):  # type: ignore[misc, name-defined]
        @every_hook.hookimpl  # type: ignore[untyped-decorator]
        def aiomoto_deactivate(self) -> None:
            raise Failing("no disk")

    first = every_hook.EveryHook("ssm", name="first", log=log)
    last = every_hook.EveryHook("sts", name="last", log=log)
    plugins = [first, Bad("kms", name="bad", log=log), last]
    before = everything()
    with pytest.raises(Failing, match=r"^no disk$") as raised, mock_aws(plugins=plugins):
        if body is not None:
            raise body
    assert everything() == before
    assert log[3:] == [("off", "last"), ("off", "first")]
    if body is not None:
        assert isinstance(raised.value.__context__, body)


@pytest.mark.usefixtures("unchanged")
def test_an_error_in_deactivate_of_a_nested_mock_leaves_the_outer_one(
    every_hook: ModuleType, clients: ModuleType, everything: State
) -> None:
    class Bad(every_hook.EveryHook):  # type: ignore[misc, name-defined]
        @every_hook.hookimpl  # type: ignore[untyped-decorator]
        def aiomoto_deactivate(self) -> None:
            raise Failing("no disk")

    with mock_aws() as outer, clients.sync("kms") as kms:
        before = everything()
        with pytest.raises(Failing, match=r"^no disk$"), mock_aws(plugins=[Bad()]):
            pass
        assert everything() == before
        assert "kms" not in outer.owners
        kms.list_keys()


def test_requests_are_answered_while_the_first_mock_activates(
    site: Site, run_program: Callable[..., str]
) -> None:
    """And while the last one deactivates: a plugin may make what it needs through a client."""
    source = """
        import boto3
        import httpx
        from aiomoto import hookimpl

        def ask():
            sts = boto3.client("sts", region_name="us-east-1")
            print(sts.get_caller_identity()["Account"])
            print(httpx.get("https://bucket.s3.amazonaws.com/").status_code)
            sts.close()
            minio = boto3.client("s3", endpoint_url="https://minio.local")
            print(minio.list_buckets()["Buckets"])
            minio.close()

        @hookimpl
        def aiomoto_activate():
            ask()

        @hookimpl
        def aiomoto_deactivate():
            ask()
    """
    site.install("aiomoto-asking", {"asking": "asking_plugin"}, asking_plugin=source)
    program = """
        from aiomoto import mock_aws
        with mock_aws(endpoints=["minio.local"]):
            print("inside")
    """
    asked = ["123456789012", "404", "[]"]
    lines = run_program(program, PYTHONPATH=str(site.folder)).splitlines()
    assert lines == [*asked, "inside", *asked]
