"""Requests that a test makes without an AWS client, such as those to presigned URLs.

Where moto's tests call `requests`, async code would use a plain `aiohttp.ClientSession` or
httpx client, so that is what carries them out here. Only what goes to AWS is concerned.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import aiohttp
import requests
import yarl
from requests.adapters import BaseAdapter, HTTPAdapter

import aiomoto
from conformance import compat, tally
from conformance.loops import current_runner
from conformance.settings import Line

_DOMAINS = (".amazonaws.com", ".amazonaws.com.cn", ".aws", "169.254.169.254", "169.254.170.2")


def install(line: Line) -> None:
    """Give every session of requests an async client for AWS addresses."""
    original = requests.Session.get_adapter
    adapter = _AsyncAdapter(line)

    def get_adapter(self: requests.Session, url: str) -> BaseAdapter:
        host = urlsplit(url).hostname or ""
        if host.endswith(_DOMAINS) and not compat.inside_running_loop():
            return adapter
        return original(self, url)

    requests.Session.get_adapter = get_adapter  # type: ignore[method-assign]


class _AsyncAdapter(BaseAdapter):
    """Sends with an async client; all of requests' own work above stays in place."""

    def __init__(self, line: Line) -> None:
        super().__init__()
        self._send = _with_httpx if line.backend == "httpx" else _with_aiohttp
        self._note = f"call of requests carried out by {line.backend}"

    def send(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> requests.Response:
        tally.note(self._note)
        try:
            status, reason, headers, content = current_runner().run(self._send(request))
        except aiomoto.UnsupportedOperation:
            # aiomoto raises this by design where moto answers with a page that says so.
            tally.count_sync("requests", str(request.method), tally.NO_SERVICE)
            return HTTPAdapter().send(request, *args, **kwargs)
        except (aiohttp.ClientError, OSError) as error:
            raise requests.ConnectionError(error, request=request) from error
        return compat.requests_response(request, status, reason, headers, content)

    def close(self) -> None:
        """Nothing is kept open."""


_Answer = tuple[int, str, list[tuple[str, str]], bytes]


async def _with_aiohttp(request: requests.PreparedRequest) -> _Answer:
    # Cookies are kept by the session of requests.
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
        session.request(
            str(request.method),
            yarl.URL(str(request.url), encoded=True),
            headers=request.headers,
            data=_body(request),
            allow_redirects=False,
        ) as answer,
    ):
        content = await answer.read()
        return answer.status, answer.reason or "", list(answer.headers.items()), content


async def _with_httpx(request: requests.PreparedRequest) -> _Answer:
    try:
        import httpx2 as httpx
    except ImportError:  # with the oldest clients
        import httpx  # type: ignore[no-redef]

    async with httpx.AsyncClient(follow_redirects=False) as client:
        try:
            answer = await client.request(
                str(request.method),
                str(request.url),
                headers={name: str(value) for name, value in request.headers.items()},
                content=_body(request),
            )
        except httpx.TransportError as error:
            raise OSError(str(error)) from error
        headers = answer.headers.multi_items()
        return answer.status_code, answer.reason_phrase, headers, answer.content


def _body(request: requests.PreparedRequest) -> bytes | None:
    body: Any = request.body
    if body is None or isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode()
    return bytes(body.read()) if hasattr(body, "read") else b"".join(body)
