"""moto's requests without werkzeug's builder, which is made for all that a test may ask for."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from io import BytesIO
from typing import Any
from urllib.parse import unquote, urlsplit

from ..compat import Moto, require
from ..plugin.patches import Patch
from ..request import AwsRequest

#: A path that werkzeug leaves as it is, but for its escapes.
_PLAIN_PATH = re.compile(
    r"/(?:[\w.~!$&'()*+,=:@-][\w.~!$&'()*+,=:@/-]*|%[0-9A-Fa-f]{2})*", re.ASCII
)
_PLAIN_QUERY = re.compile(r"[\w.~!$&'()*+,=:@/?%-]*", re.ASCII)
#: An address that werkzeug gives as it came: nothing is escaped, or could be.
_LITERAL = re.compile(r"/[A-Za-z0-9._!$&'()*+,=:@/-]*")
_LITERAL_QUERY = re.compile(r"[A-Za-z0-9._!$&'()*+,=:@/?-]+")
_FORMS = frozenset({"multipart/form-data", "application/x-www-form-urlencoded"})
#: What a request is asked for, and would work out each time it is made.
_KNOWN = ("url_root", "root_url", "args", "data", "form", "files")
_OWN = frozenset({"content-type", "content-length", "transfer-encoding"})


def patches() -> list[Patch]:
    """How core makes a request for moto; an older moto takes botocore's."""
    request_class = require("moto", "moto.core.request", "Request")
    build = require("moto", "moto.core.request", "Request", "from_primitives")
    for name in (*_KNOWN, "url", "parameter_storage_class", "mimetype"):
        require("werkzeug", "werkzeug.wrappers", "Request", name)
    slowly = Moto.build_request

    def quick_build(self: Moto, request: AwsRequest, url: str, body: bytes) -> Any:
        """A request with what werkzeug's builder, and its own parsing, would make of it."""
        made = environ(build, request.method, url, request.headers, body)
        if made is None:
            return slowly(self, request, url, body)
        return parsed(request_class(made), body)

    return [(Moto, "build_request", quick_build)]


def environ(
    build: Callable[..., Any], method: str, url: str, headers: Mapping[str, str], body: bytes
) -> dict[str, Any] | None:
    """What moto's ``Request.from_primitives`` (``build``) would make; None if that has to do it.

    ``headers`` is a multi-dictionary. The part that depends on scheme and host
    comes from ``build`` itself, once for each.
    """
    address = _address(build, url)
    if address is None:
        return None
    made = address.copy()
    made["REQUEST_METHOD"] = method
    made["wsgi.input"] = BytesIO(body)
    made["wsgi.errors"] = sys.stderr
    made["CONTENT_LENGTH"] = str(len(body))
    several: dict[str, str] = {}
    for name, value in headers.items():
        key = _key(name)
        if key is None:
            if name.lower() == "content-type":
                if not body:
                    return None  # the builder makes a body of some
                made.setdefault("CONTENT_TYPE", value)
            continue
        if "_" in name or "\n" in value or "\r" in value:
            return None  # moto notes the name's spelling; werkzeug refuses the value
        several[key] = f"{several[key]}, {value}" if key in several else value
    made.update(several)
    return made


def parsed(request: Any, body: bytes) -> Any:
    """The request, with what werkzeug would find in it where moto asks: its root, no parameters.

    Of a body, if it is no form and not compressed.
    """
    given = request.environ
    known = vars(request)
    kind: Callable[..., Any] = type(request)
    known.update(
        _urls(
            kind,
            given["wsgi.url_scheme"],
            given.get("HTTP_HOST"),
            given["SERVER_NAME"],
            given["SERVER_PORT"],
            given["PATH_INFO"],
            given["QUERY_STRING"],
        )
    )
    none = request.parameter_storage_class
    if not given["QUERY_STRING"]:
        known["args"] = none()
    if "HTTP_CONTENT_ENCODING" not in given and request.mimetype not in _FORMS:
        known.update(data=body, form=none(), files=none())
    return request


@lru_cache(maxsize=1024)
def _urls(
    kind: Callable[..., Any],
    scheme: str,
    host: str | None,
    name: str,
    port: str,
    path: str,
    query: str,
) -> dict[str, str]:
    """What a request says of its URL, by the names of its attributes."""
    made = {"wsgi.url_scheme": scheme, "SERVER_NAME": name, "SERVER_PORT": port, "SCRIPT_NAME": ""}
    if host is not None:
        made["HTTP_HOST"] = host
    root = kind(made).url_root
    found = {"url_root": root, "root_url": root}
    if _LITERAL.fullmatch(path) and (not query or _LITERAL_QUERY.fullmatch(query)):
        found["url"] = root + path.lstrip("/") + (f"?{query}" if query else "")
    return found


@lru_cache(maxsize=1024)
def _address(build: Callable[..., Any], url: str) -> dict[str, Any] | None:
    """The part of the environ that a URL makes; None if it has to be made by ``build``."""
    parts = urlsplit(url)
    if not (_PLAIN_PATH.fullmatch(parts.path) and _PLAIN_QUERY.fullmatch(parts.query)):
        return None
    if parts.fragment or not url.isascii():
        return None
    made = dict(_template(build, parts.scheme, parts.netloc))
    made["PATH_INFO"] = unquote(parts.path).encode("utf-8", "replace").decode("latin-1")
    made["QUERY_STRING"] = parts.query
    made["REQUEST_URI"] = made["RAW_URI"] = parts.path
    return made


@lru_cache(maxsize=4096)
def _key(name: str) -> str | None:
    """The name of a header in the environ; None if it has no ordinary one."""
    return None if name.lower() in _OWN else "HTTP_" + name.upper().replace("-", "_")


@lru_cache(maxsize=1024)
def _template(build: Callable[..., Any], scheme: str, netloc: str) -> Mapping[str, Any]:
    made: dict[str, Any] = dict(build("GET", f"{scheme}://{netloc}/", {}, b"").environ)
    made.pop("werkzeug.request", None)  # a request writes itself into its environ
    return made
