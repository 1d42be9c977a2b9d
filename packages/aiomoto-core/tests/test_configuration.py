"""``mock_aws(config=...)`` is checked against what the installed moto knows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any, Literal, TypedDict

import moto.core.config
import pytest

from aiomoto import InvalidOption, compat, mock_aws
from aiomoto.compat.config_types import config_type, members
from aiomoto.configuration import check_config

MOTO = f"moto {version('moto')}"
CORE = "mock_credentials, passthrough, reset_boto3_session, service_whitelist"
PATTERNS = (
    "It takes regular expressions, tried at the beginning of each URL; re.escape() makes one of "
    "an address."
)
SERVICES = (
    f"which is no service of {MOTO}. Its services are named as its folders are, such as "
    "'awslambda', 'dynamodb' and 's3'."
)


def passthrough(**rules: Any) -> dict[str, Any]:
    return {"core": {"passthrough": rules}}


REFUSED: list[tuple[Any, str]] = [
    (
        {"cores": {}},
        f'config["cores"] is not known to {MOTO}. Known are: batch, core, iam, iot, lambda, '
        "stepfunctions. Did you mean 'core'?",
    ),
    (
        {3: {}},
        f"config[3] is not known to {MOTO}. Known are: batch, core, iam, iot, lambda, "
        "stepfunctions.",
    ),
    (
        {"core": 3},
        f'config["core"] is 3; {MOTO} takes a dictionary, with any of: {CORE}.',
    ),
    (
        {"core": None},
        f'config["core"] is None; {MOTO} takes a dictionary, with any of: {CORE}.',
    ),
    (
        {"core": {"mock_credential": False}},
        f'config["core"]["mock_credential"] is not known to {MOTO}. Known are: {CORE}. '
        "Did you mean 'mock_credentials'?",
    ),
    (
        {"core": {"mock_credentials": "no"}},
        f'config["core"]["mock_credentials"] is \'no\'; {MOTO} takes True or False.',
    ),
    (
        {"lambda": {"use_docker": 0}},
        f'config["lambda"]["use_docker"] is 0; {MOTO} takes True or False.',
    ),
    (
        {"core": {"passthrough": ["https://x"]}},
        f'config["core"]["passthrough"] is [\'https://x\']; {MOTO} takes a dictionary, with any '
        "of: services, urls.",
    ),
    (
        passthrough(url=["https://x"]),
        f'config["core"]["passthrough"]["url"] is not known to {MOTO}. Known are: services, urls. '
        "Did you mean 'urls'?",
    ),
    (
        passthrough(urls="https://x"),
        f'config["core"]["passthrough"]["urls"] is \'https://x\'; {MOTO} takes a list of '
        "texts. Write ['https://x'].",
    ),
    (
        passthrough(urls=[b"https://x"]),
        f'config["core"]["passthrough"]["urls"] is [b\'https://x\']; {MOTO} takes a list of texts.',
    ),
    (
        passthrough(urls={"https://x": True}),
        f'config["core"]["passthrough"]["urls"] is {{\'https://x\': True}}; {MOTO} takes a '
        "list of texts.",
    ),
    (
        passthrough(urls=["https://(x"]),
        'config["core"]["passthrough"]["urls"] has \'https://(x\', which does not compile: '
        f"missing ), unterminated subpattern at position 8. {PATTERNS}",
    ),
    (
        passthrough(urls=[""]),
        f'config["core"]["passthrough"]["urls"] has \'\', which fits every URL. {PATTERNS}',
    ),
    (
        passthrough(services=["S3"]),
        f'config["core"]["passthrough"]["services"] has \'S3\', {SERVICES} Did you mean \'s3\'?',
    ),
    (
        {"core": {"service_whitelist": "s3"}},
        f'config["core"]["service_whitelist"] is \'s3\'; {MOTO} takes a list of texts or None. '
        "Write ['s3'].",
    ),
    (
        {"core": {"service_whitelist": ["s3", "lambda"]}},
        f'config["core"]["service_whitelist"] has \'lambda\', {SERVICES} '
        "Did you mean 'awslambda'?",
    ),
    (
        {"core": {"service_whitelist": ["zzzzzz"]}},
        f'config["core"]["service_whitelist"] has \'zzzzzz\', {SERVICES}',
    ),
]


@pytest.mark.usefixtures("restored")
@pytest.mark.parametrize(("config", "message"), REFUSED)
def test_refused(config: Any, message: str) -> None:
    with pytest.raises(InvalidOption) as caught:
        mock_aws(config=config).start()
    assert str(caught.value) == f"mock_aws(config=...): {message}"


def test_refused_inside_a_mock_nothing_is_lost() -> None:
    with mock_aws(config={"core": {"service_whitelist": ["s3"]}}) as outer:
        with pytest.raises(InvalidOption):
            mock_aws(config={"core": 3}).start()
        assert moto.core.config.default_user_config["core"] == {"service_whitelist": ["s3"]}
        assert outer.owners
    assert moto.core.config.default_user_config["core"]["service_whitelist"] is None


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"core": {}},
        dict(moto.core.config.default_user_config),
        passthrough(urls=("https://x",), services={"s3", "awslambda"}),
        passthrough(urls=[r"https://.*\.example\.org/"]),
        {"core": {"service_whitelist": None, "mock_credentials": False}},
        {"core": {"service_whitelist": []}, "iam": {"load_aws_managed_policies": True}},
    ],
)
def test_taken(config: Any) -> None:
    check_config(config, compat.moto())


class Section(TypedDict, total=False):
    number: int
    ratio: float
    word: Literal["a", "b"]
    names: Sequence[str]
    pairs: list[dict[str, int]]
    anything: Any
    maybe: bool | None


class Newer(TypedDict, total=False):
    """The configuration of a moto to come."""

    core: dict[str, Any]
    section: Section | None


@pytest.fixture
def newer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moto.core.config, "DefaultConfig", Newer)


@pytest.mark.usefixtures("newer")
@pytest.mark.parametrize(
    "section",
    [
        None,
        {"number": 1, "ratio": 1, "word": "a", "names": ["a"], "pairs": [{}], "maybe": None},
        {"ratio": 0.5, "anything": object(), "maybe": True},
    ],
)
def test_keys_of_a_newer_moto_are_taken(section: Any) -> None:
    check_config({"section": section}, compat.moto())


@pytest.mark.usefixtures("newer")
@pytest.mark.parametrize(
    ("section", "message"),
    [
        (3, " is 3; {moto} takes a dictionary, with any of: anything, maybe, names, number, pairs, "
            "ratio, word or None."),
        ({"number": True}, '["number"] is True; {moto} takes int.'),
        ({"ratio": "1"}, "[\"ratio\"] is '1'; {moto} takes float."),
        ({"word": "c"}, "[\"word\"] is 'c'; {moto} takes 'a' or 'b'."),
        ({"pairs": {}}, '["pairs"] is {{}}; {moto} takes list[dict[str, int]]. Write [{{}}].'),
        ({"maybe": 0}, '["maybe"] is 0; {moto} takes True or False or None.'),
        ({"nothing": 0}, '["nothing"] is not known to {moto}.'),
    ],
)  # fmt: skip
def test_types_of_a_newer_moto_are_its_own(section: Any, message: str) -> None:
    expected = 'config["section"]' + message.format(moto=MOTO)
    with pytest.raises(InvalidOption, match=re.escape(expected)):
        check_config({"section": section}, compat.moto())


class Unreadable(TypedDict, total=False):
    core: NoSuchName  # type: ignore[name-defined]  # noqa: F821


@pytest.mark.parametrize("kind", [None, dict, Unreadable])
def test_moto_whose_types_can_not_be_read(monkeypatch: pytest.MonkeyPatch, kind: Any) -> None:
    """What its defaults show is checked; the mock starts."""
    if kind is None:
        monkeypatch.delattr(moto.core.config, "DefaultConfig")
    else:
        monkeypatch.setattr(moto.core.config, "DefaultConfig", kind)
    with pytest.raises(InvalidOption, match=r"takes a list of texts\. Write \['https://x'\]"):
        check_config(passthrough(urls="https://x"), compat.moto())
    with pytest.raises(InvalidOption, match="takes True or False"):
        check_config({"core": {"mock_credentials": 1}}, compat.moto())
    # None is the default of it, which says nothing of what else it may be.
    with mock_aws(config={"core": {"service_whitelist": ["s3"]}}):
        pass


def test_types_are_those_of_the_installed_moto() -> None:
    """As moto declares them, not as its defaults show them."""
    types = members(config_type({}))
    assert types is not None
    assert types.keys() == moto.core.config.default_user_config.keys()
    core = members(types["core"])
    assert core is not None
    assert core["service_whitelist"] == (list[str] | None)
