"""Addresses that were declared to count as AWS: by argument, by environment, by configuration."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

from .errors import InvalidOption
from .hosts import canonical

DEFAULT_PORTS = {"http": 80, "https": 443}
#: Labels of a host name, underscores included: Docker's networks have them.
_HOST = re.compile(r"([a-z0-9_]([a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?\.?")

_USER = re.compile(r"[^/@\s]+@")


@dataclass(frozen=True)
class Endpoint:
    """An address that counts as AWS: host, optional port, optional path prefix.

    ``service`` is what it was declared for, by AWS's name (``COGNITO_IDENTITY_PROVIDER``);
    None if for every service.
    """

    host: str
    port: int | None
    path: str
    service: str | None = None

    @classmethod
    def parse(
        cls,
        value: object,
        source: str = "mock_aws(endpoints=...)",
        service: str | None = None,
    ) -> Endpoint:
        """From ``https://minio.local:9000``, ``minio.local:9000`` or ``minio.local``.

        ``source`` is where it was declared. Raises :class:`~aiomoto.errors.InvalidOption`
        for anything else.
        """
        try:
            return cls(*_parts(value), service)
        except ValueError as error:
            text = _USER.sub("***@", value) if isinstance(value, str) else value
            raise InvalidOption(
                f"{source}: {text!r} is not an endpoint: {error}. Allowed are 'https://host', "
                "'http://host:port', 'host' and 'host:port', each with an optional path."
            ) from None

    def host_prefix(self, host: str, parts: SplitResult) -> str | None:
        """What stands before this host (``bucket.``, mostly nothing); None if it isn't this one.

        ``host`` is the one of ``parts``, canonical.
        """
        if self.port is not None and self.port != port_of(parts):
            return None
        if self.path and not (parts.path + "/").startswith(self.path + "/"):
            return None
        if host == self.host:
            return ""
        return host[: -len(self.host)] if host.endswith(f".{self.host}") else None


@lru_cache(maxsize=64)
def most_specific_first(endpoints: tuple[Endpoint, ...]) -> tuple[Endpoint, ...]:
    """In the order in which they are tried: longest host, then with a port, then longest path.

    One address that was declared for several services, or once for all, is for no certain one.
    """
    services: dict[tuple[str, int | None, str], set[str | None]] = {}
    for one in endpoints:
        services.setdefault((one.host, one.port, one.path), set()).add(one.service)
    merged = (
        Endpoint(*address, names.pop() if len(names) == 1 else None)
        for address, names in services.items()
    )
    return tuple(sorted(merged, key=lambda one: (-len(one.host), one.port is None, -len(one.path))))


def port_of(parts: SplitResult) -> int | None:
    """The port of a URL, written or implied by its scheme."""
    return parts.port or DEFAULT_PORTS.get(parts.scheme)


def _parts(value: object) -> tuple[str, int | None, str]:
    """Host, port and path; raises ValueError with what is wrong, as the end of a sentence."""
    if not isinstance(value, str):
        raise ValueError("it is no text")
    text = value.strip()
    if not text:
        raise ValueError("it is empty")
    # urlsplit would drop some of them.
    if not text.isprintable() or " " in text:
        raise ValueError("it has spaces or control characters in it")
    parts = urlsplit(text if "://" in text else f"//{text}")
    if parts.scheme not in ("", *DEFAULT_PORTS):
        raise ValueError(f"{parts.scheme!r} is neither 'http' nor 'https'")
    if "@" in parts.netloc:
        raise ValueError("it has a user name in it")
    if "?" in text or "#" in text:
        raise ValueError("it has a query or a fragment")
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise ValueError("its port is not a number from 1 to 65535")
    return _host(parts), port or DEFAULT_PORTS.get(parts.scheme), parts.path.rstrip("/")


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if "[" in parts.netloc:
        ipaddress.IPv6Address(host)
        return canonical(host)
    try:
        host = host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        host = ""
    if not _HOST.fullmatch(host):
        raise ValueError("it has no name of a host")
    return canonical(host)


def parse_endpoints(value: object) -> tuple[Endpoint, ...]:
    """The ``endpoints`` argument of ``mock_aws``: an iterable of addresses."""
    if value is None:
        return ()
    if isinstance(value, str):
        raise InvalidOption(
            f"mock_aws(endpoints=...) takes a list of addresses, got {value!r}. "
            f"Write endpoints=[{value!r}]."
        )
    if isinstance(value, Mapping | bytes | bytearray) or not isinstance(value, Iterable):
        raise InvalidOption(f"mock_aws(endpoints=...) takes a list of addresses, got {value!r}.")
    return tuple(Endpoint.parse(address) for address in value)


def environment_endpoints(environ: Mapping[str, str]) -> tuple[Endpoint, ...]:
    """What ``AWS_ENDPOINT_URL`` and ``AWS_ENDPOINT_URL_<SERVICE>`` declare.

    ``MOTO_S3_CUSTOM_ENDPOINTS`` is read at each request, and only checked here.
    """
    _parse_list(environ.get("MOTO_S3_CUSTOM_ENDPOINTS", ""))
    names = sorted(
        name
        for name in environ
        if name == "AWS_ENDPOINT_URL" or name.startswith("AWS_ENDPOINT_URL_")
    )
    return tuple(
        Endpoint.parse(
            environ[name],
            f"The environment variable {name}",
            name.removeprefix("AWS_ENDPOINT_URL").removeprefix("_") or None,
        )
        for name in names
        if environ[name]
    )


def custom_s3_endpoints() -> tuple[Endpoint, ...]:
    """moto's ``MOTO_S3_CUSTOM_ENDPOINTS``, which moto reads anew at each request."""
    return _parse_list(os.environ.get("MOTO_S3_CUSTOM_ENDPOINTS", ""))


@lru_cache(maxsize=64)
def _parse_list(value: str) -> tuple[Endpoint, ...]:
    source = "The environment variable MOTO_S3_CUSTOM_ENDPOINTS"
    return tuple(Endpoint.parse(one, source, "S3") for one in value.split(",") if one.strip())
