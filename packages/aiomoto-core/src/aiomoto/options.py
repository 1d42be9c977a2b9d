"""The keyword options of ``mock_aws``: their names and types, and what is said of others.

Nothing heavy is imported here: the pytest plugin takes the names from here in every run.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypedDict

from .errors import InvalidOption, UnknownOption
from .peer import OPTIONS as PEER_OPTIONS
from .peer import advice

if TYPE_CHECKING:
    from .clock import ClockOption


class Options(TypedDict, total=False):
    """What ``mock_aws`` takes by name beside ``config``; its docstring says what each one does."""

    reset: bool
    remove_data: bool
    region: str | None
    endpoints: Iterable[str]
    plugins: Iterable[object]
    clock: ClockOption
    optimise: bool | None


#: The names of all options, in the order in which messages list them.
NAMES = ("config", *Options.__annotations__)

#: Source: AWS Regional endpoints, in the AWS General Reference; and the names that botocore's
#: partitions have for what is in no region (``aws-global``).
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d{1,2}|aws(-[a-z]+)*-global")
_SWITCHES = {
    **dict.fromkeys(("", "1", "true", "yes", "on"), True),
    **dict.fromkeys(("0", "false", "no", "off"), False),
}


def refuse_unknown(call: str, names: Iterable[str], allowed: Iterable[str] = NAMES) -> None:
    """Raise :class:`~aiomoto.errors.UnknownOption` for a name that ``call`` does not take."""
    known = tuple(allowed)
    for name in names:
        if name in PEER_OPTIONS:
            raise UnknownOption(f"{call} does not take {name}. {advice(name)}")
        if name not in known:
            raise UnknownOption(
                f"{call} does not take {name}; it takes, by name, {', '.join(known)}."
                f"{did_you_mean(name, known)}"
            )


def did_you_mean(given: object, allowed: Iterable[str]) -> str:
    """A sentence with the name that is most like what was given; nothing if none is."""
    from difflib import get_close_matches

    close = get_close_matches(str(given).lower(), list(allowed), n=1)
    return f" Did you mean {close[0]!r}?" if close else ""


def checked_flag(name: str, value: object) -> bool:
    """A switch that is True or False; raises :class:`~aiomoto.errors.InvalidOption`."""
    if not isinstance(value, bool):
        raise InvalidOption(f"mock_aws({name}=...) takes True or False, got {value!r}.")
    return value


def checked_region(value: object) -> str | None:
    """The default region, None for "as it is"; raises :class:`~aiomoto.errors.InvalidOption`."""
    if value is None or (isinstance(value, str) and _REGION.fullmatch(value)):
        return value
    raise InvalidOption(
        f"mock_aws(region=...) takes the name of a region, such as 'eu-west-1', got {value!r}."
    )


def checked_optimise(value: object) -> bool:
    """Whether fast paths are wanted; if None, ``AIOMOTO_OPTIMISE`` says so, else they are.

    Raises :class:`~aiomoto.errors.InvalidOption`.
    """
    if value is None:
        text = os.environ.get("AIOMOTO_OPTIMISE", "")
        if text.lower() not in _SWITCHES:
            raise InvalidOption(
                f"The environment variable AIOMOTO_OPTIMISE is {text!r}; allowed are 1 and 0, "
                "true and false, yes and no, on and off. Without it the fast paths are on."
            )
        return _SWITCHES[text.lower()]
    if not isinstance(value, bool):
        raise InvalidOption(f"mock_aws(optimise=...) takes True, False or None, got {value!r}.")
    return value


def kept(options: Options) -> dict[str, Any]:
    """The options for a mock that is started again and again: iterators are read once."""
    return {
        name: tuple(value) if isinstance(value, Iterator) else value
        for name, value in options.items()
    }
