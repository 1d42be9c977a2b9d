"""The environment layers of mocks that start and end in any order."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiomoto.environment import (
    FAKE_CREDENTIALS,
    MASK,
    OBJECT_STORE,
    REFUSED,
    Layers,
    layer,
    shown,
)
from aiomoto.named_file import NO_FILE, NamedFile

KEYS = st.sampled_from("ABC")
CHANGES = st.dictionaries(KEYS, st.none() | st.sampled_from("12"))
#: A number takes away one of the layers that are there, a dictionary adds one.
STEPS = st.lists(CHANGES | st.integers(0, 9), max_size=20)


def overlaid(base: dict[str, str], layers: list[tuple[object, dict[str, str | None]]]) -> Any:
    """What is seen through all layers, the plain way."""
    seen: dict[str, str | None] = dict(base)
    for _, changes in layers:
        seen.update(changes)
    return {key: value for key, value in seen.items() if value is not None}


@given(base=st.dictionaries(KEYS, st.sampled_from("xy")), steps=STEPS, last=st.randoms())
def test_layers_end_in_any_order(base: dict[str, str], steps: list[Any], last: Any) -> None:
    target = dict(base)
    layers = Layers[str](lambda: target)
    model: list[tuple[object, dict[str, str | None]]] = []
    for step in steps:
        if isinstance(step, dict):
            owner = object()
            layers.push(owner, step)
            model.append((owner, step))
        elif model:
            owner, _ = model.pop(step % len(model))
            layers.pop(owner)
        assert target == overlaid(base, model)
    last.shuffle(model)
    for owner, _ in model:
        layers.pop(owner)
    assert target == base


def test_unknown_owner_has_nothing_to_take_away() -> None:
    target = {"A": "1"}
    Layers[str](lambda: target).pop("nobody")
    assert target == {"A": "1"}


def test_change_of_the_user_lasts_as_long_as_the_layer() -> None:
    """As with unittest.mock.patch.dict, for the names that the layer is about."""
    target = {"A": "before"}
    layers = Layers[str](lambda: target)
    layers.push("mock", {"A": "fake", "B": None})
    target.update(A="user", B="user", C="user")
    layers.pop("mock")
    assert target == {"A": "before", "C": "user"}


def test_change_of_the_user_outlives_an_inner_layer_only() -> None:
    target = {"A": "before"}
    layers = Layers[str](lambda: target)
    layers.push("outer", {"A": "outer"})
    target["A"] = "user"
    layers.push("inner", {"A": "inner"})
    layers.pop("inner")
    assert target == {"A": "user"}
    layers.pop("outer")
    assert target == {"A": "before"}


def test_change_of_the_user_stays_where_the_lower_layer_goes_first() -> None:
    target = {"A": "before"}
    layers = Layers[str](lambda: target)
    layers.push("first", {"A": "first"})
    layers.push("second", {"A": "second"})
    target["A"] = "user"
    layers.pop("first")
    assert target == {"A": "user"}
    layers.pop("second")
    assert target == {"A": "before"}


def test_target_is_looked_up_each_time() -> None:
    """moto's configuration and os.environ may be replaced by the user's own patches."""
    targets = [{"A": "1"}, {"A": "2"}]
    layers = Layers[str](lambda: targets[0])
    layers.push("mock", {"A": "fake"})
    targets.reverse()
    layers.pop("mock")
    assert targets == [{"A": "1"}, {"A": "fake"}]


@pytest.mark.parametrize(
    ("environ", "region"),
    [
        ({}, "us-east-1"),
        ({"AWS_DEFAULT_REGION": ""}, "us-east-1"),
        ({"AWS_REGION": "eu-west-1"}, "eu-west-1"),
        ({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-north-1"}, None),
    ],
)
@pytest.mark.parametrize("mock_credentials", [True, False])
def test_region(environ: dict[str, str], region: str | None, mock_credentials: bool) -> None:
    """None: the variable is not touched."""
    changes = layer(environ, mock_credentials=mock_credentials)
    assert changes.get("AWS_DEFAULT_REGION") == region


def test_credentials_are_motos_and_nobody_elses() -> None:
    personal = {
        "AWS_ACCESS_KEY_ID": "AKIAREAL",
        "AWS_SECRET_ACCESS_KEY": "real",
        "AWS_SESSION_TOKEN": "real",
        "AWS_SECURITY_TOKEN": "real",
        "AWS_CREDENTIAL_EXPIRATION": "2030-01-01T00:00:00Z",
        "AWS_PROFILE": "work",
        "AWS_DEFAULT_PROFILE": "work",
        "AWS_CONFIG_FILE": "",
        "AWS_SHARED_CREDENTIALS_FILE": "/home/me/.aws/credentials",
    }
    changes = layer(personal, mock_credentials=True)
    assert changes.keys() == {*personal, "AWS_DEFAULT_REGION", OBJECT_STORE}
    left = {key: value for key, value in changes.items() if value is not None}
    assert left == {
        **FAKE_CREDENTIALS,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        OBJECT_STORE: REFUSED,
    }


def test_the_users_configuration_file_stays_with_its_profiles_and_regions() -> None:
    environ = {"AWS_CONFIG_FILE": "mine", "AWS_PROFILE": "work", "AWS_DEFAULT_PROFILE": "home"}
    named = NamedFile({"work": {"region": "eu-west-1"}})
    changes = layer(environ, mock_credentials=True, named=named)
    assert changes.keys() & {*environ, "AWS_DEFAULT_REGION", "AWS_REGION"} == {
        "AWS_DEFAULT_PROFILE"
    }
    assert changes["AWS_DEFAULT_PROFILE"] is None
    assert changes["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull


@pytest.mark.parametrize("named", [NO_FILE, NamedFile({"default": {"output": "json"}})])
def test_a_file_without_regions_leaves_the_default_one(named: NamedFile) -> None:
    environ = {"AWS_CONFIG_FILE": "mine"}
    changes = layer(environ, mock_credentials=True, named=named)
    assert changes["AWS_DEFAULT_REGION"] == "us-east-1"
    assert "AWS_CONFIG_FILE" not in changes


def test_region_that_is_given_goes_before_all_others() -> None:
    environ = {"AWS_DEFAULT_REGION": "a", "AWS_REGION": "b", "AWS_CONFIG_FILE": "mine"}
    named = NamedFile({"default": {"region": "c"}})
    changes = layer(environ, mock_credentials=False, region="eu-west-1", named=named)
    assert changes == {
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_REGION": "eu-west-1",
        OBJECT_STORE: REFUSED,
    }


def test_fake_credentials_are_those_of_the_installed_moto() -> None:
    import moto

    assert moto.mock_aws()._fake_creds == FAKE_CREDENTIALS


def test_credentials_are_left_alone_when_told_so() -> None:
    environ = {"AWS_ACCESS_KEY_ID": "AKIAREAL", "AWS_PROFILE": "work", "AWS_DEFAULT_REGION": "r"}
    assert layer(environ, mock_credentials=False) == {OBJECT_STORE: REFUSED}


def test_other_variables_are_not_touched() -> None:
    environ = {"AWS_ENDPOINT_URL": "https://minio.local", "AWS_MAX_ATTEMPTS": "1", "PATH": "/bin"}
    assert layer(environ, mock_credentials=True).keys().isdisjoint(environ)


@pytest.mark.parametrize(
    "name",
    [
        "AWS_SECRET_ACCESS_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_SESSION_TOKEN",
        "AWS_SECURITY_TOKEN",
        "AWS_BEARER_TOKEN_BEDROCK",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
        "PGPASSWORD",
        "github_token",
        "API_KEYS",
    ],
)
def test_secrets_are_masked(name: str) -> None:
    assert shown(name, "geheim") == MASK


@pytest.mark.parametrize(
    "name",
    [
        "AWS_REGION",
        "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CREDENTIAL_EXPIRATION",
        "SECRET_NAME",
        "TOKENIZERS_PARALLELISM",
    ],
)
def test_others_are_shown(name: str) -> None:
    assert shown(name, "value") == "value"


def test_fake_credentials_and_addresses_are_shown() -> None:
    for name, value in FAKE_CREDENTIALS.items():
        assert shown(name, value) == value
    assert shown("HTTPS_PROXY", "http://me:geheim@proxy:80/a@b") == "http://***@proxy:80/a@b"
