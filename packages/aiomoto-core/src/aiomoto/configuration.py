"""``mock_aws(config=...)``, checked all the way down against what the installed moto knows."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, is_typeddict

from .compat import Moto
from .compat.config_types import config_type, members
from .errors import InvalidOption
from .options import did_you_mean

_LISTS = (list, tuple, set, frozenset)


def check_config(config: Mapping[str, Any], moto: Moto) -> None:
    """Raise :class:`~aiomoto.errors.InvalidOption` for what moto would misunderstand."""
    if not config:
        return
    path = _Path("config", f"moto {moto.version}")
    path.check_section(config, members(config_type(moto.config)) or {})
    core = config.get("core", {})
    passthrough = core.get("passthrough", {})
    services = moto.services
    core_path = path / "core"
    (core_path / "service_whitelist").check_services(core.get("service_whitelist"), services)
    (core_path / "passthrough" / "services").check_services(passthrough.get("services"), services)
    (core_path / "passthrough" / "urls").check_patterns(passthrough.get("urls"))


class _Path:
    """A place in the configuration, for messages: ``config["core"]["passthrough"]``."""

    def __init__(self, text: str, moto: str) -> None:
        self._text = text
        self._moto = moto

    def __truediv__(self, key: object) -> _Path:
        shown = json.dumps(key) if isinstance(key, str) else repr(key)
        return _Path(f"{self._text}[{shown}]", self._moto)

    def check_section(self, section: Mapping[Any, Any], types: Mapping[str, Any]) -> None:
        for key, value in section.items():
            inner = self / key
            if key not in types:
                raise inner.error(
                    f"is not known to {self._moto}. Known are: {', '.join(sorted(types))}."
                    f"{did_you_mean(key, types)}"
                )
            hint = types[key]
            below = next(filter(None, map(members, _alternatives(hint))), None)
            if below is not None and isinstance(value, Mapping):
                inner.check_section(value, below)
            elif not _fits(value, hint):
                advice = f" Write [{value!r}]." if _fits([value], hint) else ""
                raise inner.error(f"is {value!r}; {self._moto} takes {_said(hint)}.{advice}")

    def check_services(self, names: object, known: Collection[str]) -> None:
        for name in _strings(names):
            if name not in known:
                raise self.error(
                    f"has {name!r}, which is no service of {self._moto}. Its services are named "
                    "as its folders are, such as 'awslambda', 'dynamodb' and 's3'."
                    f"{did_you_mean(name, known)}"
                )

    def check_patterns(self, patterns: object) -> None:
        for pattern in _strings(patterns):
            problem = None if pattern else "which fits every URL"
            try:
                re.compile(pattern)
            except re.error as error:
                problem = f"which does not compile: {error}"
            if problem:
                raise self.error(
                    f"has {pattern!r}, {problem}. It takes regular expressions, tried at the "
                    "beginning of each URL; re.escape() makes one of an address."
                )

    def error(self, text: str) -> InvalidOption:
        return InvalidOption(f"mock_aws(config=...): {self._text} {text}")


def _strings(value: object) -> Iterable[str]:
    """The texts of a list; nothing of what moto's types allow in place of one."""
    return [one for one in value if isinstance(one, str)] if isinstance(value, _LISTS) else ()


def _alternatives(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


def _fits(value: object, hint: Any) -> bool:
    """Whether a value is of a type; True of a type that is not understood here."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return any(_fits(value, alternative) for alternative in get_args(hint))
    if origin is Literal:
        return value in get_args(hint)
    if origin is list:
        # moto only looks into it, so other collections serve as well.
        return isinstance(value, _LISTS) and all(_fits(one, get_args(hint)[0]) for one in value)
    if isinstance(hint, dict) or is_typeddict(hint):
        return isinstance(value, Mapping)
    if hint is Any or origin is not None or not isinstance(hint, type):
        return True
    if hint in (int, float):
        return isinstance(value, int | hint) and not isinstance(value, bool)
    return isinstance(value, hint)


def _said(hint: Any) -> str:
    """A type in words."""
    if len(_alternatives(hint)) > 1:
        return " or ".join(map(_said, get_args(hint)))
    if (keys := members(hint)) is not None:
        return f"a dictionary, with any of: {', '.join(sorted(keys))}"
    if get_origin(hint) is Literal:
        return " or ".join(map(repr, get_args(hint)))
    if get_origin(hint) is list:
        return "a list of texts" if get_args(hint) == (str,) else str(hint)
    if hint is type(None):
        return "None"
    return "True or False" if hint is bool else getattr(hint, "__name__", str(hint))
