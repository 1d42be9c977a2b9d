"""The options of ``mock_aws``: each is checked, none of the other project's is taken for ours."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from typing import Any, get_args

import boto3
import pytest

import aiomoto
import aiomoto.engine
from aiomoto import InvalidOption, MockAWS, mock_aws, peer
from aiomoto.clock import ClockOption
from aiomoto.errors import UnknownOption
from aiomoto.options import NAMES, checked_optimise, checked_region
from aiomoto.pytest_plugin import aws_fixture
from aiomoto.settings import Settings

pytestmark = pytest.mark.usefixtures("restored")

SERVER = (
    "Here AWS is answered in process, and there is no server. For clients in other processes, "
    "run moto's own (moto.server.ThreadedMotoServer, or the command moto_server) and give them "
    "its address as endpoint_url, or use the package aiomoto-endpoint once it is there."
)
DIFFER = (
    "is of another project, the distribution 'aiomoto'; this is aiomoto-core, and the two differ."
)


# -- names --------------------------------------------------------------------------


def test_every_option_is_typed_documented_and_checked() -> None:
    assert set(inspect.signature(Settings.of).parameters) == set(NAMES)
    assert mock_aws.__doc__
    assert [name for name in NAMES if f":param {name}:" not in mock_aws.__doc__] == []


@pytest.mark.parametrize("make", [mock_aws, MockAWS, lambda **options: aws_fixture(**options)])
def test_an_option_that_there_is_not(make: Callable[..., Any]) -> None:
    with pytest.raises(
        UnknownOption, match=r"does not take regoin; it takes, by name, config, "
    ) as caught:
        make(regoin="eu-west-1")
    assert str(caught.value).endswith("optimise. Did you mean 'region'?")
    assert isinstance(caught.value, TypeError)
    assert isinstance(caught.value, InvalidOption)


@pytest.mark.parametrize("name", sorted(peer.OPTIONS))
def test_an_option_of_the_other_project(name: str) -> None:
    with pytest.raises(UnknownOption) as caught:
        mock_aws(**{name: True})
    assert str(caught.value) == f"mock_aws() does not take {name}. {name!r} {DIFFER} {SERVER}"


@pytest.mark.parametrize("name", sorted(peer.NAMES))
def test_a_name_of_the_other_project(name: str) -> None:
    program = f"from aiomoto import {name}"
    with pytest.raises(ImportError) as caught:
        exec(program, {})
    text = str(caught.value)
    assert text.startswith(f"cannot import name {name!r} from 'aiomoto': {name!r} {DIFFER} ")
    if name == "mock_aws_decorator":
        assert text.endswith("Here, mock_aws is the decorator too.")
    elif name == "RealHTTPRequestBlockedError":
        assert text.endswith("Here, aiomoto.RealRequestBlocked is raised instead.")
    else:
        assert text.endswith(SERVER)


def test_a_name_that_there_is_not() -> None:
    with pytest.raises(AttributeError, match="module 'aiomoto' has no attribute 'mok_aws'"):
        aiomoto.mok_aws  # noqa: B018
    assert not hasattr(aiomoto, "mok_aws")
    assert not {*peer.NAMES, *peer.OPTIONS} & {*dir(aiomoto), *NAMES}


# -- switches -------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["reset", "remove_data"])
@pytest.mark.parametrize("value", ["x", 0, None])
def test_switches(name: str, value: Any) -> None:
    expected = rf"^mock_aws\({name}=\.\.\.\) takes True or False, got {value!r}\.$"
    with pytest.raises(InvalidOption, match=expected):
        mock_aws(**{name: value}).start()

    with pytest.raises(InvalidOption, match=expected):

        @mock_aws(**{name: value})
        class Decorated: ...

    if value is not None:
        with pytest.raises(InvalidOption, match=expected):
            mock_aws()(lambda: None, **{name: value})


def test_switches_of_start_and_stop() -> None:
    mock = mock_aws()
    with pytest.raises(InvalidOption, match=r"reset=\.\.\.\) takes True or False, got 'x'"):
        mock.start(reset="x")  # type: ignore[arg-type]
    mock.start(reset=False)
    with pytest.raises(InvalidOption, match=r"remove_data=\.\.\.\) takes True or False, got 'x'"):
        mock.stop(remove_data="x")  # type: ignore[arg-type]
    mock.stop(remove_data=True)


@pytest.mark.parametrize(
    ("text", "on"),
    [("0", False), ("1", True), ("", True), ("False", False), ("off", False), ("YES", True)],
)
def test_optimise_of_the_environment(text: str, on: bool) -> None:
    assert checked_optimise(None) is True
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIOMOTO_OPTIMISE", text)
        assert checked_optimise(None) is on
        assert checked_optimise(True) is True
        assert checked_optimise(False) is False


def test_optimise_of_the_environment_that_says_nothing() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIOMOTO_OPTIMISE", "maybe")
        with pytest.raises(InvalidOption) as caught:
            mock_aws().start()
        with mock_aws(optimise=True):
            pass
    assert str(caught.value) == (
        "The environment variable AIOMOTO_OPTIMISE is 'maybe'; allowed are 1 and 0, true and "
        "false, yes and no, on and off. Without it the fast paths are on."
    )
    with pytest.raises(InvalidOption, match=r"takes True, False or None, got 'no'"):
        mock_aws(optimise="no").start()  # type: ignore[call-overload]


def test_clock_has_the_words_of_its_type() -> None:
    [words] = [get_args(kind) for kind in get_args(ClockOption) if get_args(kind)]
    for word in words:
        with mock_aws(clock=word) as mock:
            assert mock.clock.virtual is (word == "virtual")


def test_options_that_are_read_once_serve_each_start() -> None:
    mock = mock_aws(endpoints=iter(["a.local"]), plugins=iter(()))
    for _ in range(2):
        with mock:
            [lease] = aiomoto.engine.engine.leases
            assert [one.host for one in lease.endpoints] == ["a.local"]


# -- region -----------------------------------------------------------------------------

REGION = ("AWS_DEFAULT_REGION", "AWS_REGION")


def regions() -> list[str | None]:
    return [os.environ.get(name) for name in REGION]


@pytest.mark.parametrize(
    "name",
    ["us-east-1", "us-gov-west-1", "us-isob-east-1", "eusc-de-east-1", "cn-north-1", "ap-east-12",
     "aws-global", "aws-us-gov-global"],
)  # fmt: skip
def test_names_of_regions(name: str) -> None:
    assert checked_region(name) == name


@pytest.mark.parametrize(
    "given",
    ["", "x y", "EU-WEST-1", "eu-west", "eu-west-1a", "us_east_1", "mars", " us-east-1", 3, b"x"],
)
def test_what_is_no_name_of_a_region(given: Any) -> None:
    with pytest.raises(InvalidOption) as caught:
        mock_aws(region=given).start()
    assert str(caught.value) == (
        f"mock_aws(region=...) takes the name of a region, such as 'eu-west-1', got {given!r}."
    )


@pytest.mark.parametrize("outside", [{}, {"AWS_DEFAULT_REGION": "us-west-2"}, {"AWS_REGION": "x"}])
def test_region_is_the_default(outside: dict[str, str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in outside.items():
            patch.setenv(name, value)
        before = regions()
        with mock_aws(region="eu-west-1"):
            assert regions() == ["eu-west-1", "eu-west-1"]
            assert boto3.session.Session().region_name == "eu-west-1"
        assert regions() == before


@pytest.mark.parametrize("inner_region", [None, "eu-west-1"])
@pytest.mark.parametrize("outer_region", [None, "ap-south-1"])
def test_region_of_nested_mocks(outer_region: str | None, inner_region: str | None) -> None:
    """The inner one's, else that which it found; it keeps it if the outer one ends first."""
    outer, inner = mock_aws(region=outer_region), mock_aws(region=inner_region)
    outer.start()
    found = regions()
    inner.start()
    inside = [inner_region] * 2 if inner_region else found
    assert regions() == inside
    outer.stop()
    assert regions() == inside
    inner.stop()
    assert regions() == [None, None]


def test_region_of_nested_mocks_that_end_like_brackets() -> None:
    with mock_aws(region="ap-south-1"):
        with mock_aws(region="eu-west-1"):
            assert regions() == ["eu-west-1"] * 2
        assert regions() == ["ap-south-1"] * 2
    assert regions() == [None, None]
