"""The configuration file that the user named: ``AWS_CONFIG_FILE``, set before the mock."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from .declared import Endpoint
from .errors import InvalidOption


class NamedFile(NamedTuple):
    """What a mock has to know of it; nothing where none is named, or it is not there."""

    profiles: Mapping[str, Mapping[str, Any]] = {}
    #: Its ``endpoint_url`` settings, which are to it what ``AWS_ENDPOINT_URL`` is.
    endpoints: tuple[Endpoint, ...] = ()

    @property
    def has_regions(self) -> bool:
        """Whether a profile says its region."""
        return any("region" in profile for profile in self.profiles.values())


NO_FILE = NamedFile()


def is_named(environ: Mapping[str, str]) -> bool:
    """Whether there is a file that stays in force."""
    return environ.get("AWS_CONFIG_FILE", "") not in ("", os.devnull)


def named_file(environ: Mapping[str, str]) -> NamedFile:
    """Read it; raises :class:`~aiomoto.errors.InvalidOption` for one that can't be parsed."""
    if not is_named(environ):
        return NO_FILE
    from botocore.configloader import load_config
    from botocore.exceptions import ConfigNotFound, ConfigParseError

    source = "The environment variable AWS_CONFIG_FILE"
    try:
        config = load_config(environ["AWS_CONFIG_FILE"])
    except ConfigNotFound:  # which is none to botocore
        return NO_FILE
    except ConfigParseError as error:
        raise InvalidOption(
            f"{source} names a file that no AWS client can read: {error}. Repair it, or unset "
            "the variable: a mock needs no configuration file."
        ) from None
    endpoints = [
        Endpoint.parse(address, source, service)
        for service, address in _settings(config, "endpoint_url")
    ]
    return NamedFile(config["profiles"], tuple(dict.fromkeys(endpoints)))


def _settings(
    config: Mapping[str, Any], name: str, path: tuple[str, ...] = ()
) -> Iterator[tuple[str | None, Any]]:
    """Service and value of one setting, in profiles and in the sections for services."""
    for key, value in config.items():
        if isinstance(value, Mapping):
            yield from _settings(value, name, (*path, key))
        elif key == name:
            # AWS SDKs and Tools Reference Guide, "Service-specific endpoints".
            yield path[-1].upper() if path[0] == "services" else None, value
