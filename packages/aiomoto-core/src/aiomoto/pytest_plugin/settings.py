"""What the configuration file and the marker ``aws`` say, checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import pytest

from ..errors import InvalidOption
from ..options import NAMES, checked_region, refuse_unknown

#: What the marker takes, by name.
ARGUMENTS = (*NAMES, "leaks")
MARKER = (
    f"aws({', '.join(f'{name}=...' for name in ARGUMENTS)}): run the test inside a mock of AWS "
    "(see the fixture aws); leaks=False leaves alone what it leaves behind, the other arguments "
    "are those of mock_aws."
)
#: When leaks are looked for: in tests that use AWS, in all, in none.
LEAKS = ("aws", "always", "never")


@dataclass(frozen=True)
class Settings:
    """Of one mock: the arguments of ``mock_aws``, which checks them."""

    arguments: Mapping[str, Any] = field(default_factory=dict)

    def changed(self, given: Mapping[str, Any]) -> Settings:
        """With what is given and not None; of ``config`` the sections that are given."""
        known = {name: value for name, value in given.items() if value is not None}
        if isinstance(known.get("config"), Mapping):
            known["config"] = {**self.arguments.get("config", {}), **known["config"]}
        return Settings({**self.arguments, **known})


def refuse(message: str) -> NoReturn:
    """End the test with a message, and without a traceback through this plugin."""
    pytest.fail(message, pytrace=False)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options of the configuration file."""
    parser.addini("aiomoto_autouse", "Run every test inside a mock of AWS.", "bool", False)
    parser.addini("aiomoto_region", "Default region inside the mock.", "string", "")
    parser.addini(
        "aiomoto_config",
        "moto's configuration, a line each: core.mock_credentials = false",
        "linelist",
        [],
    )
    parser.addini(
        "aiomoto_leaks",
        "Fail a test that leaves something behind: aws (tests that use AWS), always, never.",
        "string",
        "aws",
    )


def check(config: pytest.Config) -> None:
    """Refuse options that say nothing, before any test runs."""
    _of_file(config)
    try:
        checked_region(config.getini("aiomoto_region") or None)
    except InvalidOption as error:
        raise pytest.UsageError(f"aiomoto_region: {error}") from None
    given = config.getini("aiomoto_leaks")
    if given not in LEAKS:
        raise pytest.UsageError(
            f"aiomoto_leaks is {given!r}; allowed are {', '.join(LEAKS[:-1])} and {LEAKS[-1]}."
        )


def of_node(node: Any) -> Settings:
    """For a test, a class, a module: the file's, then each marker's, outermost first."""
    settings = _of_file(node.config)
    for marker in reversed(list(node.iter_markers("aws"))):
        settings = settings.changed({k: v for k, v in _given(marker).items() if k != "leaks"})
    return settings


def is_wanted(item: Any) -> bool:
    """Whether marker or file ask for the mock."""
    return bool(item.get_closest_marker("aws") or item.config.getini("aiomoto_autouse"))


def may_look_for_leaks(item: Any) -> bool:
    """Whether leaks may fail this test; its markers, which may be wrong, aren't read yet."""
    return item.get_closest_marker("aws") is not None or _looks_by_default(item)


def looks_for_leaks(item: Any) -> bool:
    """Whether leaks fail this test."""
    for marker in item.iter_markers("aws"):
        if "leaks" in (given := _given(marker)):
            return bool(given["leaks"])
    return _looks_by_default(item)


def _looks_by_default(item: Any) -> bool:
    when = item.config.getini("aiomoto_leaks")
    # What has no fixtures is no function: an item of a plugin.
    uses_aws = is_wanted(item) or "aws" in getattr(item, "fixturenames", ())
    return when == "always" or (when == "aws" and uses_aws)


def _given(marker: pytest.Mark) -> Mapping[str, Any]:
    try:
        refuse_unknown("@pytest.mark.aws", (*map(repr, marker.args), *marker.kwargs), ARGUMENTS)
    except InvalidOption as error:
        refuse(str(error))
    return marker.kwargs


def _of_file(config: pytest.Config) -> Settings:
    found: dict[str, Any] = {}
    for line in config.getini("aiomoto_config"):
        name, equals, value = (part.strip() for part in line.partition("="))
        section, dot, option = name.partition(".")
        *between, last = name.split(".")
        place: Any = found
        for part in between:
            place = place.setdefault(part, {}) if isinstance(place, dict) else None
        if not (equals and dot and section and option and isinstance(place, dict)):
            raise pytest.UsageError(
                f"aiomoto_config has the line {line!r}; write it as section.option = value, "
                "for instance core.mock_credentials = false."
            )
        place[last] = _value(value)
    return Settings().changed({"config": found, "region": config.getini("aiomoto_region") or None})


def _value(text: str) -> Any:
    """JSON, or else the text itself."""
    import json

    try:
        return json.loads(text)
    except ValueError:
        return text
