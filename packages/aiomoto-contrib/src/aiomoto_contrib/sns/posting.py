"""Posts to servers of the test: on loopback, mocked with ``responses``, or let out on purpose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from aiomoto import RealRequestBlocked
from aiomoto.hosts import is_loopback

#: Seconds, to connect and to answer (SNS Developer Guide, "HTTP/HTTPS endpoints": 15 s).
_TIMEOUT = 15


class _Guarded(HTTPAdapter):
    """Refuses to connect elsewhere. What ``responses`` or core answers doesn't connect."""

    def __init__(self, lets_out: Callable[[str], bool]) -> None:
        self._lets_out = lets_out
        super().__init__()

    def get_connection_with_tls_context(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Where requests 2.32 and later connect."""
        self._check(request.url)
        return super().get_connection_with_tls_context(request, *args, **kwargs)

    def get_connection(self, url: Any, proxies: Any = None) -> Any:
        """Where requests before 2.32 connects."""
        self._check(str(url))
        return super().get_connection(url, proxies)

    def _check(self, url: str) -> None:
        if not is_loopback(urlsplit(url).hostname or "") and not self._lets_out(url):
            raise RealRequestBlocked(url, service="sns", operation="Publish")


def post(
    url: str, body: bytes, headers: Mapping[str, str], lets_out: Callable[[str], bool]
) -> str | None:
    """Post, waiting for the answer; None, or what went wrong.

    :raises RealRequestBlocked: for an address that isn't this machine, unless ``lets_out(url)``.
    """
    with requests.Session() as session:
        session.trust_env = False  # no proxy between us and the test
        session.mount("https://", _Guarded(lets_out))
        session.mount("http://", _Guarded(lets_out))
        try:
            answer = session.post(url, data=body, headers=dict(headers), timeout=_TIMEOUT)
        except requests.RequestException as error:
            return repr(error)
        return None if answer.ok else f"it answered {answer.status_code} {answer.reason}"
