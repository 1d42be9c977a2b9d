"""Names and addresses of hosts: as they are compared, and whose they are."""

from __future__ import annotations

import ipaddress
import socket
from functools import lru_cache

__all__ = ["is_loopback"]

#: Instance metadata and container credentials, IPv4 and IPv6.
#: Source: botocore.utils (METADATA_BASE_URL, ContainerMetadataFetcher) and the
#: Amazon EC2 User Guide, "Access instance metadata".
METADATA_HOSTS = frozenset(
    {"169.254.169.254", "169.254.170.2", "169.254.170.23", "fd00:ec2::254", "fd00:ec2::23"}
)


@lru_cache(maxsize=1024)
def canonical(host: str) -> str:
    """The one way in which a host is written here, of all that lead to the same one.

    A name in lower case, in its ASCII form, without the dot at its end; an address without
    brackets and zone, compressed, and as IPv4 where it is that: mapped into IPv6, or in one
    of the numeric forms that resolvers take (``0xA9FEA9FE``; POSIX, ``inet_addr``).
    """
    if not host.isascii():
        try:
            host = host.encode("idna").decode()  # which knows more dots than one
        except UnicodeError:
            return host.rstrip(".").lower()  # no resolver takes it
    host = host.rstrip(".").lower()
    try:
        address = ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        if not host[:1].isdigit():
            return host
        try:
            return socket.inet_ntoa(socket.inet_aton(host))
        except OSError:
            return host
    return str(getattr(address, "ipv4_mapped", None) or address)


@lru_cache(maxsize=1024)
def is_aws_host(host: str, suffixes: tuple[str, ...]) -> bool:
    """Whether a canonical name or address belongs to AWS, whatever the partition."""
    if host in METADATA_HOSTS:
        return True
    return any(host == suffix or host.endswith(f".{suffix}") for suffix in suffixes)


@lru_cache(maxsize=1024)
def is_loopback(host: str) -> bool:
    """Whether a connection to it stays on this machine.

    ``localhost``, its subdomains (RFC 6761, section 6.3), 127.0.0.0/8 and ::1, and the
    unspecified address, under which servers that listen everywhere are often called.
    """
    host = canonical(host)
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
